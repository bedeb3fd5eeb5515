"""Steps 9, 10 and 12: the set of bids, the keys, the record."""

import hashlib

from remote_bid.opening.events import (
    BidsClosed,
    BidSubmitted,
    KeyReleased,
    PartReleased,
    RecordPrepared,
    RecordSigned,
    ReleaseHindered,
    RosterPublished,
    WindowClosed,
    WrongKeyTried,
)
from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.closing import lot_sets, set_root
from remote_bid.opening.rules.counting import minimum
from remote_bid.opening.rules.record import opening_record, record_hash
from remote_bid.opening.rules.releasing import lot_window
from remote_bid.opening.statements import Close, LotWindow, RecordSignature, Release
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.opening.terms import AbortCause, LotSet, Phase
from remote_bid.people.certificates import Signed
from remote_bid.seal.canonical import b64, jcs, unb64
from remote_bid.seal.dealing import commitment
from remote_bid.seal.envelope import ctx_of
from remote_bid.seal.statements import id_of, said, statement_id
from remote_bid.tender.statements import Deal, Submission
from remote_bid.tender.terms import READOUT_FORM
from remote_bid.timeline.entry import Shown
from remote_bid.verify.case import Case, Failed, about, entry_name
from remote_bid.verify.deals import dealt, dealt_again
from remote_bid.verify.manifest import RECORD


def close(case: Case) -> None:
    """Step 9: the close counts exactly the live bids, each submitted in time; the window accounts for all."""
    closes = case.happened(BidsClosed)
    if not closes:
        raise Failed("timeline.json", "the deadline did not come")
    shown, event = closes[-1]
    name = entry_name(shown)
    stated = case.from_log(shown, event.close, Close)
    _lots(case, name, stated)
    for submitted, bid in case.happened(BidSubmitted):
        with about(entry_name(submitted)):
            if (submitted.event or {})["at"] >= stated.at:
                raise Failed(entry_name(submitted), "the bid was submitted after the deadline")
            _submission(case, submitted, bid)
    dealt_again(case, stated.at)
    _rosters(case, event)
    _window(case, stated)
    case.report.holds(9, name, f"{len(case.state.bids)} bids")


def _lots(case: Case, name: str, stated: Close) -> None:
    """Each lot's set, recounted; of a lot with too few bids only that they are too few."""
    counted = {lot.lot: lot for lot in lot_sets(case.state)}
    if [lot.lot for lot in stated.lots] != list(counted):
        raise Failed(name, "the close does not count every lot of the tender")
    for lot in stated.lots:
        cause = case.state.aborted.get(lot.lot)
        if cause not in (None, AbortCause.NONE_OPENED):
            _stopped_lot(case, name, lot, cause)
        elif lot.count < minimum(case.state, lot.lot) and lot.lot not in case.state.continued:
            raise Failed(name, f"lot {lot.lot} has too few bids, yet it was opened")
        elif counted.get(lot.lot) != lot:
            raise Failed(name, f"the close does not count the bids of lot {lot.lot} that the side lines hold")


def _stopped_lot(case: Case, name: str, lot: LotSet, cause: AbortCause | None) -> None:
    """Of a lot that came to nothing before it was opened, only how many bids it had."""
    if lot.count != _sealed_in(case, lot.lot):
        raise Failed(name, f"the close does not count the bids of lot {lot.lot} that the side lines hold")
    if cause is not AbortCause.TOO_FEW_BIDS:
        case.report.withheld(9, f"{name} lot {lot.lot}", "the session was aborted: its bids stay sealed")
    elif lot.count >= minimum(case.state, lot.lot):
        raise Failed(name, f"lot {lot.lot} was aborted for too few bids, yet it has {lot.count}")
    else:
        case.report.withheld(9, f"{name} lot {lot.lot}", "too few bids: they stay sealed")


def _sealed_in(case: Case, lot: str) -> int:
    """How many side lines end with a live bid on a lot whose bids are not shown."""
    last: dict[str, str] = {}
    for shown in case.lines:
        fields = shown.event or {}
        if fields.get("lot") == lot and fields.get("type") in ("BidSubmitted", "BidWithdrawn"):
            last[shown.line] = fields["type"]
    return sum(kind == "BidSubmitted" for kind in last.values())


def _rosters(case: Case, closed: BidsClosed) -> None:
    for shown, roster in case.happened(RosterPublished):
        if roster.close != closed.close:
            raise Failed(entry_name(shown), "the roster shows another close")


def _submission(case: Case, shown: Shown, bid: BidSubmitted) -> None:
    """What was signed belongs to this bidder, lot and version, and the deal to this envelope; every part is there."""
    name = entry_name(shown)
    read_out = [statement_id(part.submission) for part in bid.parts if part.part == READOUT_FORM]
    wanted = sorted(part.part for lot, part in case.state.parts() if lot == bid.lot)
    if read_out != [bid.bid] or sorted(part.part for part in bid.parts) != wanted:
        raise Failed(name, "the bid has other parts than its lot declares, or another name than its readout form")
    for part in bid.parts:
        core, submission, deal = part.header.core, said(part.submission, Submission), said(part.deal, Deal)
        places = {(core.bidder, core.version, core.policy)}
        places |= {(said_.bidder, said_.version, said_.policy) for said_ in (submission, deal)}
        if places != {(bid.bidder, bid.version, core.policy)} or core.lot != bid.lot:
            raise Failed(name, "the envelope is sealed for another bidder, lot or version")
        if b64(hashlib.sha256(jcs(part.header)).digest()) != submission.header:
            raise Failed(name, "header or deal is not the one signed")
        policy = case.state.policies.get(core.policy)
        if policy is None or (policy.lot, policy.part) != (core.lot, part.part):
            raise Failed(name, "the envelope is sealed for no policy of this session")
        dealt(case, shown, part, deal)


