"""The close counts only if a quorum of cosigners has signed it within two seconds of T0; else the session is held."""

import base64
import re
from typing import Any

import pytest
from msgspec.structs import replace

from remote_bid.opening.events import (
    OpeningHeld,
    RosterPublished,
    SubmissionRefused,
    TimetableProposed,
    TimetableSigned,
)
from remote_bid.opening.terms import Phase
from remote_bid.timeline import instant
from remote_bid.timeline.context import LOG, Command
from remote_bid.timeline.marks import CheckpointCosigned
from remote_bid.timeline.note import Checkpoint, sign
from tests.given import Act, Past, Story, at, given
from tests.opening.actors import ALPHA, LOG_NAME, SUPERVISOR, log_key_of
from tests.opening.acts import (
    CLOSE_BIDS,
    HOLD,
    OPEN_LOBBY,
    cosign_close,
    record_checkpoint,
    submit,
    withdraw,
)
from tests.opening.day import CLOSED_FOR_BIDS, HELD, LOBBY, ROSTER, opening
from tests.opening.preparing import countersign_timetable, propose_timetable
from tests.opening.tender import LOT, after_t0

A_DAY = 86_400
NEW_T0 = after_t0(A_DAY)


@pytest.mark.parametrize("seconds", [(0, 0, 0), (2, 2, 2), (-2, -2, -2), (-2, 2, None), (None, 1, 1), (0, 0, 3600)])
def test_a_quorum_within_two_seconds_is_enough(seconds: Any) -> None:
    given(opening, CLOSED_FOR_BIDS).when(cosign_close(*seconds)).then(CheckpointCosigned, RosterPublished)


@pytest.mark.parametrize("seconds", [(3, 3, 3), (-3, -3, -3), (0, 3, 3), (0, 3, None), (-3, 0, -3), (3, None, -3)])
def test_a_quorum_that_signs_late_or_early_holds_the_session(seconds: Any) -> None:
    _, held = given(opening, CLOSED_FOR_BIDS).when(cosign_close(*seconds)).then(CheckpointCosigned, OpeningHeld)
    assert held.cause == "not_cosigned_in_time"


def test_a_note_without_a_quorum_is_no_news() -> None:
    given(opening, CLOSED_FOR_BIDS).when(cosign_close(0, None, None)).then_refused("not_cosigned")
    given(opening, CLOSED_FOR_BIDS).when(cosign_close(None, None, None)).then_refused("not_cosigned")


def altered(change: Any) -> Act:
    """A checkpoint whose note is not the one that was cosigned."""

    def ask(story: Story) -> Command:
        command: Any = cosign_close().asked(story)
        changed: Command = replace(command, note=change(command.note))
        return changed

    return Act(ask, LOG)


OTHER = Checkpoint(origin=LOG_NAME, size=2, root=bytes(32))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda note: "", id="empty"),
        pytest.param(lambda note: note.replace("\n\n", "\n"), id="no note"),
        pytest.param(lambda note: note.replace("\n1\n", "\n2\n"), id="another size"),
        pytest.param(lambda note: re.sub("cosigner-[23]", "cosigner-1", note), id="one cosigner for the others"),
        pytest.param(lambda note: "".join(note.splitlines(keepends=True)[:-2]) * 2, id="one cosigner twice"),
        pytest.param(lambda note: "".join(note.splitlines(keepends=True)[:-2]), id="two signatures cut off"),
        pytest.param(lambda note: without_log(note), id="not signed by the log"),
        pytest.param(lambda note: sign(OTHER, LOG_NAME, log_key_of("stranger")), id="another log's"),
        pytest.param(lambda note: flipped(note), id="a bit of every signature flipped"),
        pytest.param(lambda note: note + "— cosigner-1.example not base64\n", id="a broken line"),
    ],
)
def test_a_note_that_is_not_the_logs_and_its_cosigners_counts_nothing(change: Any) -> None:
    given(opening, CLOSED_FOR_BIDS).when(altered(change)).then_refused("not_cosigned")


def without_log(note: str) -> str:
    return "".join(line for line in note.splitlines(keepends=True) if not line.startswith(f"— {LOG_NAME}"))


def flipped(note: str) -> str:
    body, _, lines = note.partition("\n\n")
    return body + "\n\n" + "".join(f"{_flipped_line(line)}\n" for line in lines.splitlines())


