"""What the verifier repeats about an assessment or an award, from the bundle of those who have a part in it.

Steps 1 to 4 are every room's; there are no side lines. Then:

 7  signatures    every statement is signed by a person whom a trusted authority vouches for
 6  acts          every entry is exactly what the rules decide from what its author signed, or from what was due; so
                  counts, lots, awards and points are found once more from the signed votes and sheets
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from remote_bid.evaluation.assessment import assessment
from remote_bid.evaluation.assessment import commands as ac
from remote_bid.evaluation.assessment import events as ae
from remote_bid.evaluation.award import award
from remote_bid.evaluation.award import commands as wc
from remote_bid.evaluation.award import events as we
from remote_bid.evaluation.known import Known
from remote_bid.people.certificates import Certified, NotTrusted, signers
from remote_bid.people.checking import all_signed
from remote_bid.people.noting import CrlNotedDown
from remote_bid.seal.statements import BadStatement, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import AnyContext, Command, Event, Happened, Refused
from remote_bid.timeline.entry import Shown
from remote_bid.timeline.marks import CheckpointCosigned, LogKeyRotated
from remote_bid.verify.again import turn_of
from remote_bid.verify.case import Case, Failed, about, entry_name

_MARKS = (CheckpointCosigned, LogKeyRotated, CrlNotedDown)

_COMMANDS: Mapping[type[Event], Callable[[Any], Command]] = {
    ae.AssessmentOpened: lambda event: ac.OpenAssessment(signed=event.signed),
    ae.AssessmentSubmitted: lambda event: ac.SubmitAssessment(signed=event.signed),
    ae.AssessmentClosed: lambda event: ac.CloseAssessment(),
    we.AwardOpened: lambda event: wc.OpenAward(signed=event.signed),
    we.AwardVoted: lambda event: wc.VoteForAward(signed=event.signed),
    we.AwardRoundCounted: lambda event: wc.CountAwardRound(),
    we.AwardRoundOverdue: lambda event: wc.CountAwardRound(),
    we.Awarded: lambda event: wc.CountAwardRound(),
}


@dataclass
class FollowingCase(Case):
    """Filled by the steps in their order, as any case is."""

    context: AnyContext = assessment
    events: Any = assessment.event
    signers: dict[int, dict[str, list[Certified]]] = field(default_factory=dict)
    """Who signed the statements of each entry, by seq and statement id."""


@dataclass
class AssessmentCase(FollowingCase):
    """An assessment's."""

    room: str = "assessment"
    cosigned: tuple[type[Event], ...] = (ae.AssessmentOpened, ae.AssessmentSubmitted, ae.AssessmentClosed)


@dataclass
class AwardCase(FollowingCase):
    """An award's."""

    context: AnyContext = award
    events: Any = award.event
    room: str = "award"
    cosigned: tuple[type[Event], ...] = (
        we.AwardOpened,
        we.AwardVoted,
        we.AwardRoundCounted,
        we.AwardRoundOverdue,
        we.Awarded,
    )


def of(case: Case) -> FollowingCase:
    """The case as one of these rooms'."""
    if not isinstance(case, FollowingCase):
        raise TypeError("this is no assessment and no award")
    return case


def signatures(case: Case) -> None:
    """Step 7: every statement is signed by a person whom a trusted authority vouches for, when it was handed in."""
    found, count, roots = of(case), 0, case.vouched.authorities()
    for shown in case.main:
        event = case.whole(shown)
        if event is None:
            raise Failed(entry_name(shown), "a part of it is withheld")
        at = instant.when((shown.event or {})["at"])
        try:
            certified = {statement_id(paper.statement): signers(paper, roots, at) for paper in all_signed(event)}
        except (NotTrusted, BadStatement) as error:
            raise Failed(entry_name(shown), str(error)) from error
        found.signers[shown.seq] = certified
        count += len(certified)
    case.report.holds(7, "signatures", f"{count} statements, every certificate trusted")


def acts(case: Case) -> None:
    """Step 6: each is what the rules decide on the state that it met; folded, they lead to the end."""
    found = of(case)
    if case.lines:
        raise Failed("lines.json", "there are no side lines in such a session")
    state = found.context.begin(case.session)
    for shown in case.main:
        event = case.whole(shown)
        if event is None:
            continue
        with about(entry_name(shown)):
            happened = case.happening(shown, event)
            if not isinstance(event, _MARKS):
                _decided_again(found, shown, happened, state)
            state = found.context.evolve(state, happened)
    case.report.holds(6, "acts", f"{len(case.main)} entries, {_end(state)}")


def _decided_again(case: FollowingCase, shown: Shown, happened: Happened, state: Any) -> None:
    turn = turn_of(case, happened, Known(signers=case.signers.get(shown.seq, {})))
    try:
        decided = case.context.decide(state, _COMMANDS[type(happened.event)](happened.event), turn)
    except Refused as refusal:
        raise Failed(entry_name(shown), f"the rules refuse it: {refusal.en}") from refusal
    if list(decided) != [happened.event]:
        raise Failed(entry_name(shown), "the rules decide otherwise")


def _end(state: Any) -> str:
    if ended := getattr(state, "awarded", ""):
        return f"awarded to {ended}"
    if getattr(state, "closed", False):
        return "closed"
    raise Failed("timeline.json", "it ends before its session does")


STEPS = ((7, "signatures", signatures), (6, "acts", acts))
"""What comes after the timeline's own steps."""

NEEDED = (signatures,)
