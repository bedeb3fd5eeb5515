"""Step 6, entry by entry: what the rules decide again is exactly what the timeline tells.

Each turn's first entry carries what its author signed, or tells what the clock did; from that its command is made again
and decided on the state that it met. Only chance is taken at its word: which of the free seats, which codes, which key.
"""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from remote_bid.evaluation import commands as c
from remote_bid.evaluation import events as e
from remote_bid.evaluation import statements as s
from remote_bid.evaluation.known import Known
from remote_bid.evaluation.rules import decide
from remote_bid.evaluation.rules.arriving import free_seats
from remote_bid.evaluation.rules.guards import acting_member, signed_by_member, working_member
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import Departure, VoidCause
from remote_bid.people.certificates import Signed
from remote_bid.people.noting import CrlNotedDown
from remote_bid.people.required import refuse
from remote_bid.seal.statements import media_type
from remote_bid.tender.statements import Resume
from remote_bid.tender.terms import SuspensionCause
from remote_bid.timeline.context import Command, Event, Refused, Turn
from remote_bid.timeline.entry import Shown
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, LogKeyRotated, Ticked
from remote_bid.verify.again import turn_of
from remote_bid.verify.case import Failed, entry_name
from remote_bid.verify.evaluated.case import EvaluationCase

_MARKS = (CheckpointCosigned, LogKeyRotated, CrlNotedDown, Ticked, Disclosed)
"""What step 4 and 5 judge; the rest of a turn is judged without them."""


def judged(case: EvaluationCase, shown: Shown, event: Event, expected: Sequence[Event]) -> list[Event]:
    """Failed unless an entry is the next that its turn brings about; what is still to come of it."""
    if isinstance(event, _MARKS):
        return [*expected]
    if _withheld(case, shown):
        case.report.withheld(6, entry_name(shown), f"{type(event).__name__}: who this was, or why, is not public")
        return []
    decided = [*expected] or [item for item in _decided(case, shown, event) if not isinstance(item, _MARKS)]
    if not decided or _plain(case.met[shown.seq], decided[0], event) != event:
        said = type(decided[0]).__name__ if decided else "nothing"
        raise Failed(entry_name(shown), f"the rules decide otherwise: {said}")
    return decided[1:]


def _withheld(case: EvaluationCase, shown: Shown) -> bool:
    """Whether what was signed is not here to be decided upon."""
    hidden = shown.proof.hidden if shown.proof else {}
    return not hidden.keys().isdisjoint(("signed", "statement"))


def _decided(case: EvaluationCase, shown: Shown, event: Event) -> Sequence[Event]:
    """What the command behind the first entry of a turn brings about."""
    before, happened = case.met[shown.seq], case.happening(shown, event)
    turn = turn_of(case, happened, _known(case, before, event, shown))
    try:
        if isinstance(event, e.BallotCast):
            return _cast(before, event, turn)
        if isinstance(event, e.MemberLeft) and event.cause is Departure.RECUSED:
            return _recused(before, event, turn)
        return [item for item in decide(before, command_for(event), turn) if isinstance(item, Event)]
    except Refused as refusal:
        raise Failed(entry_name(shown), f"the rules refuse it: {refusal.en}") from refusal


def _known(case: EvaluationCase, before: Evaluation, event: Event, shown: Shown) -> Known:
    known = Known(signers=case.signers.get(shown.seq, {}))
    if isinstance(event, e.ElectionOpened):
        return replace(known, ballot_key=event.key)
    if isinstance(event, e.BallotsCounted) and before.election is not None:
        lines = [*event.ballots, *([None] * event.spoiled)]
        return replace(known, ballots=dict(zip(_voters(before), lines, strict=False)))
    return known


def _voters(before: Evaluation) -> list[str]:
    """Whose ballots count; which is whose nobody knows, and no result depends on it."""
    cast = before.election.cast if before.election else {}
    return [member.alias for member in before.active() if member.alias in cast]


def _cast(before: Evaluation, event: e.BallotCast, turn: Turn) -> Sequence[Event]:
    """The ballot itself is shown to nobody: all else is as the rules have it."""
    member = working_member(before, turn)
    told = signed_by_member(turn, member, event.signed, s.Ballot)
    election = before.election
    if election is None or told.round != election.round or member.alias in election.cast:
        refuse("no_election", "本轮推选没有进行。", "This round is not open, or the member has voted in it.")
    return [event]


def _recused(before: Evaluation, event: e.MemberLeft, turn: Turn) -> Sequence[Event]:
    """Why, only auditors are shown: all else is as the rules have it."""
    member = acting_member(before, turn)
    if event.signed is None:
        refuse("not_signed", "未签署。", "It is not signed.")
    signed_by_member(turn, member, event.signed, s.Recusal)
    return [event]


def _plain(before: Evaluation, expected: Event, actual: Event) -> Event:
    """The expected event with the actual one's chance, where that is possible."""
    match expected, actual:
        case ((e.SeatTaken() | e.SeatMoved()), (e.SeatTaken() | e.SeatMoved())):
            free = actual.seat in free_seats(before, actual.site)
            return replace(expected, seat=actual.seat) if free else expected
        case e.MaterialsOpened(), e.MaterialsOpened():
            return actual if _same_volumes(expected, actual) else expected
        case _:
            return expected


