"""Standing still: suspensions, sites without network, and what comes of standing still for too long."""

from datetime import datetime

from remote_bid.evaluation.commands import (
    DecidePostponement,
    EndEvaluationPause,
    NoticeEvaluationOutage,
    ReportSite,
    ResumeEvaluation,
    SuspendEvaluation,
    VoidEvaluation,
)
from remote_bid.evaluation.events import (
    EvaluationPauseCountersigned,
    EvaluationResumed,
    EvaluationSuspended,
    ResumptionAwaited,
    SiteLost,
    SiteRestored,
)
from remote_bid.evaluation.rules.guards import later_of, require_role, require_session
from remote_bid.evaluation.rules.proceeding import next_step
from remote_bid.evaluation.rules.state import Evaluation, Halted
from remote_bid.evaluation.rules.voiding import voided
from remote_bid.evaluation.statements import Postponement
from remote_bid.evaluation.terms import EvaluationPhase, EvaluationRole, VoidCause, come_to
from remote_bid.people.certificates import Signed
from remote_bid.people.required import refuse, require_clock, require_due, says, signed_by_sender, signers
from remote_bid.seal.statements import statement_id
from remote_bid.tender.statements import Resume, Suspend
from remote_bid.tender.terms import SuspensionCause
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Turn

_TWO = (EvaluationRole.AGENCY, EvaluationRole.SUPERVISOR)
SERVERS_OWN = (SuspensionCause.CUSTODIANS_ABSENT, SuspensionCause.OUTAGE)


def under_way(evaluation: Evaluation) -> bool:
    """From the draw to the report the clocks can be stopped."""
    return come_to(evaluation.phase, EvaluationPhase.DRAW) and not evaluation.over


def suspend(evaluation: Evaluation, command: SuspendEvaluation, turn: Turn) -> list[Event]:
    require_role(evaluation, turn, *_TWO)
    told, name = says(command.signed, Suspend), statement_id(command.signed.statement)
    require_session(turn, told.session)
    if name in evaluation.acts:
        return _countersigned(evaluation, command.signed, turn)
    signed_by_sender(turn, command.signed, Suspend)
    if not under_way(evaluation):
        refuse("wrong_phase", "现在不是办理此事的阶段。", "An evaluation is suspended between its draw and its end.")
    if evaluation.suspension is not None:
        refuse("suspended_already", "本场评标已经中止。", "The session is suspended already.")
    if told.number != len(evaluation.pauses) + 1 or told.cause in SERVERS_OWN:
        refuse(
            "not_the_next", "中止的序号或原因有误。", "It must be the next suspension, for a cause that people state."
        )
    own = turn.by.role == EvaluationRole.AGENCY
    ends_at = instant.later(turn.at, evaluation.ordered.timers.agency_pause_ms) if own else None
    return [_suspended(evaluation, told.cause, turn.at, ends_at, command.signed)]


def _suspended(
    evaluation: Evaluation,
    cause: SuspensionCause,
    since: datetime,
    ends_at: datetime | None = None,
    signed: Signed | None = None,
) -> EvaluationSuspended:
    return EvaluationSuspended(
        number=len(evaluation.pauses) + 1,
        cause=cause,
        since=instant.text(since),
        ends_at=instant.text(ends_at) if ends_at else None,
        signed=signed,
    )


def _both(evaluation: Evaluation, signed: Signed, turn: Turn) -> bool:
    """Whether both have signed; refused unless the sender has, and nobody but the two."""
    people = [person.person for person in signers(turn, signed)]
    two = {official.person for role in _TWO for official in evaluation.officials(role)}
    if turn.by.person not in people or not set(people) <= two or len(people) != len(set(people)):
        refuse("agency_and_supervisor", "须由代理机构和监督人员签署。", "Agency and supervisor sign this, each once.")
    return set(people) == two


def _countersigned(evaluation: Evaluation, signed: Signed, turn: Turn) -> list[Event]:
    now, both = evaluation.suspension, _both(evaluation, signed, turn)
    if not both or now is None or now.ends_at is None or now.statement != statement_id(signed.statement):
        return []
    return [EvaluationPauseCountersigned(signed=signed)]


def resume(evaluation: Evaluation, command: ResumeEvaluation, turn: Turn) -> list[Event]:
    require_role(evaluation, turn, *_TWO)
    told, name = says(command.signed, Resume), statement_id(command.signed.statement)
    require_session(turn, told.session)
    both = _both(evaluation, command.signed, turn)
    if name in evaluation.acts:
        return []
    now = evaluation.suspension
    if now is None or told.number != now.number:
        refuse("not_suspended", "本场评标没有处于该次中止。", "This is not the suspension that holds now.")
    if turn.at >= decided_from(evaluation, now):
        refuse("tenderer_decides", "中止已超过修复时限，由招标人决定。", "The tenderer decides after so long.")
    alone = turn.by.role == EvaluationRole.SUPERVISOR and turn.at >= supervisor_from(evaluation, now)
    if both or alone:
        return [_resumed(evaluation, now, turn.at, command.signed)]
    awaited = evaluation.resumption
    same = awaited is not None and statement_id(awaited.statement) == name
    return [] if same else [ResumptionAwaited(signed=command.signed)]


