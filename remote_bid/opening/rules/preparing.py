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
    CrlNotedDown,
    CustodianKeyOffered,
    OpeningScheduled,
    PolicyPublished,
    TimetableProposed,
    TimetableSigned,
)
from remote_bid.opening.known import Known
from remote_bid.opening.rules.guards import (
    known,
    refuse,
    require_phase,
    require_role,
    require_session,
    says,
    signed_by_sender,
    signers,
)
from remote_bid.opening.rules.handing_over import deputies_fit
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.submitting import custodian_kids
from remote_bid.opening.terms import OFFICES, Phase, Role
from remote_bid.seal.canonical import NotCanonical, unb64_sized
from remote_bid.seal.envelope import SUITE
from remote_bid.seal.statements import statement_id
from remote_bid.seal.xwing import PUBLIC_SIZE, CannotOpen, seal_to
from remote_bid.tender.statements import CustodianKey, Pauses, Policy, Timetable, Windows
from remote_bid.tender.terms import DRAW, READOUT_FORM, Lot, Tender
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Turn
from remote_bid.timeline.marks import LogKeyRotated
from remote_bid.timeline.sideline import MOST_SLOTS


def schedule(opening: Opening, command: ScheduleOpening, turn: Turn) -> list[Event]:
    if (opening.tender, list(opening.members.values())) == (command.tender, command.members):
        return []
    if opening.tender is not None:
        refuse("scheduled_already", "本场开标已经安排。", "This session is scheduled already.")
    roles = [member.role for member in command.members]
    hosts = [m.person for m in command.members if m.role is Role.HOST and not m.deputy_of]
    firsts = [member.role for member in command.members if not member.deputy_of]
    single = all(firsts.count(role) == 1 for role in OFFICES) and deputies_fit(command.members)
    if hosts != [turn.by.person] or not single or Role.BIDDER in roles or not command.tender.lots:
        refuse(
            "bad_members", "人员名单不完整或有误。", "Name yourself as host, one supervisor, one tenderer, some lot."
        )
    if len({lot.lot for lot in command.tender.lots}) != len(command.tender.lots):
        refuse("bad_lots", "标段编号重复。", "Two lots have the same name.")
    if len({member.person for member in command.members}) != len(command.members):
        refuse("bad_members", "同一人不能兼任两个角色。", "Nobody may have two roles.")
    _require_draws(command.tender)
    return [OpeningScheduled(tender=command.tender, members=command.members), *_begin_with(known(turn))]


def _begin_with(known: Known) -> list[Event]:
    """What later judges must know from the beginning: the log's key, and which certificates are revoked."""
    rotated = [LogKeyRotated(statement=statement) for statement in known.deployment.successors]
    return [*rotated, *(CrlNotedDown(crl=crl) for crl in known.crls)]


def _require_draws(tender: Tender) -> None:
    """Nothing is declared twice: every value must be as likely as any other."""
    for lot in tender.lots:
        coefficients = lot.draw.coefficients if lot.draw else []
        lists = [[coefficient.name for coefficient in coefficients], *(c.values for c in coefficients)]
        if any(len(set(listed)) != len(listed) for listed in lists):
            refuse("bad_draw", "抽取系数或其取值重复。", "A coefficient or one of its values is declared twice.")


def offer_key(opening: Opening, command: OfferCustodianKey, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.CUSTODIAN)
    offer, _ = signed_by_sender(turn, command.signed, CustodianKey)
    if opening.offers.get(f"{turn.by.person}/{offer.lot}/{offer.part}") == command.signed:
        return []
    require_phase(opening, Phase.SCHEDULED)
    require_session(turn, offer.session)
    try:
        seal_to(unb64_sized(offer.public_key, PUBLIC_SIZE), b"", b"")
    except (NotCanonical, CannotOpen):
        refuse("bad_key", "公钥格式有误。", "This is not a custodian's public key.")
    if opening.lot(offer.lot) is None or opening.policy_of(offer.lot, offer.part) is not None:
        refuse("not_wanted", "此标段不需要该密钥。", "No key is wanted for this lot and part.")
    return [CustodianKeyOffered(person=turn.by.person, signed=command.signed)]


