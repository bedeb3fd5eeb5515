"""The printed code: a bidder's half as signs on paper, for the day on which every disk has failed.

Crockford's base32 of s_B ‖ the first 3 bytes of SHA-256("sbe/1 code" ‖ s_B): 56 signs in groups of four.
"""

import hashlib

from remote_bid.seal.dealing import SECRET_SIZE

_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_LENGTH = (SECRET_SIZE + 3) * 8 // 5


class BadCode(ValueError):
    """These signs are not a code that was printed; a sign is wrong or missing."""


def printed(half: bytes) -> str:
    """The code to print."""
    number = int.from_bytes(half + _check(half), "big")
    signs = "".join(_SIGNS[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return "-".join(signs[start : start + 4] for start in range(0, _LENGTH, 4))


def typed(code: str) -> bytes:
    """The half behind a code, however it was typed: letters that look alike are taken as meant."""
    signs = code.upper().translate(_ALIKE)
    if len(signs) != _LENGTH or any(sign not in _SIGNS for sign in signs):
        raise BadCode("a code has 56 letters and figures in groups of four")
    number = 0
    for sign in signs:
        number = number << 5 | _SIGNS.index(sign)
    raw = number.to_bytes(SECRET_SIZE + 3, "big")
    half, check = raw[:SECRET_SIZE], raw[SECRET_SIZE:]
    if check != _check(half):
        raise BadCode("a sign of the code is wrong")
    return half


def _check(half: bytes) -> bytes:
    return hashlib.sha256(b"sbe/1 code" + half).digest()[:3]
