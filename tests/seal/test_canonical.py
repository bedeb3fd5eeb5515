"""The bytes that are hashed and signed have one spelling; every other spelling is refused."""

import hashlib
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.seal.canonical import NotCanonical, b64, jcs, labelled_hash, parse_jcs, unb64, unb64_sized

LARGEST = 2**53 - 1

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
keys = st.text(st.characters(max_codepoint=127), max_size=8)
plain = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | names
values = st.recursive(plain, lambda inner: st.lists(inner) | st.dictionaries(keys, inner), max_leaves=12)


def test_the_sample_of_rfc_8785_is_encoded_as_printed() -> None:
    sample = {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", "literals": [None, True, False]}
    assert jcs(sample) == (b'{"literals":[null,true,false],"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}')


@settings(deadline=None, max_examples=300)
@given(values)
def test_the_encoding_is_that_of_the_reference_implementation(value: Any) -> None:
    assert jcs(value) == rfc8785.dumps(value)


def test_keys_are_ascii_so_that_no_two_orders_can_differ() -> None:
    for key in ("\x80", "\u20ac", "\U0001f600", "\ufb33"):
        with pytest.raises(NotCanonical):
            jcs({key: 0})
        with pytest.raises(NotCanonical):
            parse_jcs(rfc8785.dumps({key: 0}))


@settings(deadline=None, max_examples=60)
@given(values)
def test_what_is_encoded_is_read_back_from_its_only_spelling(value: Any) -> None:
    assert parse_jcs(jcs(value)) == value


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" 1",
        b"1\n",
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"a":1}{"a":1}',
        b'"\\u0041"',
        b'"\\/"',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        '"a"'.encode("utf-16"),
        '"a"'.encode("utf-32-le"),
        b"01",
        b"-0",
        b"1.0",
        b"1e2",
        b"1E+21",
        b"100000000000000000000000",
        b"NaN",
        b"Infinity",
        b"1e400",
        b"True",
        b"[1,]",
    ],
)
def test_another_spelling_is_refused(raw: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_jcs(raw)


def test_whole_numbers_are_exact_up_to_2_53_and_refused_beyond() -> None:
    for number in (LARGEST, -LARGEST):
        assert parse_jcs(jcs(number)) == number
    for number in (LARGEST + 1, -LARGEST - 1, 10**5000):
        with pytest.raises(NotCanonical):
            jcs(number)
    for raw in (b"9007199254740992", b"-9007199254740992", b"9" * 5000):
        with pytest.raises(NotCanonical):
            parse_jcs(raw)


def test_fractions_are_refused() -> None:
    for number in (1.5, 1.0, -0.0, 1e21, float("nan"), float("inf")):
        with pytest.raises(NotCanonical):
            jcs(number)
    with pytest.raises(NotCanonical):
        parse_jcs(b"1.5")


@pytest.mark.parametrize("value", ["\ud800", ["a\udfff"], {"a": "\ud83d"}, {"\ud800": 1}])
def test_half_a_surrogate_pair_is_refused(value: Any) -> None:
    with pytest.raises(NotCanonical):
        jcs(value)


@pytest.mark.parametrize("raw", [b'"\\ud800"', b'{"\\udc00":1}', b'"\xed\xa0\x80"'])
def test_half_a_surrogate_pair_is_not_read_either(raw: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_jcs(raw)


def test_deep_nesting_is_refused_and_does_no_harm() -> None:
    depth = 100_000
    for raw in (b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth, b"[" * depth):
        with pytest.raises(NotCanonical):
            parse_jcs(raw)
    deep: list[Any] = []
    for _ in range(depth):
        deep = [deep]
    with pytest.raises(NotCanonical):
        jcs(deep)


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_base64url_is_read_back(raw: bytes) -> None:
    assert unb64(b64(raw)) == raw
    assert "=" not in b64(raw)


@pytest.mark.parametrize("text", ["A", "AAAAA", "AA==", "AA=", "A+A/", "AA\n", " AA", "AA ", "ＡＡ", "é", "\0\0"])
def test_what_is_not_unpadded_base64url_is_refused(text: str) -> None:
    with pytest.raises(NotCanonical):
        unb64(text)


@pytest.mark.parametrize("text", ["AB", "A_", "AAB", "AA_", "AAAAAB"])
def test_base64url_with_stray_bits_is_refused(text: str) -> None:
    with pytest.raises(NotCanonical, match="stray bits"):
        unb64(text)


def test_a_value_of_fixed_size_has_that_size() -> None:
    assert unb64_sized(b64(bytes(32)), 32) == bytes(32)
    for size in (0, 31, 33):
        with pytest.raises(NotCanonical):
            unb64_sized(b64(bytes(size)), 32)


def test_a_labelled_hash_tells_every_part_and_label_apart() -> None:
    assert labelled_hash("l", b"ab", b"") == hashlib.sha256(b"l\0\0\0\0\2ab\0\0\0\0").digest()
    alike = [("l", [b"ab"]), ("l", [b"a", b"b"]), ("l", [b"ab", b""]), ("l", [b"", b"ab"]), ("l", []), ("lab", [])]
    assert len({labelled_hash(label, *parts) for label, parts in alike}) == len(alike)
