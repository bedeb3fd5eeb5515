"""Steps 6 and 7: the events folded again; who signed what, and whether they might."""

from typing import Any

import msgspec

from remote_bid.opening.events import (
    BidSubmitted,
    BidWithdrawn,
    CustodianKeyOffered,
    KeyPublished,
    KeyReleased,
    PolicyPublished,
    RecordSigned,
    TimetableSigned,
)
from remote_bid.opening.rules import evolve
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase, Role, reached
from remote_bid.people.certificates import Certified, NotTrusted, Signed, fingerprint, signers
from remote_bid.seal.statements import BadStatement, Statement
from remote_bid.tender.statements import Receipt
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event
from remote_bid.timeline.entry import Shown
from remote_bid.timeline.marks import Disclosed, Ticked
from remote_bid.verify.case import Case, Failed, entry_name, happening, whole

_BACK = {(Phase.HELD, Phase.SCHEDULED)}


def replay(case: Case) -> None:
    """Step 6: the events, folded by the same rules, lead through the phases in their order."""
    state = Opening(session=case.session)
    for shown in _in_order(case):
        event = whole(shown)
        if event is None:
            continue
        before, state = state.phase, evolve(state, happening(shown, event))
        forward = reached(state.phase, before) or state.phase in (Phase.HELD, Phase.ABORTED)
        if not forward and (before, state.phase) not in _BACK:
            raise Failed(entry_name(shown), f"the session went back from {before} to {state.phase}")
    if state.phase not in (Phase.CLOSED, Phase.ABORTED):
        raise Failed("timeline.json", f"the session is not over: {state.phase}")
    case.state = state
    case.report.holds(6, "phases", state.phase)


def _in_order(case: Case) -> list[Shown]:
    """Main line, with each side-line entry just before the tick that holds it."""
    disclosed = case.happened(Disclosed)
    held = {tick.tick: tick.entries for _, event in disclosed for tick in event.ticks}
    side = {(shown.line, shown.seq): shown for shown in case.lines}
    ordered: list[Shown] = []
    for shown in case.main:
        if isinstance(whole(shown), Ticked):
            ordered += [side[entry.line, entry.seq] for entry in held.get(shown.seq, [])]
        ordered.append(shown)
    return ordered


def people(case: Case) -> None:
    """Step 7: every statement is signed by a person whom a trusted authority vouches for, in the right role."""
    count = 0
    for shown in _in_order(case):
        event = whole(shown)
        for signed in _signed(event) if event is not None else []:
            certified = _signers(case, shown, signed)
            if event is not None:
                _allowed(case, shown, event, certified)
            count += 1
    case.report.holds(7, "signatures", f"{count} statements, every certificate trusted")
    _receipts(case)


def _signers(case: Case, shown: Shown, signed: Signed) -> list[Certified]:
    at = instant.when((shown.event or {})["at"])
    try:
        return signers(signed, case.vouched.authorities(), at)
    except (NotTrusted, BadStatement) as error:
        raise Failed(entry_name(shown), str(error)) from error


def _allowed(case: Case, shown: Shown, event: Event, certified: list[Certified]) -> None:
    """That the signers are those whom this event needs."""
    persons = [person.person for person in certified]
    expected = _expected(case.state, event)
    if expected is not None and persons != expected:
        raise Failed(entry_name(shown), f"signed by {', '.join(persons)}, not by whom it must be")


def _expected(state: Opening, event: Event) -> list[str] | None:
    members = {member.role: member.person for member in state.members.values()}
    match event:
        case PolicyPublished():
            return [members[Role.TENDERER]]
        case TimetableSigned():
            return [members[Role.TENDERER], members[Role.SUPERVISOR]]
        case CustodianKeyOffered() | KeyPublished() | RecordSigned():
            return [event.person]
        case BidSubmitted() | BidWithdrawn():
            return [event.bidder]
        case KeyReleased():
            return [state.bids[event.bid].bidder]
        case _:
            return None


def _receipts(case: Case) -> None:
    receipts = [(shown, event.receipt) for shown, event in case.happened(BidSubmitted)]
    receipts += [(shown, event.receipt) for shown, event in case.happened(KeyReleased)]
    for shown, receipt in receipts:
        case.from_log(entry_name(shown), receipt, Receipt)


def _signed(value: Any) -> list[Signed]:
    """Every statement in an event that a person signed, with its certificates."""
    if isinstance(value, Signed):
        return [value]
    if isinstance(value, BidSubmitted):
        statements: list[Statement] = [s for part in value.parts for s in (part.submission, part.deal)]
        return [Signed(statement=statement, certificates=value.certificates) for statement in statements]
    if isinstance(value, msgspec.Struct):
        return [signed for name in value.__struct_fields__ for signed in _signed(getattr(value, name))]
    return []


def policies(case: Case) -> None:
    """Step 8: policies name the trusted authorities, log and cosigners; custodians' keys are their own."""
    if not case.state.policies:
        raise Failed("timeline.json", "there is no policy")
    known = sorted(fingerprint(root) for root in case.vouched.authorities())
    for policy in case.state.policies.values():
        name = f"policy of lot {policy.lot}, {policy.part}"
        if policy.authorities != known:
            raise Failed(name, "it names other authorities than the trusted ones")
        for custodian in policy.custodians:
            _custodian(case, name, custodian.person, custodian.proof)
        case.report.holds(8, name, f"{policy.k} of {len(policy.custodians)} custodians")


def _custodian(case: Case, name: str, person: str, proof: Signed) -> None:
    offered = [shown for shown, event in case.happened(CustodianKeyOffered) if event.signed == proof]
    if not offered or [p.person for p in _signers(case, offered[0], proof)] != [person]:
        raise Failed(name, f"the key of {person} is not the one offered")
