"""Calls by the front door: tokens, signs of life, what reaches the carrier, what is told back; over a fake carrier."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import socketio

from remote_bid.app import Annexe, serving
from remote_bid.config import MediaAt, TurnAt
from remote_bid.video import commands as c
from remote_bid.video.stage import Heard, Passing, Recorded, RecorderState, Showed, Showing, Unlinked
from tests.gateway.called import BROADCAST, HOSTED, Caller, call_in, caller, entries_of, hash_of
from tests.gateway.house import House, bearer, house, premises
from tests.video.actors import AGENCY, BIDDER, EXPERT, HOST, SESSION, STRANGER, SUPERVISOR
from tests.video.fake import FakeStage

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def stage() -> FakeStage:
    return FakeStage()


@pytest_asyncio.fixture
async def hall(tmp_path: Path, stage: FakeStage) -> AsyncIterator[House]:
    await call_in(tmp_path / "server")
    await call_in(tmp_path / "server", HOSTED, BROADCAST)
    async with house(tmp_path, annexe=Annexe(stage=stage)) as found:
        yield found


async def until(holds: Callable[[], bool], within_s: float = 5) -> float:
    """How long it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within_s, "it does not come to be"
        await asyncio.sleep(0.01)
    return time.monotonic() - began


class Beating:
    """A page that gives signs of life."""

    def __init__(self, who: Caller, line: str) -> None:
        self._task = asyncio.create_task(self._beat(who, line))

    async def _beat(self, who: Caller, line: str) -> None:
        with suppress(socketio.exceptions.SocketIOError):
            while True:
                await who.alive(line)
                await asyncio.sleep(0.3)

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def supervised(hall: House) -> tuple[Caller, Beating]:
    supervisor = await caller(hall, SUPERVISOR)
    await supervisor.done(c.AnswerNotice(agrees=True))
    return supervisor, Beating(supervisor, await supervisor.join())


async def admitted(hall: House, who: Any, supervisor: Caller, seat: str) -> Caller:
    person = await caller(hall, who)
    await person.done(c.AnswerNotice(agrees=True), c.EnterLobby())
    await supervisor.done(c.Admit(seat=seat))
    return person


async def types(hall: House) -> list[str]:
    return [entry.type for entry in await entries_of(hall.server_folder)]


async def test_a_call_passes_what_the_table_says_while_its_supervisor_lives(hall: House, stage: FakeStage) -> None:
    supervisor, beating = await supervised(hall)
    expert = await admitted(hall, EXPERT, supervisor, "S05")
    bidder = await admitted(hall, BIDDER, supervisor, "S02")
    lines = [await expert.join(), await bidder.join()]
    beats = [Beating(expert, lines[0]), Beating(bidder, lines[1])]
    await until(lambda: len(stage.passing(SESSION)) == 11)
    masked = [p for p in stage.passing(SESSION) if p.passing is Passing.MASKED]
    assert [(p.speaker, p.listener, p.kind) for p in masked] == [("S05", "S02", "audio")]
    await beating.stop()
    assert await until(lambda: stage.passing(SESSION) == []) < 2.0
    await until(lambda: stage.passing(SESSION) == [])
    told = await types(hall)
    assert told.index("SupervisorLost") + 1 == told.index("GateClosed")
    back = Beating(supervisor, await supervisor.join())
    assert await until(lambda: len(stage.passing(SESSION)) == 11) < 1.0
    await back.stop()
    for beat in beats:
        await beat.stop()


async def test_the_carrier_is_silenced_by_a_dead_server(tmp_path: Path, stage: FakeStage) -> None:
    await call_in(tmp_path / "server")
    async with premises(tmp_path) as found:
        async with serving(found.settings, found.server_folder, Annexe(stage=stage)):
            supervisor, beating = await supervised(found)
            agency = await admitted(found, AGENCY, supervisor, "S03")
            await agency.join()
            await until(lambda: bool(stage.passing(SESSION)))
            await beating.stop()
            await found.hang_up()
        assert await until(lambda: not stage.passing(SESSION)) < 2.0
        again = FakeStage()
        async with serving(found.settings, found.server_folder, Annexe(stage=again)):
            told = await types(found)
            assert told.count("SeatLost") == 2
            assert "RecorderFailed" in told
            assert not again.passing(SESSION)


async def test_tokens_that_are_not_good_are_refused_and_kept(hall: House, stage: FakeStage) -> None:
    supervisor, beating = await supervised(hall)
    expert = await admitted(hall, EXPERT, supervisor, "S05")
    bidder = await admitted(hall, BIDDER, supervisor, "S02")
    ticket = await expert.ticket()
    bodies = {"foreign": (bidder, ticket), "unknown": (expert, "x" * 43)}
    for who, shown in bodies.values():
        status, answer = await who.post("join", {"token": shown, "offer": "v=0"})
        assert (status, answer["code"]) == (409, "bad_token")
    assert (await expert.post("join", {"token": ticket, "offer": "v=0"}))[0] == 200
    status, answer = await expert.post("join", {"token": ticket, "offer": "v=0"})
    assert (status, answer["code"]) == (409, "bad_token")
    assert (await expert.post("token"))[1]["code"] == "joined_already"
    kept = [e.fields for e in await entries_of(hall.server_folder) if e.type == "TokenRefused"]
    assert [entry["why"] for entry in kept] == ["foreign", "unknown", "used"]
    assert kept[0]["hash"] == hash_of(ticket)
    assert stage.seats[SESSION] == ["S01", "S05"]
    raw = b"".join(path.read_bytes() for path in hall.server_folder.rglob("*") if path.is_file())
    assert ticket.encode() not in raw, "a token is never kept"
    await beating.stop()


