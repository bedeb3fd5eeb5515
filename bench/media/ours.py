"""Rooms of our own workers for the load: one worker on one core, recording what passes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.media.cores import SERVER, pin
from bench.media.load import Load, Stream
from bench.media.peer import Peer
from remote_bid.video.media.process import Media
from remote_bid.video.media.workers import Workers
from remote_bid.video.stage import Arrange, Join, Kind, OpenRoom, Passing, RecorderState, Report
from remote_bid.video.stage import Path as Way

_LEASE_S = 600.0
_KINDS: tuple[Kind, Kind] = ("audio", "video")


class Ours:
    """`pids`: whose CPU is counted."""

    def __init__(self, stage: Workers, address: str) -> None:
        self._stage, self._address = stage, address
        self._healthy: dict[str, asyncio.Event] = {}
        stage.listen(self._heard)

    @property
    def pids(self) -> list[int]:
        return self._stage.processes()

    async def one_to_many(self, listeners: int, stream: Stream, halls: int = 1) -> Load:
        """In each hall one who sends."""
        speakers, others = [], []
        for number in range(halls):
            speaker = Peer(self._address, [(stream.kind, "sendonly")])
            audience = [Peer(self._address, [(stream.kind, "recvonly")]) for _ in range(listeners)]
            seats = [f"s{index}" for index in range(listeners + 1)]
            await self._room(f"hall{number}", dict(zip(seats, [speaker, *audience], strict=True)), seats[:1], slots=1)
            speakers.append(speaker)
            others += audience
        return Load(speakers, others, [stream], listeners)

    async def all_to_all(self, rooms: int, people: int, streams: list[Stream]) -> Load:
        """Everybody sends, everybody gets everybody else."""
        peers: list[Peer] = []
        kinds = [stream.kind for stream in streams]
        for number in range(rooms):
            lines = [(kind, "sendonly") for kind in kinds] + [(kind, "recvonly") for kind in kinds] * (people - 1)
            members = {f"s{index}": Peer(self._address, lines) for index in range(people)}
            await self._room(f"room{number}", members, list(members), slots=people - 1)
            peers += members.values()
        return Load(peers, peers, streams, people - 1)

    async def _room(self, name: str, members: dict[str, Peer], speakers: list[str], slots: int) -> None:
        await self._stage.open(OpenRoom(room=name, slots=slots))
        for seat, peer in members.items():
            order = Join(room=name, seat=seat, offer=peer.description("actpass"), publishes=seat in speakers)
            await peer.connect(await self._stage.join(order))
        async with asyncio.timeout(10):
            await self._healthy.setdefault(name, asyncio.Event()).wait()
        paths = [
            Way(speaker=speaker, listener=seat, kind=kind, passing=Passing.RAW)
            for speaker in speakers
            for seat in members
            if seat != speaker
            for kind in _KINDS
        ]
        await self._stage.arrange(Arrange(room=name, paths=paths, lease_s=_LEASE_S))

    def _heard(self, report: Report) -> None:
        if isinstance(report, RecorderState) and report.healthy:
            self._healthy.setdefault(report.room, asyncio.Event()).set()


@asynccontextmanager
async def ours(folder: Path, address: str) -> AsyncIterator[Ours]:
    """Started, on the server's core."""
    stage = Workers(Media(recordings=folder, bind=address, called=[address]))
    await stage.start()
    pin(stage.processes()[0], SERVER)
    try:
        yield Ours(stage, address)
    finally:
        await stage.shut_down()
