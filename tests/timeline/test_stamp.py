"""Time stamps: only a trusted authority of time, asked about this very leaf, is believed."""

import hashlib
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from remote_bid.seal.canonical import b64, unb64
from remote_bid.timeline.stamp import MOST, BadStamp, query, stamped_at
from tests.people.issuing import SIGNS
from tests.timeline.hours import NOON
from tests.timeline.tsa import REFUSAL, STAMPS, Tsa

LEAF, OTHER = hashlib.sha256(b"a leaf").digest(), hashlib.sha256(b"another leaf").digest()
TSA, STRANGER = Tsa(), Tsa()
ROOTS = [TSA.root]


def test_a_stamp_tells_when_the_leaf_was_there() -> None:
    assert stamped_at(TSA.stamp(LEAF, NOON), LEAF, ROOTS) == NOON


def test_one_of_several_authorities_is_enough() -> None:
    assert stamped_at(TSA.stamp(LEAF, NOON), LEAF, [STRANGER.root, TSA.root]) == NOON


def test_the_real_program_is_understood_and_understands(tmp_path: Path) -> None:
    answer = TSA.openssl(query(LEAF), tmp_path)
    assert abs(datetime.now(UTC) - stamped_at(b64(answer), LEAF, ROOTS)) < timedelta(seconds=10)
    (tmp_path / "leaf").write_bytes(LEAF)
    (tmp_path / "root").write_text(TSA.pem)
    command = ["openssl", "ts", "-verify", "-data", "leaf", "-in", "answer", "-CAfile", "root"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)  # noqa: S603 - a tool of the tests


def test_another_leaf_is_not_stamped() -> None:
    with pytest.raises(BadStamp):
        stamped_at(TSA.stamp(OTHER, NOON), LEAF, ROOTS)


@pytest.mark.parametrize("roots", [[], [STRANGER.root]])
def test_who_is_not_trusted_does_not_stamp(roots: list[x509.Certificate]) -> None:
    with pytest.raises(BadStamp):
        stamped_at(TSA.stamp(LEAF, NOON), LEAF, roots)


@pytest.mark.parametrize(
    "authority",
    [
        pytest.param(Tsa(((SIGNS, True),)), id="not for time stamping"),
        pytest.param(Tsa(((SIGNS, True), (STAMPS[0], False))), id="not critically"),
        pytest.param(Tsa(ends=NOON - timedelta(days=1)), id="no longer valid"),
    ],
)
def test_its_certificate_must_be_one_for_time_stamping_and_valid_then(authority: Tsa) -> None:
    with pytest.raises(BadStamp):
        stamped_at(authority.stamp(LEAF, NOON), LEAF, [authority.root])


def test_a_refusal_is_no_stamp() -> None:
    with pytest.raises(BadStamp):
        stamped_at(b64(REFUSAL), LEAF, ROOTS)


def test_another_kind_of_hash_is_no_stamp() -> None:
    with pytest.raises(BadStamp, match="SHA-256"):
        stamped_at(TSA.stamp(LEAF, NOON, algorithm="sha384"), LEAF, ROOTS)


def test_no_byte_may_be_another() -> None:
    """Where a flipped bit can be read at all, the signature or its certificate no longer holds."""
    good = unb64(TSA.stamp(LEAF, NOON))
    for place in range(0, len(good), 7):
        bad = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
        try:
            assert stamped_at(b64(bad), LEAF, ROOTS) == NOON, place
        except BadStamp:
            continue


@pytest.mark.parametrize("token", ["", "?", b64(bytes(40)), b64(bytes(MOST + 1)), b64(b"<html>not found</html>")])
def test_anything_else_is_a_bad_stamp(token: str) -> None:
    with pytest.raises(BadStamp):
        stamped_at(token, LEAF, ROOTS)
