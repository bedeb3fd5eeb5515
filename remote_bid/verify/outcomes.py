"""Step 11: every bid opened again, or its failure decided again."""

import io

import msgspec

from remote_bid.opening.events import BidReadOut, BidSettled
from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.judging import judge
from remote_bid.opening.rules.order import in_order
from remote_bid.opening.rules.record import as_read_out, readout_line
from remote_bid.opening.terms import AbortCause, Cause, Settlement
from remote_bid.people.noting import CrlNotedDown
from remote_bid.seal.canonical import b64
from remote_bid.seal.envelope import BadEnvelope, tree_root
from remote_bid.seal.statements import said
from remote_bid.tender.statements import Submission
from remote_bid.verify.case import Case, Failed, about
from remote_bid.verify.fault import Fault, fault_of
from remote_bid.verify.manifest import LINES, MANIFEST, RECORD, TIMELINE, crl_name, envelope_name
from remote_bid.verify.revocations import Evidence


def outcomes(case: Case) -> None:
    """Step 11: every bid, opened or failed again by arithmetic, is what the timeline says."""
    _members(case)
    if case.state.window_closed is None:
        return
    settled = {event.bid: event for _, event in case.happened(BidSettled)}
    judged = _Judged(case)
    read = {event.bid: event for _, event in case.happened(BidReadOut)}
    for bid in in_order(case.state):
        name = f"{envelope_name(bid.bid)} ({bid.name})"
        try:
            with about(name):
                found = _outcome(judged, name, bid, settled.get(bid.bid), read.get(bid.bid))
        except Failed as failure:
            case.report.fails(11, failure.what, failure.why)
        else:
            case.report.holds(11, name, f"{found.outcome}, {found.cause}", fault_of(found.cause))
    _without_award(case)


def _members(case: Case) -> None:
    """Nothing lies in the bundle but what belongs in it: neither other papers nor envelopes that stay sealed."""
    envelopes = {envelope_name(bid) for bid in case.state.bids if case.state.window_closed is not None}
    crls = {crl_name(noted.crl.hash) for _, noted in case.happened(CrlNotedDown)}
    known = {MANIFEST, TIMELINE, LINES} | envelopes | crls | ({RECORD} if case.state.record else set())
    for name in sorted(case.members.keys() - known):
        case.report.fails(11, name, "the member is none of this session's")


class _Judged:
    """The session as it was when its bids were settled, and the lists of revoked certificates that it had noted."""

    def __init__(self, case: Case) -> None:
        before = [case.before[shown.seq] for shown, _ in case.happened(BidSettled)]
        self.case, self._lists = case, Evidence(case).by_hash()
        self._state = msgspec.structs.replace(case.state, crls=before[0].crls) if before else case.state

    def judge(self, bid: Bid) -> Settlement:
        """What arithmetic says of a bid."""
        members = self.case.members
        return judge(self._state, bid, lambda: io.BytesIO(members[envelope_name(bid.bid)]), self._lists)


def _outcome(judged: _Judged, name: str, bid: Bid, event: BidSettled | None, aloud: BidReadOut | None) -> Settlement:
    """What became of one bid, as it was settled and as it was read out."""
    case = judged.case
    _envelope(case, name, bid)
    found = judged.judge(bid)
    if event is None:
        raise Failed(name, "the bid was not settled")
    told = Settlement(outcome=event.outcome, cause=event.cause, detail=event.detail, form=event.form)
    if told != found:
        raise Failed(name, f"arithmetic says {found.outcome} ({found.cause}), not {told.outcome} ({told.cause})")
    if (event.bidder, event.lot) != (bid.bidder, bid.lot):
        raise Failed(name, "it was settled for another bidder or lot")
    if aloud is None or as_read_out(aloud) != readout_line(case.state, bid):
        raise Failed(name, "it was read out otherwise than it was opened")
    return found


def _without_award(case: Case) -> None:
    """The lots of which nothing was opened are exactly those that were aborted for it."""
    opened = {bid.lot for bid in case.state.bids.values() if bid.settlement and bid.settlement.form is not None}
    none = {bid.lot for bid in case.state.bids.values()} - opened
    aborted = {lot for lot, cause in case.state.aborted.items() if cause is AbortCause.NONE_OPENED}
    if none != aborted:
        raise Failed("timeline.json", "lots of which no bid was opened are not those that were aborted for it")


def _envelope(case: Case, name: str, bid: Bid) -> None:
    """The envelope here is the one submitted, also where nobody could open it; or the platform owns to have lost it."""
    raw = case.members.get(envelope_name(bid.bid))
    if raw is None:
        case.report.withheld(11, name, "the platform has lost the envelope", Fault.PLATFORM)
        return
    submission = said(bid.readout_part().submission, Submission)
    try:
        _, root, length = tree_root(io.BytesIO(raw))
        same = (b64(root), length) == (submission.ct, submission.n)
    except BadEnvelope:
        same = False
    lost = bid.settlement is not None and bid.settlement.cause is Cause.ENVELOPE_LOST
    if not same and not lost:
        raise Failed(name, "the envelope is not the one submitted")
