"""Steps 7 and 8: who signed what, and whether they might."""

from typing import Any

import msgspec

from remote_bid.opening.events import (
    BidderCheckedIn,
    BidSubmitted,
    BidWithdrawn,
    CustodianDrilled,
    CustodianKeyOffered,
    CustodianStruck,
    DealtAgain,
    KeyEntrusted,
    KeyPublished,
    KeyReleased,
    MemberCheckedIn,
    PartReleased,
    PolicyPublished,
    RecordSigned,
    StrikeProposed,
    TimetableProposed,
    TimetableSigned,
)
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.submitting import custodian_kids
from remote_bid.opening.terms import Role
from remote_bid.people.certificates import Certified, NotTrusted, Signed, fingerprint, signers
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.envelope import SUITE
from remote_bid.seal.statements import BadStatement, Statement, statement_id
from remote_bid.tender.statements import Policy, Receipt
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event
from remote_bid.timeline.entry import Shown, field_salt
from remote_bid.verify.case import Case, Failed, entry_name, whole
from remote_bid.verify.papers import named, papers
from remote_bid.verify.replay import in_order


def people(case: Case) -> None:
    """Step 7: every statement is signed by a person whom a trusted authority vouches for, in the right role."""
    count = 0
    for shown in in_order(case):
        event = whole(shown)
        for signed in _signed(event) if event is not None else []:
            certified = _signers(case, shown, signed)
            if event is not None:
                _allowed(case, shown, event, certified)
                named(shown, event, certified)
            count += 1
    case.report.holds(7, "signatures", f"{count} statements, every certificate trusted")
    _receipts(case)
    papers(case)


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
        case PolicyPublished() | TimetableProposed() | StrikeProposed():
            return [members[Role.TENDERER]]
        case TimetableSigned() | CustodianStruck():
            return [members[Role.TENDERER], members[Role.SUPERVISOR]]
        case KeyEntrusted() | CustodianDrilled():
            return [event.person]
        case CustodianKeyOffered() | KeyPublished() | RecordSigned() | BidderCheckedIn() | MemberCheckedIn():
            return [event.person]
        case BidSubmitted() | BidWithdrawn() | DealtAgain():
            return [event.bidder]
        case KeyReleased() | PartReleased():
            return [state.bids[event.bid].bidder]
        case _:
            return None


def _receipts(case: Case) -> None:
    """Every receipt is the log's promise for exactly the entry that carries it."""
    bids, halves, others = case.happened(BidSubmitted), case.happened(KeyReleased), case.happened(PartReleased)
    owed = [(shown, event.receipt, [statement_id(p.submission) for p in event.parts]) for shown, event in bids]
    owed += [(shown, event.receipt, [statement_id(event.signed.statement)]) for shown, event in halves]
    owed += [(shown, event.receipt, [event.release]) for shown, event in others]
    dealt = case.happened(DealtAgain)
    owed += [(shown, event.receipt, [statement_id(deal.statement) for deal in event.deals]) for shown, event in dealt]
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
    if isinstance(value, list):
        return [signed for item in value for signed in _signed(item)]
    if isinstance(value, msgspec.Struct):
        return [signed for name in value.__struct_fields__ for signed in _signed(getattr(value, name))]
    return []


def policies(case: Case) -> None:
    """Step 8: policies name the trusted authorities, log and cosigners; custodians' keys are their own."""
    if not case.state.policies:
        raise Failed("timeline.json", "there is no policy")
    trust = case.vouched
    known = (sorted(fingerprint(root) for root in trust.authorities()), trust.log, trust.cosigners, trust.quorum)
    for policy in _lists(case.state):
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


def _lists(state: Opening) -> list[Policy]:
    """Every policy, and again as each strike has left it."""
    return [
        msgspec.structs.replace(policy, custodians=custodians)
        for name, policy in state.policies.items()
        for custodians in [policy.custodians, *(made.custodians for made in state.revisions.get(name, []))]
    ]


def _custodian(case: Case, name: str, person: str, proof: Signed) -> None:
    offered = [shown for shown, event in case.happened(CustodianKeyOffered) if event.signed == proof]
    if not offered or [p.person for p in _signers(case, offered[0], proof)] != [person]:
        raise Failed(name, f"the key of {person} is not the one offered")
