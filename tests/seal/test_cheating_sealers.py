"""Envelopes whose sealer cheated: every key and tag is right, what they hold or claim is not."""

import struct
from typing import Any

import pytest

from remote_bid.seal.canonical import b64, jcs
from remote_bid.seal.envelope import SEGMENT, BadEnvelope, Secrets
from tests.seal import bids
from tests.seal.bids import HALVES, unsealed

INSIDE = bids.padded(b"9800000.00")
CORE = bids.core_of(len(INSIDE))
HEADER = bids.header_of(CORE)
CANONICAL = jcs(HEADER)


def refusal(file: bytes, halves: Secrets = HALVES) -> str:
    with pytest.raises(BadEnvelope) as caught:
        unsealed(file, halves)
    return caught.value.code


def test_without_a_cheat_the_same_file_opens() -> None:
    assert unsealed(bids.written(INSIDE, CANONICAL, CORE)) == b"9800000.00"


def test_padding_that_is_not_zero_is_garbage() -> None:
    for at in (8 + 10, 8 + 11, 2000, len(INSIDE) - 1):
        hiding = bytearray(INSIDE)
        hiding[at] = 1
        assert refusal(bids.cheating(bytes(hiding))) == "garbage"


def test_padding_that_is_not_zero_in_a_later_segment_is_garbage() -> None:
    inside = bytearray(bids.padded(bytes(SEGMENT - 100)))
    assert len(inside) > SEGMENT - 32
    assert unsealed(bids.cheating(bytes(inside))) == bytes(SEGMENT - 100)
    inside[-1] = 1
    assert refusal(bids.cheating(bytes(inside))) == "garbage"


@pytest.mark.parametrize("length", [4089, 4096, 5000, 2**32, 2**63 - 1, 2**63, 2**64 - 9, 2**64 - 1])
def test_a_sealed_length_larger_than_the_size_allows_is_garbage(length: int) -> None:
    assert refusal(bids.cheating(struct.pack(">Q", length) + bytes(4088))) == "garbage"


@pytest.mark.parametrize("length", [0, 100, 4088])
def test_a_sealed_length_that_needed_less_padding_is_garbage(length: int) -> None:
    assert refusal(bids.cheating(struct.pack(">Q", length) + bytes(4096 + 256 - 8))) == "garbage"


def test_a_payload_under_other_halves_than_are_committed_to_is_garbage() -> None:
    other = Secrets(bytes(32), HALVES.s_t)
    assert refusal(bids.written(INSIDE, CANONICAL, CORE, other)) == "garbage"
    assert refusal(bids.written(INSIDE, CANONICAL, CORE, Secrets(HALVES.s_t, HALVES.s_b))) == "garbage"


def test_a_payload_for_another_header_is_garbage() -> None:
    elsewhere = bids.core_of(len(INSIDE), lot="lot-2")
    file = bids.written(INSIDE, CANONICAL, elsewhere)
    assert refusal(file) == "garbage"


def test_a_file_shorter_or_longer_than_its_size_is_named() -> None:
    claimed = bids.core_of(8192)
    assert refusal(bids.written(INSIDE, jcs(bids.header_of(claimed)), claimed)) == "truncated"
    longer = bids.written(INSIDE + bytes(4096), CANONICAL, CORE)
    assert refusal(longer) == "garbage"


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(CANONICAL.replace(b":", b": "), id="spaces"),
        pytest.param(CANONICAL + b"\n", id="a line end"),
        pytest.param(b" " + CANONICAL, id="a space before"),
        pytest.param(b'{"T":"x",' + CANONICAL[1:], id="a key twice"),
        pytest.param(CANONICAL.replace(b'"lot":', b'"lot":"lot-2","lot":'), id="a key twice in the core"),
        pytest.param(jcs({**HEADER, "x": 1}), id="an unknown field"),
        pytest.param(jcs({**HEADER, "core": {**CORE, "x": 1}}), id="an unknown field in the core"),
        pytest.param(jcs({name: HEADER[name] for name in ("v", "core", "B")}), id="no T"),
        pytest.param(jcs({**HEADER, "core": {**CORE, "version": "2"}}), id="text for a number"),
        pytest.param(jcs({**HEADER, "core": {**CORE, "version": True}}), id="yes for a number"),
        pytest.param(jcs({**HEADER, "core": {**CORE, "lot": None}}), id="null for text"),
        pytest.param(CANONICAL.replace(b'"version":2', b'"version":2.0'), id="a fraction"),
        pytest.param(CANONICAL.replace(b"lot-1", b"lot\\u002d1"), id="an escape"),
        pytest.param(CANONICAL.replace(b"lot-1", b"lot\xff1"), id="no UTF-8"),
        pytest.param(jcs([HEADER]), id="a list"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"[" * 60_000, id="deep nesting"),
    ],
)
def test_a_header_that_is_not_the_canonical_one_is_refused(header: bytes) -> None:
    assert refusal(bids.written(INSIDE, header, CORE)) == "malformed_header"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"version": 0}, "malformed_header"),
        ({"version": -1}, "malformed_header"),
        ({"size": 4095}, "malformed_header"),
        ({"size": 0}, "malformed_header"),
        ({"size": -4096}, "malformed_header"),
        ({"size": 4097}, "malformed_header"),
        ({"segment": 1 << 21}, "unknown_suite"),
        ({"suite": ""}, "unknown_suite"),
    ],
    ids=str,
)
def test_a_core_that_the_suite_does_not_allow_is_refused(changes: dict[str, Any], code: str) -> None:
    assert refusal(bids.cheating(INSIDE, **changes)) == code


def test_another_version_of_the_format_is_refused() -> None:
    assert refusal(bids.written(INSIDE, jcs({**HEADER, "v": "sbe/2"}), CORE)) == "unknown_suite"


@pytest.mark.parametrize(
    "nonce",
    [
        pytest.param("", id="nothing"),
        pytest.param(b64(bytes(31)), id="31 bytes"),
        pytest.param(b64(bytes(33)), id="33 bytes"),
        pytest.param(b64(bytes(32)) + "=", id="padded"),
        pytest.param("A" * 42 + "B", id="stray bits"),
        pytest.param("é" * 43, id="not base64url"),
    ],
)
def test_a_nonce_that_is_not_32_bytes_is_refused(nonce: str) -> None:
    assert refusal(bids.cheating(INSIDE, nonce=nonce)) == "malformed_header"


@pytest.mark.parametrize("group", ["B", "T"])
@pytest.mark.parametrize("commitment", ["", "AAAA", "é" * 43], ids=["nothing", "3 bytes", "not ASCII"])
def test_a_commitment_that_is_none_is_refused(group: str, commitment: str) -> None:
    header = jcs({**HEADER, group: commitment})
    assert refusal(bids.written(INSIDE, header, CORE)) in {"malformed_header", f"wrong_half_{group.lower()}"}


def test_a_header_longer_than_64_kib_is_refused_unread() -> None:
    assert refusal(bids.written(INSIDE, b" " * 65_537, CORE)) == "header_too_large"
    assert refusal(b"SBENV\0\0\1\xff\xff\xff\xff") == "header_too_large"


def test_what_is_no_envelope_is_named_so() -> None:
    file = bids.written(INSIDE, CANONICAL, CORE)
    for start in (b"", b"SBENV", b"PK\3\4" + bytes(100), b"SBENV\0\0\2" + file[8:], b"sbenv\0\0\1" + file[8:]):
        assert refusal(start) == "not_an_envelope"
