"""Who takes part in the session of these tests, with their keys and certificates, and the deployment it runs on."""

import hashlib
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.opening.terms import Member, Role
from remote_bid.people.certificates import Signed, fingerprint
from remote_bid.seal.canonical import b64
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import Payload, countersign, state
from remote_bid.seal.xwing import public_key
from remote_bid.tender.deployment import Deployment
from remote_bid.tender.statements import NamedLogKey
from remote_bid.tender.terms import READOUT_FORM
from remote_bid.timeline.context import CLOCK, LOG
from remote_bid.timeline.entry import Who
from tests.opening.authority import Authority, key_of
from tests.opening.tender import LOT
from tests.timeline.tsa import Tsa

HOST = Who(person="agency-host", role=Role.HOST)
SUPERVISOR = Who(person="supervisor", role=Role.SUPERVISOR)
WITNESS = Who(person="notary", role=Role.WITNESS)
DEPUTY = Who(person="deputy-host", role=Role.HOST)
"""Stands in for the host where the members' list names a deputy."""
TENDERER = Who(person="tenderer", role=Role.TENDERER)
WATCHER = Who(person="city-press", role=Role.OBSERVER)
"""An observer whom the members' list names."""
PUBLIC = Who(person="", role=Role.OBSERVER)
"""Anybody at all, not signed in."""

CUSTODIANS = [Who(person=f"custodian-{side}", role=Role.CUSTODIAN) for side in ("a", "b", "c", "d")]
FIRST, SECOND, THIRD, FOURTH = CUSTODIANS

ALPHA = Who(person="91110000MA0AAAAA1A", role=Role.BIDDER)
BETA = Who(person="91310000MA0BBBBB2B", role=Role.BIDDER)
GAMMA = Who(person="91440000MA0CCCCC3C", role=Role.BIDDER)
DELTA = Who(person="91510000MA0DDDDD4D", role=Role.BIDDER)
"""Has a certificate like every bidder, and does not bid."""
BIDDERS = [ALPHA, BETA, GAMMA]

NAMES = {
    ALPHA.person: "甲方圆建设集团有限公司",
    BETA.person: "乙长河路桥有限公司",
    GAMMA.person: "丙远山市政工程有限公司",
    DELTA.person: "丁晨光建筑有限公司",
}

EVERYBODY = [HOST, SUPERVISOR, WITNESS, TENDERER, *CUSTODIANS, *BIDDERS, DELTA, WATCHER, PUBLIC]

MEMBERS = [
    Member(person=HOST.person, name="主持人", role=Role.HOST),
    Member(person=SUPERVISOR.person, name="监督人", role=Role.SUPERVISOR),
    Member(person=WITNESS.person, name="见证人", role=Role.WITNESS),
    Member(person=TENDERER.person, name="招标人", role=Role.TENDERER),
    Member(person=WATCHER.person, name="媒体", role=Role.OBSERVER),
    *(Member(person=who.person, name=who.person, role=Role.CUSTODIAN, side=who.person[-1]) for who in CUSTODIANS),
]

DEPUTISED = [*MEMBERS, Member(person=DEPUTY.person, name="副主持人", role=Role.HOST, deputy_of=HOST.person)]
"""The same people, and a deputy for the host."""

PEOPLE = [HOST, SUPERVISOR, WITNESS, TENDERER, FIRST, ALPHA, WATCHER, PUBLIC, CLOCK, LOG]
"""One of every kind that may stand at the desk."""

AUTHORITY = Authority("演示证书中心")
STRANGE_AUTHORITY = Authority("无人信任的证书中心")


def secret_of(name: str) -> bytes:
    """32 bytes that are always the same for one name."""
    return hashlib.sha256(name.encode()).digest()


def seed_of(custodian: Who, lot: str = LOT, part: str = READOUT_FORM) -> bytes:
    """A custodian's fresh key for one part of a lot."""
    return secret_of(f"seed of {custodian.person} for {part} of {lot}")


@cache
def public_of(custodian: Who, lot: str = LOT, part: str = READOUT_FORM) -> bytes:
    """What it offers."""
    return public_key(seed_of(custodian, lot, part))


@cache
def certificate_of(who: Who) -> str:
    """Everybody's certificate is of the one authority."""
    return AUTHORITY.certify(who.person, NAMES.get(who.person, who.person))


def signed(payload: Payload, *by: Who) -> Signed:
    """A statement that all of these have signed, in this order."""
    statement = state(payload)
    for who in by:
        statement = countersign(statement, KeySigner(key_of(who.person)))
    return Signed(statement=statement, certificates=[certificate_of(who) for who in by])


def log_key_of(name: str) -> ed25519.Ed25519PrivateKey:
    """The Ed25519 key of a log or cosigner."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(secret_of(name))


def _named(name: str) -> NamedLogKey:
    return NamedLogKey(name=name, key=b64(log_key_of(name).public_key().public_bytes_raw()))


LOG_NAME = "log.centre.example"
COSIGNERS = ["cosigner-1.example", "cosigner-2.example", "cosigner-3.example"]
LINE_SECRET = b"a secret that names the side lines"
TSA = Tsa()
OFFICE = KeySigner(log_key_of(LOG_NAME))
DEPLOYMENT = Deployment(
    authorities=[fingerprint(AUTHORITY.root)],
    log=_named(LOG_NAME),
    cosigners=[_named(name) for name in COSIGNERS],
    quorum=2,
    tsa=[fingerprint(TSA.root)],
)