def _same_volumes(expected: e.MaterialsOpened, actual: e.MaterialsOpened) -> bool:
    """Every blind volume of every bid has one code, and every code is listed once under its volume."""
    volumes = [[(coded.volume, coded.bid) for coded in opened.coded] for opened in (expected, actual)]
    listed = {volume: sorted(codes) for volume, codes in actual.codes.items()}
    coded = {volume: sorted(c.code for c in actual.coded if c.volume == volume) for volume in actual.codes}
    distinct = len({coded.code for coded in actual.coded}) == len(actual.coded)
    return volumes[0] == volumes[1] and listed == coded and set(actual.codes) == set(expected.codes) and distinct


def command_for(event: Event) -> Command:
    """The command that brings this event about, if it is the first of its turn."""
    made = _COMMANDS.get(type(event))
    return made(event) if made else c.Proceed()


def _by_kind(signed: Signed, commands: dict[str, Callable[[Signed], Command]]) -> Command:
    made = commands.get(signed.statement.payload_type)
    return made(signed) if made else c.Proceed()


def _left(event: e.MemberLeft) -> Command:
    if event.signed is None:
        return c.Proceed()
    return _by_kind(
        event.signed,
        {
            media_type(s.CallAnswer): lambda signed: c.AnswerCall(signed=signed),
            media_type(s.CallNote): lambda signed: c.NoteCall(signed=signed),
            media_type(s.Removal): lambda signed: c.RemoveMember(signed=signed),
        },
    )


def _resumed(event: e.EvaluationResumed) -> Command:
    if event.signed is None:
        return c.EndEvaluationPause()
    return _by_kind(
        event.signed,
        {
            media_type(Resume): lambda signed: c.ResumeEvaluation(signed=signed),
            media_type(s.Postponement): lambda signed: c.DecidePostponement(signed=signed),
        },
    )


def _suspended(event: e.EvaluationSuspended) -> Command:
    if event.signed is None:
        return c.NoticeEvaluationOutage() if event.cause is SuspensionCause.OUTAGE else c.Proceed()
    return c.SuspendEvaluation(signed=event.signed)


def _voided(event: e.EvaluationVoided) -> Command:
    if event.signed is not None:
        return c.DecidePostponement(signed=event.signed)
    return c.VoidEvaluation() if event.cause is VoidCause.SUSPENDED_TOO_LONG else c.Proceed()


def _answered(event: e.ReportAnswered) -> Command:
    if event.signed.statement.payload_type == media_type(s.ReportSigned):
        return c.SignReport(signed=event.signed)
    return c.DissentFromReport(signed=event.signed)


_COMMANDS: dict[type[Event], Callable[[Any], Command]] = {
    e.EvaluationOrdered: lambda event: c.ScheduleEvaluation(signed=event.signed, custodians=event.custodians),
    e.PoolsCommitted: lambda event: c.CommitPools(signed=event.signed),
    e.SeedSealed: lambda event: c.SealSeed(signed=event.signed),
    e.DrawKeyPublished: lambda event: c.PublishDrawKey(signed=event.signed),
    e.ExpertCalled: lambda event: c.CallExpert(leaf=event.leaf, signed=event.signed),
    e.MemberAccepted: lambda event: c.AnswerCall(signed=event.signed),
    e.MemberLeft: _left,
    e.GateEnrolled: lambda event: c.EnrolGate(signed=event.signed),
    e.GateHeard: lambda event: c.HearGate(statement=event.statement),
    e.GatePassed: lambda event: c.PassGate(signed=event.signed),
    e.GateRefused: lambda event: c.PassGate(signed=event.signed),
    e.SeatTaken: lambda event: c.TakeSeat(signed=event.signed),
    e.SeatMoved: lambda event: c.MoveSeat(alias=event.alias),
    e.UndertakingSigned: lambda event: c.SignUndertaking(signed=event.signed),
    e.ElectionOpened: lambda event: c.OpenElection(),
    e.BallotsCounted: lambda event: c.CountBallots(),
    e.ElectionFailed: lambda event: c.CountBallots(),
    e.ReviewOpened: lambda event: c.OpenReview(),
    e.ReviewSubmitted: lambda event: c.SubmitReview(signed=event.signed),
    e.QuestionAsked: lambda event: c.AskQuestion(signed=event.signed),
    e.CallRequested: lambda event: c.RequestCall(signed=event.signed),
    e.QuestionAnswered: lambda event: c.AnswerQuestion(signed=event.signed),
    e.QuestionLapsed: lambda event: c.LapseQuestion(number=event.number),
    e.VoteCast: lambda event: c.CastVote(signed=event.signed),
    e.SheetSubmitted: lambda event: c.SubmitSheet(signed=event.signed),
    e.OutlierAnswered: lambda event: c.AnswerOutlier(signed=event.signed),
    e.SummaryConfirmed: lambda event: c.ConfirmSummary(signed=event.signed),
    e.ReportAnswered: _answered,
    e.ReportPublished: lambda event: c.PublishReport(signed=event.signed),
    e.EvaluationSuspended: _suspended,
    e.EvaluationPauseCountersigned: lambda event: c.SuspendEvaluation(signed=event.signed),
    e.ResumptionAwaited: lambda event: c.ResumeEvaluation(signed=event.signed),
    e.EvaluationResumed: _resumed,
    e.SiteLost: lambda event: c.ReportSite(site=event.site, up=False),
    e.SiteRestored: lambda event: c.ReportSite(site=event.site, up=True),
    e.EvaluationVoided: _voided,
}
"""By its first event; everything else is what the clock finds due."""
