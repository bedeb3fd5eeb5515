"""Steps 7 and 8: who signed what, and whether they might."""

from typing import Any

import msgspec

from remote_bid.opening.events import (
    AbortOrdered,
    BidderCheckedIn,
    BidSubmitted,
    BidWithdrawn,
    CoefficientDrawn,
    ConsortiumDeclared,
    CustodianDrilled,
    CustodianKeyOffered,
    CustodianKeysDestroyed,
    CustodianStruck,
    DealtAgain,
    DepositNoted,
    DrawSealed,
    EscrowSharePublished,
    KeyEntrusted,
    KeyLodged,
    KeyPublished,
    KeyReleased,
    LineConfirmed,
    LineDisputed,
    LodgingFailed,
    LotContinued,
    MemberCheckedIn,
    ObjectionAnswered,
    ObjectionRaised,
    OpeningResumed,
    OpeningScheduled,
    OpeningSuspended,
    PartReleased,
    PolicyPublished,
    RecordRefused,
    RecordSigned,
    ReleaseHindered,
    ReleaseRefused,
    RemedyRequested,
    RequestRefused,
    RoleHandedOver,
    SignatureAwaited,
    StrikeProposed,
    SubmissionRefused,
    SuspensionCountersigned,
    TimetableProposed,
    TimetableSigned,
    WindowExtended,
    WrongKeyTried,
)
from remote_bid.opening.rules.acting import signs_for
from remote_bid.opening.rules.consorting import agreed
from remote_bid.opening.rules.submitting import custodian_kids, escrow_kids
from remote_bid.opening.statements import Refusal
from remote_bid.opening.terms import Role
from remote_bid.people.certificates import Certified, NotTrusted, Signed, signers
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.envelope import SUITE
from remote_bid.seal.statements import BadStatement, Statement, said, statement_id
from remote_bid.tender.statements import Consortium, Custodian, Policy, Receipt
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event
from remote_bid.timeline.entry import Shown, field_salt
from remote_bid.verify.case import Case, Failed, about, entry_name
from remote_bid.verify.papers import named, papers
from remote_bid.verify.replay import in_order
from remote_bid.verify.revocations import Evidence

JOINT = (SignatureAwaited, RequestRefused, WindowExtended, SuspensionCountersigned, OpeningResumed, LotContinued)
"""What host and supervisor sign, or begin to sign, together."""

ACTING = (KeyReleased, PartReleased, WrongKeyTried, ReleaseHindered, RemedyRequested, LineConfirmed, LineDisputed)
"""What whoever acts for a bid signs."""

OWN = (
    CustodianKeyOffered,
    KeyPublished,
    DrawSealed,
    BidderCheckedIn,
    MemberCheckedIn,
    ObjectionRaised,
    RecordSigned,
    RecordRefused,
    CustodianKeysDestroyed,
    EscrowSharePublished,
    KeyEntrusted,
    CustodianDrilled,
)
"""What the person signs whom the entry names."""


def people(case: Case) -> None:
    """Step 7: every statement is signed by a person whom a trusted authority vouches for, in the right role."""
    count, evidence = 0, Evidence(case)
    for shown in in_order(case):
        event = case.whole(shown)
        for signed in _signed(event) if event is not None else []:
            with about(entry_name(shown)):
                certified = _signers(case, shown, signed)
                if event is not None:
                    _allowed(case, shown, event, certified)
                    named(shown, event, certified)
            if isinstance(event, ReleaseHindered):
                evidence.hindered(shown, event)
            else:
                evidence.judge(shown, signed)
            count += 1
    silent = f"; revocation unknown of {evidence.unknown}" if evidence.unknown else "; none revoked"
    case.report.holds(7, "signatures", f"{count} statements, every certificate trusted{silent}")
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
    if isinstance(event, JOINT):
        _joint(case, shown, event, persons)
        return
    if isinstance(event, ConsortiumDeclared):
        _consortium(shown, event, certified)
        return
    expected = _acting(case, event, certified) or _expected(case, shown, event)
    by = (shown.event or {})["by"]["person"]
    if expected is not None and (persons != expected or persons[-1] != by):
        raise Failed(entry_name(shown), f"signed by {', '.join(persons)}, not by whom it must be")


