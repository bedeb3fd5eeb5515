"""A whole server on loopback, with its cosigner, in this process: for tests that come in by the front door."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import socketio

from remote_bid.app import Annexe, serving
from remote_bid.config import CosignerAt, Settings
from remote_bid.demo.authority import Authority
from remote_bid.gateway.pace import Limits
from remote_bid.opening.commands import ScheduleOpening
from remote_bid.opening.statements import Schedule
from remote_bid.opening.terms import Member, Role
from remote_bid.participant.identity import Identity, read_identity
from remote_bid.people.sign_in import SignIn
from remote_bid.seal.canonical import b64
from remote_bid.tender.statements import NamedLogKey
from remote_bid.tender.terms import Lot, Tender
from remote_bid.timeline import wire_json
from remote_bid.timeline.note import NamedKey
from remote_bid.timeline.office import office_keys
from remote_bid.verify.trust import Trust
from tests.timeline.cosigners import Neighbour

LOG = "log.house.example"
HALL = "KB-2026-0001"
PART_LIMIT = 200_000
TIRELESS = Limits(account_sign_ins="100000/minute", sign_ins="100000/minute", nonces="100000/minute")
"""Tests sign in more often than people."""

MEMBERS = [
    Member(person="host-01", name="Host", role=Role.HOST),
    Member(person="supervisor-01", name="Supervisor", role=Role.SUPERVISOR),
    Member(person="tenderer-01", name="Tenderer", role=Role.TENDERER),
    Member(person="custodian-01", name="Custodian 1", role=Role.CUSTODIAN, side="tenderer"),
    Member(person="custodian-02", name="Custodian 2", role=Role.CUSTODIAN, side="centre"),
]
BIDDERS = ("91330000000000001A", "91330000000000002B")

TENDER = Tender(
    code="T-1",
    title="Works",
    trading_center="Centre",
    tenderer="Tenderer",
    lots=[Lot(lot="1", title="Lot 1", ceiling_price="1000000.00", consortia=True)],
)


@dataclass
class House:
    """The server's address, its people, and the ways to come in."""

    settings: Settings
    folder: Path
    authority: Authority
    people: Path
    http: aiohttp.ClientSession
    neighbour: Neighbour
    lines: list[Any] = field(default_factory=list)
    door: str = ""
    """By which server it is entered where there are several; empty: at its address."""

    @property
    def url(self) -> str:
        return self.settings.origin

    @property
    def address(self) -> str:
        return self.door or self.url

    @property
    def server_folder(self) -> Path:
        return self.folder / "server"

    @property
    def trust(self) -> Trust:
        """What its people have on paper."""
        log, cosigners = office_keys(self.server_folder / "office.json").log_key, self.settings.cosigners
        return Trust(
            roots=self.settings.roots,
            log=NamedLogKey(name=self.settings.log, key=log),
            cosigners=[NamedLogKey(name=cosigner.name, key=cosigner.key) for cosigner in cosigners],
            quorum=self.settings.quorum,
        )

    @property
    def safe(self) -> Path:
        return self.server_folder / "safe"

    def elsewhere(self) -> set[Path]:
        """Everything on this disk that is neither in the safe nor a cosigner's, who writes when it likes."""
        return {
            path
            for path in self.folder.rglob("*")
            if self.safe not in path.parents and not path.name.startswith("cosigner")
        }

    def person(self, person: str) -> Identity:
        """A person with a certificate of the house's authority."""
        if not (home := self.home(person)).exists():
            self.authority.enrol(home, person, f"Name of {person}")
        return read_identity(home)

    def home(self, person: str) -> Path:
        """A person's own folder."""
        return self.people / b64(person.encode())

    async def nonce(self) -> str:
        async with self.http.post(f"{self.address}/api/challenge") as answer:
            return str((await answer.json())["nonce"])

    async def post(self, path: str, body: Any, token: str = "") -> tuple[int, Any]:
        """Status and JSON of a POST; bytes go as they are."""
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        async with self.http.post(self.address + path, data=raw, headers=bearer(token)) as answer:
            return answer.status, await answer.json(content_type=None)

    async def sign_in(self, person: str) -> str:
        """A token of this person's."""
        signed = self.person(person).sign(SignIn(origin=self.url, nonce=await self.nonce()))
        status, answer = await self.post("/api/sign-in", signed)
        assert status == 200, answer
        return str(answer["token"])

    def plan(self, session: str = HALL, host: str = "host-01", **changes: Any) -> dict[str, Any]:
        """The command that schedules a session, signed by its host."""
        plan = msgspec.structs.replace(Schedule(session=session, tender=TENDER, members=MEMBERS), **changes)
        command: dict[str, Any] = msgspec.to_builtins(ScheduleOpening(signed=self.person(host).sign(plan)))
        return {"session": session, "command": command}

    async def schedule(self, session: str = HALL) -> None:
        body = self.plan(session)
        status, answer = await self.post("/api/sessions", body, await self.sign_in("host-01"))
        assert status == 200, answer

    async def line(self, token: str = "", origin: str | None = "own") -> Any:
        """A socket.io connection; raises socketio's ConnectionError when it is refused."""
        client = socketio.AsyncClient(reconnection=False, json=wire_json)
        headers = {} if origin is None else {"Origin": self.url if origin == "own" else origin}
        self.lines.append(client)
        auth = {"token": token} if token else None
        await client.connect(self.address, headers=headers, auth=auth, transports=["websocket"], wait_timeout=5)
        return client

    async def hang_up(self) -> None:
        for client in self.lines:
            await client.disconnect()
        self.lines.clear()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def premises(
    folder: Path, authority: Authority | None = None, people: Path | None = None, name: str = "127.0.0.1", **more: Any
) -> AsyncIterator[House]:
    """Settings, keys and a cosigner; the server is still to come. Houses may share an authority and its people."""
    authority, port = authority or Authority("Authority of the tests"), free_port()
    log = office_keys(folder / "server" / "office.json").log.public_key().public_bytes_raw()
    cosigner = Neighbour(0, folder, NamedKey(name=LOG, key=log))
    await cosigner.start()
    settings = Settings(
        origin=f"http://{name}:{port}",
        log=LOG,
        roots=[authority.pem],
        agencies=["host-01"],
        cosigners=[CosignerAt(name=cosigner.name, key=b64(cosigner.named.key), url=cosigner.url)],
        quorum=1,
        port=port,
        part_limit=PART_LIMIT,
        **({"limits": TIRELESS} | more),
    )
    async with aiohttp.ClientSession() as http:
        found = House(settings, folder, authority, people or folder / "people", http, cosigner)
        try:
            yield found
        finally:
            await found.hang_up()
            await cosigner.stop()


@asynccontextmanager
async def house(
    folder: Path,
    authority: Authority | None = None,
    people: Path | None = None,
    annexe: Annexe | None = None,
    **more: Any,
) -> AsyncIterator[House]:
    """A server whose data lies in `folder`, with nothing in it yet."""
    async with (
        premises(folder, authority, people, **more) as found,
        serving(found.settings, found.server_folder, annexe or Annexe()),
    ):
        try:
            yield found
        finally:
            await found.hang_up()