def _flipped_line(line: str) -> str:
    start, _, signature = line.rpartition(" ")
    raw = bytearray(base64.b64decode(signature))
    raw[-1] ^= 1
    return f"{start} {base64.b64encode(raw).decode()}"


def test_after_two_seconds_without_a_note_the_clock_holds_the_session() -> None:
    given(opening, CLOSED_FOR_BIDS).when(HOLD, at=after_t0(1.999)).then_refused("not_yet")
    [held] = given(opening, CLOSED_FOR_BIDS).when(HOLD, at=after_t0(2)).then(OpeningHeld)
    assert held.cause == "not_cosigned_in_time"


def test_a_note_that_comes_after_that_is_kept_but_counts_nothing() -> None:
    given(opening, HELD).when(cosign_close()).then(CheckpointCosigned)


def test_a_checkpoint_of_any_other_entry_is_kept_and_changes_no_phase() -> None:
    for past in (LOBBY, CLOSED_FOR_BIDS, ROSTER):
        story = given(opening, past).story
        early = record_checkpoint(lambda story: 1, *[story.at] * 3)
        given(opening, past).when(early).then(CheckpointCosigned)


def test_held_bids_stand_and_no_new_ones_come() -> None:
    story = given(opening, HELD).story
    assert len(story.state.bids) == 3
    for act in (submit(ALPHA), withdraw(ALPHA)):
        given(opening, HELD).when(act).then_refused_on_record("held", ALPHA, SubmissionRefused)


def test_one_signature_does_not_end_it() -> None:
    later = instant.text(NEW_T0)
    given(opening, HELD).when(propose_timetable(deadline=later)).then(TimetableProposed)
    assert given(opening, HELD, propose_timetable(deadline=later)).story.state.phase is Phase.HELD
    given(opening, HELD).when(countersign_timetable(SUPERVISOR, deadline=later)).then_refused("two_signatures")


def test_a_timetable_with_the_deadline_that_has_passed_does_not_end_it() -> None:
    given(opening, HELD).when(countersign_timetable()).then_refused("deadline_too_early")
    now = instant.text(given(opening, HELD).story.at)
    given(opening, HELD).when(countersign_timetable(deadline=now)).then_refused("deadline_too_early")


ANOTHER_DAY = countersign_timetable(deadline=instant.text(NEW_T0))
RESCHEDULED: Past = (*HELD, ANOTHER_DAY)


def test_a_timetable_with_a_later_deadline_ends_it_and_bids_stand() -> None:
    given(opening, HELD).when(ANOTHER_DAY).then(TimetableSigned)
    before, after = given(opening, HELD).story.state, given(opening, RESCHEDULED).story.state
    assert after.phase is Phase.SCHEDULED
    assert after.bids == before.bids
    assert (after.close, after.close_statement) == (None, None)


def test_until_the_new_deadline_bids_come_go_and_are_replaced() -> None:
    past = (*RESCHEDULED, submit(ALPHA), withdraw(ALPHA), submit(ALPHA))
    assert given(opening, past).story.state.versions[LOT, ALPHA.person] == 3
    given(opening, past).when(submit(ALPHA), at=NEW_T0).then_refused("too_late")


SECOND_CLOSE: Past = (
    *RESCHEDULED,
    at(after_t0(A_DAY - 3600), OPEN_LOBBY),
    at(NEW_T0, CLOSE_BIDS),
)


def test_the_second_close_is_judged_by_the_new_deadline() -> None:
    before = given(opening, SECOND_CLOSE)
    before.when(cosign_close(A_DAY, A_DAY + 2, A_DAY - 2)).then(CheckpointCosigned, RosterPublished)
    before.when(cosign_close(A_DAY + 3, A_DAY + 3, None)).then(CheckpointCosigned, OpeningHeld)
    before.when(cosign_close(0, 0, 0)).then(CheckpointCosigned, OpeningHeld)


def test_the_note_over_the_first_close_never_counts_for_the_second() -> None:
    first = given(opening, CLOSED_FOR_BIDS).story.state.close_seq
    times = [NEW_T0] * 3
    given(opening, SECOND_CLOSE).when(record_checkpoint(lambda story: int(first), *times)).then(CheckpointCosigned)


def test_a_session_may_be_held_again() -> None:
    story = given(opening, SECOND_CLOSE).when(HOLD, at=after_t0(A_DAY + 2)).story
    assert story.state.phase is Phase.HELD
