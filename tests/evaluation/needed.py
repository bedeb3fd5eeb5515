"""What an evaluation needs next, whoever is on its committee: the acts that would bring it further."""

from collections.abc import Callable
from dataclasses import replace

from remote_bid.evaluation.rules.member import Member
from remote_bid.evaluation.rules.progress import Task, owes, vacancies
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import EvaluationPhase
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK, Refused
from tests.evaluation import acts
from tests.evaluation.actors import AGENCY, BIDDERS, CENTRE, CUSTODIANS, SUPERVISOR, bid_id
from tests.evaluation.day import evaluation
from tests.given import Act, Story, handle

Phase = EvaluationPhase


def needs(story: Story) -> list[Act]:
    """What is due by now, else what people are asked for."""
    state: Evaluation = story.state
    due = [Act(item.command, CLOCK) for item in evaluation.context.due(state) if item.at <= story.at]
    return due + _of_people(state)


def next_deadline_ms(story: Story) -> int | None:
    """How long until something falls due."""
    waits = [item.at for item in evaluation.context.due(story.state) if item.at > story.at]
    return round((min(waits) - story.at).total_seconds() * 1000) + 1 if waits else None


def _of_people(state: Evaluation) -> list[Act]:
    if state.order is None:
        return [acts.schedule()]
    if state.suspension is not None:
        number = state.suspension.number
        return [acts.resume(SUPERVISOR, AGENCY, number=number), acts.resume(SUPERVISOR, number=number)]
    found = _before(state)
    found += [acts.call(specialty) for specialty in vacancies(state) if state.seed]
    found += [act for member in state.active() for act in of_member(state, member)]
    found += [acts.report_site(site, up=True) for site in state.sites_lost]
    asked = {question.bid: question.number for question in state.open_questions()}
    found += [acts.answer(who, asked[bid_id(who)]) for who in BIDDERS if bid_id(who) in asked]
    return [*found, acts.publish_report()] if state.phase is Phase.CLOSED else found


def _before(state: Evaluation) -> list[Act]:
    if state.phase is Phase.SCHEDULED:
        sealers = [who for who in (SUPERVISOR, AGENCY, CENTRE) if who.person not in state.seeds]
        return [acts.seal_seed(who) for who in sealers] if state.pools else [acts.commit_pools()]
    return [acts.publish_key(who) for who in CUSTODIANS] if state.phase is Phase.DRAW and not state.seed else []


def of_member(state: Evaluation, member: Member) -> list[Act]:
    """What this member would do now."""
    alias, person = member.alias, member.person
    found = [acts.vote(alias, person, motion.number) for motion in state.open_motions() if alias not in motion.votes]
    if state.election and alias not in state.election.cast:
        found.append(acts.cast(alias, person, state.election.among[0]))
    task = owes(state, member)
    if task is not None and not state.report:
        found += _TASKS[task](alias, person)
    if task is Task.OUTLIER:
        found += [
            acts.answer_outlier(alias, person, n)
            for n, o in state.outliers.items()
            if o.open and o.found.alias == alias
        ]
    if state.phase is Phase.REPORT and member.answer is None:
        found += [acts.sign_report(alias, person), acts.dissent(alias, person)]
    return found + (_of_leader(state, member) if alias == state.leader else [])


def _of_leader(state: Evaluation, member: Member) -> list[Act]:
    if state.phase is Phase.MATERIALS:
        return [acts.open_review(member.person)]
    return [acts.confirm_summary(member.alias, member.person)] if state.phase is Phase.SUMMARY else []


_TASKS: dict[Task, Callable[[str, str], list[Act]]] = {
    Task.ANSWER: lambda alias, person: [acts.answer_call(alias, person)],
    Task.CHECK_IN: lambda alias, person: [acts.pass_gate(alias), acts.take_seat(person)],
    Task.UNDERTAKING: lambda alias, person: [acts.undertake(alias, person)],
    Task.REVIEW: lambda alias, person: [acts.review(alias, person)],
    Task.SHEET: lambda alias, person: [acts.submit_sheet(alias, person)],
    Task.OUTLIER: lambda alias, person: [],
}


def played_on(story: Story) -> Story:
    """The day to its public report, by whatever it needs next; its time passes where nothing else helps."""
    while not story.state.published:
        moved = next((moved for act in needs(story) if (moved := _tried(story, act)) is not None), None)
        later = next_deadline_ms(story)
        assert moved or later, "nothing brings it further"
        story = moved or replace(story, at=instant.later(story.at, later or 0))
    return story


def _tried(story: Story, act: Act) -> Story | None:
    try:
        moved, happened = handle(story, act)
    except Refused:
        return None
    return moved if happened else None
