"""Who plays, in which tender, at which pace."""

import random
import socket
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import msgspec

from remote_bid.config import CosignerAt, Settings
from remote_bid.demo.authority import Authority
from remote_bid.opening.terms import Member, Role
from remote_bid.participant.cosigner import cosigner_key
from remote_bid.seal.canonical import b64
from remote_bid.tender.statements import Cadence, NamedLogKey, Windows
from remote_bid.tender.terms import Lot, ReadoutForm, Tender
from remote_bid.timeline.office import office_keys
from remote_bid.verify.trust import Trust

SESSION = "KB-2026-0107"
LOG = "log.demo.remote-bid"
COSIGNER = "cosigner.demo.remote-bid"
K = 2

TENDER = Tender(
    code="QXZB-2026-0107",
    title="青溪县河道综合整治工程施工",
    trading_center="青溪县公共资源交易中心",
    tenderer="青溪县水利局",
    lots=[Lot(lot="1", title="施工一标段", ceiling_price="12800000.00")],
)

MEMBERS = [
    Member(person="host-01", name="陆明（华诚招标代理）", role=Role.HOST),
    Member(person="supervisor-01", name="沈静（县公管办）", role=Role.SUPERVISOR),
    Member(person="tenderer-01", name="周岚（县水利局）", role=Role.TENDERER),
    Member(person="custodian-01", name="招标人保管人", role=Role.CUSTODIAN, side="tenderer"),
    Member(person="custodian-02", name="监督部门保管人", role=Role.CUSTODIAN, side="supervisor"),
    Member(person="custodian-03", name="交易中心保管人", role=Role.CUSTODIAN, side="centre"),
    Member(person="custodian-04", name="公证处保管人", role=Role.CUSTODIAN, side="notary"),
]

_PLACES = ("东江", "中泽", "长垣", "云岭", "临川", "海宁", "平湖", "清源", "石桥", "南浦", "望山", "金河")
_TRADES = ("建设集团有限公司", "水利工程有限公司", "市政建设有限公司", "路桥工程有限公司", "建筑安装有限公司")
_MANAGERS = ("陈立", "赵文", "林远", "何平", "郑海", "吴越", "许安", "高峰", "方正", "唐宁")


@dataclass(frozen=True)
class Pace:
    """How long everything takes."""

    until_deadline_ms: int
    lobby_ms: int
    ticks: Cadence
    windows: Windows
    pause_s: float

    def limit_s(self) -> float:
        """After this long the day has failed."""
        return (4 * (self.until_deadline_ms + self.windows.release_ms + self.windows.record_ms)) / 1000 + 60


def fast(bidders: int) -> Pace:
    """A whole day in seconds; more bidders need a little longer on a small machine."""
    return Pace(
        until_deadline_ms=3500 + 100 * bidders,
        lobby_ms=2000 + 50 * bidders,
        ticks=Cadence(every_ms=1000, slots=_slots(bidders)),
        windows=Windows(release_ms=2000 + 60 * bidders, custody_ms=10_000, record_ms=5000 + 100 * bidders),
        pause_s=0.3 / bidders,
    )


def watchable(bidders: int) -> Pace:
    """A day that people can follow."""
    return Pace(
        until_deadline_ms=30_000 + 200 * bidders,
        lobby_ms=18_000,
        ticks=Cadence(every_ms=6000, slots=_slots(bidders)),
        windows=Windows(release_ms=20_000 + 100 * bidders, custody_ms=60_000, record_ms=20_000),
        pause_s=3,
    )


def _slots(bidders: int) -> int:
    return 256 if bidders <= 60 else 4096


@dataclass(frozen=True)
class Contender:
    """A bidder of the demonstration: who it is, what it offers, whether it loses its release file."""

    person: str
    name: str
    form: ReadoutForm
    loses_key: bool


@dataclass(frozen=True)
class Cast:
    """Everybody, with folders, keys and addresses."""

    folder: Path
    url: str
    settings: Settings
    trust: Trust
    contenders: list[Contender]
    pace: Pace
    cosigner_port: int
    members: list[Member] = field(default_factory=lambda: list(MEMBERS))

    @property
    def server_folder(self) -> Path:
        """The server's data."""
        return self.folder / "server"

    def home(self, person: str) -> Path:
        """A participant's own folder."""
        return self.folder / "people" / person


def assemble(folder: Path, bidders: int, pace: Pace, seed: int, port: int = 0) -> Cast:
    """Make authority, keys and addresses for a day with so many bidders."""
    authority = Authority("青溪县交易中心演示认证机构")
    contenders = [_contender(number, bidders, random.Random(f"{seed}/{number}")) for number in range(bidders)]  # noqa: S311 - figures of a play
    cast_folder = folder / "people"
    for member in MEMBERS:
        authority.enrol(cast_folder / member.person, member.person, member.name)
    for contender in contenders:
        authority.enrol(cast_folder / contender.person, contender.person, contender.name)
    port, cosigner_port = port or free_port(), free_port()
    (folder / "cosigner").mkdir(parents=True, exist_ok=True)
    cosigner = b64(cosigner_key(folder / "cosigner" / "key").public_key().public_bytes_raw())
    url = f"http://127.0.0.1:{port}"
    settings = Settings(
        origin=url,
        log=LOG,
        roots=[authority.pem],
        agencies=["host-01"],
        cosigners=[CosignerAt(name=COSIGNER, key=cosigner, url=f"http://127.0.0.1:{cosigner_port}")],
        quorum=1,
        port=port,
    )
    trust = Trust(
        roots=[authority.pem],
        log=NamedLogKey(name=LOG, key=office_keys(folder / "server" / "office.json").log_key),
        cosigners=[NamedLogKey(name=COSIGNER, key=cosigner)],
        quorum=1,
    )
    (folder / "server" / "settings.json").write_bytes(msgspec.json.encode(settings))
    (folder / "trust.json").write_bytes(msgspec.json.format(msgspec.json.encode(trust)))
    return Cast(folder, url, settings, trust, contenders, pace, cosigner_port)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _contender(number: int, of: int, dice: random.Random) -> Contender:
    ceiling = Decimal(TENDER.lots[0].ceiling_price)
    price = (ceiling * Decimal(dice.randrange(9000, 9990)) / 10000).quantize(Decimal("0.01"))
    place, trade = _PLACES[number % len(_PLACES)], _TRADES[number // len(_PLACES) % len(_TRADES)]
    return Contender(
        person=f"91330{100_000 + number:06d}MA2{number % 10}X",
        name=place + trade + ("" if number < len(_PLACES) * len(_TRADES) else f"{number}"),
        form=ReadoutForm(
            price=str(price),
            currency="CNY",
            duration_days=dice.randrange(160, 200),
            quality="合格",
            project_manager=dice.choice(_MANAGERS),
        ),
        loses_key=number == min(1, of - 1),
    )
