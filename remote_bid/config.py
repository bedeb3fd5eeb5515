"""Settings of a server, read once: from the command line, the environment (REMOTE_BID_…) and the data folder."""

import ipaddress
import os
from pathlib import Path
from typing import Annotated
from zoneinfo import available_timezones

import msgspec

from remote_bid.gateway.crls import CrlAt
from remote_bid.gateway.metrics import MetricsSettings
from remote_bid.gateway.pace import Limits, Network
from remote_bid.people.certificates import roots_of
from remote_bid.people.registry.terms import Admin, AdminRole


class CosignerAt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An outside key that signs checkpoints: its name, Ed25519 key (32 bytes, base64url) and address."""

    name: str
    key: str
    url: str


class TsaAt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An authority of time (RFC 3161): its address, and the authority that issued its certificate (PEM)."""

    url: str
    root: str


class S3At(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An object store that speaks S3. Its keys come from the environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY."""

    bucket: str
    region: str = "us-east-1"
    endpoint: str = ""
    """https://… ; empty is Amazon's."""
    prefix: str = ""


class SafeSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where sealed bids lie and how many there may be; sizes in bytes."""

    s3: S3At | None = None
    """Where whole envelopes lie; without it the data folder."""
    quota: Annotated[int, msgspec.Meta(ge=1)] = 4 << 30
    """That one person's uploads in one session may have."""
    most: Annotated[int, msgspec.Meta(ge=1)] = 256
    """Uploads of one person in one session."""
    reserve: Annotated[int, msgspec.Meta(ge=0)] = 256 << 20
    """Of the disk, kept free for the log."""
    orphans_days: Annotated[int, msgspec.Meta(ge=0)] = 30
    """Days after the deadline for which uploads are kept that no bid names."""


class TurnAt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The relay (coturn) for browsers without UDP. Its secret comes from the environment: REMOTE_BID_TURN_SECRET."""

    urls: Annotated[list[str], msgspec.Meta(min_length=1, max_length=8)]
    """turns:relay.example:443?transport=tcp"""
    hours: Annotated[int, msgspec.Meta(ge=1, le=12)] = 4
    """How long one person's access lasts."""


class MediaAt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How calls are carried: by so many processes, each with a UDP port of its own."""

    workers: Annotated[int, msgspec.Meta(ge=1, le=64)] = 1
    bind: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65_471)] = 0
    """The first process's, the next ones follow; 0 is whatever is free."""
    called: Annotated[list[str], msgspec.Meta(min_length=1)] = msgspec.field(default_factory=lambda: ["127.0.0.1"])
    """The addresses at which browsers reach `bind`."""
    clients: list[str] = []
    """Networks from which browsers may come; empty: from wherever a person's machine can be."""
    recordings: str = ""
    """The folder of recordings; empty is in the data folder."""
    turn: TurnAt | None = None


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a deployment must say. `origin` is the address people type, `log` the name of its log."""

    origin: str
    log: str
    roots: list[str]
    """Certificates (PEM) of the authorities whose people may take part."""
    agencies: list[str]
    """Persons who may schedule sessions."""
    cosigners: list[CosignerAt]
    quorum: int
    host: str = "127.0.0.1"
    port: int = 8080
    database: str = ""
    """postgresql://… ; empty is SQLite in the data folder."""
    redis: str = ""
    """redis://… , rediss://… or unix://… : carries hints between the processes on one database. Without it each finds
    out within a second what the others did."""
    zone: str = "Asia/Shanghai"
    """The place whose time documents are written in."""
    notice_s: float = 0
    """How long a server that is told to stop says so to load balancers (health: 503) before it stops to listen."""
    cosigners_within_s: float = 30
    """How long a starting server waits for a quorum to sign its log's head; without one it does not serve."""
    serve_without_quorum: bool = False
    """Serve although no quorum signs at the start: an operator's way out, to be taken back afterwards."""
    part_limit: int = 512 << 20
    """Bytes that one sealed part may have."""
    limits: Limits = Limits()
    """How often one address or account may do what."""
    admins: list[Admin] = []
    """The first holders of the three offices; later changes are the security admins'. Empty: no registry."""
    centre_authority: str = ""
    """Name of the centre's own authority, which certifies people whom a security admin approves; empty: none."""
    crls: list[CrlAt] = []
    """Where the authorities' lists of revoked certificates are."""
    crl_every_s: int = 900
    """How often they are looked at."""
    proxies: list[str] = []
    """Networks of this deployment's own reverse proxies, whose X-Forwarded-For is believed."""

    def networks(self) -> list[Network]:
        """The proxies' networks; ValueError when one is none."""
        return [ipaddress.ip_network(proxy) for proxy in self.proxies]

    safe: SafeSettings = SafeSettings()
    metrics: MetricsSettings | None = None
    """Who may read this server's figures at /metrics; without it nobody may."""
    media: MediaAt | None = None
    """Without it there are no calls."""
    tsa: TsaAt | None = None
    """Who stamps the last tick and the close; without one nobody does."""


def office_passphrase() -> str:
    """What seals the server's keys in the data folder (REMOTE_BID_PASSPHRASE); empty: they lie open to their owner."""
    return os.environ.get("REMOTE_BID_PASSPHRASE", "")


def turn_secret() -> bytes:
    """What the relay and this server share (REMOTE_BID_TURN_SECRET)."""
    return os.environ.get("REMOTE_BID_TURN_SECRET", "").encode()


class BadSettings(ValueError):
    """The settings cannot be used; the sentence says why."""


def _with_environment(settings: Settings) -> Settings:
    """Addresses that hold passwords may come from the environment: REMOTE_BID_DATABASE, REMOTE_BID_REDIS."""
    told = {name: os.environ.get(f"REMOTE_BID_{name.upper()}") for name in ("database", "redis")}
    return msgspec.structs.replace(settings, **{name: address for name, address in told.items() if address})


def read_settings(path: Path) -> Settings:
    """The settings in a JSON file."""
    try:
        settings = _with_environment(msgspec.json.decode(path.read_bytes(), type=Settings))
    except OSError as error:
        raise BadSettings(f"{path} cannot be read: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise BadSettings(f"{path} is not a settings file: {error}") from error
    _require_networks(settings)
    _require_admins(settings)
    _require_tsa(settings)
    if settings.media is not None and settings.media.turn is not None and not turn_secret():
        raise BadSettings("a relay is named, but REMOTE_BID_TURN_SECRET is empty")
    if not 1 <= settings.quorum <= len(settings.cosigners):
        raise BadSettings("the quorum must be at least 1 and no more than there are cosigners")
    if settings.zone not in available_timezones():
        raise BadSettings(f"there is no time zone {settings.zone}")
    return settings


def _require_networks(settings: Settings) -> None:
    try:
        settings.networks()
        if settings.metrics is not None:
            settings.metrics.known()
    except ValueError as error:
        raise BadSettings(f"a network is named that is none: {error}") from error


def _require_tsa(settings: Settings) -> None:
    try:
        roots_of([settings.tsa.root] if settings.tsa else [])
    except ValueError as error:
        raise BadSettings(f"the root of the tsa is no certificate: {error}") from error


def _require_admins(settings: Settings) -> None:
    if settings.centre_authority and not settings.admins:
        raise BadSettings("an authority of the centre's own needs admins who approve its people")
    people = [admin.person for admin in settings.admins]
    if people and (len(set(people)) != len(people) or {a.role for a in settings.admins} != set(AdminRole)):
        raise BadSettings("each of the offices system, security and audit needs an admin, and nobody holds two")
