"""The bytes that are hashed and signed: RFC 8785 JSON, unpadded base64url, labelled SHA-256."""

import base64
import binascii
import hashlib
import json
import re
import struct
from typing import Any

import msgspec

_B64URL = re.compile(r"[A-Za-z0-9_-]*\Z")


class NotCanonical(ValueError):
    """The bytes are not the one canonical encoding of what they say."""


def b64(raw: bytes) -> str:
    """Base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes of an unpadded base64url text; any second spelling of the same bytes is refused."""
    if not isinstance(text, str) or not _B64URL.match(text):
        raise NotCanonical("not unpadded base64url")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise NotCanonical("not unpadded base64url") from error
    if b64(raw) != text:
        raise NotCanonical("base64url with stray bits")
    return raw


def unb64_sized(text: str, size: int) -> bytes:
    """Like `unb64`, for a value whose length in bytes is fixed by the protocol."""
    raw = unb64(text)
    if len(raw) != size:
        raise NotCanonical(f"{len(raw)} bytes where {size} are expected")
    return raw


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_MOST = 2**53 - 1


def jcs(value: Any) -> bytes:
    """RFC 8785 encoding of structs, dicts with ASCII keys, lists, strings, booleans and integers below 2^53.

    Within these bounds the standard library's C encoder writes exactly RFC 8785 (a property test compares it with the
    reference implementation), thirty times faster. Fractions are outside: money is a string, time is milliseconds.
    """
    try:
        plain = msgspec.to_builtins(value)
        _require_exact(plain)
        return _ENCODER.encode(plain).encode()
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"has no canonical encoding: {type(error).__name__}") from error


def parse_jcs(raw: bytes) -> Any:
    """Parse JSON; refused unless the bytes are already its canonical encoding (no duplicate keys, no second form)."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise NotCanonical("not JSON") from error
    if jcs(value) != raw:
        raise NotCanonical("not canonical JSON")
    return value


def _require_exact(value: Any) -> None:
    """ValueError for what the encoder would not write as RFC 8785 does."""
    match value:
        case dict():
            for key, inner in value.items():
                if not (isinstance(key, str) and key.isascii()):
                    raise ValueError("keys are ASCII")
                _require_exact(inner)
        case list():
            for inner in value:
                _require_exact(inner)
        case float():
            raise ValueError("no fractions")
        case int() if not -_MOST <= value <= _MOST:
            raise ValueError("integers are exact")


def labelled_hash(label: str, *parts: bytes) -> bytes:
    """H(label, …) of docs/protocol.md: SHA-256(label ‖ 0 ‖ each part behind its length as u32be)."""
    digest = hashlib.sha256(label.encode() + b"\0")
    for part in parts:
        digest.update(struct.pack(">I", len(part)))
        digest.update(part)
    return digest.digest()
