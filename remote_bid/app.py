"""The composition root: the one place that knows every room."""

import secrets
import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web

from remote_bid.config import MediaAt, Settings, office_passphrase, turn_secret
from remote_bid.evaluation import evaluation
from remote_bid.evaluation.assessment import assessment
from remote_bid.evaluation.award import award
from remote_bid.evaluation.ballots import Ballots
from remote_bid.evaluation.facts import EvaluationFacts
from remote_bid.gateway.archive import Archive
from remote_bid.gateway.bid_papers import BidPapers
from remote_bid.gateway.bundle import party_bundle, public_bundle
from remote_bid.gateway.calls import Calls
from remote_bid.gateway.carriers import Carriers
from remote_bid.gateway.cosigners import HttpCosigner
from remote_bid.gateway.crls import CrlKeeper
from remote_bid.gateway.doors import Door, doors
from remote_bid.gateway.drafts import Drafts
from remote_bid.gateway.draining import Draining
from remote_bid.gateway.evaluation_papers import EvaluationPapers
from remote_bid.gateway.evaluations import Evaluations
from remote_bid.gateway.fanout import Server
from remote_bid.gateway.fanout.tuning import BACKLOG, tune
from remote_bid.gateway.health import Alert, Health
from remote_bid.gateway.http import Http, guard, headers_for
from remote_bid.gateway.hub import Hub
from remote_bid.gateway.lodging import Keepers, LodgingKeys
from remote_bid.gateway.metrics import METRICS_DOOR, Metrics, MetricsSettings
from remote_bid.gateway.observers import Observers
from remote_bid.gateway.orphans import Orphans
from remote_bid.gateway.pace import Pace
from remote_bid.gateway.papers import Papers
from remote_bid.gateway.passkeys import PasskeyHttp
from remote_bid.gateway.plain import TextPacket
from remote_bid.gateway.registry import RegistryHttp
from remote_bid.gateway.socket import Sockets
from remote_bid.gateway.stamps import StampKeeper
from remote_bid.gateway.volumes import Volumes
from remote_bid.opening import opening
from remote_bid.opening.facts import Facts
from remote_bid.paper.seal_key import seal_key
from remote_bid.people.certificates import fingerprint, roots_of
from remote_bid.people.everywhere import Everywhere
from remote_bid.people.issuing import issuer_in
from remote_bid.people.passkeys import Passkeys
from remote_bid.people.registry import registry
from remote_bid.people.registry.commands import FoundRegistry
from remote_bid.people.registry.facts import RegistryFacts
from remote_bid.people.registry.rules import SETTINGS
from remote_bid.people.registry.terms import REGISTRY
from remote_bid.people.revocation import Crls
from remote_bid.people.sign_in import Porter
from remote_bid.seal.statements import Statement
from remote_bid.tender.deployment import Deployment
from remote_bid.tender.safe import Limits, Safe
from remote_bid.tender.safe.s3 import s3_shelf
from remote_bid.tender.statements import NamedLogKey
from remote_bid.timeline import wire_json
from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.bus import Bus, nobody
from remote_bid.timeline.checkpoint import Checkpointer
from remote_bid.timeline.clock import Clock
from remote_bid.timeline.common import Common
from remote_bid.timeline.context import LOG, AnyContext
from remote_bid.timeline.desk import Desk, Rooms
from remote_bid.timeline.durable import alone
from remote_bid.timeline.engines import engine_of, postgres_engine
from remote_bid.timeline.following import Follower
from remote_bid.timeline.guard import Guard
from remote_bid.timeline.leader import Leader
from remote_bid.timeline.lease import leases_of
from remote_bid.timeline.marks import RecordRotation
from remote_bid.timeline.migrations import upgrade
from remote_bid.timeline.office import office_keys
from remote_bid.timeline.redis_bus import RedisBus
from remote_bid.timeline.sql import SqlLog
from remote_bid.timeline.start import require_cosigned_head, require_covered
from remote_bid.timeline.stopping import told_to_stop
from remote_bid.verify.trust import Trust
from remote_bid.video import video
from remote_bid.video.facts import VideoFacts
from remote_bid.video.media.process import Media
from remote_bid.video.media.workers import Workers
from remote_bid.video.stage import Stage
from remote_bid.video.turn import TurnAccess, turn_access

