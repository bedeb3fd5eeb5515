"""One contract that every bus keeps; and what over Redis may go wrong without anybody being the worse for it."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import pytest

from remote_bid.timeline.bus import Bus, Hint
from remote_bid.timeline.redis_bus import RedisBus, read
from tests.timeline.buses import BUSES, DEPLOYMENT, OwnRedis, own_redis, until

CHANNEL = f"remote-bid:{DEPLOYMENT}:KB-1"


class Ear:
    """What one process hears, and how often it was told that it may have missed something."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.hints: list[Hint] = []
        self.gaps = 0
        bus.listen(self.hints.append, self._missed)

    def _missed(self) -> None:
        self.gaps += 1


@asynccontextmanager
async def ears(line: Callable[[], Bus], number: int) -> AsyncIterator[list[Ear]]:
    """So many processes on one bus, all of them listening."""
    found = [Ear(line()) for _ in range(number)]
    for ear in found:
        ear.bus.start()
    try:
        for number, ear in enumerate(found):
            await _hears(ear, found, number)
        yield found
    finally:
        for ear in found:
            await ear.bus.close()


async def _hears(ear: Ear, found: list[Ear], number: int) -> None:
    """A subscription takes a moment; what is told before it is lost, and may be."""
    version = 0

    def heard() -> bool:
        nonlocal version
        version += 1
        found[number - 1].bus.tell(Hint(f"hello-{number}", version))
        return any(hint.session == f"hello-{number}" for hint in ear.hints)

    await until(heard)


def of(ear: Ear, session: str) -> list[int]:
    return [hint.version for hint in ear.hints if hint.session == session]


@pytest.fixture(params=BUSES)
async def line(request: pytest.FixtureRequest) -> AsyncIterator[Callable[[], Bus]]:
    async with BUSES[request.param]() as line:
        yield line


async def test_what_one_tells_all_the_others_hear(line: Callable[[], Bus]) -> None:
    async with ears(line, 3) as (ann, bob, eve):
        ann.bus.tell(Hint("KB-1", 7))
        await until(lambda: of(bob, "KB-1") and of(eve, "KB-1"))
        assert of(bob, "KB-1") == of(eve, "KB-1") == [7]


async def test_the_last_version_of_every_session_is_heard(line: Callable[[], Bus]) -> None:
    async with ears(line, 2) as (ann, bob):
        for version in range(1, 101):
            for session in ("KB-1", "KB-2"):
                ann.bus.tell(Hint(session, version))
        await until(lambda: of(bob, "KB-1")[-1:] == of(bob, "KB-2")[-1:] == [100])
        assert of(bob, "KB-1") == sorted(set(of(bob, "KB-1")))


async def test_a_closed_bus_takes_hints_and_carries_none(line: Callable[[], Bus]) -> None:
    async with ears(line, 2) as (ann, bob):
        await ann.bus.close()
        ann.bus.tell(Hint("KB-1", 1))
        assert of(bob, "KB-1") == []


@pytest.fixture
def redis() -> Iterator[OwnRedis]:
    with own_redis() as server:
        yield server


JUNK = [b"", b"\0\xff", b"[" * 100_000, b"null", b'{"session":"KB-1"}', b'{"session":"KB-1","version":"9"}']
JUNK += [b'{"session":"KB-1","version":0}', b'{"session":"","version":1}', b'{"session":"KB-1","version":1,"do":"x"}']
JUNK += [b'{"session":"KB-1","version":99999999999999999999}', b'{"session":"' + b"x" * 81 + b'","version":1}']


@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: repr(junk[:40]))
def test_junk_is_no_hint(junk: bytes) -> None:
    assert read(junk) is None


async def test_junk_on_a_channel_is_passed_over(redis: OwnRedis) -> None:
    async with ears(lambda: RedisBus(redis.url, DEPLOYMENT), 2) as (ann, bob):
        for junk in JUNK:
            redis.publish(CHANNEL, junk)
        ann.bus.tell(Hint("KB-1", 3))
        await until(lambda: of(bob, "KB-1"))
        assert of(bob, "KB-1") == [3]


async def test_two_deployments_on_one_redis_do_not_hear_each_other(redis: OwnRedis) -> None:
    async with (
        ears(lambda: RedisBus(redis.url, "log.*"), 2) as (ann, bob),
        ears(lambda: RedisBus(redis.url, "log.other"), 2) as (eve, _),
    ):
        eve.bus.tell(Hint("KB-1", 1))
        ann.bus.tell(Hint("KB-1", 2))
        await until(lambda: of(bob, "KB-1"))
        assert of(bob, "KB-1") == [2]


async def test_after_a_restart_of_redis_hints_come_again_and_a_gap_was_told(redis: OwnRedis) -> None:
    async with ears(lambda: RedisBus(redis.url, DEPLOYMENT), 2) as (ann, bob):
        gaps = bob.gaps
        redis.kill()
        ann.bus.tell(Hint("KB-1", 1))
        await until(lambda: ann.bus.alert and bob.bus.alert)
        redis.start()
        await until(lambda: bob.gaps > gaps)
        await _hears(bob, [ann, bob], 1)
        await until(lambda: not bob.bus.alert)


async def test_a_paused_redis_makes_nobody_wait_and_only_the_last_version_goes_out(redis: OwnRedis) -> None:
    async with ears(lambda: RedisBus(redis.url, DEPLOYMENT), 2) as (ann, bob):
        redis.pause()
        for version in range(1, 5001):
            ann.bus.tell(Hint("KB-1", version))
        redis.go_on()
        await until(lambda: of(bob, "KB-1")[-1:] == [5000])
        assert len(of(bob, "KB-1")) < 10
