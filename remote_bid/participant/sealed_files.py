"""A sealed bid on the bidder's disk, from sealing until it is handed in: its envelopes, and what is said of them."""

import secrets
from pathlib import Path

import msgspec

from remote_bid.opening.commands import OfferedPart
from remote_bid.seal.canonical import b64, labelled_hash
from remote_bid.timeline import durable


class SealedFiles(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """bid.json: what is handed in for a lot. The readout form comes first; each `upload` names a file beside."""

    lot: str
    version: int
    parts: list[OfferedPart]


def place_of(folder: Path, lot: str) -> Path:
    """Where the sealed bid on a lot lies; the lot's name may be anything, the folder's is safe."""
    return folder / "sealed" / b64(labelled_hash("sealed bid", lot.encode())[:9])


def fresh_upload() -> str:
    """A name that tells nothing."""
    return b64(secrets.token_bytes(16))


def keep(place: Path, sealed: SealedFiles) -> None:
    """Write down what will be handed in, and take away envelopes of earlier tries."""
    durable.replace(place / "bid.json", msgspec.json.encode(sealed))
    named = {f"{part.upload}.sbe" for part in sealed.parts}
    for file in place.glob("*.sbe"):
        if file.name not in named:
            file.unlink()


def kept(place: Path) -> SealedFiles | None:
    """What was sealed; None if nothing is here."""
    path = place / "bid.json"
    return msgspec.json.decode(path.read_bytes(), type=SealedFiles) if path.exists() else None


def envelope(place: Path, upload: str) -> Path:
    """The envelope that is uploaded under this name."""
    return place / f"{upload}.sbe"
