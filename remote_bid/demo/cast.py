"""Who plays, in which tender, at which pace."""

import socket
import ssl
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from remote_bid.config import CosignerAt, MediaAt, Settings
from remote_bid.demo.authority import Authority
from remote_bid.demo.committee import EXPERTS
from remote_bid.demo.committee import OFFICES as EVALUATION_OFFICES
from remote_bid.demo.lan import AUTHORITY, certify_host, lan_address, trusting
from remote_bid.demo.programme import Contender, Programme
from remote_bid.opening.terms import Member, Role
from remote_bid.participant.cosigner import cosigner_key
from remote_bid.people.registry.terms import Admin, AdminRole
from remote_bid.seal.canonical import b64
from remote_bid.tender.statements import Cadence, NamedLogKey, Pauses, Windows
from remote_bid.tender.terms import Tender
from remote_bid.timeline.office import office_keys
from remote_bid.verify.trust import Trust

SESSION = "KB-2026-0107"
LOG = "log.demo.remote-bid"
COSIGNER = "cosigner.demo.remote-bid"
K = 2
_TEMPERS = 4
"""So many kinds of people there are, from quick to slow."""
_AUTHORITY = "青溪县交易中心演示认证机构"

MEMBERS = [
    Member(person="host-01", name="陆明（华诚招标代理）", role=Role.HOST),
    Member(person="supervisor-01", name="沈静（县公管办）", role=Role.SUPERVISOR),
    Member(person="witness-01", name="韩松（县公证处）", role=Role.WITNESS),
    Member(person="tenderer-01", name="周岚（县水利局）", role=Role.TENDERER),
    Member(person="custodian-01", name="招标人保管人", role=Role.CUSTODIAN, side="tenderer"),
    Member(person="custodian-02", name="监督部门保管人", role=Role.CUSTODIAN, side="supervisor"),
    Member(person="custodian-03", name="交易中心保管人", role=Role.CUSTODIAN, side="centre"),
    Member(person="custodian-04", name="公证处保管人", role=Role.CUSTODIAN, side="notary"),
]

OFFICES = [
    Admin(person="system-01", name="唐敏（交易中心）", role=AdminRole.SYSTEM),
    Admin(person="security-01", name="顾远（交易中心）", role=AdminRole.SECURITY),
    Admin(person="audit-01", name="秦岚（交易中心）", role=AdminRole.AUDIT),
]
"""The centre's own people, where somebody may sit in their chairs: no program plays them."""


