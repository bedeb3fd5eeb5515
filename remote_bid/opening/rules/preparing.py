"""Before any bid: the session, the custodians' keys, the policy, the timetable."""

from collections.abc import Callable
from datetime import datetime

import msgspec

from remote_bid.opening.commands import (
    CountersignTimetable,
    OfferCustodianKey,
    ProposeTimetable,
    PublishPolicy,
    ScheduleOpening,
)
from remote_bid.opening.events import (
    CustodianKeyOffered,
    OpeningScheduled,
    PolicyPublished,
    TimetableProposed,
    TimetableSigned,
)
from remote_bid.opening.known import Known
from remote_bid.opening.lodging import lodging_key
from remote_bid.opening.rules.guards import known, require_phase, require_role, require_session
from remote_bid.opening.rules.handing_over import deputies_fit
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.submitting import custodian_kids, escrow_kids
from remote_bid.opening.statements import Schedule
from remote_bid.opening.terms import OFFICES, Phase, Role
from remote_bid.people.noting import CrlNotedDown
from remote_bid.people.required import refuse, says, signed_by_sender, signers
from remote_bid.seal.canonical import NotCanonical, unb64_sized
from remote_bid.seal.envelope import SUITE
from remote_bid.seal.statements import statement_id
from remote_bid.seal.xwing import PUBLIC_SIZE, CannotOpen, seal_to
from remote_bid.tender.sound import unsound
from remote_bid.tender.statements import CustodianKey, Pauses, Policy, Timetable, Windows
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Turn
from remote_bid.timeline.marks import LogKeyRotated
from remote_bid.timeline.sideline import MOST_SLOTS


def schedule(opening: Opening, command: ScheduleOpening, turn: Turn) -> list[Event]:
    plan, _ = signed_by_sender(turn, command.signed, Schedule)
    require_session(turn, plan.session)
    if (opening.tender, list(opening.members.values())) == (plan.tender, plan.members):
        return []
    if opening.tender is not None:
        refuse("scheduled_already", "本场开标已经安排。", "This session is scheduled already.")
    require_plan(plan, turn.by.person)
    scheduled = OpeningScheduled(tender=plan.tender, members=plan.members, signed=command.signed)
    return [scheduled, *_begin_with(known(turn))]


def require_plan(plan: Schedule, host: str) -> None:
    """What a session needs to begin; the verifier asks it again."""
    roles = [member.role for member in plan.members]
    hosts = [m.person for m in plan.members if m.role is Role.HOST and not m.deputy_of]
    firsts = [member.role for member in plan.members if not member.deputy_of]
    single = all(firsts.count(role) == 1 for role in OFFICES) and deputies_fit(plan.members)
    if hosts != [host] or not single or Role.BIDDER in roles or not plan.tender.lots:
        refuse(
            "bad_members", "人员名单不完整或有误。", "Name yourself as host, one supervisor, one tenderer, some lot."
        )
    if len({member.person for member in plan.members}) != len(plan.members):
        refuse("bad_members", "同一人不能兼任两个角色。", "Nobody may have two roles.")
    for wrong in unsound(plan.tender):
        refuse(wrong.code, wrong.zh, wrong.en)


def _begin_with(known: Known) -> list[Event]:
    """What later judges must know from the beginning: the log's key, and which certificates are revoked."""
    rotated = [LogKeyRotated(statement=statement) for statement in known.deployment.successors]
    return [*rotated, *(CrlNotedDown(crl=crl) for crl in known.crls)]


def offer_key(opening: Opening, command: OfferCustodianKey, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.CUSTODIAN)
    offer, _ = signed_by_sender(turn, command.signed, CustodianKey)
    if opening.offers.get(f"{turn.by.person}/{offer.lot}/{offer.part}") == command.signed:
        return []
    require_phase(opening, Phase.SCHEDULED, Phase.LOBBY)
    require_session(turn, offer.session)
    try:
        seal_to(unb64_sized(offer.public_key, PUBLIC_SIZE), b"", b"")
    except (NotCanonical, CannotOpen):
        refuse("bad_key", "公钥格式有误。", "This is not a custodian's public key.")
    if (offer.lot, offer.part) not in opening.places():
        refuse("not_wanted", "此标段不需要该密钥。", "No key is wanted for this lot and part.")
    return [CustodianKeyOffered(person=turn.by.person, signed=command.signed)]


