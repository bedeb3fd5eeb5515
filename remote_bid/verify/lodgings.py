"""Step 9, lodgings: what cosigners took for bidders counts if it came in time, and nothing of it was left out."""

from collections.abc import Sequence

from remote_bid.opening.events import KeyLodged, LodgingFailed, WindowClosed
from remote_bid.opening.lodging import BadAnswer, BadLodging, from_cosigner, only_signer
from remote_bid.opening.rules.bid import WRONG_TRIES, Bid
from remote_bid.opening.rules.lodging import judged_half
from remote_bid.opening.statements import LodgingItem, LodgingList, LodgingReceipt
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.seal.canonical import b64, unb64, unb64_sized
from remote_bid.seal.statements import P, Statement, id_of, said, statement_id
from remote_bid.seal.xwing import SEED_SIZE, public_key
from remote_bid.timeline import instant
from remote_bid.verify.case import Case, Failed, entry_name


def lodgings(case: Case) -> None:
    """Lists, lodged releases and seeds belong together; each receipt that a bidder shows was honoured."""
    if case.state.window_closed is None:
        return
    _seeds(case)
    for shown, lodged in case.happened(KeyLodged):
        _taken(case, entry_name(shown), lodged)
    for shown, failed in case.happened(LodgingFailed):
        _failed(case, entry_name(shown), failed)
    for shown, event in case.happened(WindowClosed):
        _lists(case, entry_name(shown), said(event.window_closed, WindowClosedStatement))
    for receipt in case.receipts:
        _honoured(case, receipt)


def _seeds(case: Case) -> None:
    """Published where something was lodged, and each the one behind its policy's key."""
    running = {name: case.state.policies[name] for name in case.state.running()}
    wanted = set(running) if case.state.lodged else set()
    if set(case.state.lodging_seeds) != wanted:
        raise Failed("timeline.json", "the seeds of the lodging keys are not those of the lots that were opened")
    for name, seed in case.state.lodging_seeds.items():
        if b64(public_key(unb64_sized(seed, SEED_SIZE))) != running[name].lodging_key:
            raise Failed(f"policy of lot {running[name].lot}", "the published seed is not that of its lodging key")


def _taken(case: Case, name: str, event: KeyLodged) -> None:
    try:
        half = _half(case, name, event)
    except BadLodging as fault:
        raise Failed(name, f"the lodged release does not count: {fault.code}") from fault
    if b64(half) != event.s_b:
        raise Failed(name, "the lodged half is another one")


def _failed(case: Case, name: str, event: LodgingFailed) -> None:
    try:
        _half(case, name, event)
    except BadLodging as fault:
        if fault.code == event.why:
            return
    raise Failed(name, "the lodging did not fail as the timeline says")


def _half(case: Case, name: str, event: KeyLodged | LodgingFailed) -> bytes:
    bid = case.state.bids.get(event.bid)
    if bid is None or bid.bidder != event.bidder:
        raise Failed(name, "it was lodged for no bid of this bidder")
    receipt = _from_any(case, name, event.receipt, LodgingReceipt)
    named = (case.session, event.bid, statement_id(event.signed.statement))
    if (receipt.session, receipt.submission, receipt.lodging) != named or not _in_time(case, receipt.at):
        raise Failed(name, "the cosigner's receipt is for something else, or too late")
    seed = case.state.lodging_seeds[bid.readout_part().header.core.policy]
    person = only_signer(event.signed, case.vouched.authorities(), instant.when(receipt.at))
    return judged_half(case.state, bid, event.signed, person, unb64(seed))


def _lists(case: Case, name: str, window: WindowClosedStatement) -> None:
    """Where a bid is missing or was lodged, every cosigner has told or is named as away; all that is told counts."""
    told = [_from_any(case, name, statement, LodgingList) for statement in window.lodgings]
    names = [item.cosigner for item in told] + window.away
    asked = case.state.lodged or any(lot.missing for lot in window.lots)
    known = sorted(cosigner.name for cosigner in case.vouched.cosigners)
    if sorted(names) != known and (asked or names):
        raise Failed(name, "it does not say of every cosigner what was lodged with it, or that it was away")
    close = id_of(case.state.close) if case.state.close else ""
    for answer in told:
        if (answer.session, answer.close) != (case.session, close) or _in_time(case, answer.at):
            raise Failed(name, f"the list of {answer.cosigner} is of another close, or from before the window's end")
        _accounted(case, name, answer.cosigner, answer.lodgings)
    for cosigner in window.away:
        case.report.withheld(9, name, f"{cosigner} did not say what was lodged with it")


def _accounted(case: Case, name: str, cosigner: str, items: Sequence[LodgingItem]) -> None:
    for item in items:
        bid = case.state.bids.get(item.submission)
        if bid is not None and _in_time(case, item.at) and not _counted(bid, item.lodging):
            raise Failed(name, f"a release of bid {bid.bid} lodged with {cosigner} at {item.at} was left out")


def _counted(bid: Bid, lodging: str) -> bool:
    """It was released, or this lodging is evidence that it was not; more than five attempts need not be kept."""
    return bool(bid.release) or lodging in bid.failed_lodgings or len(bid.failed_lodgings) >= WRONG_TRIES


def _honoured(case: Case, statement: Statement) -> None:
    """A receipt that somebody holds against this bundle."""
    what = f"lodging receipt {statement_id(statement)}"
    receipt = _from_any(case, what, statement, LodgingReceipt)
    if receipt.session != case.session:
        raise Failed(what, "it is of another session")
    item = LodgingItem(lodging=receipt.lodging, submission=receipt.submission, at=receipt.at)
    _accounted(case, what, receipt.cosigner, [item])
    case.report.holds(9, what, f"lodged with {receipt.cosigner} at {receipt.at}")


def _in_time(case: Case, at: str) -> bool:
    ended = case.state.release_ended_at
    return ended is not None and instant.when(at) < ended


def _from_any(case: Case, what: str, statement: Statement, kind: type[P]) -> P:
    """What the trusted cosigner states that it names; Failed otherwise."""
    named = getattr(said(statement, kind), "cosigner", "")
    cosigner = next((key for key in case.vouched.cosigners if key.name == named), None)
    if cosigner is None:
        raise Failed(what, f"{named} is no trusted cosigner")
    try:
        return from_cosigner(statement, kind, cosigner)
    except BadAnswer as error:
        raise Failed(what, str(error)) from error