async def test_who_has_no_seat_gets_nothing(hall: House) -> None:
    stranger = await caller(hall, STRANGER)
    for what, body in (("token", b""), ("join", {"token": "x" * 43, "offer": "v=0"}), ("leave", b"")):
        status, answer = await stranger.post(what, body)
        assert (status, answer["code"]) == (403, "not_allowed")
    token = await hall.sign_in(STRANGER.person)
    async with hall.http.get(f"{hall.url}/api/calls", headers=bearer(token)) as answer:
        assert (await answer.json())["calls"] == []
    assert (await stranger.alive("x" * 22))["code"] == "no_such_line"
    assert (await stranger.post("again", {"line": "x" * 22, "offer": "v=0"}))[1]["code"] == "no_such_line"


async def test_an_offer_is_made_again_over_ones_own_line_only(hall: House, stage: FakeStage) -> None:
    supervisor, beating = await supervised(hall)
    agency = await admitted(hall, AGENCY, supervisor, "S03")
    line = await agency.join()
    assert (await agency.post("again", {"line": line, "offer": "v=0"}))[0] == 200
    assert (await supervisor.post("again", {"line": line, "offer": "v=0"}))[1]["code"] == "no_such_line"
    assert (await agency.post("again", {"line": line, "offer": "nonsense"}))[1]["code"] == "bad_offer"
    await beating.stop()


async def test_who_is_put_out_or_hangs_up_leaves_the_carrier(hall: House, stage: FakeStage) -> None:
    supervisor, beating = await supervised(hall)
    agency = await admitted(hall, AGENCY, supervisor, "S03")
    await agency.join()
    await agency.post("leave")
    await until(lambda: stage.seats[SESSION] == ["S01"])
    await agency.join()
    await supervisor.done(c.RemoveSeat(seat="S03"))
    await until(lambda: stage.seats[SESSION] == ["S01"])
    assert (await agency.post("token"))[1]["code"] == "removed"
    await beating.stop()


async def test_a_lost_connection_and_a_sick_recorder_are_noted(hall: House, stage: FakeStage) -> None:
    supervisor, beating = await supervised(hall)
    agency = await admitted(hall, AGENCY, supervisor, "S03")
    await agency.join()
    await until(lambda: bool(stage.passing(SESSION)))
    stage.tell(Unlinked(room=SESSION, seat="S03"))
    await until(lambda: stage.seats[SESSION] == ["S01"])
    line = Beating(agency, await agency.join())
    await until(lambda: bool(stage.passing(SESSION)))
    stage.tell(RecorderState(room=SESSION, healthy=False, cause="disk_full"))
    await until(lambda: not stage.passing(SESSION))
    failed = [entry.fields for entry in await entries_of(hall.server_folder) if entry.type == "RecorderFailed"]
    assert [entry["cause"] for entry in failed] == ["disk_full"]
    stage.tell(RecorderState(room=SESSION, healthy=True))
    await until(lambda: bool(stage.passing(SESSION)))
    for beat in (beating, line):
        await beat.stop()


async def test_without_a_worker_there_is_no_call(tmp_path: Path) -> None:
    away = FakeStage()
    away.away = True
    await call_in(tmp_path / "server")
    async with house(tmp_path, annexe=Annexe(stage=away)) as found:
        supervisor = await caller(found, SUPERVISOR)
        await supervisor.done(c.AnswerNotice(agrees=True))
        status, answer = await supervisor.post("join", {"token": await supervisor.ticket(), "offer": "v=0"})
        assert (status, answer["code"]) == (503, "no_media")
        away.away = False
        assert (await supervisor.post("join", {"token": await supervisor.ticket(), "offer": "v=0"}))[0] == 200


async def test_a_house_without_media_says_so(tmp_path: Path) -> None:
    await call_in(tmp_path / "server")
    async with house(tmp_path) as found:
        supervisor = await caller(found, SUPERVISOR)
        assert (await supervisor.post("token"))[1]["code"] == "no_media"
        assert (await supervisor.alive("x" * 22))["code"] == "no_media"


async def test_who_is_signed_in_gets_access_to_the_relay_that_names_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMOTE_BID_TURN_SECRET", "shared")
    relayed = MediaAt(turn=TurnAt(urls=["turns:relay.example:443?transport=tcp"]))
    async with house(tmp_path, annexe=Annexe(stage=FakeStage()), media=relayed) as found:
        token = await found.sign_in(EXPERT.person)
        async with found.http.get(f"{found.url}/api/calls/relays", headers=bearer(token)) as answer:
            [relay] = (await answer.json())["relays"]
    until_, _, chance = relay["username"].partition(":")
    assert time.time() < int(until_) <= time.time() + 4 * 3600
    assert len(chance) == 16
    assert EXPERT.person not in str(relay)


