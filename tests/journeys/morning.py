"""A session brought towards its deadline by real clients: staff, custodians, bidders, each at its own line."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from remote_bid.opening import COSIGNED
from remote_bid.opening.terms import Member, Role
from remote_bid.participant.bidder import Bidder
from remote_bid.participant.client import Client
from remote_bid.participant.custodian import Custodian
from remote_bid.participant.staff import Host, Supervisor, Tenderer
from remote_bid.tender.statements import Cadence, Timetable, Windows
from remote_bid.tender.terms import READOUT_FORM, ReadoutForm
from remote_bid.timeline import instant
from tests.gateway.house import HALL, MEMBERS, TENDER, House

LOT = "1"
PASSPHRASE = "passphrase of the tests"  # noqa: S105 - of no real file
CUSTODIANS = ("custodian-01", "custodian-02")
_COSIGNED = {event.__name__ for event in COSIGNED}


@dataclass(frozen=True)
class Pace:
    """From the signing of the timetable: when the lobby opens, when T0 is, how often is ticked."""

    lobby_s: float
    deadline_s: float
    tick_s: float
    windows: Windows = field(default_factory=lambda: Windows(release_ms=20_000, custody_ms=60_000, record_ms=20_000))

    def timetable(self) -> Timetable:
        return Timetable(
            session=HALL,
            policies=[],
            prev=None,
            deadline=instant.text(instant.later(datetime.now(UTC), int(self.deadline_s * 1000))),
            windows=self.windows,
            lobby_ms=int((self.deadline_s - self.lobby_s) * 1000),
            ticks=Cadence(every_ms=int(self.tick_s * 1000), slots=256),
            lobby_ticks=Cadence(every_ms=int(self.tick_s * 1000), slots=256),
        )


class Morning:
    """The people of one session who are there before any bidder."""

    def __init__(self, house: House, pace: Pace, lines: AsyncExitStack) -> None:
        self.house, self._pace, self._lines = house, pace, lines
        self.clients: list[Client] = []
        self.custodians: dict[str, Custodian] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def line(self, person: str) -> Client:
        """A client of this person's that stays connected."""
        client = Client(self.house.url, HALL, self.house.person(person))
        self.clients.append(client)
        return await self._lines.enter_async_context(client.connected())

    async def prepare(self, holders: Mapping[Member, Path] | None = None) -> None:
        """From nothing to a published policy; any two of the `holders`, with their folders, give a lost half back."""
        holders = holders or {}
        person = self.house.person
        self.host = Host(await self.line("host-01"), person("host-01"), "host-01", Role.HOST)
        await self.host.schedule(TENDER, [*MEMBERS, *holders])
        await self.quiet()  # or its checkpoint would come before a key here, and behind it there
        for name in CUSTODIANS:
            custodian = Custodian(await self.line(name), person(name), self.house.trust, self.house.home(name))
            self.custodians[name] = custodian
            await custodian.offer_key(LOT, READOUT_FORM)
        for holder, folder in holders.items():
            keeper = Custodian(await self.line(holder.person), person(holder.person), self.house.trust, folder)
            await keeper.offer_key(LOT, READOUT_FORM)
        self.tenderer = Tenderer(await self.line("tenderer-01"), person("tenderer-01"), "tenderer-01", Role.TENDERER)
        self.supervisor = Supervisor(
            await self.line("supervisor-01"), person("supervisor-01"), "supervisor-01", Role.SUPERVISOR
        )
        escrow = [holder.person for holder in holders]
        await self.tenderer.publish_policy(
            self.house.trust, LOT, READOUT_FORM, len(CUSTODIANS), escrow, escrow_k=2 if escrow else 0
        )
        await self.quiet()

    async def begin(self) -> None:
        """Sign the timetable: time runs from here."""
        self._start(self.tenderer.keep_timetable(1, self._pace.timetable))
        self._start(self.supervisor.keep_countersigning())
        await self.host.client.until(lambda view: bool(view.timetable))
        await self.quiet()

    async def bidder(self, person: str, folder: Path | None = None, passphrase: str = PASSPHRASE) -> Bidder:
        """A bidder at its own line."""
        home, trust = folder or self.house.home(person), self.house.trust
        return Bidder(await self.line(person), self.house.person(person), person, trust, home, passphrase)

    async def quiet(self) -> None:
        """Wait until every entry that must be is cosigned, so that nothing is under way."""
        copy = self.host.client.copy

        def covered() -> bool:
            types = [(shown.event or {})["type"] for shown in copy.main]
            return sum(kind in _COSIGNED for kind in types) == types.count("CheckpointCosigned")

        await self.host.client.until(lambda view: covered())

    async def until_main(self, count: int, kind: str) -> None:
        """Wait for so many entries of a kind on the main line."""
        copy = self.host.client.copy
        await self.host.client.until(
            lambda view: sum((shown.event or {}).get("type") == kind for shown in copy.main) >= count
        )

    def _start(self, work: Awaitable[None]) -> None:
        self._tasks.append(asyncio.ensure_future(work))

    async def over(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def morning(house: House, pace: Pace) -> AsyncIterator[Morning]:
    """A morning in a house whose server is up."""
    async with AsyncExitStack() as lines:
        found = Morning(house, pace, lines)
        try:
            yield found
        finally:
            await found.over()


def form(price: str = "786240.00", manager: str = "Chen Li") -> ReadoutForm:
    fields: dict[str, str | int | bool] = {"duration_days": 192, "quality": "fair", "project_manager": manager}
    return ReadoutForm(price=price, currency="CNY", fields=fields)
