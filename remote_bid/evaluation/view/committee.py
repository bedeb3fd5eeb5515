"""The committee on a page: its draw, its members by alias, how far each is."""

from typing import Any

from msgspec import UNSET, UnsetType

from remote_bid.evaluation.rules.calling import next_index, next_place
from remote_bid.evaluation.rules.member import Member
from remote_bid.evaluation.rules.progress import Task, done, pending, vacancies, voters
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import Departure, EvaluationPhase, come_to
from remote_bid.evaluation.view.page import DrawView, ElectionView, MemberRow, MotionRow, PlaceRow
from remote_bid.evaluation.view.who import INSIDE, Eye
from remote_bid.timeline import instant


def draw(evaluation: Evaluation) -> DrawView | UnsetType:
    """What anybody needs to recompute it."""
    if evaluation.pools is None:
        return UNSET
    return DrawView(
        pools=evaluation.pools.pools,
        pools_id=evaluation.pools_id,
        sealed=sorted(evaluation.seeds),
        keys=len(evaluation.draw_keys),
        seed=evaluation.seed or UNSET,
    )


def progress(evaluation: Evaluation, eye: Eye) -> dict[str, Any]:
    """Who has done what, never what it is; seats for those who watch the rooms."""
    told: dict[str, Any] = {"members": members(evaluation, eye) or UNSET}
    if eye is Eye.SITE:
        return told
    told["leader"] = evaluation.leader or UNSET
    told["motions"] = _motions(evaluation, eye) or UNSET
    told["overdue"] = (pending(evaluation) if evaluation.overdue else []) or UNSET
    if eye is not Eye.COMMITTEE:
        told["vacant"] = _vacant(evaluation) or UNSET
    if eye in INSIDE:
        told["election"] = _election(evaluation)
    return told


_NEVER_CAME = (Departure.DECLINED, Departure.UNREACHABLE, Departure.CONFLICTED)


def members(evaluation: Evaluation, eye: Eye) -> dict[str, MemberRow]:
    """The committee, as far as this eye may know it."""
    return {member.alias: _row(evaluation, member, eye) for member in _listed(evaluation, eye)}


def _listed(evaluation: Evaluation, eye: Eye) -> list[Member]:
    """To fellow members only who is on the committee; who was called in vain is for those who call."""
    called = evaluation.members.values()
    if eye in (Eye.COMMITTEE, Eye.SITE, Eye.BIDDER, Eye.CUSTODIAN, Eye.PUBLIC):
        return [member for member in called if member.left is None and member.accepted_at]
    return list(called)


def _row(evaluation: Evaluation, member: Member, eye: Eye) -> MemberRow:
    watches = eye in (Eye.SUPERVISOR, Eye.SITE)
    outside = eye in (Eye.SUPERVISOR, Eye.RUNNER, Eye.AUDITOR)
    named = eye is Eye.AUDITOR or (evaluation.published and (member.left is None or member.seated))
    return MemberRow(
        alias=member.alias,
        specialty=(member.specialty or UNSET) if outside else UNSET,
        done=[task.value for task in _steps(evaluation) if done(evaluation, member, task)],
        present=member.left is None,
        site=(member.site or member.gate or UNSET) if watches else UNSET,
        seat=(member.seat or UNSET) if watches else UNSET,
        left=(member.left or UNSET) if outside else UNSET,
        answer=(member.answer or UNSET) if evaluation.phase is EvaluationPhase.CLOSED else UNSET,
        person=member.person if named else UNSET,
        name=member.name if named else UNSET,
    )


def _steps(evaluation: Evaluation) -> list[Task]:
    """Tasks that a member may have done by now; how many outliers somebody has to answer is nobody's but its own."""
    steps = [Task.ANSWER, Task.CHECK_IN, Task.UNDERTAKING]
    if come_to(evaluation.phase, EvaluationPhase.PRELIMINARY):
        steps.append(Task.REVIEW)
    return [*steps, Task.SHEET] if come_to(evaluation.phase, EvaluationPhase.DETAILED) else steps


def _vacant(evaluation: Evaluation) -> dict[str, PlaceRow]:
    if not evaluation.seed:
        return {}
    return {
        specialty: PlaceRow(
            count=count,
            place=next_place(evaluation, specialty),
            index=index if (index := next_index(evaluation, specialty)) is not None else UNSET,
        )
        for specialty, count in vacancies(evaluation).items()
    }


def _election(evaluation: Evaluation) -> ElectionView | UnsetType:
    election = evaluation.election
    if election is None:
        return UNSET
    return ElectionView(
        round=election.round,
        key=election.key,
        among=list(election.among),
        ends_at=instant.text(election.ends_at),
        voted=sorted(election.cast),
    )


def _motions(evaluation: Evaluation, eye: Eye) -> dict[str, MotionRow]:
    """Outside the committee and its supervisor only that there is one, and who has voted."""
    inside = eye in INSIDE
    here = {member.alias for member in voters(evaluation)}
    return {
        str(motion.number): MotionRow(
            about=motion.about,
            bid=(motion.bid or UNSET) if inside else UNSET,
            voted=sorted(set(motion.votes) & here) or UNSET,
            carried=motion.carried if inside and motion.carried is not None else UNSET,
        )
        for motion in evaluation.motions.values()
    }
