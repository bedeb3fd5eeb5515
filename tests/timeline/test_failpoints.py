"""A server process struck at each numbered point, on both databases, and started again: nothing acknowledged is lost,
nothing is forked, at most one entry is there that nobody was told of.
"""

import asyncio
import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest

from remote_bid.seal.tree import root_of
from remote_bid.timeline.durable import BROKEN_DISK
from remote_bid.timeline.entry import Entry
from remote_bid.timeline.failpoints import Fault, arm, passed, point
from remote_bid.timeline.log import UnknownSession
from remote_bid.timeline.note import platform_leaf
from remote_bid.timeline.office import office_keys
from remote_bid.timeline.sql import SqlLog
from tests import postgres
from tests.timeline import struck
from tests.timeline.guestbook import ANN, desk_over
from tests.timeline.logs import HALL

DATABASES: dict[str, Callable[[], AbstractContextManager[str]]] = {
    "sqlite": lambda: nullcontext(""),
    "postgresql": postgres.database,
}
_LIFE_S = 20
_SAMPLE = 6
_DATABASE = ("append", "commit", "leaf commit")
_FILES = ("write", "fsync", "rename", "link")
FAULTS = {
    Fault.KILL_AFTER: (*_FILES, *_DATABASE),
    Fault.CUT: (*_DATABASE, "cosign"),
    Fault.FAILED_BUT_PERSISTED: (*_DATABASE, "link", "cosign"),
    Fault.EIO: (*_FILES, *_DATABASE),
    Fault.ENOSPC: (*_FILES, *_DATABASE),
}
_FATAL = ("fsync", *_DATABASE)
"""Where a broken device ends the process: it is the database's, or its files'."""


@cache
def _people() -> "multiprocessing.context.ForkServerContext":
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.timeline.struck"])
    return context


def live(folder: Path, database: str, failpoint: str = "") -> int:
    """One life; gives the exit code."""
    process = _people().Process(target=struck.run, args=(folder, database, failpoint))
    process.start()
    process.join(_LIFE_S)
    if process.exitcode is None:
        process.kill()
        pytest.fail(f"it hangs after {failpoint}: {(folder / 'stderr').read_text()[-3000:]}")
    return process.exitcode


@cache
def points(kind: str) -> tuple[str, ...]:
    """The names of all points that the script passes, in order."""
    with TemporaryDirectory() as name, DATABASES[kind]() as database:
        folder = Path(name)
        assert live(folder, database, "any.1:count") == 0, (folder / "stderr").read_text()
        return tuple((folder / struck.POINTS).read_text().split("\n"))


@pytest.fixture(params=DATABASES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database(kind: str) -> Iterator[str]:
    with DATABASES[kind]() as url:
        yield url


def test_the_script_passes_every_kind_of_point(kind: str) -> None:
    assert set(points(kind)) == {
        "write", "fsync", "rename", "link", "append", "commit", "tell", "leaf commit", "cosign",
    }  # fmt: skip


@pytest.mark.slow
def test_killed_at_a_sample_of_the_points(kind: str, tmp_path: Path) -> None:
    places = numbered(points(kind))
    for place in places[2 :: len(places) // _SAMPLE]:
        struck_at(kind, tmp_path, place, Fault.KILL)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_killed_at_each_point(kind: str, tmp_path: Path) -> None:
    for place in numbered(points(kind)):
        struck_at(kind, tmp_path, place, Fault.KILL)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_each_kind_of_point_fails_in_each_way(kind: str, fault: Fault, tmp_path: Path) -> None:
    """The last of its kind: by then there is something to lose. Files fail alike whichever database is beside them."""
    times = Counter(points(kind))
    for name in FAULTS[fault] if kind == "sqlite" else [name for name in FAULTS[fault] if name not in _FILES]:
        struck_at(kind, tmp_path, (name, times[name]), fault)


Place = tuple[str, int]
"""A point's name, and the how manieth time it is passed."""


def numbered(names: Sequence[str]) -> list[Place]:
    return [(name, names[: index + 1].count(name)) for index, name in enumerate(names)]


def struck_at(kind: str, above: Path, place: Place, fault: Fault) -> None:
    name, number = place
    folder = above / f"{name} {number}"
    folder.mkdir()
    with DATABASES[kind]() as database:
        code = live(folder, database, f"{name}.{number}:{fault}")
        if fault in (Fault.KILL, Fault.KILL_AFTER):
            assert code == -signal.SIGKILL
        elif name == "fsync" or (fault is Fault.EIO and name in _FATAL):
            assert code == BROKEN_DISK, (folder / "stderr").read_text()
        else:
            assert code == 0, (folder / "stderr").read_text()
        asyncio.run(_nothing_lost(folder, database))
        assert live(folder, database) == 0, (folder / "stderr").read_text()
        assert asyncio.run(_nothing_lost(folder, database)) == 4


async def _nothing_lost(folder: Path, database: str) -> int:
    """I1 and I3 of every acknowledgement so far; gives the number of acts in the log."""
    acknowledged = _lines(folder / struck.ACKNOWLEDGED)
    if not (folder / struck.OFFICE).exists():
        assert acknowledged == []
        return 0
    keys = office_keys(folder / struck.OFFICE)
    log = struck.log_in(folder, database, keys)
    try:
        await log.prepare()
        kept = await _entries(log)
        told = [bytes.fromhex(line.split()[1]) for line in acknowledged if not line.startswith("upload ")]
        leaves = [entry.leaf for entry in kept if entry.type != "CheckpointCosigned"]
        assert told == [leaf for leaf in leaves if leaf in told]
        assert len(leaves) - len(told) <= 1
        _uploads_there(folder, acknowledged)
        platform = [platform_leaf(leaf.session, leaf.seq, leaf.head) for leaf in await log.leaves(0)]
        _not_forked(folder, platform)
        return len(leaves)
    finally:
        await log.close()


async def _entries(log: SqlLog) -> list[Entry]:
    try:
        await desk_over(log).look(HALL.id)  # each is checked against its chain
    except UnknownSession:
        return []
    return [entry for _, turn in await log.read(HALL.id, 0) for entry in turn]


def _uploads_there(folder: Path, acknowledged: list[str]) -> None:
    safe = struck.safe_in(folder)
    for line in acknowledged:
        if line.startswith("upload "):
            name = line.split()[1]
            with safe.open(HALL.id, ANN.person, name) as file:
                assert file.read() == (folder / f"{name}.sbe").read_bytes()


def _not_forked(folder: Path, platform: list[bytes]) -> None:
    """What the cosigner has signed is the beginning of what the log holds."""
    state = struck.neighbour_of(folder, office_keys(folder / struck.OFFICE)).state
    if state.exists():
        signed = msgspec.json.decode(state.read_bytes())
        root = msgspec.json.decode(msgspec.json.encode(signed["root"]), type=bytes)
        assert root_of(platform[: signed["size"]]) == root


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def test_nothing_strikes_unless_it_is_armed() -> None:
    with point("anything"):
        pass
    assert passed() == []


@pytest.mark.parametrize("described", ["", "kill", "x:kill", "commit.1:explode", "commit.1", "commit.x:kill"])
def test_what_is_no_failpoint_is_refused(described: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - int() and the enumeration have words of their own
        arm(described)
