"""The bidders' window: each releases its half; nobody sees plaintext, for the custodians have not acted."""

from remote_bid.opening.commands import CloseWindow, OpenRelease, ReleaseKey
from remote_bid.opening.events import (
    KeyReleased,
    PartReleased,
    ReleaseHindered,
    ReleaseOpened,
    WindowClosed,
    WrongKeyTried,
)
from remote_bid.opening.rules.acting import signs_for
from remote_bid.opening.rules.bid import WRONG_TRIES, Bid
from remote_bid.opening.rules.extending import unanswered
from remote_bid.opening.rules.guards import (
    cadence,
    known,
    require_host,
    require_phase,
    require_role,
    require_room_in_line,
    require_session,
    timetable,
)
from remote_bid.opening.rules.late import CERTIFICATE_REVOKED, SENTENCES, late_release, on_record, window_over
from remote_bid.opening.rules.lodging import take_lodgings
from remote_bid.opening.rules.order import in_order
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.submitting import receipt
from remote_bid.opening.statements import LotWindow, Release, Released
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.opening.terms import Phase, Role, reached
from remote_bid.people.checking import Revoked
from remote_bid.people.required import refuse, require_clock, require_due, signed_by_sender
from remote_bid.seal.canonical import NotCanonical, unb64_sized
from remote_bid.seal.dealing import SECRET_SIZE, commitment
from remote_bid.seal.envelope import ctx_of
from remote_bid.seal.statements import id_of, state, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Aside, Event, Refused, Turn
from remote_bid.timeline.marks import tick


def open_release(opening: Opening, command: OpenRelease, turn: Turn) -> list[Event]:
    if reached(opening.phase, Phase.RELEASE) and turn.by.role in (Role.HOST, Role.SUPERVISOR):
        return []
    require_host(opening, turn)
    require_phase(opening, Phase.ROSTER)
    ends_at = instant.later(turn.at, timetable(opening).windows.release_ms)
    return [ReleaseOpened(ends_at=instant.text(ends_at))]


def release_key(opening: Opening, command: ReleaseKey, turn: Turn) -> list[Event | Aside]:
    require_role(opening, turn.by, Role.BIDDER)
    release, certified = signed_by_sender(turn, command.signed, Release)
    require_session(turn, release.session)
    bid = opening.bid_with(release.submission)
    if bid is None or not signs_for(opening, bid, certified):
        refuse("not_your_bid", "这不是您的投标。", "Only the bidder who sealed a bid may release its key.")
    half = bid.half_of(release.submission)
    if half.release == statement_id(command.signed.statement):
        return []
    if release.submission not in opening.opened_here(bid):
        refuse("not_opened_here", "该部分不在开标时解密。", "This part stays sealed for the evaluation.")
    if window_over(opening, turn):
        raise late_release(opening, turn, command.signed)
    require_phase(opening, Phase.RELEASE)
    if half.release:
        refuse("released_already", "您已经解密，无需重复。", "This bid's key is released already.")
    _require_this_close(opening, release)
    require_room_in_line(opening, turn)
    _require_half(bid, release, command)
    if (revoked := known(turn).revoked) is not None:
        raise _hindered(opening, bid, release, command, revoked, turn)
    return [Aside(turn.by.person, event) for event in _judged(opening, bid, release, command, turn)]


def _require_this_close(opening: Opening, release: Release) -> None:
    if opening.close is None or release.close != id_of(opening.close):
        refuse("other_close", "解密内容与本次截标不符。", "The release does not name this session's close.")


def _require_half(bid: Bid, release: Release, command: ReleaseKey) -> None:
    """The half beside the statement is the one that was signed, right or wrong."""
    try:
        half = unb64_sized(command.s_b, SECRET_SIZE)
    except NotCanonical:
        refuse("malformed_key", "密钥格式有误。", "The key is not 32 bytes.")
    if commitment(ctx_of(bid.part_of(release.submission).header.core), "B", half) != release.c:
        refuse("other_half", "所交的密钥不是签署的那一把。", "The half is not the one that you have signed for.")


