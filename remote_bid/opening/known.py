"""What the rules need to know beyond the session itself; facts.py gathers it before a decision."""

import msgspec

from remote_bid.opening.terms import Settlement
from remote_bid.people.certificates import Certified
from remote_bid.seal.drill import Dummy
from remote_bid.seal.envelope import Header
from remote_bid.tender.statements import NamedLogKey


class StoredEnvelope(msgspec.Struct, frozen=True, kw_only=True):
    """What the safe holds under an upload's name: header, hash of its bytes, tree root, length."""

    header: Header
    header_hash: str
    ct: str
    n: int


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """What policies must name: the authorities' fingerprints, the log, its cosigners and their quorum."""

    authorities: list[str] = []
    log: NamedLogKey = NamedLogKey(name="", key="")
    cosigners: list[NamedLogKey] = []
    quorum: int = 0


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Facts for one command: who signed which statement (by id), the uploads it names, the bids it settles."""

    deployment: Deployment = Deployment()
    signers: dict[str, list[Certified]] = {}
    envelopes: dict[str, StoredEnvelope] = {}
    settlements: dict[str, Settlement] = {}
    dummy: Dummy | None = None
    """A fresh one, if the sender offered the key that it wants to drill."""
