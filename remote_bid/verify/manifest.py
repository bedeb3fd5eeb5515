"""The bundle's list of contents, signed by the log's key."""

import hashlib
from collections.abc import Mapping
from typing import ClassVar

from remote_bid.seal.canonical import b64
from remote_bid.seal.statements import Payload
from remote_bid.verify.trust import Trust

MANIFEST, TIMELINE, LINES, RECORD = "manifest.json", "timeline.json", "lines.json", "record.json"
REPORT = "report.json"


def envelope_name(bid: str) -> str:
    """The member that holds a bid's readout form, sealed."""
    return f"envelopes/{bid}.sbe"


def crl_name(crl: str) -> str:
    """The member that holds an authority's list of revoked certificates, by the hash that the session noted."""
    return f"crls/{crl}.crl"


class Manifest(Payload, frozen=True):
    """SHA-256 (base64url) of every other member; `vouched_by` says by whose keys the bundle asks to be believed."""

    kind: ClassVar[str] = "manifest"
    session: str
    audience: str
    vouched_by: Trust
    members: dict[str, str]


def hashes(members: Mapping[str, bytes]) -> dict[str, str]:
    """What the manifest says of these members."""
    return {name: b64(hashlib.sha256(raw).digest()) for name, raw in members.items()}