@dataclass(frozen=True)
class Pace:
    """How long everything takes."""

    until_deadline_ms: int
    lobby_ms: int
    ticks: Cadence
    windows: Windows
    pause_s: float
    patient: bool = True
    """Whether the deadline is postponed for whoever is still sealing."""
    pauses: Pauses = field(default_factory=Pauses)
    call_s: float = 0
    """How long the committee speaks with a bidder; 0: no call, and nobody carries media."""
    breath_s: float = 0
    """From the lobby on everybody takes this long, and some a few times as long, before each act."""
    site_lost: bool = False
    """Whether a site of the evaluation loses its network for a while."""

    def slower(self) -> "Pace":
        """Half as much time again for bidding and for releasing."""
        windows = msgspec.structs.replace(self.windows, release_ms=3 * self.windows.release_ms // 2)
        return replace(self, until_deadline_ms=3 * self.until_deadline_ms // 2, windows=windows)

    def limit_s(self) -> float:
        """After this long the day has failed."""
        windows = self.windows
        hearing_ms = windows.confirm_ms + windows.objection_ms
        return 4 * (self.until_deadline_ms + windows.release_ms + hearing_ms + windows.record_ms) / 1000 + 60


def fast(bidders: int) -> Pace:
    """A whole day in seconds; more bidders need a little longer on a small machine."""
    return Pace(
        until_deadline_ms=3300 + 200 * bidders,
        lobby_ms=1800 + 60 * bidders,
        ticks=Cadence(every_ms=1000, slots=_slots(bidders)),
        windows=Windows(
            release_ms=1500 + 250 * bidders,
            custody_ms=30_000,
            confirm_ms=2000 + 150 * bidders,
            objection_ms=500,
            record_ms=15_000 + 500 * bidders,
        ),
        pause_s=0.3 / bidders,
    )


def watchable(bidders: int) -> Pace:
    """A day that people can follow."""
    return Pace(
        until_deadline_ms=30_000 + 200 * bidders,
        lobby_ms=18_000,
        ticks=Cadence(every_ms=6000, slots=_slots(bidders)),
        windows=Windows(
            release_ms=20_000 + 200 * bidders,
            custody_ms=60_000,
            confirm_ms=15_000 + 200 * bidders,
            objection_ms=10_000,
            record_ms=20_000,
        ),
        pause_s=3,
        call_s=12,
    )


def playable(bidders: int, minutes: float) -> Pace:
    """A day in which people may sit down and act for themselves; `minutes` until the deadline."""
    until_deadline_ms = round(minutes * 60_000)
    return Pace(
        until_deadline_ms=until_deadline_ms,
        lobby_ms=until_deadline_ms // 2,
        ticks=Cadence(every_ms=6000, slots=_slots(bidders)),
        windows=Windows(
            release_ms=90_000, custody_ms=120_000, confirm_ms=60_000, objection_ms=45_000, record_ms=90_000
        ),
        pause_s=4,
        patient=False,
        call_s=90,
        breath_s=1.5,
    )


def _slots(bidders: int) -> int:
    return 256 if bidders <= 60 else 4096


@dataclass(frozen=True)
class Cast:
    """Everybody, with folders, keys and addresses."""

    folder: Path
    url: str
    settings: Settings
    trust: Trust
    tender: Tender
    contenders: list[Contender]
    pace: Pace
    cosigner_port: int
    playable: bool = False
    """Whether people may take the chairs."""
    tls: bool = False
    """Whether the server speaks HTTPS, in the whole local network."""
    members: list[Member] = field(default_factory=lambda: list(MEMBERS))

    @property
    def server_folder(self) -> Path:
        """The server's data."""
        return self.folder / "server"

    def home(self, person: str) -> Path:
        """A participant's own folder."""
        return self.folder / "people" / person

    def host_authority(self) -> bytes:
        """Who certified the server's address, in PEM; empty without TLS."""
        return (self.folder / AUTHORITY).read_bytes() if self.tls else b""

    def trusting(self) -> ssl.SSLContext | None:
        """How a client knows the server; None without TLS."""
        return trusting(self.folder) if self.tls else None

    def breath_s(self, person: str) -> float:
        """How long this person takes before an act."""
        people = [*(member.person for member in self.members), *(one.person for one in self.contenders)]
        people += [other for other, _ in [*EVALUATION_OFFICES, *EXPERTS]]
        return self.pace.breath_s * (1 + people.index(person) % _TEMPERS)


def assemble(
    folder: Path, programme: Programme, pace: Pace, port: int = 0, *, playable: bool = False, tls: bool = False
) -> Cast:
    """Make authority, keys and addresses for a day."""
    authority = Authority(_AUTHORITY)
    cast_folder = folder / "people"
    offices = OFFICES if playable else []
    people = [
        *((one.person, one.name) for one in MEMBERS),
        *((one.person, one.name) for one in offices),
        *EVALUATION_OFFICES,
        *EXPERTS,
    ]
    for person, name in people:
        authority.enrol(cast_folder / person, person, name)
    for contender in programme.contenders:
        authority.enrol(cast_folder / contender.person, contender.person, contender.name)
    port, cosigner_port = port or free_port(), free_port()
    (folder / "cosigner").mkdir(parents=True, exist_ok=True)
    cosigner = b64(cosigner_key(folder / "cosigner" / "key").public_key().public_bytes_raw())
    address = lan_address() if tls else "127.0.0.1"
    url = f"http{'s' if tls else ''}://{address}:{port}"
    if tls:
        certify_host(folder, address, _AUTHORITY)
    settings = Settings(
        origin=url,
        log=LOG,
        roots=[authority.pem],
        agencies=["host-01"],
        admins=offices,
        cosigners=[CosignerAt(name=COSIGNER, key=cosigner, url=f"http://127.0.0.1:{cosigner_port}")],
        quorum=1,
        host=address,
        port=port,
        crls=[authority.publish_crl(folder / "authority.crl")],
        media=MediaAt(bind=address, called=[address]) if pace.call_s else None,
    )
    trust = Trust(
        roots=[authority.pem],
        log=NamedLogKey(name=LOG, key=office_keys(folder / "server" / "office.json").log_key),
        cosigners=[NamedLogKey(name=COSIGNER, key=cosigner)],
        quorum=1,
    )
    (folder / "server" / "settings.json").write_bytes(msgspec.json.encode(settings))
    (folder / "trust.json").write_bytes(msgspec.json.format(msgspec.json.encode(trust)))
    return Cast(
        folder=folder,
        url=url,
        settings=settings,
        trust=trust,
        tender=programme.tender,
        contenders=programme.contenders,
        pace=pace,
        cosigner_port=cosigner_port,
        playable=playable,
        tls=tls,
    )


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