def _consortium(shown: Shown, event: ConsortiumDeclared, certified: list[Certified]) -> None:
    """Its lead and every other party have signed, each under the name that it has there."""
    by = (shown.event or {})["by"]["person"]
    if event.bidder != by or not agreed(said(event.signed.statement, Consortium), certified):
        raise Failed(entry_name(shown), "signed by others than the parties of the consortium, or in other names")


def _acting(case: Case, event: Event, certified: list[Certified]) -> list[str]:
    """Whoever has signed, where it is one that acts for the bid."""
    if not isinstance(event, ACTING) or event.bid not in case.state.bids or len(certified) != 1:
        return []
    bid = case.state.bids[event.bid]
    return [certified[0].person] if signs_for(case.state, bid, certified[0]) else [bid.bidder]


def _joint(case: Case, shown: Shown, event: Event, persons: list[str]) -> None:
    """What host and supervisor sign together; what lacks a signature, or needs only one, is signed by its sender."""
    both = [_holder(case, shown, Role.HOST), _holder(case, shown, Role.SUPERVISOR)]
    one = isinstance(event, SignatureAwaited | RequestRefused | OpeningResumed)
    sender = (shown.event or {})["by"]["person"]
    if sorted(persons) != sorted(both) and not (one and persons == [sender] and sender in both):
        raise Failed(entry_name(shown), f"signed by {', '.join(persons)}, not by host and supervisor")


def _holder(case: Case, shown: Shown, role: Role) -> str:
    """Who held an office when this entry was made."""
    taken = [event.to for at, event in case.happened(RoleHandedOver) if at.seq < shown.seq and event.role is role]
    return [_first_holder(case, role), *taken][-1]


def _first_holder(case: Case, role: Role) -> str:
    """Who holds an office in the beginning."""
    members = case.state.members.values()
    return next((member.person for member in members if member.role is role and not member.deputy_of), "")


def _expected(case: Case, shown: Shown, event: Event) -> list[str] | None:
    match event:
        case OpeningScheduled():
            return [_first_holder(case, Role.HOST)]
        case PolicyPublished() | TimetableProposed() | StrikeProposed():
            return [_holder(case, shown, Role.TENDERER)]
        case TimetableSigned() | CustodianStruck():
            return [_holder(case, shown, Role.TENDERER), _holder(case, shown, Role.SUPERVISOR)]
        case ObjectionAnswered():
            return [_holder(case, shown, Role.HOST)]
        case CoefficientDrawn():
            return [_holder(case, shown, Role.HOST), _holder(case, shown, Role.SUPERVISOR)]
        case OpeningSuspended() | AbortOrdered() | RoleHandedOver() | DepositNoted():
            return [str((shown.event or {})["by"]["person"])]
        case _:
            return _expected_of_one(case, event)


def _expected_of_one(case: Case, event: Event) -> list[str] | None:
    match event:
        case BidSubmitted() | BidWithdrawn() | DealtAgain():
            return [event.bidder]
        case _ if isinstance(event, ACTING):
            return []
        case _:
            return [event.person] if isinstance(event, OWN) else None