def publish_policy(opening: Opening, command: PublishPolicy, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.TENDERER)
    policy, _ = signed_by_sender(turn, command.signed, Policy)
    require_session(turn, policy.session)
    if statement_id(command.signed.statement) in opening.policies:
        return []
    require_phase(opening, Phase.SCHEDULED)
    if policy.part != READOUT_FORM and not (policy.part == DRAW and _declares_draw(opening.lot(policy.lot))):
        refuse("unknown_part", "目前只支持开标一览表。", "Only the readout form can be opened so far.")
    if opening.policy_of(policy.lot, policy.part) is not None or opening.lot(policy.lot) is None:
        refuse("policy_fixed", "该标段的招标规则已经公布，不能更改。", "The policy of this lot and part is published.")
    if opening.timetable is not None or opening.tender is None or policy.tender != opening.tender.code:
        refuse("policy_fixed", "时间表已签署，或规则不属于本项目。", "Policies come before timetables.")
    _require_deployment(policy, turn)
    _require_custodians(opening, policy)
    return [PolicyPublished(signed=command.signed)]


def _declares_draw(lot: Lot | None) -> bool:
    return lot is not None and lot.draw is not None


def _require_deployment(policy: Policy, turn: Turn) -> None:
    here = known(turn).deployment
    named = (policy.authorities, policy.log, policy.cosigners, policy.quorum, policy.tsa, policy.suites)
    if named != (here.authorities, here.log, here.cosigners, here.quorum, here.tsa, [SUITE]):
        refuse("other_deployment", "规则所列的机构、日志或联署方与本中心不符。", "The policy names another deployment.")


def _require_custodians(opening: Opening, policy: Policy) -> None:
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
    if not opening.policies or table.policies != sorted(opening.policies):
        refuse("other_policies", "时间表与招标规则不符。", "The timetable is not for these policies.")
    _require_draw_policies(opening)
    if table.prev != (opening.timetable_id or None):
        refuse("not_the_latest", "时间表不是接续现行时间表的。", "The timetable does not follow the one that holds.")
    try:
        deadline = instant.when(table.deadline)
    except ValueError:
        refuse("bad_deadline", "投标截止时间格式有误。", "The deadline is not an instant.")
    _require_later(opening, deadline, turn)
    cadences = (table.ticks, table.lobby_ticks)
    if any(not (_FASTEST_MS <= c.every_ms <= _DAY_MS and c.slots in (256, MOST_SLOTS)) for c in cadences):
        refuse("bad_cadence", "封存节奏不符合要求。", "Ticks have 256 or 4096 slots, ten a second to one a day.")
    spans = (table.lobby_ms, table.host_ms, *(span for part in _PARTS for span in msgspec.structs.astuple(part(table))))
    if any(not 0 < span <= 30 * _DAY_MS for span in spans) or not 0 <= table.extension_ms <= 30 * _DAY_MS:
        refuse("bad_windows", "时限不符合要求。", "A window lasts from a moment to thirty days.")


def _require_draw_policies(opening: Opening) -> None:
    lots = opening.tender.lots if opening.tender else []
    if any(lot.draw and not opening.policy_of(lot.lot, DRAW) for lot in lots):
        refuse("draw_missing", "抽取系数的密钥规则尚未公布。", "A lot declares a draw whose policy is not published.")


def _require_later(opening: Opening, deadline: datetime, turn: Turn) -> None:
    """T0 lies ahead, within two years, never moves earlier, and is not moved once it has come."""
    earlier = opening.timetable is not None and deadline < instant.when(opening.timetable.deadline)
    if deadline <= turn.at or earlier or deadline > instant.later(turn.at, 730 * _DAY_MS):
        refuse(
            "deadline_too_early",
            "投标截止时间只能顺延，且须在两年之内。",
            "A deadline is ahead and never moves earlier.",
        )
    held = opening.timetable
    if opening.phase is not Phase.HELD and held is not None and turn.at >= instant.when(held.deadline):
        refuse("deadline_passed", "投标截止时间已过，不能顺延。", "The deadline has come; it can no longer be moved.")


_PARTS: list[Callable[[Timetable], Windows | Pauses]] = [lambda table: table.windows, lambda table: table.pauses]

_FASTEST_MS, _DAY_MS = 100, 86_400_000


def _place(person: str, policy: Policy) -> str:
    return f"{person}/{policy.lot}/{policy.part}"
