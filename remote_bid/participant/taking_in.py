"""A bid that was sealed on another device is taken in: signed, and its envelopes and release files kept here."""

import re
import shutil
from pathlib import Path
from typing import TypeVar

import msgspec

from remote_bid.opening.commands import OfferedPart
from remote_bid.participant import sealed_files
from remote_bid.participant.identity import Identity
from remote_bid.participant.sealed_files import SealedFiles
from remote_bid.participant.terminal import NotHere
from remote_bid.people.certificates import Signed
from remote_bid.seal.statements import Payload, said, statement_id
from remote_bid.tender.statements import Deal, Submission
from remote_bid.timeline import durable

P = TypeVar("P", bound=Payload)

_UPLOAD = re.compile("[A-Za-z0-9_-]{22}")
"""So that a file from elsewhere names nothing outside its folder."""


def take_in(elsewhere: Path, lot: str, place: Path, identity: Identity, folder: Path) -> None:
    """Everything of it is on this disk when this returns; NotHere if a file is missing, or is of another lot."""
    try:
        bid = msgspec.json.decode((elsewhere / "bid.json").read_bytes(), type=SealedFiles)
    except (OSError, ValueError) as error:
        raise NotHere(f"there is no bid.json that can be read in {elsewhere}") from error
    if bid.lot != lot:
        raise NotHere(f"what lies in {elsewhere} was sealed for lot {bid.lot}")
    if not all(_UPLOAD.fullmatch(part.upload) for part in bid.parts):
        raise NotHere("bid.json names files otherwise than a sealer does")
    place.mkdir(parents=True, exist_ok=True)
    for part in bid.parts:
        _keep(elsewhere, part, place, folder)
    parts = [_signed(part, identity) for part in bid.parts]
    sealed_files.keep(place, msgspec.structs.replace(bid, parts=parts))


def _keep(elsewhere: Path, part: OfferedPart, place: Path, folder: Path) -> None:
    """A release file may have stayed where it was made: the bid is good without it, as is its release by code."""
    name = f"{statement_id(part.submission.statement)}.release"
    if (elsewhere / name).exists():
        durable.replace(folder / name, (elsewhere / name).read_bytes(), 0o600)
    source = sealed_files.envelope(elsewhere, part.upload)
    if not source.exists():
        raise NotHere(f"{source.name} is missing in {elsewhere}")
    with source.open("rb") as envelope, sealed_files.envelope(place, part.upload).open("wb") as target:
        shutil.copyfileobj(envelope, target)
        target.flush()
        durable.flush(target.fileno())


def _signed(part: OfferedPart, identity: Identity) -> OfferedPart:
    submission, deal = _by(identity, part.submission, Submission), _by(identity, part.deal, Deal)
    return OfferedPart(upload=part.upload, submission=submission, deal=deal)


def _by(identity: Identity, signed: Signed, kind: type[P]) -> Signed:
    """What another key has signed stays as it is."""
    return signed if signed.certificates else identity.sign(said(signed.statement, kind))
