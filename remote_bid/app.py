"""The composition root: the one place that knows every room."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import socketio
from aiohttp import web

from remote_bid.config import Settings
from remote_bid.gateway.archive import Archive
from remote_bid.gateway.bundle import public_bundle
from remote_bid.gateway.cosigners import HttpCosigner
from remote_bid.gateway.http import Http, guard, headers_for
from remote_bid.gateway.hub import Hub
from remote_bid.gateway.plain import TextPacket, uncompressed
from remote_bid.gateway.socket import Sockets
from remote_bid.opening import opening
from remote_bid.opening.facts import Facts
from remote_bid.opening.known import Deployment
from remote_bid.people.certificates import fingerprint, roots_of
from remote_bid.people.sign_in import Porter
from remote_bid.tender.safe import Safe
from remote_bid.tender.statements import NamedLogKey
from remote_bid.timeline import wire_json
from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.checkpoint import Checkpointer
from remote_bid.timeline.clock import Clock
from remote_bid.timeline.context import AnyContext
from remote_bid.timeline.desk import Desk, Rooms
from remote_bid.timeline.engines import engine_of, postgres_engine
from remote_bid.timeline.frame import Frame
from remote_bid.timeline.migrations import upgrade
from remote_bid.timeline.office import office_keys
from remote_bid.timeline.sql import SqlLog
from remote_bid.timeline.stopping import told_to_stop
from remote_bid.verify.trust import Trust

ROOMS: dict[str, AnyContext] = {opening.name: opening}
PAGES = Path(__file__).parent / "pages"


def now() -> datetime:
    """This process's clock; what counts is the database's."""
    return datetime.now(UTC)


@asynccontextmanager
async def serving(settings: Settings, folder: Path) -> AsyncIterator[int]:
    """A whole server over the data in `folder`; gives the port it listens on."""
    keys = office_keys(folder / "office.json")
    log = SqlLog(engine_of(settings.database, folder), AtRest(keys.storage))
    await log.prepare()
    roots = roots_of(settings.roots)
    trust = Trust(
        roots=settings.roots,
        log=NamedLogKey(name=settings.log, key=keys.log_key),
        cosigners=[NamedLogKey(name=cosigner.name, key=cosigner.key) for cosigner in settings.cosigners],
        quorum=settings.quorum,
    )
    authorities = sorted(fingerprint(root) for root in roots)
    deployment = Deployment(authorities=authorities, log=trust.log, cosigners=trust.cosigners, quorum=trust.quorum)
    safe = Safe(folder / "safe", settings.part_limit)
    rooms: Rooms = {opening.name: (opening, Facts(safe, roots, deployment, now))}
    desk = Desk(log, keys.signer, keys.lines, rooms)
    porter = Porter(roots, settings.origin, now)
    archive = Archive(folder / "bundles", lambda over: public_bundle(over, trust, keys.signer, safe.open))
    http = Http(desk, porter, safe, trust, archive, settings.agencies, now, PAGES)
    sio = socketio.AsyncServer(
        async_mode="aiohttp",
        cors_allowed_origins=[settings.origin],
        transports=["websocket"],
        max_http_buffer_size=256 << 10,
        always_connect=False,
        json=wire_json,
        serializer=TextPacket,
    )
    sockets = Sockets(desk, ROOMS, porter)

    async def send(room: str, frame: Frame) -> None:
        await sio.emit("frame", frame, room=room)

    sockets.hub = hub = Hub(desk, keys.lines, send)
    sio.register_namespace(sockets)
    app = web.Application(client_max_size=1 << 20, middlewares=[guard(headers_for(settings.origin)), uncompressed])
    app.add_routes(http.routes())
    sio.attach(app)
    async with aiohttp.ClientSession() as outgoing:
        named = zip(trust.cosigner_keys(), settings.cosigners, strict=True)
        cosigners = [HttpCosigner(key, cosigner.url, outgoing) for key, cosigner in named]
        checkpointer = Checkpointer(log, desk, settings.log, keys.log, cosigners, settings.quorum)
        clock = Clock(desk, now)
        runner = web.AppRunner(
            app, auto_decompress=False, keepalive_timeout=15, lingering_time=5, handler_cancellation=False
        )
        await runner.setup()
        sessions = await desk.load()
        hub.start()
        checkpointer.start(sessions)
        for folded in sessions:
            clock.watch(folded)
        site = web.TCPSite(runner, settings.host, settings.port)
        await site.start()
        try:
            yield runner.addresses[0][1]
        finally:
            await runner.cleanup()
            await clock.close()
            await checkpointer.close()
            await hub.close()
            await log.close()


async def serve_forever(settings: Settings, folder: Path) -> None:
    """Serve until SIGTERM or SIGINT, then close in order."""
    async with serving(settings, folder):
        await told_to_stop()


async def migrated(database: str) -> None:
    """Bring a PostgreSQL database's tables up to date."""
    engine = postgres_engine(database)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()
