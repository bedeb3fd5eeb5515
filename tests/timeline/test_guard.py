"""A clock that jumps: nothing is decided by it, in either direction, until it is right again."""

import subprocess
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

import pytest

from remote_bid.timeline.desk import Desk
from remote_bid.timeline.guard import ClockJumped, Guard
from remote_bid.timeline.log import MemoryLog
from tests.played import environment
from tests.timeline.guestbook import ANN, LINE_SECRET, OFFICE, Write, guestbook, nothing_to_look_up
from tests.timeline.hours import NOON, Stopped
from tests.timeline.logs import HALL


class Monotonic:
    """A monotonic clock in seconds."""

    def __init__(self) -> None:
        self.s = 1000.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def monotonic() -> Monotonic:
    return Monotonic()


@pytest.fixture
def watch() -> Stopped:
    return Stopped()


@pytest.fixture
async def desk(monotonic: Monotonic, watch: Stopped) -> Desk:
    log = MemoryLog(watch)
    await log.create(HALL)
    return Desk(log, OFFICE, LINE_SECRET, {"guestbook": (guestbook, nothing_to_look_up)}, Guard(monotonic))


@pytest.mark.parametrize("jump_s", [3600, -3600, 3, -3])
async def test_a_jump_stops_every_decision_until_the_clock_is_right_again(
    jump_s: int, desk: Desk, monotonic: Monotonic, watch: Stopped
) -> None:
    await desk.handle(HALL.id, Write(text="before"), ANN)
    monotonic.s += 10
    watch.move((10 + jump_s) * 1000)
    for text in ("meanwhile", "still"):
        with pytest.raises(ClockJumped) as refusal:
            await desk.handle(HALL.id, Write(text=text), ANN)
        assert refusal.value.code == "clock_jumped"
    watch.move(-jump_s * 1000)
    await desk.handle(HALL.id, Write(text="after"), ANN)
    assert [text for _, text in (await desk.look(HALL.id)).state.pages] == ["before", "after"]


async def test_hours_that_pass_on_both_clocks_are_no_jump(desk: Desk, monotonic: Monotonic, watch: Stopped) -> None:
    for hour in range(5):
        await desk.handle(HALL.id, Write(text=str(hour)), ANN)
        monotonic.s += 3601.5
        watch.move(3600_000)
    assert (await desk.look(HALL.id)).head == 5


def test_a_slow_answer_of_the_database_is_no_jump(monotonic: Monotonic) -> None:
    guard = Guard(monotonic)
    guard.check("a", NOON, before=monotonic.s)
    asked, monotonic.s = monotonic.s, monotonic.s + 8
    guard.check("a", NOON, before=asked)
    guard.check("a", NOON + timedelta(seconds=8), before=monotonic.s)
    with pytest.raises(ClockJumped):
        guard.check("a", NOON + timedelta(seconds=11), before=monotonic.s)


PROGRAM = """
    import asyncio, sys
    from pathlib import Path
    from remote_bid.timeline.at_rest import AtRest
    from remote_bid.timeline.context import Refused
    from remote_bid.timeline.desk import Desk
    from remote_bid.timeline.engines import sqlite_engine
    from remote_bid.timeline.guard import Guard
    from remote_bid.timeline.sql import SqlLog
    from tests.timeline.guestbook import ANN, LINE_SECRET, OFFICE, Write, guestbook, nothing_to_look_up
    from tests.timeline.logs import HALL

    async def day(folder, offset):
        log = SqlLog(sqlite_engine(folder / "timeline.sqlite"), AtRest(bytes(32)))
        await log.prepare()
        await log.create(HALL)
        desk = Desk(log, OFFICE, LINE_SECRET, {"guestbook": (guestbook, nothing_to_look_up)}, Guard())
        for text, off in (("before", "+0"), ("meanwhile", offset), ("after", "+0")):
            (folder / "offset").write_text(off)
            await asyncio.sleep(2.2)  # a clock that was put back stands still at first
            try:
                await desk.handle(HALL.id, Write(text=text), ANN)
                print("taken")
            except Refused as refusal:
                print(refusal.code)
        await log.close()

    asyncio.run(day(Path(sys.argv[1]), sys.argv[2]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("offset", ["+1h", "-1h"])
def test_the_database_clock_of_a_real_process_jumps_by_an_hour(offset: str, tmp_path: Path) -> None:
    (tmp_path / "offset").write_text("+0")
    faked = environment(
        LD_PRELOAD=_library(),
        FAKETIME_TIMESTAMP_FILE=str(tmp_path / "offset"),
        FAKETIME_DONT_FAKE_MONOTONIC="1",
        FAKETIME_NO_CACHE="1",
    )
    command = [sys.executable, "-c", textwrap.dedent(PROGRAM), str(tmp_path), offset]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=faked)  # noqa: S603 - ourselves
    assert [line for line in done.stdout.split() if line in ("taken", "clock_jumped")] == [
        "taken",
        "clock_jumped",
        "taken",
    ], done.stderr


def _library() -> str:
    """What the program `faketime` preloads."""
    command = ["faketime", "-f", "+0", "printenv", "LD_PRELOAD"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - our own words