def matches(bid: Bid, release: Release) -> bool:
    """Whether the half that was signed for is the one that the sealed envelope commits to."""
    return release.c == bid.part_of(release.submission).header.B


def _judged(opening: Opening, bid: Bid, release: Release, command: ReleaseKey, turn: Turn) -> list[Event]:
    """A half that matches, or the attempt as evidence; the same wrong half again is no second attempt."""
    if matches(bid, release):
        return [_taken(opening, bid, release.submission, command, turn)]
    wrong = bid.half_of(release.submission).wrong
    if release.c in wrong:
        return []
    left = WRONG_TRIES - len(wrong) - 1
    if left < 0:
        refuse("no_tries_left", "错误次数已达上限。", "Too many wrong keys.")
    return [WrongKeyTried(bid=bid.bid, submission=release.submission, signed=command.signed, left=left)]


def _hindered(
    opening: Opening, bid: Bid, release: Release, command: ReleaseKey, revoked: Revoked, turn: Turn
) -> Refused:
    """No to a release under a revoked certificate. If the half is right, that is evidence: it may be the authority that
    is at fault. Only lists that the session has noted are any.
    """
    noted = opening.crls.get(revoked.authority)
    if not matches(bid, release) or noted is None or noted.hash != revoked.crl:
        return Refused(CERTIFICATE_REVOKED, *SENTENCES[CERTIFICATE_REVOKED])
    return on_record(
        opening,
        turn,
        CERTIFICATE_REVOKED,
        [command.signed],
        lambda refusal: ReleaseHindered(
            bid=bid.bid,
            submission=release.submission,
            signed=command.signed,
            authority=revoked.authority,
            crl=revoked.crl,
            refusal=refusal,
        ),
    )


def _taken(opening: Opening, bid: Bid, submission: str, command: ReleaseKey, turn: Turn) -> Event:
    release = statement_id(command.signed.statement)
    answer = receipt(opening, turn, [release])
    if submission == bid.bid:
        return KeyReleased(bid=bid.bid, signed=command.signed, s_b=command.s_b, receipt=answer)
    return PartReleased(bid=bid.bid, submission=submission, signed=command.signed, receipt=answer, s_b=command.s_b)


def close_window(opening: Opening, command: CloseWindow, turn: Turn) -> list[Event | Aside]:
    """Closes the window; what was lodged is taken first, in a turn of its own, so that the tick can hold it."""
    require_clock(turn)
    if opening.window_closed is not None:
        return []
    require_phase(opening, Phase.RELEASE)
    if opening.close is None:
        return []
    if opening.unreleased():
        require_due(turn, opening.ends_at)
        if taken := take_lodgings(opening, turn):
            return taken
    told = known(turn).lodgings if opening.unreleased() or opening.lodged else None
    window_closed = WindowClosedStatement(
        session=turn.session,
        close=id_of(opening.close),
        timetable=opening.timetable_id,
        at=instant.text(turn.at),
        lots=[lot_window(opening, lot) for lot in opening.running_lots()],
        extensions=opening.extensions,
        pauses=opening.pauses,
        lodgings=told.lists if told else [],
        away=told.away if told else [],
    )
    closed = WindowClosed(window_closed=state(window_closed, turn.office))
    return [*unanswered(opening), tick(turn, cadence(opening).slots), closed]


def lot_window(opening: Opening, lot: str) -> LotWindow:
    """Which submissions of a lot's live bids are released, missing, or not asked for."""
    bids = [bid for bid in in_order(opening) if bid.lot == lot]
    asked = [(name, bid.half_of(name).release) for bid in bids for name in opening.opened_here(bid)]
    here = {name for name, _ in asked}
    return LotWindow(
        lot=lot,
        released=[Released(submission=name, release=release) for name, release in asked if release],
        missing=[name for name, release in asked if not release],
        sealed=[name for bid in bids for name in bid.submissions if name not in here],
    )