def _receipts(case: Case) -> None:
    """Every receipt is the log's promise for exactly the entry that carries it."""
    bids, halves, others = case.happened(BidSubmitted), case.happened(KeyReleased), case.happened(PartReleased)
    owed = [(shown, event.receipt, [statement_id(p.submission) for p in event.parts]) for shown, event in bids]
    asked = case.happened(RemedyRequested)
    owed += [(shown, event.receipt, [statement_id(event.signed.statement)]) for shown, event in halves]
    owed += [(shown, event.receipt, [statement_id(event.signed.statement)]) for shown, event in asked]
    owed += [(shown, event.receipt, [statement_id(event.signed.statement)]) for shown, event in others]
    declared = case.happened(ConsortiumDeclared)
    owed += [(shown, event.receipt, [statement_id(event.signed.statement)]) for shown, event in declared]
    dealt = case.happened(DealtAgain)
    owed += [(shown, event.receipt, [statement_id(deal.statement) for deal in event.deals]) for shown, event in dealt]
    told = [(shown, event.refusal) for shown, event in case.happened(SubmissionRefused)]
    told += [(shown, event.refusal) for shown, event in case.happened(ReleaseRefused)]
    told += [(shown, event.refusal) for shown, event in case.happened(ReleaseHindered)]
    for shown, statement in told:
        refusal = case.from_log(shown, statement, Refusal)
        if (refusal.session, refusal.at) != (case.session, (shown.event or {})["at"]):
            raise Failed(entry_name(shown), "the refusal is of another session or time")
    for shown, statement, statements in owed:
        name = entry_name(shown)
        receipt = case.from_log(shown, statement, Receipt)
        salt = shown.proof.salts.get("type", "") if shown.proof else ""
        place = (receipt.session, receipt.statements, receipt.line, receipt.seq)
        own_salt = b64(field_salt(unb64(receipt.salt), "type")) == salt
        if place != (case.session, statements, shown.line, shown.seq) or not own_salt:
            raise Failed(name, "the receipt is for something else")


def _signed(value: Any) -> list[Signed]:
    """Every statement in an event that a person signed, with its certificates."""
    if isinstance(value, KeyLodged | LodgingFailed):
        return []  # judged at the cosigner's time, in step 9
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
    for policy in _lists(case):
        name = f"policy of lot {policy.lot}, {policy.part}"
        if not trust.named_by(policy) or policy.suites != [SUITE]:
            raise Failed(name, "it names other authorities, log, cosigners or suites than the trusted ones")
        sides = [custodian.side for custodian in policy.custodians]
        kids = custodian_kids(policy)
        if not 2 <= policy.k <= len(set(kids)) == len(kids) or max(sides.count(side) for side in sides) >= policy.k:
            raise Failed(name, "k of its custodians do not stand for several sides")
        holders = _escrow(name, policy)
        for custodian in [*policy.custodians, *holders]:
            member = case.state.members.get(custodian.person)
            if member is None or (member.role, member.side) != (Role.CUSTODIAN, custodian.side):
                raise Failed(name, f"{custodian.person} is not a custodian for {custodian.side} in this session")
            _custodian(case, name, custodian.person, custodian.proof)
        case.report.holds(8, name, f"{policy.k} of {len(policy.custodians)} custodians")


def _escrow(name: str, policy: Policy) -> list[Custodian]:
    """The escrow holders: another group than the custodians, and of several sides too."""
    if policy.escrow is None:
        return []
    held, kids, k = policy.escrow.holders, escrow_kids(policy), policy.escrow.k
    sides = [holder.side for holder in held]
    if not 2 <= k <= len(set(kids)) == len(kids) or max(sides.count(side) for side in sides) >= k:
        raise Failed(name, "k of its escrow holders do not stand for several sides")
    if {holder.person for holder in held} & {custodian.person for custodian in policy.custodians}:
        raise Failed(name, "an escrow holder is a custodian too")
    return held


def _lists(case: Case) -> list[Policy]:
    """Every policy, and again as each strike has left it."""
    policies, revisions = case.state.policies, case.state.revisions
    return [
        msgspec.structs.replace(policy, custodians=custodians)
        for name, policy in policies.items()
        for custodians in [policy.custodians, *(made.custodians for made in revisions.get(name, []))]
    ]


def _custodian(case: Case, name: str, person: str, proof: Signed) -> None:
    offered = [shown for shown, event in case.happened(CustodianKeyOffered) if event.signed == proof]
    if not offered or [p.person for p in _signers(case, offered[0], proof)] != [person]:
        raise Failed(name, f"the key of {person} is not the one offered")
