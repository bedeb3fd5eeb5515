"""Statements: every act with legal weight is a JCS payload in a DSSE envelope, signed by the actor.

A statement's id is SHA-256 of its DSSE pre-authentication encoding: it does not depend on who signed it or how often.
"""

import hashlib
from functools import lru_cache
from typing import ClassVar, TypeVar

import msgspec

from remote_bid.seal.canonical import NotCanonical, b64, jcs, parse_jcs, unb64
from remote_bid.seal.signing import Signer, keyid_of, signed_by

_LARGEST_KEPT = 16 << 10
"""Characters of a payload whose reading is kept: with what is read, the cache stays below 100 MB whatever is sent."""


class BadStatement(ValueError):
    """The statement is of another kind, not canonical, or not signed by whom it must be."""


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One signature of a DSSE envelope."""

    keyid: str
    sig: str


class Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A DSSE envelope (secure-systems-lab/dsse, v1.0.2) as it is stored and sent; base64url without padding."""

    payload_type: str
    payload: str
    signatures: list[Signature]


class Payload(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a statement says. `kind` names its media type: application/vnd.sbid.<kind>+json."""

    kind: ClassVar[str]


P = TypeVar("P", bound=Payload)


def state(payload: Payload, *signers: Signer) -> Statement:
    """`payload` as a statement signed by each of `signers`."""
    body = jcs(payload)
    message = _pae(media_type(type(payload)), body)
    signatures = [Signature(keyid=s.keyid, sig=b64(s.sign(message))) for s in signers]
    return Statement(payload_type=media_type(type(payload)), payload=b64(body), signatures=signatures)


def countersign(statement: Statement, signer: Signer) -> Statement:
    """The same statement with one signature more; its id stays."""
    added = Signature(keyid=signer.keyid, sig=b64(signer.sign(_message(statement))))
    return msgspec.structs.replace(statement, signatures=[*statement.signatures, added])


def statement_id(statement: Statement) -> str:
    """SHA-256(PAE), base64url."""
    return b64(hashlib.sha256(_message(statement)).digest())


def id_of(payload: Payload) -> str:
    """The id of the statement that says `payload`, whoever signs it."""
    return b64(hashlib.sha256(_pae(media_type(type(payload)), jcs(payload))).digest())


def said(statement: Statement, kind: type[P]) -> P:
    """What the statement says, or BadStatement; tells nothing of who signed it."""
    if statement.payload_type != media_type(kind):
        raise BadStatement(f"a {kind.kind} statement is expected, this is {statement.payload_type[:80]}")
    return _kept(statement.payload, kind) if len(statement.payload) <= _LARGEST_KEPT else _read(statement.payload, kind)


def _read(text: str, kind: type[P]) -> P:
    try:
        body = unb64(text)
        payload = msgspec.convert(parse_jcs(body), type=kind)
        whole = jcs(payload) == body
    except (NotCanonical, msgspec.ValidationError) as error:
        raise BadStatement(f"the {kind.kind} statement is malformed: {error}") from error
    if not whole:
        raise BadStatement(f"the {kind.kind} statement leaves a field out or spells one another way")
    return payload


@lru_cache(maxsize=1024)
def _kept(text: str, kind: type[P]) -> P:
    """What is asked again and again, by rules and by pages: the same text says the same, and nobody changes it."""
    return _read(text, kind)


def is_signed_by(statement: Statement, spki: bytes, keyid: str) -> bool:
    """Whether one of the signatures is by the key `keyid`, whose SubjectPublicKeyInfo is `spki`."""
    return keyid == keyid_of(spki) and any(
        signature.keyid == keyid and _holds(statement, spki, signature) for signature in statement.signatures
    )


def signer_ids(statement: Statement) -> list[str]:
    """The key ids that claim to have signed, in order."""
    return [signature.keyid for signature in statement.signatures]


def _holds(statement: Statement, spki: bytes, signature: Signature) -> bool:
    try:
        return signed_by(spki, _message(statement), unb64(signature.sig))
    except NotCanonical:
        return False


def _message(statement: Statement) -> bytes:
    try:
        return _pae(statement.payload_type, unb64(statement.payload))
    except NotCanonical as error:
        raise BadStatement("the payload is not base64url") from error


def media_type(kind: type[Payload]) -> str:
    """What a statement of this kind says it is."""
    return f"application/vnd.sbid.{kind.kind}+json"


def _pae(media_type: str, body: bytes) -> bytes:
    name = media_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(name), name, len(body), body)