ROOMS: dict[str, AnyContext] = {room.name: room for room in (opening, evaluation, assessment, award, video)}
_GRACE_S = 10.0
"""How long downloads and uploads may go on when the process leaves."""
PAGES = Path(__file__).parent / "pages"


@dataclass(frozen=True)
class Annexe:
    """What a house may have beside the product: routes of its own with their doors, TLS without a proxy, and a carrier
    of its own for its calls' media.
    """

    routes: Sequence[web.RouteDef] = ()
    doors: Mapping[tuple[str, str], Door] = field(default_factory=dict)
    tls: ssl.SSLContext | None = None
    stage: Stage | None = None


def now() -> datetime:
    """This process's clock; what counts is the database's."""
    return datetime.now(UTC)


@asynccontextmanager
async def serving(settings: Settings, folder: Path, annexe: Annexe = Annexe()) -> AsyncIterator[int]:
    """A whole server over the data in `folder`; gives the port it listens on."""
    with alone(folder):  # several that start at once in a new folder found one office, and one authority
        keys = office_keys(folder / "office.json", office_passphrase())
        centre = settings.centre_authority
        issuer = issuer_in(folder / "authority", centre) if centre else None
    engine = engine_of(settings.database, folder)
    log = SqlLog(engine, AtRest(keys.storage))
    await log.prepare()
    pems = [*settings.roots, *([issuer.pem] if issuer else [])]
    roots = roots_of(pems)
    trust = Trust(
        roots=pems,
        log=NamedLogKey(name=settings.log, key=keys.log_key),
        cosigners=[NamedLogKey(name=cosigner.name, key=cosigner.key) for cosigner in settings.cosigners],
        quorum=settings.quorum,
        tsa=[settings.tsa.root] if settings.tsa else [],
        successors=keys.successors,
    )
    authorities = sorted(fingerprint(root) for root in roots)
    deployment = Deployment(
        authorities=authorities,
        log=trust.log,
        cosigners=trust.cosigners,
        quorum=trust.quorum,
        tsa=trust.stampers(),
        successors=keys.successors,
    )
    crls = Crls(roots)
    safe = safe_of(settings, folder / "safe", keys.lines)
    keepers = Keepers(keys.signer, now)
    ballots, media = Ballots(), carriers_of(settings, folder, annexe.stage)
    signed = EvaluationFacts(roots, deployment, now, ballots, crls, calls=media.stage is not None)
    rooms: Rooms = {
        opening.name: (opening, Facts(safe, roots, deployment, now, crls, keepers.ask, trust.authorities_of_time())),
        **{room.name: (room, signed) for room in (evaluation, assessment, award)},
        video.name: (video, VideoFacts(deployment)),
        registry.name: (registry, RegistryFacts(issuer, now)),
    }
    guarded = Guard()
    desk = Desk(log, keys.signer, keys.lines, rooms, guarded)
    bus = RedisBus(settings.redis, settings.log) if settings.redis else nobody()
    follower = Follower(log, desk, bus, now)
    desk.listen(ballots.forget)
    paper_folder, zone = folder / "papers", ZoneInfo(settings.zone)
    papers = Papers(paper_folder, lambda: seal_key(folder / "seal.pem", settings.log), zone)
    porter = Porter(roots, settings.origin, now, crls, keys.derived("sign-in"))
    known = partial(Common, engine, AtRest(keys.storage))
    sign_ins = Everywhere(porter, known("token"), known("nonce"))
    keeper = CrlKeeper(crls, settings.crls, folder / "crls", desk, now, porter.recheck)
    keeper.remembered()
    pace = Pace(settings.limits, settings.networks())
    archive = Archive(
        folder / "bundles",
        lambda over: public_bundle(over, trust, keys.signer, safe.open, keeper.read),
        lambda over, who: party_bundle(over, who, trust, keys.signer, keeper.read),
    )
    http = Http(
        desk,
        porter,
        sign_ins,
        safe,
        papers,
        trust,
        archive,
        settings.agencies,
        now,
        PAGES,
        pace,
        settings.safe.orphans_days,
    )
    people = RegistryHttp(desk, issuer, now)
    passkeys = Passkeys(settings.origin, porter, now)
    passkey_http = PasskeyHttp(passkeys, known("passkey"), sign_ins, http.enter)
    keeper.own = people.own_crl if issuer else None
    orphans = Orphans(desk, safe, settings.safe.orphans_days, now)
    sio = Server(
        cors_allowed_origins=[settings.origin], max_http_buffer_size=256 << 10, json=wire_json, serializer=TextPacket
    )
    sockets = Sockets(desk, ROOMS, porter, pace, sign_ins.fetch)
    sockets.hub = hub = Hub(desk, keys.lines)
    sockets.calls = media.carry(desk, hub)
    calls = Calls(desk, sockets.calls, media.recordings, media.relays)
    sio.register_namespace(sockets)
    metrics = Metrics(settings.metrics or MetricsSettings())
    app = web.Application(
        client_max_size=1 << 20,
        middlewares=[
            guard(headers_for(settings.origin)),
            doors(porter, settings.origin, pace, {**annexe.doors, **METRICS_DOOR}, sign_ins.fetch),
        ],
    )
    lodging = LodgingKeys(desk, keys.lines)
    volumes = Volumes(safe.open)
    evaluations = Evaluations(desk, http.admitted, volumes)
    bid_papers = BidPapers(desk, volumes, keys.lines)
    reports = EvaluationPapers(desk, paper_folder, lambda: seal_key(folder / "seal.pem", settings.log), zone)
    for_all = [*people.routes(), *passkey_http.routes(), *lodging.routes(), *Drafts().routes()]
    for_all += Observers(desk, ROOMS).routes()
    of_rooms = [*evaluations.routes(), *bid_papers.routes(), *reports.routes(), *calls.routes()]
    app.add_routes([*http.routes(), *of_rooms, *for_all, *annexe.routes])
    sio.attach(app)
    async with aiohttp.ClientSession() as outgoing, _closing(log):
        named = zip(trust.cosigner_keys(), settings.cosigners, strict=True)
        cosigners = [HttpCosigner(key, cosigner.url, outgoing, log.leaves, keys.successors) for key, cosigner in named]
        keepers.cosigners = cosigners
        sessions = await desk.load()
        require_covered(sessions, await log.leaves(0))
        quorum = 0 if settings.serve_without_quorum else settings.quorum
        wait_s = settings.cosigners_within_s
        await require_cosigned_head(log, settings.log, keys.log, cosigners, quorum, now, wait_s, trust.log_keys())
        checkpointer = Checkpointer(log, desk, settings.log, keys.log, cosigners, settings.quorum)
        stamps = StampKeeper(desk, settings.tsa.url, outgoing, now) if settings.tsa else None
        draining = Draining(desk, sio, settings.notice_s)
        vital = {"clock": lambda: guarded.alert, "leaving": lambda: draining.alert}
        alerts = alerts_of(checkpointer, cosigners, stamps, bus)
        app.add_routes([*Health(log, vital, alerts).routes(), *(metrics.routes() if settings.metrics else [])])
        clock = Clock(desk, now)

        async def lead() -> None:
            await follower.catch_up()
            sessions = await desk.load()
            clock.start(sessions)
            checkpointer.start(sessions)
            if stamps is not None:
                stamps.start(sessions)
            orphans.start()
            keeper.wake()

        async def rest() -> None:
            await clock.close()
            await checkpointer.close()
            await orphans.close()
            if stamps is not None:
                await stamps.close()

        leader = Leader(leases_of(engine), secrets.token_hex(8), lead, rest)
        desk.fence = leader.required
        keeper.notes = lambda: leader.fence is not None
        metrics.watch(desk, leader, follower, sio, vital | alerts)
        runner = web.AppRunner(
            app,
            auto_decompress=False,
            keepalive_timeout=15,
            lingering_time=5,
            handler_cancellation=False,
            shutdown_timeout=_GRACE_S,
        )
        await runner.setup()
        if settings.admins:
            await desk.open(REGISTRY, registry.name, FoundRegistry(admins=settings.admins), SETTINGS)
        await tell_rotations(desk, keys.successors)
        follower.start()
        metrics.start()
        sign_ins.start()
        keeper.start(outgoing, settings.crl_every_s)
        leader.start()
        await leader.settled()  # nobody is let in before the clock and the checkpoints are kept
        await media.start(await desk.load())
        site = web.TCPSite(runner, settings.host, settings.port, ssl_context=annexe.tls, backlog=BACKLOG)
        await site.start()
        try:
            yield runner.addresses[0][1]
        finally:
            await draining.leave(site, leader.close)
            await runner.cleanup()
            await media.close()
            await keeper.close()
            await follower.close()
            await sign_ins.close()
            await metrics.close()
            await hub.close()


