"""What is signed before the opening: custodian keys, policy, timetable, submission, deal, draw envelope, withdrawal,
receipt.
"""

from enum import StrEnum
from typing import Annotated, ClassVar

import msgspec

from remote_bid.people.certificates import Signed
from remote_bid.seal.canonical import labelled_hash, unb64
from remote_bid.seal.dealing import Share
from remote_bid.seal.statements import Payload
from remote_bid.tender.terms import Line, SuspensionCause, Words


class CustodianKey(Payload, frozen=True):
    """A custodian's fresh public key (1216 bytes) for one lot and part."""

    kind: ClassVar[str] = "custodian_key"
    session: str
    lot: str
    part: str
    public_key: str


class DrillAnswer(Payload, frozen=True):
    """A custodian proves that it still has a key: it tells the secret of a dummy sealed to it for this session."""

    kind: ClassVar[str] = "custodian_drill"
    session: str
    kid: str
    secret: str


class Custodian(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One holder of a share, for which side it holds it, and its signed key."""

    person: str
    side: str
    proof: Signed


class StrikeCause(StrEnum):
    """Why a custodian is taken out."""

    ABSENT = "absent"
    DRILL_FAILED = "drill_failed"
    KEY_LOST = "key_lost"


class Strike(Payload, frozen=True):
    """A custodian is taken out of a policy before the deadline. Signed by tenderer and supervisor.

    `custodians` is the whole list from now on, perhaps with a replacement. Seals bind to the policy, which stays; only
    deals made from now on are for this list. `prev` is the strike before it under the same policy.
    """

    kind: ClassVar[str] = "strike"
    session: str
    policy: str
    prev: str | None
    person: str
    cause: StrikeCause
    custodians: list[Custodian]


class NamedLogKey(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The name and Ed25519 key (32 bytes, base64url) of a log or cosigner."""

    name: str
    key: str


class Escrow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may help a bidder that has lost its release file: any k of the holders, none of them a custodian."""

    holders: list[Custodian]
    k: int


class Policy(Payload, frozen=True):
    """What seals of one lot and part bind to; it never changes. Signed by the tenderer."""

    kind: ClassVar[str] = "policy"
    session: str
    tender: str
    lot: str
    part: str
    suites: list[str]
    custodians: list[Custodian]
    k: int
    authorities: list[str]
    log: NamedLogKey
    cosigners: list[NamedLogKey]
    quorum: int
    lodging_key: str
    """The server's public key (1216 bytes) for halves that are lodged with a cosigner."""
    grounds: list[Line] = msgspec.field(default_factory=list)
    """On which the lot may go on with too few bids, if host and supervisor sign it."""
    escrow: Escrow | None = None
    tsa: list[str] = msgspec.field(default_factory=list)
    """Fingerprints of the authorities of time whose stamps count, sorted."""
    sealer: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{43}\Z")] | None = None
    """SHA-256 of the offline sealer as the server gave it to the tenderer; none where it has none."""


class Cadence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tick of so many slots every so many milliseconds."""

    every_ms: int
    slots: int


class Windows(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long each step may take, in milliseconds."""

    release_ms: int = 1_800_000
    custody_ms: int = 1_800_000
    record_ms: int = 600_000
    confirm_ms: int = 300_000
    objection_ms: int = 600_000


class Pauses(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits of suspending, in milliseconds."""

    host_ms: int = 300_000
    """The host's own suspension ends by itself after so long, unless the supervisor countersigns it."""
    supervisor_ms: int = 7_200_000
    """Suspended so long, the supervisor decides alone: resume or abort."""
    abort_ms: int = 86_400_000
    """Suspended so long, the session is aborted."""
    outage_ms: int = 60_000
    """After T0: what falls due and is not done for so long tells of an outage, which suspends."""
    hold_ms: int = 300_000
    """Before T0 likewise, which holds the session."""
    hold_within_ms: int = 7_200_000
    """So long before T0 an outage begins to matter."""


class NamesShown(StrEnum):
    """From when on bidders learn each other's names."""

    ROSTER = "roster"
    WINDOW_CLOSED = "window_closed"


class Timetable(Payload, frozen=True):
    """When everything happens; a later one replaces it, seals stand. Signed by tenderer and supervisor."""

    kind: ClassVar[str] = "timetable"
    session: str
    policies: list[str]
    prev: str | None
    deadline: str
    windows: Windows
    lobby_ms: int = 3_600_000
    ticks: Cadence = Cadence(every_ms=600_000, slots=256)
    lobby_ticks: Cadence = Cadence(every_ms=60_000, slots=4096)
    host_ms: int = 600_000
    """How long a step waits for the host; then its deputy may act, and after as long again the supervisor."""
    extension_ms: int = 1_800_000
    """By how much the bidders' window may be extended in all; the host's suspensions count."""
    pauses: Pauses = Pauses()
    names_shown: NamesShown = NamesShown.WINDOW_CLOSED


class ConsortiumParty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One party of a consortium: its unified social credit code, its name, the work and duties that it takes on, and
    the key ids of those of its certificates that may act for the bid. The lead lists none: it is the bidder, and acts
    with any of its own.
    """

    person: Line
    name: Line
    work: Words
    keys: Annotated[list[str], msgspec.Meta(max_length=20)]


class Consortium(Payload, frozen=True):
    """Several bid as one on a lot (联合体): the lead first, then the others; all of them sign this. `agreement` is the
    SHA-256 of their joint agreement (共同投标协议), which lies in the bid. `prev` is the declaration that this one
    replaces; with the lead alone there is no consortium any more.
    """

    kind: ClassVar[str] = "consortium"
    session: str
    lot: str
    prev: str | None
    agreement: str
    parties: Annotated[list[ConsortiumParty], msgspec.Meta(min_length=1, max_length=20)]


class Submission(Payload, frozen=True):
    """A bidder's sealed part: hash of its header, tree root and length of its envelope. Signed by the bidder."""

    kind: ClassVar[str] = "submission"
    policy: str
    bidder: str
    version: int
    prev: str | None
    header: str
    ct: str
    n: int


class Deal(Payload, frozen=True):
    """The shares of s_T for the policy's custodians, in the policy's order; in `escrow` those of s_B for its escrow
    holders, or none. Signed by the bidder.
    """

    kind: ClassVar[str] = "deal"
    policy: str
    bidder: str
    version: int
    prev: str | None
    ctx: str
    k: int
    shares: list[Share]
    escrow: list[Share] = msgspec.field(default_factory=list)


class DrawEnvelope(Payload, frozen=True):
    """The signer's secret seed for a lot's draw, dealt to the custodians of part `draw`: D = c("D", seed) over
    `draw_ctx`, `nonce` is 32 random bytes. Nobody reveals it afterwards: the custodians' keys open it.
    """

    kind: ClassVar[str] = "draw_envelope"
    session: str
    lot: str
    person: str
    nonce: str
    D: str
    k: int
    shares: list[Share]


def draw_ctx(session: str, lot: str, person: str, nonce: str) -> bytes:
    """What commitments and shares of a draw envelope are bound to; custodians' keys are this lot's and part's own."""
    return labelled_hash("sbe/1 draw core", session.encode(), lot.encode(), person.encode(), unb64(nonce))


class Withdraw(Payload, frozen=True):
    """The bidder takes back the submissions it names, before the deadline."""

    kind: ClassVar[str] = "withdraw"
    session: str
    bidder: str
    version: int
    submissions: list[str]


class Receipt(Payload, frozen=True):
    """The server's promise that it holds what it names: entry `seq` of the bidder's side line, in a tick by `tick_due`.

    `salt` is that entry's salt, so the holder recomputes the leaf that the tick must contain.
    """

    kind: ClassVar[str] = "receipt"
    session: str
    statements: list[str]
    line: str
    seq: int
    salt: str
    at: str
    tick_due: str


class CheckInStatement(Payload, frozen=True):
    """I am here: for this session and role only, with a nonce of the signer, not to be used after `expires`."""

    kind: ClassVar[str] = "check_in"
    session: str
    person: str
    role: str
    nonce: str
    expires: str


class Suspend(Payload, frozen=True):
    """Host or supervisor stops the clocks: the session's suspension `number`, from 1."""

    kind: ClassVar[str] = "suspend"
    session: str
    number: int
    cause: SuspensionCause


class Resume(Payload, frozen=True):
    """Host and supervisor let suspension `number` end."""

    kind: ClassVar[str] = "resume"
    session: str
    number: int
