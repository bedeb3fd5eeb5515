"""A channel gives every socket every frame, in order and once, however slow some are."""

import asyncio
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.gateway.fanout import Channel, Line
from remote_bid.gateway.fanout.channel import CHUNK, MOST_KEPT
from remote_bid.gateway.fanout.framing import PIECE
from tests.gateway.fanout.stand import until


class GivenLine:
    """A socket that takes what it is given, while it is `willing`."""

    def __init__(self, order: list["GivenLine"] | None = None) -> None:
        self.got: list[bytes] = []
        self.willing = self.is_open = True
        self.why = ""
        self._order = order if order is not None else []

    def write(self, data: bytes) -> bool:
        if self.willing and self.is_open:
            self.got.append(data)
            self._order.append(self)
            return True
        return False

    def cut_off(self, why: str) -> None:
        self.is_open, self.why = False, self.why or why

    @property
    def text(self) -> str:
        return b"".join(self.got).decode()


def join(channel: Channel, line: GivenLine) -> None:
    channel.join(cast(Line, line))


def leave(channel: Channel, line: GivenLine) -> None:
    channel.leave(cast(Line, line))


async def rest(channel: Channel) -> None:
    """Until nothing is under way but waiting for those who are late."""
    while channel._turn is not None:  # noqa: ASYNC110 - a channel tells nobody
        await asyncio.sleep(0)


def letter(number: int) -> bytes:
    return b"%c" % (ord("a") + number % 26)


async def test_everybody_gets_what_comes_after_joining() -> None:
    channel, first, second = Channel(), GivenLine(), GivenLine()
    join(channel, first)
    channel.push(b"a")
    await rest(channel)
    join(channel, second)
    channel.push(b"b")
    channel.push(b"c")
    await rest(channel)
    assert (first.text, second.text) == ("abc", "bc")


async def test_what_is_pushed_together_is_written_together() -> None:
    channel, line = Channel(), GivenLine()
    join(channel, line)
    for number in range(5):
        channel.push(letter(number))
    await rest(channel)
    assert line.got == [b"abcde"]


