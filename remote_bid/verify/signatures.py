"""Steps 6 and 7: the events folded again; who signed what, and whether they might."""

from typing import Any

import msgspec

from remote_bid.opening.events import (
    BidderCheckedIn,
    BidReadOut,
    BidsClosed,
    BidSettled,
    BidSubmitted,
    BidWithdrawn,
    CustodianKeyOffered,
    CustodyOpened,
    KeyPublished,
    KeyReleased,
    LobbyOpened,
    LotAborted,
    MemberCheckedIn,
    OpeningAborted,
    OpeningClosed,
    OpeningHeld,
    OpeningScheduled,
    PolicyPublished,
    ReadoutOpened,
    RecordPrepared,
    RecordSigned,
    ReleaseOpened,
    RosterPublished,
    TimetableProposed,
    TimetableSigned,
    WindowClosed,
    WrongKeyTried,
)
from remote_bid.opening.rules import evolve
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.submitting import custodian_kids
from remote_bid.opening.terms import Phase, Role
from remote_bid.people.certificates import Certified, NotTrusted, Signed, fingerprint, signers
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.envelope import SUITE
from remote_bid.seal.statements import BadStatement, Statement, statement_id
from remote_bid.tender.statements import Receipt
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK, LOG, Event
from remote_bid.timeline.entry import Shown, Who, field_salt
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, Ticked
from remote_bid.verify.case import Case, Failed, entry_name, happening, whole

_AUTHORS: dict[type[Event], tuple[str, ...]] = {
    OpeningScheduled: (Role.HOST,),
    CustodianKeyOffered: (Role.CUSTODIAN,),
    PolicyPublished: (Role.TENDERER,),
    TimetableProposed: (Role.TENDERER,),
    TimetableSigned: (Role.SUPERVISOR,),
    BidSubmitted: (Role.BIDDER,),
    BidWithdrawn: (Role.BIDDER,),
    BidderCheckedIn: (Role.BIDDER,),
    MemberCheckedIn: (Role.HOST, Role.SUPERVISOR, Role.TENDERER, Role.CUSTODIAN),
    LobbyOpened: (CLOCK.role,),
    Ticked: (CLOCK.role,),
    BidsClosed: (CLOCK.role,),
    OpeningHeld: (CLOCK.role, LOG.role),
    CheckpointCosigned: (LOG.role,),
    RosterPublished: (LOG.role,),
    LotAborted: (LOG.role, CLOCK.role),
    OpeningAborted: (LOG.role,),
    ReleaseOpened: (Role.HOST,),
    KeyReleased: (Role.BIDDER,),
    WrongKeyTried: (Role.BIDDER,),
    WindowClosed: (CLOCK.role,),
    CustodyOpened: (LOG.role,),
    KeyPublished: (Role.CUSTODIAN,),
    BidSettled: (CLOCK.role,),
    Disclosed: (CLOCK.role, LOG.role),
    ReadoutOpened: (CLOCK.role,),
    BidReadOut: (Role.HOST,),
    RecordPrepared: (Role.HOST,),
    RecordSigned: (Role.HOST, Role.SUPERVISOR, Role.BIDDER),
    OpeningClosed: (Role.HOST, CLOCK.role),
}
"""Whose act each event is."""

_STEPS = {
    (Phase.SCHEDULED, Phase.LOBBY),
    (Phase.LOBBY, Phase.CLOSED_FOR_BIDS),
    (Phase.CLOSED_FOR_BIDS, Phase.HELD),
    (Phase.HELD, Phase.SCHEDULED),
    (Phase.CLOSED_FOR_BIDS, Phase.ROSTER),
    (Phase.CLOSED_FOR_BIDS, Phase.ABORTED),
    (Phase.ROSTER, Phase.RELEASE),
    (Phase.RELEASE, Phase.CUSTODY),
    (Phase.CUSTODY, Phase.UNSEAL),
    (Phase.UNSEAL, Phase.READOUT),
    (Phase.READOUT, Phase.RECORD),
    (Phase.RECORD, Phase.CLOSED),
}
"""From which phase to which: none may be left out."""