def _window(case: Case, stated: Close) -> None:
    for shown, event in case.happened(WindowClosed):
        name = entry_name(shown)
        window = case.from_log(shown, event.window_closed, WindowClosedStatement)
        told = {item.submission: item.release for lot in window.lots for item in lot.released}
        if case.state.abort_ordered:
            return
        if window.close != id_of(stated) or told != _releases(case):
            raise Failed(name, "the releases are not those of the side lines")
        for lot in window.lots:
            _lot_window(case, name, lot, stated)
        if sorted(lot.lot for lot in window.lots) != sorted(case.state.running_lots()):
            raise Failed(name, "the window does not account for every lot")
    for shown, read_out in case.happened(KeyReleased):
        with about(entry_name(shown)):
            bid = case.state.bids[read_out.bid]
            _release(case, entry_name(shown), bid, read_out.bid, read_out.signed)
            _half(entry_name(shown), bid, read_out.bid, read_out.s_b)
    for shown, other in case.happened(PartReleased):
        with about(entry_name(shown)):
            _part_release(case, entry_name(shown), other)
    _attempts(case)


def _attempts(case: Case) -> None:
    """Halves that were not taken: wrong ones, and right ones under a revoked certificate."""
    for shown, tried in case.happened(WrongKeyTried):
        with about(entry_name(shown)):
            bid = case.state.bids[tried.bid]
            _release(case, entry_name(shown), bid, tried.submission, tried.signed, wrong=True)
    for shown, event in case.happened(ReleaseHindered):
        with about(entry_name(shown)):
            _release(case, entry_name(shown), case.state.bids[event.bid], event.submission, event.signed)


def _releases(case: Case) -> dict[str, str]:
    """Which release answers which submission, as the side lines say."""
    halves = [(name, bid.half_of(name)) for bid in case.state.bids.values() for name in bid.submissions]
    return {name: half.release for name, half in halves if half.release}


def _lot_window(case: Case, name: str, lot: LotWindow, stated: Close) -> None:
    answered = [*(item.submission for item in lot.released), *lot.missing, *lot.sealed]
    if set_root(answered) != next(item.root for item in stated.lots if item.lot == lot.lot):
        raise Failed(name, f"the bids of lot {lot.lot} are not those of the close")
    if lot.sealed != lot_window(case.state, lot.lot).sealed:
        raise Failed(name, f"other parts of lot {lot.lot} stay sealed than its tender declares")


def _part_release(case: Case, name: str, event: PartReleased) -> None:
    """A half that no public bundle shows; where it is shown, it is the one that was signed for."""
    bid = case.state.bids[event.bid]
    if event.submission == bid.bid or event.submission not in case.state.opened_here(bid):
        raise Failed(name, "a half was taken for a part that is not opened here")
    _release(case, name, bid, event.submission, event.signed)
    if event.s_b is None:
        case.report.withheld(9, name, "the half of a part that is not read out")
    else:
        _half(name, bid, event.submission, event.s_b)


def _release(case: Case, name: str, bid: Bid, submission: str, signed: Signed, wrong: bool = False) -> None:
    """For this submission and close; of a half that matches, or of a wrong one."""
    release, part, close = said(signed.statement, Release), bid.part_of(submission), case.state.close
    if close is None or (release.session, release.submission, release.close) != (
        case.session,
        submission,
        id_of(close),
    ):
        raise Failed(name, "the release is for another submission or close")
    if wrong and release.c == part.header.B:
        raise Failed(name, "the half that is called wrong is the right one")
    if not wrong and release.c != part.header.B:
        raise Failed(name, "the released half does not match its commitment")


def _half(name: str, bid: Bid, submission: str, s_b: str) -> None:
    """The half itself, where it is shown."""
    header = bid.part_of(submission).header
    if commitment(ctx_of(header.core), "B", unb64(s_b)) != header.B:
        raise Failed(name, "the released half does not match its commitment")


def record(case: Case) -> None:
    """Step 12: the opening record follows from the events, and is the one that was signed."""
    prepared = case.happened(RecordPrepared)
    if not prepared:
        if case.state.phase is Phase.CLOSED:
            raise Failed("timeline.json", "there is no opening record")
        return
    shown, event = prepared[-1]
    made = opening_record(case.state)
    if made != event.record or record_hash(made) != event.hash:
        raise Failed(entry_name(shown), "the record is not what the events say")
    if case.members.get(RECORD) != jcs(made):
        raise Failed(RECORD, "the record is not what the events say")
    for signed_at, signed in case.happened(RecordSigned):
        with about(entry_name(signed_at)):
            told = said(signed.signed.statement, RecordSignature)
        if (told.session, told.person, told.record) != (case.session, signed.person, event.hash):
            raise Failed(entry_name(signed_at), "the signature is for another record")
    case.report.holds(12, RECORD, f"signed by {len(case.state.signatures)}")
