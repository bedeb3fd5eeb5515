"""Who may hand in what: every command, by everybody; and what a second time brings about."""

from dataclasses import replace

import pytest

from remote_bid.evaluation import commands as c
from remote_bid.evaluation.rules import DECISIONS
from remote_bid.people.noting import NoteCrl
from remote_bid.people.revocation import CrlNoted
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK, LOG, Command, Refused
from remote_bid.timeline.entry import Who
from remote_bid.timeline.marks import RecordCheckpoint, RecordRotation, Tick
from tests.evaluation.actors import (
    AGENCY,
    ALPHA,
    BEGINS,
    EVERYBODY,
    FIRST,
    SENT,
    SOUTH,
    SUPERVISOR,
    bid_id,
    expert,
)
from tests.evaluation.acts import (
    COUNT_BALLOTS,
    OPEN_ELECTION,
    PROCEED,
    TICK,
    answer,
    answer_call,
    answer_outlier,
    ask,
    call,
    cast,
    commit_pools,
    confirm_summary,
    dissent,
    lapse,
    note_call,
    open_review,
    pass_gate,
    postpone,
    publish_key,
    publish_report,
    recuse,
    remove,
    report_site,
    request_call,
    resume,
    review,
    save_draft,
    schedule,
    seal_seed,
    sign_report,
    submit_sheet,
    suspend,
    take_seat,
    undertake,
    vote,
)
from tests.evaluation.day import (
    CALLED,
    CHECK_IN,
    CLOSED,
    DETAILED,
    DRAW,
    DRAWN,
    ELECTION,
    INSIDE,
    LEAD,
    LEADER,
    MATERIALS,
    MEMBERS,
    OUTLIERS,
    POOLED,
    PRELIMINARY,
    REPORT,
    ROAD,
    SCHEDULED,
    SEALED,
    SEATED,
    SUMMARY,
    UNDERTAKING,
    VOTED,
    evaluation,
)
from tests.evaluation.gates import enrol_gate, hear_gate
from tests.evaluation.test_reviewing import TWO_LEFT
from tests.given import Act, Past, after, given

E01 = expert(SENT)
NOTED = CrlNoted(
    authority="A", hash="first", this_update=instant.text(BEGINS), next_update=instant.text(instant.later(BEGINS, 1000))
)
HOUR = 3_600_000
STOPPED: Past = (*DETAILED, suspend(SUPERVISOR))
ASKED: Past = (*PRELIMINARY, ask(LEAD, bid_id(ALPHA)))

