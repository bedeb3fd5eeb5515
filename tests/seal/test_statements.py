"""Statements: who signed what, under one id, in one spelling."""

import hashlib
from datetime import datetime
from typing import Any, ClassVar

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.seal.canonical import b64, parse_jcs, unb64
from remote_bid.seal.signing import KeySigner, signed_by
from remote_bid.seal.statements import (
    BadStatement,
    Payload,
    Signature,
    Statement,
    countersign,
    id_of,
    is_signed_by,
    said,
    signer_ids,
    state,
    statement_id,
)
from tests.seal.published import shared_vector

PERSON = KeySigner(ec.generate_private_key(ec.SECP256R1()))
LOG = KeySigner(ed25519.Ed25519PrivateKey.generate())
STRANGER = KeySigner(ec.generate_private_key(ec.SECP256R1()))


class Withdraw(Payload, frozen=True):
    kind: ClassVar[str] = "withdraw"

    policy: str
    version: int


class Deal(Payload, frozen=True):
    """The same fields under another name."""

    kind: ClassVar[str] = "deal"

    policy: str
    version: int


class Timetable(Payload, frozen=True):
    """Fields that JSON can spell in more than one way."""

    kind: ClassVar[str] = "timetable"

    deadline: datetime
    prev: str = ""


class Vector(Payload, frozen=True):
    """The payload of tests/vectors/statement.json."""

    kind: ClassVar[str] = "vector"

    tender: str
    amount: str
    seq: int
    lots: list[str]
    missing: list[str]


SAID = Withdraw(policy="p-1", version=2)
BODY = b'{"policy":"p-1","version":2}'


def saying(body: bytes, kind: type[Payload] = Withdraw, signer: KeySigner = PERSON) -> Statement:
    """A statement with whatever payload bytes, properly signed."""
    blank = Statement(payload_type=f"application/vnd.sbid.{kind.kind}+json", payload=b64(body), signatures=[])
    return countersign(blank, signer)


@pytest.mark.parametrize("signer", [PERSON, LOG], ids=["P-256", "Ed25519"])
def test_a_statement_says_what_was_stated_and_who_signed(signer: KeySigner) -> None:
    statement = state(SAID, signer)
    assert unb64(statement.payload) == BODY
    assert said(statement, Withdraw) == SAID
    assert is_signed_by(statement, signer.spki, signer.keyid)
    assert signer_ids(statement) == [signer.keyid]


def test_the_id_is_the_hash_of_the_dsse_encoding() -> None:
    encoding = b"DSSEv1 34 application/vnd.sbid.withdraw+json 28 " + BODY
    assert statement_id(state(SAID, PERSON)) == b64(hashlib.sha256(encoding).digest())


def test_the_id_does_not_depend_on_who_signed_or_how_often() -> None:
    statements = [state(SAID), state(SAID, PERSON), state(SAID, PERSON), state(SAID, LOG, PERSON, STRANGER)]
    assert {statement_id(statement) for statement in statements} == {id_of(SAID)}
    assert id_of(SAID) != id_of(msgspec.structs.replace(SAID, version=3))


def test_a_countersigned_statement_keeps_its_id_and_its_first_signature() -> None:
    first = state(SAID, PERSON)
    both = countersign(first, LOG)
    assert statement_id(both) == statement_id(first)
    assert both.signatures[:1] == first.signatures
    assert signer_ids(both) == [PERSON.keyid, LOG.keyid]
    assert is_signed_by(both, PERSON.spki, PERSON.keyid)
    assert is_signed_by(both, LOG.spki, LOG.keyid)


def test_a_stranger_has_not_signed() -> None:
    statement = state(SAID, PERSON)
    assert not is_signed_by(statement, STRANGER.spki, STRANGER.keyid)
    assert not is_signed_by(statement, STRANGER.spki, PERSON.keyid)
    assert not is_signed_by(statement, PERSON.spki, STRANGER.keyid)
    assert not is_signed_by(state(SAID), PERSON.spki, PERSON.keyid)


def test_a_false_signature_beside_a_true_one_neither_helps_nor_harms() -> None:
    true = state(SAID, PERSON)
    false = Signature(keyid=PERSON.keyid, sig=b64(STRANGER.sign(b"something else")))
    both = msgspec.structs.replace(true, signatures=[false, *true.signatures])
    assert is_signed_by(both, PERSON.spki, PERSON.keyid)
    assert not is_signed_by(msgspec.structs.replace(true, signatures=[false]), PERSON.spki, PERSON.keyid)


@pytest.mark.parametrize("signer", [PERSON, LOG], ids=["P-256", "Ed25519"])
def test_a_signature_does_not_carry_over_to_another_kind_or_payload(signer: KeySigner) -> None:
    statement = state(SAID, signer)
    for forged in (
        msgspec.structs.replace(statement, payload_type="application/vnd.sbid.deal+json"),
        msgspec.structs.replace(statement, payload=b64(BODY.replace(b"2", b"3"))),
        msgspec.structs.replace(statement, payload=b64(BODY + b" ")),
    ):
        assert not is_signed_by(forged, signer.spki, signer.keyid)
        assert statement_id(forged) != statement_id(statement)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_byte_of_a_signed_statement_can_change(at: int, mask: int) -> None:
    statement = state(SAID, LOG)
    body, signature = bytearray(BODY), bytearray(unb64(statement.signatures[0].sig))
    body[at % len(body)] ^= mask
    signature[at % len(signature)] ^= mask
    other_body = msgspec.structs.replace(statement, payload=b64(bytes(body)))
    other_signature = msgspec.structs.replace(
        statement, signatures=[Signature(keyid=LOG.keyid, sig=b64(bytes(signature)))]
    )
    assert not is_signed_by(other_body, LOG.spki, LOG.keyid)
    assert not is_signed_by(other_signature, LOG.spki, LOG.keyid)