def supervisor_from(evaluation: Evaluation, now: Halted) -> datetime:
    """When the supervisor may let it go on alone."""
    return instant.later(now.since, evaluation.ordered.timers.supervisor_ms)


def decided_from(evaluation: Evaluation, now: Halted) -> datetime:
    """When it is the tenderer's to decide whether this committee goes on."""
    return instant.later(now.since, evaluation.ordered.timers.repair_ms)


def end_pause(evaluation: Evaluation, command: EndEvaluationPause, turn: Turn) -> list[Event]:
    require_clock(turn)
    if evaluation.suspension is None:
        return []
    require_due(turn, evaluation.suspension.ends_at)
    return [_resumed(evaluation, evaluation.suspension, turn.at, None)]


def _resumed(evaluation: Evaluation, now: Halted, at: datetime, signed: Signed | None) -> EvaluationResumed:
    ends_at = evaluation.ends_at + evaluation.stood_still(at) if evaluation.ends_at else None
    return EvaluationResumed(number=now.number, ends_at=instant.text(ends_at) if ends_at else None, signed=signed)


def decide(evaluation: Evaluation, command: DecidePostponement, turn: Turn) -> list[Event]:
    """The tenderer after the time for repairs; the supervisor may end a suspended session at any time."""
    require_role(evaluation, turn, EvaluationRole.TENDERER_OBSERVER, EvaluationRole.SUPERVISOR)
    told, _ = signed_by_sender(turn, command.signed, Postponement)
    require_session(turn, told.session)
    if statement_id(command.signed.statement) in evaluation.acts:
        return []
    now = evaluation.suspension
    if now is None or told.number != now.number:
        refuse("not_suspended", "本场评标没有处于该次中止。", "This is not the suspension that holds now.")
    if turn.by.role == EvaluationRole.SUPERVISOR:
        if told.goes_on:
            refuse("not_allowed", "是否继续由招标人决定。", "Whether it goes on is the tenderer's to decide.")
        return voided(evaluation, turn, VoidCause.SUPERVISOR_DECIDED, command.signed)
    require_due(turn, decided_from(evaluation, now))
    if told.goes_on:
        return [_resumed(evaluation, now, turn.at, command.signed)]
    return voided(evaluation, turn, VoidCause.POSTPONED, command.signed)


def void_at(evaluation: Evaluation) -> datetime | None:
    """When a session that stands still, or lacks members, comes to nothing."""
    if evaluation.order is None or evaluation.over:
        return None
    since = evaluation.suspension.since if evaluation.suspension else evaluation.short_since
    return instant.later(since, evaluation.order.timers.void_ms) if since else None


def void(evaluation: Evaluation, command: VoidEvaluation, turn: Turn) -> list[Event]:
    require_clock(turn)
    if evaluation.over:
        return []
    require_due(turn, void_at(evaluation))
    return voided(evaluation, turn, VoidCause.SUSPENDED_TOO_LONG)


def report_site(evaluation: Evaluation, command: ReportSite, turn: Turn) -> list[Event]:
    """The others go on; the committee's clocks wait."""
    require_role(evaluation, turn, EvaluationRole.SITE_OPERATOR, EvaluationRole.SUPERVISOR)
    official = evaluation.official(turn.by.person)
    sites = [site.site for site in evaluation.ordered.sites]
    own = turn.by.role == EvaluationRole.SUPERVISOR or (official is not None and official.site == command.site)
    if not own or command.site not in sites:
        refuse("other_site", "您不是该场地的操作员。", "You work at another site.")
    if (command.site not in evaluation.sites_lost) is command.up:
        return []
    if not under_way(evaluation):
        refuse("wrong_phase", "现在不是办理此事的阶段。", "Nothing waits for a site now.")
    if not command.up:
        return [SiteLost(site=command.site)]
    return [SiteRestored(site=command.site, ends_at=_after_site(evaluation, command.site, turn.at))]


def _after_site(evaluation: Evaluation, site: str, at: datetime) -> str | None:
    """The last site that comes back gives the time that was lost."""
    if evaluation.ends_at is None:
        return None
    others = [since for name, since in evaluation.sites_lost.items() if name != site]
    if others:
        return instant.text(evaluation.ends_at)
    lost = max(min(evaluation.sites_lost.values()), evaluation.phase_since or at)
    return instant.text(evaluation.ends_at + (at - lost))


def outage_at(evaluation: Evaluation) -> datetime | None:
    """From when on what is due and not done tells that the server was away."""
    step = next_step(evaluation)
    if evaluation.suspension is not None or not under_way(evaluation) or step is None or step.at_once:
        return None
    resumed = instant.when(evaluation.pauses[-1].until) if evaluation.pauses else None
    first = later_of(step.at, evaluation.phase_since, resumed) or step.at
    return instant.later(first, evaluation.ordered.timers.outage_ms)


def notice_outage(evaluation: Evaluation, command: NoticeEvaluationOutage, turn: Turn) -> list[Event]:
    require_clock(turn)
    if evaluation.suspension is not None:
        return []
    require_due(turn, outage_at(evaluation))
    resumed = instant.when(evaluation.pauses[-1].until) if evaluation.pauses else None
    since = later_of(evaluation.cosigned_at, resumed) or turn.at
    return [_suspended(evaluation, SuspensionCause.OUTAGE, since)]
