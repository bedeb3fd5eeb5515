"""Five custodians, of whom any three open a deal, and dealers who may cheat them.

Custodians are numbered from 1, as their shares are.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from remote_bid.seal import shamir
from remote_bid.seal.canonical import b64, labelled_hash
from remote_bid.seal.dealing import BadDeal, Share, commitment, recover
from remote_bid.seal.xwing import key_id, public_key, seal_to

N, K = 5, 3
SEEDS = [hashlib.sha256(b"custodian %d" % number).digest() for number in range(1, N + 1)]
PUBLICS = [public_key(seed) for seed in SEEDS]
KIDS = [key_id(public) for public in PUBLICS]
ALL = range(1, N + 1)

CTX, OTHER_CTX = hashlib.sha256(b"this bid").digest(), hashlib.sha256(b"another bid").digest()
SECRET = hashlib.sha256(b"s_T").digest()
COMMITTED = commitment(CTX, "T", SECRET)
GOOD = "good"


def by(*numbers: int) -> dict[str, bytes]:
    """The seeds that these custodians have published."""
    return {KIDS[number - 1]: SEEDS[number - 1] for number in numbers}


def enough() -> Iterator[tuple[int, ...]]:
    """Every set of at least k custodians."""
    for count in range(K, N + 1):
        yield from combinations(ALL, count)


def sealed(number: int, plain: bytes, ctx: bytes = CTX) -> str:
    """`plain`, readable for one custodian, as the protocol's page says."""
    return b64(seal_to(PUBLICS[number - 1], plain, labelled_hash("sbe/1 share", ctx, KIDS[number - 1].encode())))


def dealt(plains: Sequence[bytes]) -> list[Share]:
    """A deal of whatever the dealer likes, honestly committed to and sealed."""
    return [
        Share(kid=kid, c=commitment(CTX, f"T/{kid}", plain), hpke=sealed(number, plain))
        for number, (kid, plain) in enumerate(zip(KIDS, plains, strict=True), start=1)
    ]


def even() -> list[bytes]:
    return shamir.split(SECRET, N, K)


def changed(plain: bytes) -> bytes:
    return bytes([plain[0] ^ 1]) + plain[1:]


def but(shares: Sequence[Share], number: int, share: Share) -> list[Share]:
    return [*shares[: number - 1], share, *shares[number:]]


def verdict(shares: Sequence[Share], seeds: Mapping[str, bytes]) -> tuple[str, str]:
    """`good` or the fault's code, and the custodian key at which it shows; a good deal gives the committed secret."""
    try:
        assert recover(CTX, COMMITTED, K, shares, seeds) == SECRET
    except BadDeal as bad:
        return bad.code, bad.kid
    return GOOD, ""
