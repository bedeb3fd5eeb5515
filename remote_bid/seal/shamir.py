"""Secret sharing (Shamir, 1979) over GF(2^8), AES polynomial: share = y₁…yₙ ‖ x, as npm shamir-secret-sharing."""

import secrets
from collections.abc import Sequence


def _tables() -> tuple[list[int], list[int]]:
    exp, log, value = [0] * 510, [0] * 256, 1
    for power in range(255):
        exp[power] = exp[power + 255] = value
        log[value] = power
        value ^= (value << 1) ^ (0x11B if value & 0x80 else 0)
        value &= 0xFF
    return exp, log


_EXP, _LOG = _tables()


def _times(a: int, b: int) -> int:
    return _EXP[_LOG[a] + _LOG[b]] if a and b else 0


def _over(a: int, b: int) -> int:
    return _EXP[_LOG[a] - _LOG[b] + 255] if a else 0


def split(secret: bytes, n: int, k: int) -> list[bytes]:
    """n shares of which any k give the secret and k - 1 tell nothing; 1 ≤ k ≤ n ≤ 255."""
    if not 1 <= k <= n <= 255:
        raise ValueError("needs 1 ≤ k ≤ n ≤ 255")
    polynomials = [bytes([byte]) + secrets.token_bytes(k - 1) for byte in secret]
    return [bytes(_evaluate(p, x) for p in polynomials) + bytes([x]) for x in range(1, n + 1)]


def _evaluate(polynomial: bytes, x: int) -> int:
    y = 0
    for coefficient in reversed(polynomial):
        y = _times(y, x) ^ coefficient
    return y


def at(shares: Sequence[bytes], x: int) -> bytes:
    """The value at `x` of the polynomials through `shares`: at 0 the secret, elsewhere a share without its x."""
    places = [share[-1] for share in shares]
    if not shares or len(set(places)) != len(places) or 0 in places or len({len(s) for s in shares}) != 1:
        raise ValueError("shares must be of one length, at distinct places above 0")
    weights = [_weight(places, i, x) for i in range(len(places))]
    value = bytearray(len(shares[0]) - 1)
    for share, weight in zip(shares, weights, strict=True):
        for position in range(len(value)):
            value[position] ^= _times(share[position], weight)
    return bytes(value)


def _weight(places: Sequence[int], i: int, x: int) -> int:
    """Lagrange's basis polynomial number i, at x."""
    above = below = 1
    for j, place in enumerate(places):
        if i != j:
            above, below = _times(above, x ^ place), _times(below, places[i] ^ place)
    return _over(above, below)
