"""Steps 9, 10 and 12: the set of bids, the keys, the record."""

import hashlib

from remote_bid.opening.events import (
    BidsClosed,
    BidSubmitted,
    KeyPublished,
    KeyReleased,
    RecordPrepared,
    RecordSigned,
    RosterPublished,
    WindowClosed,
)
from remote_bid.opening.rules.closing import lot_sets, set_root
from remote_bid.opening.rules.counting import minimum
from remote_bid.opening.rules.record import opening_record, record_hash
from remote_bid.opening.rules.submitting import custodian_kids, escrow_kids
from remote_bid.opening.rules.unsealing import enough_keys
from remote_bid.opening.statements import Close, Custody, RecordSignature, Release
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.opening.terms import AbortCause, LotSet, Phase
from remote_bid.seal.canonical import b64, jcs, unb64
from remote_bid.seal.dealing import commitment
from remote_bid.seal.envelope import ctx_of
from remote_bid.seal.statements import id_of, said, statement_id
from remote_bid.seal.xwing import key_id, public_key
from remote_bid.tender.statements import Deal, Submission
from remote_bid.verify.case import Case, Failed, about, entry_name
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
            if (submitted.event or {})["at"] >= stated.at or bid.bid != statement_id(bid.parts[0].submission):
                raise Failed(entry_name(submitted), "the bid was submitted after the deadline")
            _submission(case, entry_name(submitted), bid)
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


def _submission(case: Case, name: str, bid: BidSubmitted) -> None:
    """What was signed belongs to this bidder, lot and version, and the deal to this envelope."""
    for part in bid.parts:
        core, submission, deal = part.header.core, said(part.submission, Submission), said(part.deal, Deal)
        places = {(core.bidder, core.version, core.policy)}
        places |= {(said_.bidder, said_.version, said_.policy) for said_ in (submission, deal)}
        if places != {(bid.bidder, bid.version, core.policy)} or core.lot != bid.lot:
            raise Failed(name, "the envelope is sealed for another bidder, lot or version")
        if b64(hashlib.sha256(jcs(part.header)).digest()) != submission.header or deal.ctx != b64(ctx_of(core)):
            raise Failed(name, "header or deal is not the one signed")
        policy = case.state.policies.get(core.policy)
        if policy is None or (policy.lot, policy.part) != (core.lot, part.part):
            raise Failed(name, "the envelope is sealed for no policy of this session")
        if (deal.k, [share.kid for share in deal.shares]) != (policy.k, custodian_kids(policy)):
            raise Failed(name, "the deal is not for the policy's custodians")
        if deal.escrow and [share.kid for share in deal.escrow] != escrow_kids(policy):
            raise Failed(name, "the deal is not for the policy's escrow holders")


def _window(case: Case, stated: Close) -> None:
    for shown, event in case.happened(WindowClosed):
        window = case.from_log(shown, event.window_closed, WindowClosedStatement)
        released = {bid.bid: bid.release for bid in case.state.bids.values() if bid.release}
        told = {item.submission: item.release for lot in window.lots for item in lot.released}
        if case.state.abort_ordered:
            return
        if window.close != id_of(stated) or told != released:
            raise Failed(entry_name(shown), "the releases are not those of the side lines")
        for lot in window.lots:
            answered = [*(item.submission for item in lot.released), *lot.missing]
            if set_root(answered) != next(item.root for item in stated.lots if item.lot == lot.lot):
                raise Failed(entry_name(shown), f"the bids of lot {lot.lot} are not those of the close")
        if sorted(lot.lot for lot in window.lots) != sorted(case.state.running_lots()):
            raise Failed(entry_name(shown), "the window does not account for every lot")
    for shown, event_ in case.happened(KeyReleased):
        with about(entry_name(shown)):
            _release(case, entry_name(shown), event_)


def _release(case: Case, name: str, event: KeyReleased) -> None:
    release, bid = said(event.signed.statement, Release), case.state.bids[event.bid]
    part, close = bid.readout_part(), case.state.close
    if close is None or (release.session, release.submission, release.close) != (case.session, bid.bid, id_of(close)):
        raise Failed(name, "the release is for another submission or close")
    if commitment(ctx_of(part.header.core), "B", unb64(release.s_b)) != part.header.B:
        raise Failed(name, "the released half does not match its commitment")


def custody(case: Case) -> None:
    """Step 10: every published key belongs to its custodian's offered key, for this close, and k of them are there."""
    close, window = case.state.close, case.state.window_closed
    if close is None or window is None:
        return
    holders = {
        kid: custodian.person
        for policy in case.state.policies.values()
        for custodian, kid in zip(policy.custodians, custodian_kids(policy), strict=True)
    }
    for shown, event in case.happened(KeyPublished):
        name = entry_name(shown)
        with about(name):
            told = said(event.signed.statement, Custody)
            if (told.session, told.close, told.window_closed) != (case.session, id_of(close), id_of(window)):
                raise Failed(name, "the key is published for another close or window")
            if holders.get(told.kid) != event.person or key_id(public_key(unb64(told.seed))) != told.kid:
                raise Failed(name, "the published key is not the one that this custodian offered")
    for policy in case.state.running_policies():
        if not enough_keys(policy, case.state.keys):
            raise Failed(f"policy of lot {policy.lot}", "fewer than k custodians published")
    case.report.holds(10, "custody", f"{len(case.state.keys)} keys published")


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
