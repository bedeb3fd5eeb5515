"""What is signed at the opening."""

from typing import ClassVar

import msgspec

from remote_bid.opening.terms import LotSet
from remote_bid.seal.statements import Payload


class CheckInStatement(Payload, frozen=True):
    """I am here: for this session and role only, with a nonce of the signer, not to be used after `expires`."""

    kind: ClassVar[str] = "check_in"
    session: str
    person: str
    role: str
    nonce: str
    expires: str


class Close(Payload, frozen=True):
    """The server's: no bid after this one. `tick` is the last tick's seq; per lot, the live bids."""

    kind: ClassVar[str] = "close"
    session: str
    timetable: str
    tick: int
    at: str
    lots: list[LotSet]


class Release(Payload, frozen=True):
    """The bidder hands over its half s_B (32 bytes) of one submission's key."""

    kind: ClassVar[str] = "release"
    session: str
    submission: str
    close: str
    s_b: str


class Released(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which release statement answers which submission."""

    submission: str
    release: str


class LotWindow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One lot's releases: `released`, `missing` and `sealed` together are exactly the lot's leaves in `close`.

    `sealed` are the parts that are not opened here.
    """

    lot: str
    released: list[Released]
    missing: list[str]
    sealed: list[str]


class WindowClosed(Payload, frozen=True):
    """The server's: the bidders' window is over, in every lot that was not aborted."""

    kind: ClassVar[str] = "window_closed"
    session: str
    close: str
    timetable: str
    at: str
    lots: list[LotWindow]


class Custody(Payload, frozen=True):
    """A custodian publishes its key for this lot and part, or entrusts it to the server: the 32-byte seed."""

    kind: ClassVar[str] = "custody"
    session: str
    close: str
    window_closed: str
    kid: str
    seed: str


class RecordSignature(Payload, frozen=True):
    """I have read the opening record with this SHA-256 (over its JCS form)."""

    kind: ClassVar[str] = "record_signature"
    session: str
    person: str
    record: str