ACCEPTED_AS: dict[type[Command], tuple[Past, Act]] = {
    c.ScheduleEvaluation: ((), schedule()),
    c.CommitPools: (SCHEDULED, commit_pools()),
    c.SealSeed: (POOLED, seal_seed(SUPERVISOR)),
    c.PublishDrawKey: (DRAW, publish_key(FIRST)),
    c.CallExpert: (DRAWN, call(ROAD)),
    c.AnswerCall: ((*DRAWN, call(ROAD)), answer_call("E02", CALLED[ROAD][0])),
    c.NoteCall: ((*DRAWN, call(ROAD)), note_call("E02")),
    c.PassGate: (CHECK_IN, pass_gate("E01")),
    c.EnrolGate: (CHECK_IN, enrol_gate()),
    c.HearGate: ((*CHECK_IN, enrol_gate()), hear_gate(SENT)),
    c.TakeSeat: (INSIDE, take_seat(SENT)),
    c.MoveSeat: (SEATED, Act(c.MoveSeat(alias="E03"), SOUTH)),
    c.SignUndertaking: (UNDERTAKING, undertake("E01", SENT)),
    c.DeclareRecusal: (UNDERTAKING, recuse("E01", SENT)),
    c.RemoveMember: (UNDERTAKING, remove("E03")),
    c.OpenElection: (LEADER, OPEN_ELECTION),
    c.CastBallot: (ELECTION, cast("E01", SENT, "E02")),
    c.CountBallots: (VOTED, COUNT_BALLOTS),
    c.OpenReview: (MATERIALS, open_review(LEAD)),
    c.SubmitReview: (PRELIMINARY, review("E01", SENT)),
    c.AskQuestion: (PRELIMINARY, ask(LEAD, bid_id(ALPHA))),
    c.RequestCall: (PRELIMINARY, request_call(LEAD, bid_id(ALPHA))),
    c.AnswerQuestion: (ASKED, answer(ALPHA)),
    c.LapseQuestion: (ASKED, after(2 * HOUR, lapse())),
    c.CastVote: ((*TWO_LEFT, PROCEED), vote("E01", SENT)),
    c.SaveDraft: (DETAILED, save_draft(SENT)),
    c.SubmitSheet: (DETAILED, submit_sheet("E01", SENT)),
    c.AnswerOutlier: (OUTLIERS, answer_outlier("E04", MEMBERS["E04"])),
    c.ConfirmSummary: (SUMMARY, confirm_summary("E02", LEAD)),
    c.SignReport: (REPORT, sign_report("E01", SENT)),
    c.DissentFromReport: (REPORT, dissent("E01", SENT)),
    c.PublishReport: (CLOSED, publish_report()),
    c.Proceed: (SEALED, PROCEED),
    c.SuspendEvaluation: (DETAILED, suspend(SUPERVISOR)),
    c.ResumeEvaluation: (STOPPED, after(2 * HOUR, resume(SUPERVISOR))),
    c.DecidePostponement: (STOPPED, postpone(SUPERVISOR, goes_on=False)),
    c.ReportSite: (DETAILED, report_site("south", up=False)),
    c.EndEvaluationPause: ((*DETAILED, suspend(AGENCY)), after(HOUR, Act(c.EndEvaluationPause(), CLOCK))),
    c.NoticeEvaluationOutage: (DETAILED, after(9 * HOUR, Act(c.NoticeEvaluationOutage(), CLOCK))),
    c.VoidEvaluation: (STOPPED, after(24 * HOUR, Act(c.VoidEvaluation(), CLOCK))),
    Tick: (DETAILED, after(60_000, TICK)),
    NoteCrl: (DETAILED, Act(NoteCrl(crl=NOTED), LOG)),
}
"""One act for every command, and a session in which it is taken."""

BY_LOG_ONLY = {RecordCheckpoint, RecordRotation}
"""What only the log can make; tests of the whole server hand these in."""

PEOPLE = [*EVERYBODY, *(expert(person) for person in MEMBERS.values()), CLOCK, LOG]

AGAIN = {c.MoveSeat, c.Proceed, c.HearGate, Tick}
"""What a second time is another act, for which it is not time yet; of a gate a second time is a replay."""


def test_every_command_is_in_the_table() -> None:
    assert set(ACCEPTED_AS) | BY_LOG_ONLY == set(DECISIONS)


@pytest.mark.parametrize("kind", ACCEPTED_AS, ids=lambda kind: kind.__name__)
def test_whoever_may_is_heard(kind: type[Command]) -> None:
    past, act = ACCEPTED_AS[kind]
    assert given(evaluation, past).when(act).happened()


@pytest.mark.parametrize("kind", ACCEPTED_AS, ids=lambda kind: kind.__name__)
def test_nobody_does_it_in_anothers_name(kind: type[Command]) -> None:
    past, act = ACCEPTED_AS[kind]
    for who in PEOPLE:
        if who != act.by and not _may_too(kind, who):
            with pytest.raises(Refused):
                given(evaluation, past).when(act, by=who).happened()


def _may_too(kind: type[Command], who: Who) -> bool:
    """What is not signed for may be done by several."""
    if kind is c.SaveDraft:
        return who.role == "expert"
    return kind is c.ReportSite and who == SUPERVISOR


@pytest.mark.parametrize("kind", [kind for kind in ACCEPTED_AS if kind not in AGAIN], ids=lambda kind: kind.__name__)
def test_a_repeated_command_changes_nothing(kind: type[Command]) -> None:
    """Word for word the same, handed in twice: by a client that heard no answer."""
    past, act = ACCEPTED_AS[kind]
    said = replace(act, ask=act.asked(given(evaluation, past).story))
    given(evaluation, past, said).when(replace(said, at=None, after_ms=0)).then_nothing()


@pytest.mark.parametrize("by", PEOPLE, ids=lambda who: who.person or "public")
def test_nothing_is_done_in_a_session_without_order(by: Who) -> None:
    given(evaluation).when(PROCEED, by=by).then_refused("not_scheduled")