def replay(case: Case) -> None:
    """Step 6: the events, folded by the same rules, lead through the phases in their order."""
    state = Opening(session=case.session)
    for shown in _in_order(case):
        event = whole(shown)
        if event is None:
            continue
        happened = happening(shown, event)
        before, state = state.phase, evolve(state, happened)
        if state.phase is not before and (before, state.phase) not in _STEPS:
            raise Failed(entry_name(shown), f"the session went from {before} to {state.phase}")
        _author(shown, event, happened.by, state)
    if state.phase not in (Phase.CLOSED, Phase.ABORTED):
        raise Failed("timeline.json", f"the session is not over: {state.phase}")
    case.state = state
    case.report.holds(6, "phases", state.phase)


def _author(shown: Shown, event: Event, by: Who, state: Opening) -> None:
    """That the entry is by somebody of whom such an event can come."""
    if by.role not in _AUTHORS[type(event)]:
        raise Failed(entry_name(shown), f"{type(event).__name__} is not brought about by a {by.role}")
    if by not in (CLOCK, LOG) and state.role_of(by.person) != by.role:
        raise Failed(entry_name(shown), f"{by.person} is no {by.role} of this session")


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
        case PolicyPublished() | TimetableProposed():
            return [members[Role.TENDERER]]
        case TimetableSigned():
            return [members[Role.TENDERER], members[Role.SUPERVISOR]]
        case CustodianKeyOffered() | KeyPublished() | RecordSigned() | BidderCheckedIn() | MemberCheckedIn():
            return [event.person]
        case BidSubmitted() | BidWithdrawn():
            return [event.bidder]
        case KeyReleased():
            return [state.bids[event.bid].bidder]
        case _:
            return None


def _receipts(case: Case) -> None:
    """Every receipt is the log's promise for exactly the entry that carries it."""
    bids, halves = case.happened(BidSubmitted), case.happened(KeyReleased)
    owed = [(shown, event.receipt, [statement_id(p.submission) for p in event.parts]) for shown, event in bids]
    owed += [(shown, event.receipt, [statement_id(event.signed.statement)]) for shown, event in halves]
    for shown, statement, statements in owed:
        name = entry_name(shown)
        receipt = case.from_log(name, statement, Receipt)
        salt = shown.proof.salts["type"] if shown.proof else ""
        place = (receipt.session, receipt.statements, receipt.line, receipt.seq)
        own_salt = b64(field_salt(unb64(receipt.salt), "type")) == salt
        if place != (case.session, statements, shown.line, shown.seq) or not own_salt:
            raise Failed(name, "the receipt is for something else")


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
    trust = case.vouched
    known = (sorted(fingerprint(root) for root in trust.authorities()), trust.log, trust.cosigners, trust.quorum)
    for policy in case.state.policies.values():
        name = f"policy of lot {policy.lot}, {policy.part}"
        if (policy.authorities, policy.log, policy.cosigners, policy.quorum) != known or policy.suites != [SUITE]:
            raise Failed(name, "it names other authorities, log, cosigners or suites than the trusted ones")
        sides = [custodian.side for custodian in policy.custodians]
        kids = custodian_kids(policy)
        if not 2 <= policy.k <= len(set(kids)) == len(kids) or max(sides.count(side) for side in sides) >= policy.k:
            raise Failed(name, "k of its custodians do not stand for several sides")
        for custodian in policy.custodians:
            _custodian(case, name, custodian.person, custodian.proof)
        case.report.holds(8, name, f"{policy.k} of {len(policy.custodians)} custodians")


def _custodian(case: Case, name: str, person: str, proof: Signed) -> None:
    offered = [shown for shown, event in case.happened(CustodianKeyOffered) if event.signed == proof]
    if not offered or [p.person for p in _signers(case, offered[0], proof)] != [person]:
        raise Failed(name, f"the key of {person} is not the one offered")
