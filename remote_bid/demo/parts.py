"""The parts of those who run and watch the day, each in a process of its own: what a real person's program would do."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from remote_bid.app import serve_forever
from remote_bid.config import Settings
from remote_bid.demo.authority import PASSPHRASE
from remote_bid.demo.cast import SESSION, Cast, K, Pace
from remote_bid.demo.chairs import CUSTODY, Chairs
from remote_bid.demo.patience import SEALING, Patience
from remote_bid.demo.programme import Fault
from remote_bid.demo.stage import Visitor, alone, identity_of
from remote_bid.opening.terms import Deposit, DepositForm, DepositStatus, Phase, Role, reached
from remote_bid.opening.view import OpeningView
from remote_bid.opening.view.page import BidRow
from remote_bid.participant.client import Client, ServerRefused
from remote_bid.participant.cosigner import cosign_forever
from remote_bid.participant.custodian import Custodian
from remote_bid.participant.custody_file import write_custody
from remote_bid.participant.draw_sealer import DrawSealer
from remote_bid.participant.member import Staff, may_come
from remote_bid.participant.staff import Host, Supervisor, Tenderer
from remote_bid.participant.two import OneOfTheTwo, over
from remote_bid.tender.statements import Timetable
from remote_bid.tender.terms import DRAW
from remote_bid.timeline import instant

_AGAIN_S = 0.2
_BEFORE_DEADLINE = (Phase.SCHEDULED, Phase.LOBBY)
_ANSWER = "招标文件规定解密时限内未解密的视为撤销投标，已如实记入开标记录。"


def play_server(settings: Settings, folder: Path) -> None:
    """The centre's server."""
    alone(folder / "server.log", lambda: serve_forever(settings, folder))


def play_hall(cast: Cast) -> None:
    """The centre's server with chairs that people may take."""
    alone(
        cast.server_folder / "server.log",
        lambda: serve_forever(cast.settings, cast.server_folder, Chairs(cast).annexe()),
    )


def play_cosigner(cast: Cast) -> None:
    """The neighbouring centre's cosigner."""
    name, folder = cast.trust.cosigners[0].name, cast.folder / "cosigner"
    alone(
        folder / "log",
        lambda: cosign_forever(name, cast.trust.log_key(), cast.trust.authorities(), folder, cast.cosigner_port),
    )


def play_tenderer(cast: Cast) -> None:
    """Publishes the policy, signs the timetable."""
    alone(cast.home("tenderer-01") / "log", lambda: _tenderer(cast))


async def _tenderer(cast: Cast) -> None:
    async with Visitor(cast, "tenderer-01").connected() as client:
        tenderer = Tenderer(client, identity_of(cast, "tenderer-01"), "tenderer-01", Role.TENDERER)
        await asyncio.gather(*(tenderer.publish_policy(cast.trust, lot, part, K) for lot, part in _sealed_parts(cast)))
        patience = Patience(cast, timetable)
        await asyncio.gather(
            tenderer.keep_timetable(len(_sealed_parts(cast)), patience.next),
            patience.keep_postponing(tenderer),
            _seal_draws(tenderer, cast, cast.home("tenderer-01") / SEALING),
        )


def _sealed_parts(cast: Cast) -> list[tuple[str, str]]:
    """Lots and parts for which custodians hold keys."""
    draws = [(lot.lot, DRAW) for lot in cast.tender.lots if lot.draw]
    return [*((lot.lot, part.part) for lot in cast.tender.lots for part in lot.parts), *draws]


def _opened_parts(cast: Cast) -> list[tuple[str, str]]:
    """Those of them whose keys custodians give up at the opening."""
    kept = {(lot.lot, part.part) for lot in cast.tender.lots for part in lot.parts if not part.opened_here}
    return [place for place in _sealed_parts(cast) if place not in kept]


async def _seal_draws(sealer: DrawSealer, cast: Cast, still: Path) -> None:
    with _lying(still):
        for lot in cast.tender.lots:
            if lot.draw:
                await _sealed_draw(sealer, lot.lot)


async def _sealed_draw(sealer: DrawSealer, lot: str) -> None:
    """Seal a seed; if the deadline came first, again should it be postponed."""
    while True:
        try:
            await sealer.seal_draw(lot)
        except ServerRefused as refusal:
            if refusal.code not in ("too_late", "wrong_phase"):
                raise
        else:
            return
        await asyncio.sleep(_AGAIN_S)
        view = await sealer.client.until(lambda view: view.phase in _BEFORE_DEADLINE or over(view) or _counted(view))
        if view.phase not in _BEFORE_DEADLINE:
            return


def _counted(view: OpeningView) -> bool:
    return reached(view.phase, Phase.COUNT_CHECK)


@contextmanager
def _lying(mark: Path) -> Iterator[None]:
    """The mark lies there until all went well."""
    mark.touch()
    yield
    mark.unlink()