def carriers_of(settings: Settings, folder: Path, stage: Stage | None) -> Carriers:
    """Who carries the calls of this server; a stage that is given takes the workers' place."""
    at = settings.media
    recordings = Path(at.recordings) if at is not None and at.recordings else folder / "recordings"
    workers = workers_of(at, recordings) if at is not None and stage is None else None
    return Carriers(stage or workers, workers, recordings, partial(relays_of, at))


def relays_of(at: MediaAt | None) -> list[TurnAccess]:
    """What one person may use of the relay, for some hours."""
    if at is None or at.turn is None:
        return []
    return [turn_access(at.turn.urls, turn_secret(), timedelta(hours=at.turn.hours), now())]


def workers_of(at: MediaAt, recordings: Path) -> Workers:
    """The processes that carry calls."""
    media = Media(
        recordings=recordings,
        workers=at.workers,
        bind=at.bind,
        port=at.port,
        called=at.called,
        clients=at.clients,
    )
    return Workers(media)


@asynccontextmanager
async def _closing(log: SqlLog) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await log.close()


def alerts_of(
    checkpointer: Checkpointer, cosigners: Sequence[HttpCosigner], stamps: StampKeeper | None, bus: Bus
) -> dict[str, Alert]:
    """What may fail for a while and must be seen to."""
    found: dict[str, Alert] = {"checkpoints": lambda: checkpointer.alert, "hints": lambda: bus.alert}
    found |= {f"cosigner {cosigner.key.name}": partial(getattr, cosigner, "alert") for cosigner in cosigners}
    return found | ({"stamps": lambda: stamps.alert} if stamps is not None else {})