async def test_pages_learn_who_is_shown_and_who_speaks_as_far_as_they_hear(hall: House, stage: FakeStage) -> None:
    supervisor, beating = await supervised(hall)
    bidder = await admitted(hall, BIDDER, supervisor, "S02")
    line = Beating(bidder, await bidder.join())
    await until(lambda: len(stage.passing(SESSION)) == 4)
    showing = [Showing(mid="0", kind="audio", speaker="S01")]
    stage.tell(Showed(room=SESSION, seat="S02", showing=showing))
    stage.tell(Heard(room=SESSION, levels={"S01": 90, "S05": 80}, losses={"S01": 0.1, "S02": 0.2}))
    await until(lambda: len(bidder.told) >= 2)
    assert bidder.told[0]["showing"][0]["speaker"] == "S01"
    assert bidder.told[1] == {"session": SESSION, "levels": {"S01": 90}, "losses": {"S02": 0.2}}
    await until(lambda: any("losses" in told for told in supervisor.told))
    assert next(told for told in supervisor.told if "losses" in told)["losses"] == {"S01": 0.1, "S02": 0.2}
    for beat in (beating, line):
        await beat.stop()


async def test_recordings_are_kept_by_hash_and_played_by_those_who_may(hall: House, stage: FakeStage) -> None:
    supervisor, beating = await supervised(hall)
    bidder = await admitted(hall, BIDDER, supervisor, "S02")
    line = Beating(bidder, await bidder.join())
    path = hall.server_folder / "recordings" / "call" / "S02.webm"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"0123456789")
    told = Recorded(
        room=SESSION,
        seat="S02",
        kind="audio",
        number=0,
        path="call/S02.webm",
        sha256="hash",
        size=10,
        began="2026-11-23T02:00:00.000Z",
        seconds=1.0,
    )
    stage.at_closing = [told]
    await supervisor.done(c.CloseCall())
    await until(lambda: stage.closed == [SESSION])

    async def noted() -> bool:
        return "SegmentRecorded" in await types(hall)

    for _ in range(100):
        if await noted():
            break
        await asyncio.sleep(0.05)
    assert await noted()
    url = f"{hall.url}/api/calls/{SESSION}/recordings/0"
    async with hall.http.get(url, headers=bearer(supervisor.token) | {"Range": "bytes=2-4"}) as answer:
        assert (answer.status, await answer.read()) == (206, b"234")
    async with hall.http.get(url, headers=bearer(bidder.token)) as answer:
        assert answer.status == 403
    async with hall.http.get(url.replace("/0", "/1"), headers=bearer(supervisor.token)) as answer:
        assert answer.status == 404
    for beat in (beating, line):
        await beat.stop()


async def test_what_the_carrier_tells_is_checked_as_anybodys_commands_are(hall: House, stage: FakeStage) -> None:
    _, beating = await supervised(hall)
    bad = Recorded(
        room=SESSION,
        seat="S01",
        kind="audio",
        number=0,
        path="../office.json",
        sha256="hash",
        size=1,
        began="2026-11-23T02:00:00.000Z",
        seconds=1.0,
    )
    stage.tell(bad)
    stage.tell(RecorderState(room=SESSION, healthy=False, cause="No space left!"))
    for _ in range(100):
        if "RecorderFailed" in await types(hall):
            break
        await asyncio.sleep(0.05)
    assert "SegmentRecorded" not in await types(hall)
    [failed] = [entry.fields for entry in await entries_of(hall.server_folder) if entry.type == "RecorderFailed"]
    assert failed["cause"] == "no_space_left_"
    await beating.stop()


async def test_a_halls_many_listen_without_a_name_or_an_entry(hall: House, stage: FakeStage) -> None:
    supervisor, host = await caller(hall, SUPERVISOR, BROADCAST), await caller(hall, HOST, BROADCAST)
    await supervisor.done(c.AnswerNotice(agrees=True))
    beats = [Beating(supervisor, await supervisor.join())]
    await host.done(c.AnswerNotice(agrees=True), c.EnterLobby())
    await supervisor.done(c.Admit(seat="S02"))
    beats.append(Beating(host, await host.join()))
    before = len(await entries_of(hall.server_folder, BROADCAST))
    status, _ = await hall.post(f"/api/calls/{BROADCAST}/listen", {"offer": "v=0"})
    assert status == 200
    heard = [order for order in stage.joins if not order.publishes]
    assert len(heard) == 1
    await until(lambda: len([p for p in stage.passing(BROADCAST) if p.listener == heard[0].seat]) == 2)
    assert {p.speaker for p in stage.passing(BROADCAST) if p.listener == heard[0].seat} == {"S02"}
    assert len(await entries_of(hall.server_folder, BROADCAST)) == before
    assert (await hall.post(f"/api/calls/{SESSION}/listen", {"offer": "v=0"}))[0] == 404
    for beat in beats:
        await beat.stop()