def test_one_kind_of_statement_is_never_read_as_another() -> None:
    with pytest.raises(BadStatement, match="a deal statement is expected"):
        said(state(SAID, PERSON), Deal)
    for payload_type in ("", "withdraw", "application/json", "application/vnd.sbid.WITHDRAW+json"):
        with pytest.raises(BadStatement, match="is expected"):
            said(msgspec.structs.replace(state(SAID), payload_type=payload_type), Withdraw)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"policy": "p-1","version":2}', id="a space"),
        pytest.param(BODY + b"\n", id="a line end"),
        pytest.param(b'{"version":2,"policy":"p-1"}', id="another order"),
        pytest.param(b'{"policy":"p\\u002d1","version":2}', id="an escape"),
        pytest.param(b'{"policy":"p-1","version":2.0}', id="another number"),
        pytest.param(b'{"policy":"p-0","policy":"p-1","version":2}', id="a key twice"),
        pytest.param(b'{"policy":"p-1","version":2,"x":0}', id="an unknown field"),
        pytest.param(b'{"policy":"p-1"}', id="a missing field"),
        pytest.param(b'{"policy":"p-1","version":"2"}', id="text for a number"),
        pytest.param(b'{"policy":"p-1","version":true}', id="yes for a number"),
        pytest.param(b'{"policy":null,"version":2}', id="null for text"),
        pytest.param(b'["p-1",2]', id="a list"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff", id="no text"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, id="deep nesting"),
    ],
)
def test_a_signed_payload_in_another_spelling_or_shape_is_refused(body: bytes) -> None:
    statement = saying(body)
    assert is_signed_by(statement, PERSON.spki, PERSON.keyid)
    with pytest.raises(BadStatement, match="malformed"):
        said(statement, Withdraw)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"deadline":"2026-11-20T09:00:00Z"}', id="a default left out"),
        pytest.param(b'{"deadline":"2026-11-20T09:00:00+00:00","prev":""}', id="the zone as an offset"),
        pytest.param(b'{"deadline":"2026-11-20 09:00:00.000Z","prev":""}', id="idle fractions"),
    ],
)
def test_a_second_spelling_of_a_field_is_refused_or_keeps_the_id_that_was_signed(body: bytes) -> None:
    first = saying(b'{"deadline":"2026-11-20T09:00:00Z","prev":""}', Timetable)
    assert id_of(said(first, Timetable)) == statement_id(first)
    statement = saying(body, Timetable)
    try:
        payload = said(statement, Timetable)
    except BadStatement:
        return
    assert id_of(payload) == statement_id(statement)


@pytest.mark.parametrize(
    "respelled",
    [
        pytest.param(lambda text: text + "=", id="padded"),
        pytest.param(lambda text: text + "\n", id="with a line end"),
        pytest.param(lambda text: text[:2] + "\n" + text[2:], id="with a line end inside"),
        pytest.param(lambda text: text[:-1] + chr(ord(text[-1]) + 1), id="with stray bits"),
        pytest.param(lambda text: text + "AAA", id="with half a byte"),
        pytest.param(lambda text: "+/" + text[2:], id="in the other alphabet"),
    ],
)
def test_base64_in_another_spelling_is_refused(respelled: Any) -> None:
    statement = state(SAID, LOG)
    (signature,) = statement.signatures
    assert len(BODY) % 3 == 1, "its last letter has four bits to spare, as a signature of 64 bytes has"
    assert len(unb64(signature.sig)) % 3 == 1
    other_payload = msgspec.structs.replace(statement, payload=respelled(statement.payload))
    with pytest.raises(BadStatement):
        said(other_payload, Withdraw)
    with pytest.raises(BadStatement):
        statement_id(other_payload)
    with pytest.raises(BadStatement):
        is_signed_by(other_payload, LOG.spki, LOG.keyid)
    other_signature = Signature(keyid=LOG.keyid, sig=respelled(signature.sig))
    assert not is_signed_by(msgspec.structs.replace(statement, signatures=[other_signature]), LOG.spki, LOG.keyid)


def test_a_statement_file_has_the_fields_of_dsse_and_no_others() -> None:
    statement = state(SAID, LOG)
    encoded = msgspec.json.encode(statement)
    assert set(msgspec.json.decode(encoded)) == {"payloadType", "payload", "signatures"}
    assert msgspec.json.decode(encoded, type=Statement) == statement
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(encoded.replace(b'{"payloadType"', b'{"x":1,"payloadType"'), type=Statement)


def test_the_shared_vector_is_what_this_library_states() -> None:
    vector = shared_vector("statement")
    log, person = vector["keys"]
    signer = KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(unb64(log["seed"])))
    statement = msgspec.convert(vector["statement"], type=Statement)
    assert (b64(signer.spki), signer.keyid) == (log["spki"], log["keyid"])
    assert statement.signatures[0] == state(msgspec.convert(vector["payload"], type=Vector), signer).signatures[0]
    assert msgspec.to_builtins(said(statement, Vector)) == vector["payload"]
    assert parse_jcs(unb64(statement.payload)) == vector["payload"]
    assert statement_id(statement) == vector["id"] == b64(hashlib.sha256(unb64(vector["pae"])).digest())
    for key, signature in zip((log, person), statement.signatures, strict=True):
        assert is_signed_by(statement, unb64(key["spki"]), key["keyid"])
        assert signed_by(unb64(key["spki"]), unb64(vector["pae"]), unb64(signature.sig))