def publish_policy(opening: Opening, command: PublishPolicy, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.TENDERER)
    policy, _ = signed_by_sender(turn, command.signed, Policy)
    require_session(turn, policy.session)
    if statement_id(command.signed.statement) in opening.policies:
        return []
    require_phase(opening, Phase.SCHEDULED)
    if (policy.lot, policy.part) not in opening.places():
        refuse("unknown_part", "招标项目没有该标段或该部分。", "There is no such lot, or it has no such part.")
    if opening.policy_of(policy.lot, policy.part) is not None:
        refuse("policy_fixed", "该部分的招标规则已经公布，不能更改。", "The policy of this lot and part is published.")
    if opening.tender is None or policy.tender != opening.tender.code:
        refuse("policy_fixed", "规则不属于本项目。", "The policy is for another tender.")
    _require_deployment(policy, turn)
    require_custodians(opening, policy)
    _require_lodging_key(policy, turn)
    _require_escrow(opening, policy)
    return [PolicyPublished(signed=command.signed)]


def _require_deployment(policy: Policy, turn: Turn) -> None:
    here = known(turn).deployment
    named = (policy.authorities, policy.log, policy.cosigners, policy.quorum, policy.tsa, policy.suites)
    if named != (here.authorities, here.log, here.cosigners, here.quorum, here.tsa, [SUITE]):
        refuse("other_deployment", "规则所列的机构、日志或联署方与本中心不符。", "The policy names another deployment.")


def _require_escrow(opening: Opening, policy: Policy) -> None:
    for holder in policy.escrow.holders if policy.escrow else []:
        member, offer = opening.members.get(holder.person), opening.offers.get(_place(holder.person, policy))
        if member is None or (member.role, member.side) != (Role.CUSTODIAN, holder.side) or offer != holder.proof:
            refuse("unknown_custodian", "托管人不在名单之列或公钥不符。", "A holder is not of this session.")
    require_escrow_apart(policy)


def require_escrow_apart(policy: Policy) -> None:
    """Another group than the custodians: who holds both halves' shares could read a bid."""
    if policy.escrow is None:
        return
    holders, custodians = policy.escrow.holders, {custodian.person for custodian in policy.custodians}
    sides = [holder.side for holder in holders]
    kids = set(escrow_kids(policy)) - set(custodian_kids(policy))
    distinct = len(kids | {holder.person for holder in holders})
    if distinct != 2 * len(holders) or not 2 <= policy.escrow.k <= len(holders):
        refuse("bad_escrow", "托管人人数或门限有误。", "Escrow needs 2 ≤ k ≤ n distinct holders.")
    if custodians & {holder.person for holder in holders} or max(map(sides.count, sides)) >= policy.escrow.k:
        refuse(
            "bad_escrow", "托管人不能同时是保管人，也不能由一方占足门限。", "Escrow is another group, of several sides."
        )


def _require_lodging_key(policy: Policy, turn: Turn) -> None:
    if policy.lodging_key != lodging_key(turn.line_secret, turn.session, policy.lot, policy.part):
        refuse("other_lodging_key", "规则所列的寄存公钥不是本中心的。", "The policy names another lodging key.")


def require_custodians(opening: Opening, policy: Policy) -> None:
    """Custodians with the keys that they last offered, enough of them, on enough sides."""
    people = [custodian.person for custodian in policy.custodians]
    sides = [custodian.side for custodian in policy.custodians]
    for custodian in policy.custodians:
        member, offer = opening.members.get(custodian.person), opening.offers.get(_place(custodian.person, policy))
        if member is None or (member.role, member.side) != (Role.CUSTODIAN, custodian.side) or offer != custodian.proof:
            refuse("unknown_custodian", "保管人或其密钥与登记不符。", "A custodian or its key is not the one offered.")
    kids = custodian_kids(policy)
    if len(set(people)) != len(people) or len(set(kids)) != len(kids) or not 2 <= policy.k <= len(people):
        refuse(
            "bad_quorum",
            "保管人数与门限不符合要求。",
            "Distinct custodians and keys are needed, 2 ≤ k ≤ n.",
        )
    if max(sides.count(side) for side in sides) >= policy.k:
        refuse("one_side_suffices", "任何一方不得掌握足以开启的份额。", "No side may hold k shares.")


