"""Comparing what somebody was sent twice: alike if kind, order and length of everything are the same, and every value
that is not a random or time-dependent one of fixed length.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from remote_bid.seal.canonical import unb64

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z|[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT"
)
"""Ours, and the fixed-length date of HTTP headers (RFC 9110, 5.6.7)."""
_RANDOM = re.compile(r"[A-Za-z0-9+/_-]{11,}={0,2}")
"""Base64 and hex of eight bytes and more: ids, hashes, salts, keys."""
_PORT = re.compile(r"127\.0\.0\.1:\d{4,5}")
_CHARACTERS = re.compile("[一-鿿]{4}")
_DER = range(92, 97)
"""An ECDSA signature in base64url is 92 to 96 characters, by its own dice."""
_SLOTS = 256


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Where the two are not alike."""
    if isinstance(one, dict) and isinstance(other, dict):
        yield from _between_objects(one, other, path)
    elif isinstance(one, list) and isinstance(other, list):
        if len(one) != len(other):
            yield f"{path}: {len(one)} and {len(other)} of them"
        for number, (left, right) in enumerate(zip(one, other, strict=False)):
            yield from differences(left, right, f"{path}[{number}]")
    elif path.endswith(".payload") and one and other:
        yield from differences(json.loads(unb64(one)), json.loads(unb64(other)), f"{path}:")
    elif not _alike(one, other, path.rpartition(".")[2]):
        yield f"{path}: {str(one)[:60]!r} and {str(other)[:60]!r}"


def _between_objects(one: dict[str, Any], other: dict[str, Any], path: str) -> Iterator[str]:
    if [_blanked(name) for name in one] != [_blanked(name) for name in other]:
        yield f"{path}: {sorted(set(one) ^ set(other)) or 'another order'}"
        return
    for (name, left), right in zip(one.items(), other.values(), strict=True):
        yield from differences(left, right, f"{path}.{name}")


def _alike(one: Any, other: Any, name: str) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, str):
        return one == other or _same_but_for_dice(one, other, name)
    if name == "place":
        return all(0 <= place < _SLOTS for place in (one, other))
    return bool(one == other)


def _same_but_for_dice(one: str, other: str, name: str) -> bool:
    if name == "sig":
        return len(one) == len(other) or (len(one) in _DER and len(other) in _DER)
    if name == "code" and _CHARACTERS.fullmatch(one):
        return bool(_CHARACTERS.fullmatch(other))
    return _blanked(one) == _blanked(other)


def _blanked(text: str) -> str:
    """The text with every instant, the server's own port, and the length of every random value, in its place."""
    return _RANDOM.sub(lambda found: f"#{len(found[0])}", _PORT.sub("127.0.0.1:#", _INSTANT.sub("T", text)))
