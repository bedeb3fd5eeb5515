"""The bytes that are hashed and signed: RFC 8785 JSON, unpadded base64url, labelled SHA-256."""

import base64
import binascii
import hashlib
import json
import re
import struct
from typing import Any

import msgspec
import rfc8785

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


def jcs(value: Any) -> bytes:
    """RFC 8785 encoding of a value made of msgspec structs, dicts, lists, strings, integers and booleans."""
    try:
        return rfc8785.dumps(msgspec.to_builtins(value))
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"has no canonical encoding: {type(error).__name__}") from error


def parse_jcs(raw: bytes) -> Any:
    """Parse JSON and refuse it unless the bytes are already its RFC 8785 encoding (so no duplicate keys, no second form)."""
    try:
        value = json.loads(raw)
        canonical = rfc8785.dumps(value)
    except (ValueError, RecursionError) as error:
        raise NotCanonical("not canonical JSON") from error
    if canonical != raw:
        raise NotCanonical("not canonical JSON")
    return value


def labelled_hash(label: str, *parts: bytes) -> bytes:
    """H(label, …) of docs/protocol.md: SHA-256(label ‖ 0 ‖ each part behind its length as u32be)."""
    digest = hashlib.sha256(label.encode() + b"\0")
    for part in parts:
        digest.update(struct.pack(">I", len(part)))
        digest.update(part)
    return digest.digest()