def timetable(pace: Pace) -> Timetable:
    """A timetable of this pace, from now."""
    deadline = instant.later(datetime.now(UTC), pace.until_deadline_ms)
    return Timetable(
        session=SESSION,
        policies=[],
        prev=None,
        deadline=instant.text(deadline),
        windows=pace.windows,
        lobby_ms=pace.lobby_ms,
        ticks=pace.ticks,
        lobby_ticks=pace.ticks,
        pauses=pace.pauses,
    )


def play_supervisor(cast: Cast) -> None:
    """Countersigns, watches, signs the record."""
    alone(cast.home("supervisor-01") / "log", lambda: _supervisor(cast))


async def _supervisor(cast: Cast) -> None:
    async with Visitor(cast, "supervisor-01").connected() as client:
        supervisor = Supervisor(client, identity_of(cast, "supervisor-01"), "supervisor-01", Role.SUPERVISOR)
        await asyncio.gather(
            supervisor.keep_countersigning(),
            _seal_draws(supervisor, cast, cast.home("supervisor-01") / SEALING),
            _attend(supervisor),
            _keep_resuming(supervisor),
        )


async def _attend(staff: Staff) -> None:
    if await _let_in(staff):
        await staff.check_in()
        await staff.sign_record()


async def _let_in(staff: Staff) -> bool:
    """Whether there is anything to come to: a session with too few bids ends with its deadline."""
    return not over(await staff.client.until(may_come))


def play_witness(cast: Cast) -> None:
    """Watches, signs the record."""
    alone(cast.home("witness-01") / "log", lambda: _witness(cast))


async def _witness(cast: Cast) -> None:
    async with Visitor(cast, "witness-01").connected() as client:
        await _attend(Staff(client, identity_of(cast, "witness-01"), "witness-01", Role.WITNESS))


def play_host(cast: Cast) -> None:
    """Schedules the session and drives it to its end."""
    alone(cast.home("host-01") / "log", lambda: _host(cast))


async def _host(cast: Cast) -> None:
    async with Visitor(cast, "host-01").connected() as client:
        host = Host(client, identity_of(cast, "host-01"), "host-01", Role.HOST)
        await host.schedule(cast.tender, cast.members)
        if not await _let_in(host):
            return
        await host.check_in()
        bidders = [contender for contender in cast.contenders if Fault.LATE not in contender.faults]
        await asyncio.gather(
            host.run(cast.pace.pause_s, len(bidders) + 3, _ANSWER, lambda row: _deposit(cast, host, row)),
            _keep_resuming(host),
        )


def _deposit(cast: Cast, host: Host, row: BidRow) -> Deposit:
    """As the agency's register has it: every bidder of the play has paid on the day before, every other one by a letter
    of guarantee.
    """
    asked = next(lot.bid_deposit for lot in cast.tender.lots if lot.lot == row.lot)
    deadline = instant.when(host.client.copy.view.deadline or "")
    return Deposit(
        status=DepositStatus.RECEIVED,
        form=DepositForm.E_GUARANTEE if row.number % 2 == 0 else DepositForm.BID_DEPOSIT,
        amount=asked,
        received_at=instant.text(instant.later(deadline, -86_400_000)),
    )


async def _keep_resuming(one: OneOfTheTwo) -> None:
    """Whenever the session is suspended, the host asks to let it go on and the supervisor signs with it."""
    wanted = "resume" if isinstance(one, Host) else "countersign"
    while True:
        view = await one.client.until(lambda view: view.me.ask == wanted or view.phase in (Phase.CLOSED, Phase.ABORTED))
        if view.me.ask != wanted:
            return
        await (one.resume() if wanted == "resume" else one.countersign())
        await one.client.until(lambda view: view.me.ask != wanted)


def play_custodian(cast: Cast, person: str, publishes: bool) -> None:
    """Offers a key; publishes it when the bidders' window is closed."""
    alone(cast.home(person) / "log", lambda: _custodian(cast, person, publishes))


async def _custodian(cast: Cast, person: str, publishes: bool) -> None:
    async with Visitor(cast, person).connected() as client:
        custodian = Custodian(client, identity_of(cast, person), cast.trust, cast.home(person))
        for lot, part in _sealed_parts(cast):
            await custodian.offer_key(lot, part)
        if cast.playable:
            write_custody(cast.home(person) / CUSTODY, SESSION, custodian.kept(), PASSPHRASE)
        for lot, part in _sealed_parts(cast):
            await _drilled(custodian, lot, part)
        if not publishes and not await _wanted(client, cast):
            return
        for lot, part in _opened_parts(cast):
            await custodian.publish(lot, part)


async def _drilled(custodian: Custodian, lot: str, part: str) -> None:
    """Drill, if the deadline leaves the time."""
    try:
        await custodian.drill(lot, part)
    except ServerRefused as refusal:
        if refusal.code != "wrong_phase":
            raise


async def _wanted(client: Client, cast: Cast) -> bool:
    """Whether an alternate is needed: half the time is over, and a person in a chair has not published."""
    if not cast.playable:
        return False
    await client.until(lambda view: reached(view.phase, Phase.CUSTODY))
    await asyncio.sleep(cast.pace.windows.custody_ms / 2000)
    return client.copy.view.phase is Phase.CUSTODY
