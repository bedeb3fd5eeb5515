"""Who does not read costs the server little, keeps nobody waiting, and goes on without a gap when it comes back."""

import asyncio

import pytest

from remote_bid.gateway.fanout import channel, line
from remote_bid.gateway.fanout.channel import MOST_KEPT
from remote_bid.gateway.fanout.framing import PIECE
from remote_bid.gateway.fanout.line import MOST_UNSENT, MOST_WAITING
from tests.gateway.fanout.stand import Stand, masked, stand, until
from tests.timeline.logs import HALL

LARGE = "x" * 60_000


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line, "PATIENCE_S", 0.3)


def kept_for(found: Stand, audience: str) -> int:
    return found.hub._streams[HALL.id].seats[audience].channel._size


async def test_who_never_reads_is_cut_off_and_until_then_costs_a_bounded_amount() -> None:
    async with stand() as found:
        _, writer = await found.deaf("ann")
        [deaf] = found.lines
        reading = await found.reader("ann")
        most_unsent = most_kept = 0
        for number in range(150):
            await found.write(f"{number} {LARGE}")
            await until(lambda wanted=number + 2: reading.copy.head == wanted)  # type: ignore[misc]
            assert deaf._transport is not None
            most_unsent = max(most_unsent, deaf._transport.get_write_buffer_size() if deaf.is_open else 0)
            most_kept = max(most_kept, kept_for(found, "guest/ann"))
        assert not deaf.is_open
        assert 0 < most_unsent <= MOST_UNSENT + 4 * PIECE  # a frame may be larger than a piece
        assert 0 < most_kept <= MOST_KEPT + 4 * PIECE
        assert kept_for(found, "guest/ann") == 0
        writer.close()


@pytest.mark.usefixtures("impatient")
async def test_who_takes_nothing_for_long_is_cut_off_however_little_waits() -> None:
    async with stand() as found:
        _, writer = await found.deaf("ann")
        [deaf] = found.lines
        for number in range(8):
            await found.write(f"{number} {LARGE}")
        await until(lambda: not deaf.is_open)
        assert found.server.eio.cut_off == 1
        await until(lambda: not found.lines)
        assert found.hub._streams == {}
        writer.close()


@pytest.mark.usefixtures("impatient")
async def test_who_asks_on_and_on_without_reading_is_cut_off() -> None:
    async with stand() as found:
        await found.write("y" * 200_000)
        _, writer = await found.deaf("ann")
        [deaf] = found.lines
        most = 0
        while deaf.is_open:
            writer.write(masked(f'421["join",{{"session":"{HALL.id}"}}]'))
            await asyncio.sleep(0.002)
            most = max(most, sum(map(len, deaf._outbox or ())))
        assert 0 < most <= MOST_WAITING + 500_000


async def test_who_was_cut_off_goes_on_without_a_gap() -> None:
    async with stand() as found:
        reader = await found.reader("ann")
        for number in range(3):
            await found.write(f"before {number}")
        await until(lambda: reader.copy.head == 4)
        found.lines[0].cut_off("for the test")
        await until(lambda: not reader.client.connected)
        for number in range(3):
            await found.write(f"meanwhile {number}")
        again = await found.line("ann")
        again.copy = reader.copy
        joined = await again.join()
        assert len(joined.entries) == 3
        await found.write("after")
        await until(lambda: again.copy.head == 8)
        assert again.frames == [joined.n + 1]


async def test_a_slow_reader_of_a_long_snapshot_gets_it_whole_and_then_what_came_meanwhile() -> None:
    async with stand() as found:
        for number in range(20):
            await found.write(f"{number} {LARGE}")
        reader, writer = await found.deaf("ann", joins=False)
        writer.write(masked(f'420["join",{{"session":"{HALL.id}"}}]'))
        [slow] = found.lines
        await until(lambda: slow._outbox is not None)
        for number in range(3):
            await found.write(f"meanwhile {number}")
        got = b""
        while b"meanwhile 2" not in got:
            got += await reader.read(1 << 16)
        assert got.index(b'"joined"') < got.index(b'42["frame"')
        assert b"".join(got.split(b"meanwhile ")[1::2])  # each in event and page
        order = [got.index(b"meanwhile %d" % number) for number in range(3)]
        assert order == sorted(order)
        writer.close()


async def test_pings_do_not_fall_into_the_midst_of_a_message() -> None:
    async with stand() as found:
        for number in range(20):
            await found.write(f"{number} {LARGE}")
        _, writer = await found.deaf("ann", joins=False)
        writer.write(masked(f'420["join",{{"session":"{HALL.id}"}}]'))
        [slow] = found.lines
        await until(lambda: slow._outbox is not None)
        slow._wake()
        assert not slow._pinged
        writer.close()


async def test_while_one_is_late_the_others_are_not() -> None:
    async with stand() as found:
        _, writer = await found.deaf("ann")
        reading = await found.reader("ann")
        took = []
        for number in range(40):
            began = asyncio.get_running_loop().time()
            await found.write(f"{number} {LARGE}")
            await until(lambda wanted=number + 2: reading.copy.head == wanted)  # type: ignore[misc]
            took.append(asyncio.get_running_loop().time() - began)
        assert sorted(took)[20] < channel._RETRY_S
        writer.close()


async def test_who_answers_no_ping_is_cut_off() -> None:
    async with stand() as found:
        found.server.eio.ping_interval = found.server.eio.ping_timeout = 0.1
        _, writer = await found.deaf()
        reading = await found.reader()
        await until(lambda: len(found.lines) == 1, within_s=2)
        await asyncio.sleep(0.5)
        assert reading.client.connected
        writer.close()