async def tell_rotations(desk: Desk, successors: Sequence[Statement]) -> None:
    """Every session learns of the log's new keys before anything is signed with them."""
    for folded in await desk.load():
        for statement in successors if folded.head else ():
            await desk.handle(folded.session.id, RecordRotation(statement=statement), LOG)


def safe_of(settings: Settings, folder: Path, secret: bytes) -> Safe:
    """The safe as the settings want it; its names are made with the server's secret."""
    chosen = settings.safe
    limits = Limits(part=settings.part_limit, quota=chosen.quota, most=chosen.most, reserve=chosen.reserve)
    if (at := chosen.s3) is None:
        return Safe(folder, secret, limits)
    return Safe(folder, secret, limits, s3_shelf(at.bucket, at.region, at.endpoint, at.prefix))


async def serve_forever(settings: Settings, folder: Path, annexe: Annexe = Annexe()) -> None:
    """Serve until SIGTERM or SIGINT, then close in order."""
    async with serving(settings, folder, annexe):
        tune()
        await told_to_stop()


async def checked(settings: Settings, folder: Path) -> list[str]:
    """Names of the sessions whose record does not hold: every chain is read, and held against the platform log."""
    keys = office_keys(folder / "office.json", office_passphrase())
    log = SqlLog(engine_of(settings.database, folder), AtRest(keys.storage))
    rooms: Rooms = {name: (room, _no_facts) for name, room in [*ROOMS.items(), (registry.name, registry)]}
    async with _closing(log):
        sound = await Desk(log, keys.signer, keys.lines, rooms).load()
        require_covered(sound, await log.leaves(0))
        names = {folded.session.id for folded in sound}
        return [session.id for session in await log.sessions() if session.id not in names]


async def _no_facts(state: object, command: object, by: object) -> None:
    """Nothing is decided here."""


async def migrated(database: str) -> None:
    """Bring a PostgreSQL database's tables up to date."""
    engine = postgres_engine(database)
    async with engine.begin() as connection:
        await connection.run_sync(upgrade)
    await engine.dispose()
