"""Step 6: every entry decided again and folded by the same rules, through the phases in their order."""

from remote_bid.evaluation.events import EvaluationVoided
from remote_bid.evaluation.rules import Evaluation, evolve
from remote_bid.evaluation.terms import EvaluationPhase, come_to
from remote_bid.people.noting import CrlNotedDown
from remote_bid.timeline.context import Event
from remote_bid.timeline.entry import Shown
from remote_bid.timeline.marks import CheckpointCosigned, LogKeyRotated, Ticked
from remote_bid.verify.case import Case, Failed, about, entry_name
from remote_bid.verify.evaluated.acts import judged
from remote_bid.verify.evaluated.case import EvaluationCase, of

Phase = EvaluationPhase
_ORDER = list(Phase)


def replay(case: Case) -> None:
    """Step 6: each is what the rules decide; folded, they lead through the phases in their order to a public report."""
    found = of(case)
    state, expected = Evaluation(session=case.session), list[Event]()
    for shown in case.main:
        event = case.whole(shown)
        if event is None:
            continue
        found.met[shown.seq] = state
        expected = judged(found, shown, event, expected)
        state = _folded(found, shown, event, state)
    if expected:
        raise Failed("timeline.json", f"it ends before {type(expected[0]).__name__}")
    if not (state.published or state.phase is Phase.VOID):
        raise Failed("timeline.json", f"the evaluation is not public: {state.phase}")
    found.evaluation = state
    case.report.holds(6, "acts", f"{len(case.main)} entries, {state.phase}")


def _folded(case: EvaluationCase, shown: Shown, event: Event, state: Evaluation) -> Evaluation:
    with about(entry_name(shown)):
        after = evolve(state, case.happening(shown, event))
    if after.phase is not state.phase and not _follows(state.phase, after.phase):
        raise Failed(entry_name(shown), f"the session went from {state.phase} to {after.phase}")
    return after


def _follows(before: EvaluationPhase, after: EvaluationPhase) -> bool:
    """One phase after the other; VOID from anywhere, and the report at once where every bid is rejected."""
    rejected = after is Phase.REPORT and come_to(before, Phase.PRELIMINARY) and come_to(Phase.OUTLIERS, before)
    return after is Phase.VOID or rejected or _ORDER.index(after) == _ORDER.index(before) + 1


def void(case: Case) -> None:
    """Step 6 of a void evaluation: the cause is told in the last place, and cosigned; all else is withheld."""
    told = [shown for shown in case.main if (shown.event or {}).get("type") == EvaluationVoided.__name__]
    if len(told) != 1:
        raise Failed("timeline.json", "it is not told once that the evaluation is void")
    if told[0].seq not in {event.covers for _, event in case.happened(CheckpointCosigned)}:
        raise Failed(entry_name(told[0]), "no cosigned checkpoint covers it")
    later = [shown for shown in case.main[told[0].seq :] if not isinstance(case.whole(shown), _LATER)]
    if later:
        raise Failed(entry_name(later[0]), "something follows on the end of a void evaluation")
    case.report.holds(6, entry_name(told[0]), f"void: {(told[0].event or {}).get('cause')}")
    case.report.withheld(6, "acts", "of a void evaluation only its end is public")


_LATER = (CheckpointCosigned, LogKeyRotated, CrlNotedDown, Ticked)
"""What may follow on the end."""
