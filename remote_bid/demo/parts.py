"""The parts to be played, each in a process of its own: what a real person's program would do."""

import asyncio
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import structlog

from remote_bid.app import serve_forever
from remote_bid.config import Settings
from remote_bid.demo.authority import PASSPHRASE
from remote_bid.demo.cast import SESSION, Cast, K
from remote_bid.demo.programme import Contender
from remote_bid.opening.commands import ScheduleOpening
from remote_bid.opening.terms import Role
from remote_bid.participant.bidder import Bidder
from remote_bid.participant.client import Client, ServerRefused
from remote_bid.participant.cosigner import cosign_forever
from remote_bid.participant.custodian import Custodian
from remote_bid.participant.draw_sealer import DrawSealer
from remote_bid.participant.identity import Identity, read_identity
from remote_bid.participant.member import Staff
from remote_bid.participant.staff import Host, Supervisor, Tenderer
from remote_bid.tender.statements import Timetable
from remote_bid.tender.terms import DRAW, READOUT_FORM, ReadoutForm
from remote_bid.timeline import instant

JOURNAL = "journal"
"""Each participant's list of the leaves it was shown."""

_EXCUSE = "我单位的解密文件打不开，正在排查。"
_OBJECTION = "我单位因硬盘损坏未能按时解密，请求说明依据何条处理。"
_ANSWER = "招标文件规定解密时限内未解密的视为撤销投标，已如实记入开标记录。"


def play_server(settings: Settings, folder: Path) -> None:
    """The centre's server."""
    _alone(folder / "server.log", lambda: serve_forever(settings, folder))


def play_cosigner(cast: Cast) -> None:
    """The neighbouring centre's cosigner."""
    name, folder = cast.trust.cosigners[0].name, cast.folder / "cosigner"
    _alone(folder / "log", lambda: cosign_forever(name, cast.trust.log_key(), folder, cast.cosigner_port))


def play_tenderer(cast: Cast) -> None:
    """Publishes the policy, signs the timetable."""
    _alone(cast.home("tenderer-01") / "log", lambda: _tenderer(cast))


async def _tenderer(cast: Cast) -> None:
    async with _client(cast, "tenderer-01").connected() as client:
        tenderer = Tenderer(client, _identity(cast, "tenderer-01"), "tenderer-01", Role.TENDERER)
        for lot, part in _sealed_parts(cast):
            await tenderer.publish_policy(cast.trust, lot, part, K)
        await asyncio.gather(
            tenderer.keep_timetable(len(_sealed_parts(cast)), lambda: timetable(cast)), _seal_draws(tenderer, cast)
        )


def _sealed_parts(cast: Cast) -> list[tuple[str, str]]:
    """Lots and parts for which custodians hold keys."""
    draws = [(lot.lot, DRAW) for lot in cast.tender.lots if lot.draw]
    return [*((lot.lot, READOUT_FORM) for lot in cast.tender.lots), *draws]


async def _seal_draws(sealer: DrawSealer, cast: Cast) -> None:
    for lot in cast.tender.lots:
        if lot.draw:
            await sealer.seal_draw(lot.lot)


def timetable(cast: Cast) -> Timetable:
    """The cast's timetable, from now."""
    pace = cast.pace
    deadline = instant.later(datetime.now(UTC), pace.until_deadline_ms).replace(microsecond=0)
    return Timetable(
        session=SESSION,
        policies=[],
        prev=None,
        deadline=instant.text(deadline),
        windows=pace.windows,
        lobby_ms=pace.lobby_ms,
        ticks=pace.ticks,
        lobby_ticks=pace.ticks,
    )


def play_supervisor(cast: Cast) -> None:
    """Countersigns, watches, signs the record."""
    _alone(cast.home("supervisor-01") / "log", lambda: _supervisor(cast))


async def _supervisor(cast: Cast) -> None:
    async with _client(cast, "supervisor-01").connected() as client:
        supervisor = Supervisor(client, _identity(cast, "supervisor-01"), "supervisor-01", Role.SUPERVISOR)
        await asyncio.gather(supervisor.keep_countersigning(), _seal_draws(supervisor, cast), _attend(supervisor))


async def _attend(staff: Staff) -> None:
    await staff.check_in()
    await staff.sign_record()


def play_witness(cast: Cast) -> None:
    """Watches, signs the record."""
    _alone(cast.home("witness-01") / "log", lambda: _witness(cast))