async def test_no_more_than_a_piece_is_written_at_once() -> None:
    channel, line = Channel(), GivenLine()
    join(channel, line)
    for number in range(5):
        channel.push(letter(number) * (PIECE // 2))
    await rest(channel)
    assert [len(data) for data in line.got] == [PIECE, PIECE, PIECE // 2]


async def test_others_have_their_turn_between_two_chunks() -> None:
    channel, order = Channel(), list[GivenLine]()
    lines = [GivenLine(order) for _ in range(2 * CHUNK + 1)]
    for line in lines:
        join(channel, line)
    channel.push(b"a")
    seen = []
    while len(order) < len(lines):
        await asyncio.sleep(0)
        seen.append(len(order))
    assert seen == [CHUNK, 2 * CHUNK, 2 * CHUNK + 1]


async def test_nobody_is_always_last() -> None:
    channel, order = Channel(), list[GivenLine]()
    lines = [GivenLine(order) for _ in range(10)]
    for line in lines:
        join(channel, line)
    last = set()
    for _ in range(10):
        channel.push(b"a")
        await rest(channel)
        last.add(order[-1])
    assert len(last) > 1


async def test_who_is_late_gets_all_of_it_later_and_keeps_nobody_waiting() -> None:
    channel, slow, quick = Channel(), GivenLine(), GivenLine()
    for line in (slow, quick):
        join(channel, line)
    slow.willing = False
    for number in range(3):
        channel.push(letter(number))
        await rest(channel)
    assert (slow.text, quick.text) == ("", "abc")
    slow.willing = True
    await until(lambda: slow.text == "abc")


async def test_what_everybody_has_is_forgotten() -> None:
    channel, line = Channel(), GivenLine()
    join(channel, line)
    for number in range(1000):
        channel.push(letter(number) * 1000)
        await rest(channel)
    assert (len(channel._kept), channel._size, len(channel._next)) == (0, 0, 0)


async def test_what_nobody_hears_is_not_kept() -> None:
    channel = Channel()
    for number in range(1000):
        channel.push(letter(number))
    await rest(channel)
    assert channel._kept == []


async def test_who_is_too_far_behind_is_cut_off_and_no_more_is_kept() -> None:
    channel, slow, quick = Channel(), GivenLine(), GivenLine()
    for line in (slow, quick):
        join(channel, line)
    slow.willing = False
    kept = []
    for number in range(2 * MOST_KEPT // PIECE):
        channel.push(letter(number) * PIECE)
        await rest(channel)
        kept.append(channel._size)
    assert slow.why == "too far behind"
    assert max(kept) <= MOST_KEPT + PIECE
    assert (len(channel), channel._size) == (1, 0)
    assert len(quick.text) == 2 * MOST_KEPT


async def test_a_closed_socket_is_let_go() -> None:
    channel, gone = Channel(), GivenLine()
    join(channel, gone)
    gone.is_open = False
    channel.push(b"a")
    await rest(channel)
    assert len(channel) == 0


async def test_a_socket_that_fails_stops_nobody() -> None:
    class Failing(GivenLine):
        def write(self, data: bytes) -> bool:
            raise RuntimeError("a closed handle")

    channel, failing, other = Channel(), Failing(), GivenLine()
    for line in (failing, other):
        join(channel, line)
    channel.push(b"a")
    await rest(channel)
    assert other.text == "a"


async def test_who_joins_again_begins_anew() -> None:
    channel, line = Channel(), GivenLine()
    join(channel, line)
    channel.push(b"a")
    join(channel, line)
    channel.push(b"b")
    await rest(channel)
    assert line.text == "b"


class Scene:
    """A channel with sockets that come, go, and are slow as it pleases them."""

    def __init__(self) -> None:
        self.channel, self.lines = Channel(), [GivenLine() for _ in range(4)]
        self.since: dict[int, int] = {}
        self.pushed = 0

    def push(self) -> None:
        self.channel.push(letter(self.pushed))
        self.pushed += 1

    def come_or_go(self, number: int) -> None:
        line = self.lines[number]
        if number in self.since:
            self.check(number, whole=False)
            leave(self.channel, line)
            del self.since[number]
            self.lines[number] = GivenLine()
        else:
            join(self.channel, line)
            self.since[number] = self.pushed

    def check(self, number: int, whole: bool) -> None:
        wanted = b"".join(letter(n) for n in range(self.since[number], self.pushed)).decode()
        got = self.lines[number].text
        assert got == wanted if whole else wanted.startswith(got)


acts = st.one_of(
    st.just(("push", 0)),
    st.tuples(st.sampled_from(["come or go", "be slow or quick"]), st.integers(0, 3)),
    st.tuples(st.just("wait"), st.integers(1, 3)),
)


@pytest.mark.parametrize("chunk", [1, 2, CHUNK])
def test_no_frame_is_lost_doubled_or_out_of_order(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remote_bid.gateway.fanout.channel.CHUNK", chunk)
    monkeypatch.setattr("remote_bid.gateway.fanout.channel._RETRY_S", 0)

    @settings(deadline=None, max_examples=80)
    @given(st.lists(acts, max_size=30))
    def played(plan: list[tuple[str, int]]) -> None:
        asyncio.run(play(plan))

    played()


async def play(plan: list[tuple[str, int]]) -> None:
    scene = Scene()
    for what, number in plan:
        match what:
            case "push":
                scene.push()
            case "come or go":
                scene.come_or_go(number)
            case "be slow or quick":
                scene.lines[number].willing = not scene.lines[number].willing
            case _:
                for _ in range(number):
                    await asyncio.sleep(0)
    for line in scene.lines:
        line.willing = True
    scene.push()
    await until(lambda: all(at == scene.channel.head for at in scene.channel._at.values()))
    for number in scene.since:
        scene.check(number, whole=True)
