"""A bid that was sealed on another device, taken in at the command line."""

import io
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from msgspec.structs import replace

from remote_bid.participant import sealed_files
from remote_bid.participant.identity import Identity
from remote_bid.participant.sealed_files import SealedFiles, fresh_upload, kept
from remote_bid.participant.sealing import Sealer
from remote_bid.participant.taking_in import take_in
from remote_bid.participant.terminal import NotHere
from remote_bid.people.certificates import Signed, signers
from remote_bid.seal.canonical import unb64
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import state, statement_id
from remote_bid.tender.terms import READOUT_FORM
from tests.opening.actors import ALPHA, AUTHORITY, BETA, certificate_of
from tests.opening.authority import key_of
from tests.opening.tender import LOT, T0
from tests.web.to_seal import policy

SECRET = "a passphrase of the tests"  # noqa: S105 - of no real file


def identity(person: str, certificate: str) -> Identity:
    return Identity(KeySigner(key_of(person)), x509.load_der_x509_certificate(unb64(certificate)))


ALPHAS = identity(ALPHA.person, certificate_of(ALPHA))
BETAS = identity(BETA.person, certificate_of(BETA))


def unsigned(signed: Signed) -> Signed:
    return Signed(statement=msgspec.structs.replace(signed.statement, signatures=[]), certificates=[])


def sealed_elsewhere(stick: Path, by: Identity = ALPHAS, bare: bool = True) -> SealedFiles:
    """What lies on the stick: sealed as the offline sealer does, which signs nothing."""
    stick.mkdir()
    upload, terms = fresh_upload(), policy(READOUT_FORM)
    with (stick / f"{upload}.sbe").open("wb") as target:
        sealer = Sealer(by, ALPHA.person, stick, SECRET)
        part, _ = sealer.seal((statement_id(state(terms)), terms), io.BytesIO(b"{}"), 2, target, upload)
    if bare:
        part = replace(part, submission=unsigned(part.submission), deal=unsigned(part.deal))
    bid = SealedFiles(lot=LOT, version=1, parts=[part])
    (stick / "bid.json").write_bytes(msgspec.json.encode(bid))
    return bid


def test_what_was_sealed_without_a_key_is_signed_and_kept_here(tmp_path: Path) -> None:
    stick, place = tmp_path / "stick", tmp_path / "sealed" / "1"
    [carried] = sealed_elsewhere(stick).parts
    take_in(stick, LOT, place, ALPHAS, tmp_path)
    bid = kept(place)
    assert bid is not None
    [part] = bid.parts
    for before, now in ((carried.submission, part.submission), (carried.deal, part.deal)):
        assert statement_id(now.statement) == statement_id(before.statement)
        assert [one.person for one in signers(now, [AUTHORITY.root], T0)] == [ALPHA.person]
    assert sealed_files.envelope(place, part.upload).read_bytes() == (stick / f"{part.upload}.sbe").read_bytes()
    release = f"{statement_id(part.submission.statement)}.release"
    assert (tmp_path / release).read_bytes() == (stick / release).read_bytes()
    assert (tmp_path / release).stat().st_mode & 0o777 == 0o600


def test_what_another_key_has_signed_stays_as_it_is(tmp_path: Path) -> None:
    carried = sealed_elsewhere(tmp_path / "stick", BETAS, bare=False)
    take_in(tmp_path / "stick", LOT, tmp_path / "place", ALPHAS, tmp_path)
    assert kept(tmp_path / "place") == carried


def away(name: str) -> Callable[[Path], None]:
    return lambda stick: next(stick.glob(name)).unlink()


def renamed(stick: Path) -> None:
    told = (stick / "bid.json").read_bytes()
    bid = msgspec.json.decode(told, type=SealedFiles)
    parts = [replace(part, upload="../../elsewhere") for part in bid.parts]
    (stick / "bid.json").write_bytes(msgspec.json.encode(replace(bid, parts=parts)))


WRONG: dict[str, tuple[str, Callable[[Path], None]]] = {
    "no bid.json": ("no bid.json", away("bid.json")),
    "no envelope": ("is missing", away("*.sbe")),
    "a name that leads outside": ("otherwise than a sealer does", renamed),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_not_whole_is_not_taken_in(what: str, tmp_path: Path) -> None:
    sealed_elsewhere(tmp_path / "stick")
    sentence, spoil = WRONG[what]
    spoil(tmp_path / "stick")
    with pytest.raises(NotHere, match=sentence):
        take_in(tmp_path / "stick", LOT, tmp_path / "place", ALPHAS, tmp_path)
    assert not (tmp_path / "place").exists() or kept(tmp_path / "place") is None


def test_a_bid_on_another_lot_is_not_taken_in(tmp_path: Path) -> None:
    sealed_elsewhere(tmp_path / "stick")
    with pytest.raises(NotHere, match="sealed for lot lot-1"):
        take_in(tmp_path / "stick", "lot-2", tmp_path / "place", ALPHAS, tmp_path)