async def _witness(cast: Cast) -> None:
    async with _client(cast, "witness-01").connected() as client:
        await _attend(Staff(client, _identity(cast, "witness-01"), "witness-01", Role.WITNESS))


def play_host(cast: Cast) -> None:
    """Schedules the session and drives it to its end."""
    _alone(cast.home("host-01") / "log", lambda: _host(cast))


async def _host(cast: Cast) -> None:
    async with _client(cast, "host-01").connected() as client:
        host = Host(client, _identity(cast, "host-01"), "host-01", Role.HOST)
        await host.schedule(ScheduleOpening(tender=cast.tender, members=cast.members))
        await host.check_in()
        await host.run(cast.pace.pause_s, signatures=len(cast.contenders) + 3, answer=_ANSWER)


def play_custodian(cast: Cast, person: str, publishes: bool) -> None:
    """Offers a key; publishes it when the bidders' window is closed."""
    _alone(cast.home(person) / "log", lambda: _custodian(cast, person, publishes))


async def _custodian(cast: Cast, person: str, publishes: bool) -> None:
    async with _client(cast, person).connected() as client:
        custodian = Custodian(client, _identity(cast, person), cast.trust, cast.home(person))
        for lot, part in _sealed_parts(cast):
            await custodian.offer_key(lot, part)
        for lot, part in _sealed_parts(cast) if publishes else []:
            await custodian.publish(lot, part)


def play_bidder(cast: Cast, contender: Contender) -> None:
    """Submits, releases unless the file is lost (of which it complains), confirms its lines, signs the record."""
    _alone(cast.home(contender.person) / "log", lambda: _bidder(cast, contender))


async def _bidder(cast: Cast, contender: Contender) -> None:
    home = cast.home(contender.person)
    async with _client(cast, contender.person).connected() as client:
        identity = _identity(cast, contender.person)
        bidder = Bidder(client, identity, contender.person, cast.trust, home, PASSPHRASE)
        bids = {await bidder.submit(lot, form): form for lot, form in contender.forms.items()}
        await bidder.check_in(SESSION)
        await bidder.see_ticked()
        released = {bid: await _released(bidder, bid, home, contender.loses_key) for bid in bids}
        expected = {bid: form if released[bid] else None for bid, form in bids.items()}
        if contender.loses_key:
            await bidder.say(_EXCUSE)
        await _heard(bidder, expected, contender.loses_key)
        await bidder.sign_record(expected)


async def _heard(bidder: Bidder, expected: dict[str, ReadoutForm | None], objects: bool) -> None:
    """Confirm, and object where there is a reason; one too slow for it learns that from the refusal."""
    try:
        await bidder.confirm(expected)
        if objects:
            await bidder.object(_OBJECTION)
    except ServerRefused as refusal:
        if refusal.code not in ("window_over", "wrong_phase"):
            raise


async def _released(bidder: Bidder, bid: str, home: Path, lost: bool) -> bool:
    """Release, unless the file is lost; a bidder too slow for the window learns it from the refusal."""
    if lost:
        (home / f"{bid}.release").unlink()
        return False
    try:
        await bidder.release(bid)
    except ServerRefused as refusal:
        if refusal.code != "window_over":
            raise
        return False
    return True


def _client(cast: Cast, person: str) -> Client:
    return Client(cast.url, SESSION, _identity(cast, person), cast.home(person) / JOURNAL)


def _identity(cast: Cast, person: str) -> Identity:
    return read_identity(cast.home(person))


def _alone(log: Path, play: Callable[[], Awaitable[None]]) -> None:
    """Run a part as a program of its own: its log in its folder, one sentence on stderr if it fails."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with log.open("a") as file:
        logging.basicConfig(stream=file, level=logging.WARNING)
        structlog.configure(
            processors=[
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            logger_factory=structlog.PrintLoggerFactory(file),
        )
        try:
            asyncio.run(_awaited(play))
        except Exception as error:
            structlog.get_logger("part").exception("failed")
            print(f"{log.parent.name}: {type(error).__name__}: {error}", file=sys.stderr)
            sys.exit(1)


async def _awaited(play: Callable[[], Awaitable[None]]) -> None:
    """Play until the part is over, or the demonstration itself is gone."""
    demonstration = multiprocessing.parent_process()
    if demonstration is not None:
        asyncio.get_running_loop().add_reader(demonstration.sentinel, os._exit, 1)
    await play()
