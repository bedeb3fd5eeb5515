"""A whole evaluation at the desk, with its clock running and everybody listening: the bytes that reach each of them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import msgspec
import pytest
import pytest_asyncio

from remote_bid.evaluation import evaluation as context
from remote_bid.evaluation.ballots import Ballots
from remote_bid.evaluation.facts import EvaluationFacts
from remote_bid.evaluation.terms import EvaluationPhase
from remote_bid.gateway.frames import Audience
from remote_bid.timeline.clock import Clock
from remote_bid.timeline.context import CLOCK
from remote_bid.timeline.desk import Desk, Moved
from remote_bid.timeline.entry import Who
from remote_bid.timeline.log import MemoryLog
from remote_bid.timeline.patch import apply
from remote_bid.timeline.sideline import line_of
from tests.evaluation.actors import (
    AGENCY,
    AUDITOR,
    BEGINS,
    CENTRE,
    EVERYBODY,
    FIRMS,
    NAMES,
    SESSION,
    certificate_of,
    expert,
)
from tests.evaluation.acts import save_draft
from tests.evaluation.day import DETAILED, FAR, MEMBERS, PUBLISHED, evaluation
from tests.given import Act, Story
from tests.opening.actors import AUTHORITY, DEPLOYMENT, LINE_SECRET, OFFICE
from tests.timeline.hours import Stopped

DRAFT = save_draft(MEMBERS["E03"])
ACTS = [*PUBLISHED[: len(DETAILED)], DRAFT, *PUBLISHED[len(DETAILED) :]]
"""Everything that people do; what the clock does, the clock does."""


@dataclass
class Ear:
    """Somebody who listens from the beginning: every byte of every frame, in the phase in which it came."""

    who: Who
    audience: Audience | None = None
    heard: list[tuple[EvaluationPhase, bool, str]] = field(default_factory=list)
    view: dict[str, object] = field(default_factory=dict)

    def listen(self, moved: Moved) -> None:
        before, after = moved.before.state, moved.after.state
        role = context.standing(after, self.who.person) if self.who.person else "observer"
        if self.audience is None or self.audience.who.role != role:
            line = line_of(LINE_SECRET, SESSION, self.who.person) if self.who.person else ""
            self.audience = Audience(moved.before, Who(person=self.who.person, role=role), line)
            joined = self.audience.joined(moved.before, 0)
            self.view = msgspec.to_builtins(joined.view)
            self.keep(before.phase, before.published, joined)
        if self.audience.concerned(moved):
            for frame in self.audience.frames(moved):
                self.view = apply(self.view, frame.patch)
                self.keep(after.phase, after.published, frame)

    def keep(self, phase: EvaluationPhase, published: bool, told: object) -> None:
        self.heard.append((phase, published, msgspec.json.encode(told).decode()))

    def bytes_before(self, phase: EvaluationPhase | None = None) -> str:
        """What it got before this phase, or before the report was public."""
        told = list(EvaluationPhase)
        until = told.index(phase) if phase else len(told)
        return "\n".join(text for at, public, text in self.heard if told.index(at) < until and not public)


@dataclass
class Served:
    """The session at the end, and who has heard what."""

    ears: dict[str, Ear]
    desk: Desk


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served() -> AsyncIterator[Served]:
    time, ballots = Stopped(BEGINS + timedelta(minutes=5)), Ballots()
    facts = EvaluationFacts([AUTHORITY.root], DEPLOYMENT, time, ballots)
    desk = Desk(MemoryLog(time), OFFICE, LINE_SECRET, {context.name: (context, facts)})
    desk.listen(ballots.forget)
    everybody = [*EVERYBODY, *(expert(person) for person in MEMBERS.values())]
    ears = {who.person: Ear(who) for who in everybody}
    for ear in ears.values():
        desk.listen(ear.listen)
    clock = Clock(desk, time)
    clock.start([])
    await desk.create(SESSION, context.name)
    for act in ACTS:
        if act.by != CLOCK:
            await _heard(desk, time, act)
    yield Served(ears, desk)
    await clock.close()


async def _heard(desk: Desk, time: Stopped, act: Act) -> None:
    """Hand it in as soon as the clock has done what was due; whoever waits for an election waits for its key."""
    for _ in range(400):
        folded = await desk.look(SESSION)
        state = folded.state
        due = [item for item in context.due(state) if item.at <= time()] if state.order else []
        if not due:
            break
        await asyncio.sleep(0.01)
    story = Story(evaluation, folded, time())
    await desk.handle(SESSION, act.asked(story), act.by)


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_with_its_clock_the_session_comes_to_its_public_report(served: Served) -> None:
    state = (await served.desk.look(SESSION)).state
    assert state.published
    assert len([bid for bid in state.report.candidates]) == 3


async def test_no_byte_tells_anybody_who_an_expert_is(served: Served) -> None:
    """But the auditor, whoever it is, the centre that has called it, and those who know whom the tenderer sends."""
    for person, ear in served.ears.items():
        text = ear.bytes_before()
        for alias, member in MEMBERS.items():
            assert person in (member, AUDITOR.person) or certificate_of(member) not in text
            known = person in (member, AUDITOR.person, CENTRE.person)
            sent = alias == "E01" and person in (AGENCY.person, "supervisor", "tenderer")
            assert known or sent or (member not in text and NAMES[member] not in text)


async def test_no_byte_tells_anybody_anothers_score_before_the_sheets_are_closed(served: Served) -> None:
    for person, ear in served.ears.items():
        text = ear.bytes_before(EvaluationPhase.PRICE)
        assert (f'"points":"{FAR}"' in text) is (person == MEMBERS["E04"])


async def test_no_byte_tells_anybody_of_anothers_draft(served: Served) -> None:
    for person, ear in served.ears.items():
        assert ("SheetDrafted" in ear.bytes_before()) is (person == MEMBERS["E03"])
        assert ("11.5" in ear.bytes_before()) is (person == MEMBERS["E03"])


async def test_no_byte_of_a_sealed_ballot_reaches_anybody_but_its_voter(served: Served) -> None:
    folded = await served.desk.look(SESSION)
    for entry in [entry for entry in folded.main if entry.type == "BallotCast"]:
        for person, ear in served.ears.items():
            text = "\n".join(text for _, _, text in ear.heard)
            assert (entry.fields["sealed"] in text) is (person == entry.fields["by"]["person"])


async def test_no_byte_tells_a_bidder_of_another(served: Served) -> None:
    for person, name in FIRMS.items():
        text = served.ears[person].bytes_before()
        assert not any(other in text for other in FIRMS.values() if other != name)


async def test_applying_frames_gives_what_the_server_sees(served: Served) -> None:
    folded = await served.desk.look(SESSION)
    for ear in served.ears.values():
        role = context.standing(folded.state, ear.who.person) if ear.who.person else "observer"
        seen = context.see(folded.state, Who(person=ear.who.person, role=role))
        assert ear.view == msgspec.to_builtins(seen)
