"""What the rules need to know beyond the session itself; facts.py gathers it before a decision."""

from datetime import datetime

import msgspec

from remote_bid.opening.terms import LotDraw, Settlement
from remote_bid.people.certificates import Certified, Signed
from remote_bid.people.checking import Revoked
from remote_bid.people.revocation import CrlNoted
from remote_bid.seal.drill import Dummy
from remote_bid.seal.envelope import Header
from remote_bid.seal.statements import Statement
from remote_bid.tender.deployment import Deployment


class StoredEnvelope(msgspec.Struct, frozen=True, kw_only=True):
    """What the safe holds under an upload's name: header, hash of its bytes, tree root, length."""

    header: Header
    header_hash: str
    ct: str
    n: int


class Lodged(msgspec.Struct, frozen=True, kw_only=True):
    """One lodged release, as a cosigner's signed list names it; `person` signed it, empty if nobody who is trusted."""

    submission: str
    signed: Signed
    receipt: Statement
    at: datetime
    person: str


class Lodgings(msgspec.Struct, frozen=True, kw_only=True):
    """What the cosigners said when they were asked: their signed lists, what is in them, and who did not answer."""

    lists: list[Statement]
    away: list[str]
    lodged: list[Lodged]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Facts for one command: who signed which statement (by id), the uploads it names, the bids it settles, the
    draws it makes (by lot).
    """

    deployment: Deployment = Deployment()
    signers: dict[str, list[Certified]] = {}
    envelopes: dict[str, StoredEnvelope] = {}
    settlements: dict[str, Settlement] = {}
    draws: dict[str, LotDraw] = {}
    lodgings: Lodgings | None = None
    """None where nobody was asked."""
    revoked: Revoked | None = None
    """Of a release, whose refusal may be evidence; everything else that is signed so is refused at once."""
    crls: list[CrlNoted] = []
    """The lists of revoked certificates that are in force, for a session that begins."""
    stamped_at: datetime | None = None
    """The time of the stamp that is handed in."""
    dummy: Dummy | None = None
    """A fresh one, if the sender offered the key that it wants to drill."""