def propose_timetable(opening: Opening, command: ProposeTimetable, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.TENDERER)
    table, _ = signed_by_sender(turn, command.signed, Timetable)
    require_phase(opening, Phase.SCHEDULED, Phase.LOBBY, Phase.HELD)
    _require_timetable(opening, table, turn)
    return [] if opening.proposed == command.signed else [TimetableProposed(signed=command.signed)]


def countersign_timetable(opening: Opening, command: CountersignTimetable, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.SUPERVISOR)
    table = says(command.signed, Timetable)
    if statement_id(command.signed.statement) == opening.timetable_id:
        return []
    require_phase(opening, Phase.SCHEDULED, Phase.LOBBY, Phase.HELD)
    people = [opening.role_of(person.person) for person in signers(turn, command.signed)]
    if people != [Role.TENDERER, Role.SUPERVISOR]:
        refuse(
            "two_signatures", "时间表须由招标人和监督人员签署。", "Tenderer and supervisor both must sign a timetable."
        )
    _require_timetable(opening, table, turn)
    return [TimetableSigned(signed=command.signed)]


def _require_timetable(opening: Opening, table: Timetable, turn: Turn) -> None:
    require_session(turn, table.session)
    require_timetable(opening, table, turn.at)


def require_timetable(opening: Opening, table: Timetable, at: datetime) -> None:
    """What a timetable must say to be signed at that instant; the verifier asks it again."""
    if opening.lacks_policy():
        refuse("policies_missing", "招标规则尚未公布齐全。", "Every part of every lot needs its policy first.")
    if table.policies != sorted(opening.policies):
        refuse("other_policies", "时间表与招标规则不符。", "The timetable is not for these policies.")
    if table.prev != (opening.timetable_id or None):
        refuse("not_the_latest", "时间表不是接续现行时间表的。", "The timetable does not follow the one that holds.")
    try:
        deadline = instant.when(table.deadline)
    except ValueError:
        refuse("bad_deadline", "投标截止时间格式有误。", "The deadline is not an instant.")
    _require_later(opening, deadline, at)
    cadences = (table.ticks, table.lobby_ticks)
    if any(not (_FASTEST_MS <= c.every_ms <= _DAY_MS and c.slots in (256, MOST_SLOTS)) for c in cadences):
        refuse("bad_cadence", "封存节奏不符合要求。", "Ticks have 256 or 4096 slots, ten a second to one a day.")
    spans = (table.lobby_ms, table.host_ms, *(span for part in _PARTS for span in msgspec.structs.astuple(part(table))))
    if any(not 0 < span <= 30 * _DAY_MS for span in spans) or not 0 <= table.extension_ms <= 30 * _DAY_MS:
        refuse("bad_windows", "时限不符合要求。", "A window lasts from a moment to thirty days.")


def _require_later(opening: Opening, deadline: datetime, at: datetime) -> None:
    """T0 lies ahead, within two years, never moves earlier, and is not moved once it has come."""
    earlier = opening.timetable is not None and deadline < instant.when(opening.timetable.deadline)
    if deadline <= at or earlier or deadline > instant.later(at, 730 * _DAY_MS):
        refuse(
            "deadline_too_early",
            "投标截止时间只能顺延，且须在两年之内。",
            "A deadline is ahead and never moves earlier.",
        )
    held = opening.timetable
    if opening.phase is not Phase.HELD and held is not None and at >= instant.when(held.deadline):
        refuse("deadline_passed", "投标截止时间已过，不能顺延。", "The deadline has come; it can no longer be moved.")


_PARTS: list[Callable[[Timetable], Windows | Pauses]] = [lambda table: table.windows, lambda table: table.pauses]

_FASTEST_MS, _DAY_MS = 100, 86_400_000


def _place(person: str, policy: Policy) -> str:
    return f"{person}/{policy.lot}/{policy.part}"
