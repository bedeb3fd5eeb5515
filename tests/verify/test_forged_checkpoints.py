"""Checkpoints: taken away, unsigned, of another tree, cosigned at another time."""

from collections.abc import Iterator

import pytest

from tests.verify.forger import Day
from tests.verify.judging import COSIGNED, fails
from tests.verify.keys import Keys
from tests.verify.pieces import Loose


def every(day: Day) -> Iterator[Loose]:
    """Everything that must be cosigned."""
    yield from (entry for entry in day.main if entry.type in COSIGNED)


def test_a_checkpoint_that_was_removed_is_missed_by_what_it_covered(bundle: bytes, keys: Keys) -> None:
    kinds = set()
    for number, entry in enumerate(every(Day(bundle, keys))):
        if entry.type in kinds:
            continue
        kinds.add(entry.type)
        day = Day(bundle, keys)
        uncovered = list(every(day))[number]
        day.drop(day.checkpoint_of(uncovered))
        fails(day, uncovered, why="no cosigned checkpoint covers it")
    assert kinds == set(COSIGNED)


def test_a_checkpoint_for_another_entry_does_not_hold_it(lived: Day) -> None:
    first, second = lived.all("CheckpointCosigned")[:2]
    lived.bundle()
    first.pinned |= {"covers": second.fields["covers"]}
    fails(lived, first, why="does not hold entry")


@pytest.mark.parametrize("who", ["log", "cosigner"])
def test_a_note_that_lacks_a_signature_is_named(lived: Day, who: str) -> None:
    checkpoint = lived.all("CheckpointCosigned")[3]
    lived.bundle()
    body, lines = checkpoint.fields["note"].split("\n\n")
    name = {"log": lived.trust.log.name, "cosigner": lived.trust.cosigners[0].name}[who]
    kept = [line for line in lines.splitlines() if f"— {name} " not in line]
    checkpoint.pinned["note"] = body + "\n\n" + "".join(f"{line}\n" for line in kept)
    fails(lived, checkpoint, why="lacks the signature of the log or of its cosigners")


def test_a_note_of_another_tree_does_not_hold_the_session(lived: Day) -> None:
    first, second = lived.all("CheckpointCosigned")[:2]
    lived.bundle()
    second.pinned["note"] = first.fields["note"]
    fails(lived, second, why="the checkpoint's tree does not hold the session's head")


def test_a_note_of_another_origin_is_not_the_logs(lived: Day) -> None:
    """Though the log's own key signed it."""
    lived.origin = "log.elsewhere"
    fails(lived, lived.one("CheckpointCosigned"), why="lacks the signature of the log or of its cosigners")


def test_a_platform_log_that_shrinks_is_named(lived: Day) -> None:
    first, second = (entry for entry in lived.all("CheckpointCosigned")[3:5])
    one, other = lived.main.index(first), lived.main.index(second)
    lived.bundle()
    for entry in (first, second):
        entry.pinned |= {name: entry.fields[name] for name in ("note", "index", "path", "covers", "head")}
    lived.main[one], lived.main[other] = second, first
    if second.fields["covers"] < first.fields["covers"]:
        raise AssertionError("later checkpoints cover later entries")
    fails(lived)


SECONDS_OFF = [-300, -3, 4, 300]


@pytest.mark.parametrize("seconds", SECONDS_OFF)
def test_a_close_cosigned_at_another_time_is_not_in_time(conspiracy: Day, seconds: int) -> None:
    closed = conspiracy.one("BidsClosed")
    checkpoint = conspiracy.checkpoint_of(closed)
    checkpoint.times = {name: time + seconds for name, time in checkpoint.times.items()}
    fails(conspiracy, closed, checkpoint)


@pytest.mark.parametrize("kind", ["Ticked", "WindowClosed", "RosterPublished", "OpeningClosed"])
def test_what_was_cosigned_five_minutes_before_it_happened_is_named(conspiracy: Day, kind: str) -> None:
    checkpoint = conspiracy.checkpoint_of(conspiracy.one(kind))
    checkpoint.times = {name: time - 300 for name, time in checkpoint.times.items()}
    fails(conspiracy, checkpoint, why="cosigned before it happened")
