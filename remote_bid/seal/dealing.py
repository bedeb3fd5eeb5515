"""Dealing s_T to the custodians, and deciding by arithmetic whether a deal was good.

Custodians publish their keys, so everybody recomputes every share of every bid: one that does not open, does not match
its commitment or does not lie on the one polynomial is the dealer's fault; a custodian is only present or absent.
"""

from collections.abc import Mapping, Sequence

import msgspec

from remote_bid.seal import shamir
from remote_bid.seal.canonical import NotCanonical, b64, labelled_hash, unb64
from remote_bid.seal.xwing import CannotOpen, key_id, open_with, public_key, seal_to

SECRET_SIZE = 32
_MOST_SHARES = 255


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One custodian's share: the key it is sealed to, its commitment, enc ‖ ciphertext."""

    kid: str
    c: str
    hpke: str


class BadDeal(ValueError):
    """The dealer's fault. `code` is stable; `kid` names the custodian key at which it shows, if one."""

    def __init__(self, code: str, kid: str = "") -> None:
        super().__init__(f"{code} {kid}".strip())
        self.code, self.kid = code, kid


class TooFewKeys(ValueError):
    """Fewer than k custodians have published: nobody can open, and no bidder is at fault."""


def commitment(ctx: bytes, group: str, secret: bytes) -> str:
    """c(g, x) = H("sbe/1 commit", ctx, g, x), base64url."""
    return b64(labelled_hash("sbe/1 commit", ctx, group.encode(), secret))


def deal(ctx: bytes, secret: bytes, k: int, publics: Sequence[bytes], group: str = "T") -> list[Share]:
    """Shares of `secret`, number i (from 1) for key number i; any k of them give it."""
    shares = shamir.split(secret, len(publics), k)
    return [_sealed(ctx, group, share, public) for share, public in zip(shares, publics, strict=True)]


def _sealed(ctx: bytes, group: str, share: bytes, public: bytes) -> Share:
    kid = key_id(public)
    sealed = seal_to(public, share, _info(ctx, kid))
    return Share(kid=kid, c=commitment(ctx, f"{group}/{kid}", share), hpke=b64(sealed))


def recover(
    ctx: bytes, committed: str, k: int, shares: Sequence[Share], seeds: Mapping[str, bytes], group: str = "T"
) -> bytes:
    """The dealt secret, from the published `seeds` (by key id).

    Every share that can be opened is opened, the secret and all n shares are recomputed and compared with `committed`
    and every share's commitment. A seed that is not the one behind its key id counts as absent. The caller has compared
    k and the key ids with the policy. Raises BadDeal (the dealer's fault) or TooFewKeys.
    """
    if k < 1:
        raise ValueError("k must be at least 1")
    if len(shares) > _MOST_SHARES:
        raise BadDeal("too_many_shares")
    opened = [
        _opened(ctx, group, place, share, seeds[share.kid])
        for place, share in enumerate(shares, start=1)
        if _is_seed_of(seeds.get(share.kid), share.kid)
    ]
    if len(opened) < k:
        raise TooFewKeys(f"{len(opened)} of {k} custodians have published")
    return _secret(ctx, committed, shares, opened[:k], group)


def recover_given(
    ctx: bytes, committed: str, k: int, shares: Sequence[Share], given: Mapping[str, bytes], group: str
) -> bytes:
    """The dealt secret, from shares that their holders have opened (by key id), the first k of which judge: the secret
    and all shares are recomputed and compared. Raises BadDeal (the dealer's fault) or TooFewKeys.
    """
    places = {share.kid: place for place, share in enumerate(shares, start=1)}
    if len(given) < k:
        raise TooFewKeys(f"{len(given)} of {k} shares are here")
    for kid, plain in given.items():
        if len(plain) != SECRET_SIZE + 1 or plain[-1] != places[kid]:
            raise BadDeal("share_misplaced", kid)
    return _secret(ctx, committed, shares, list(given.values())[:k], group)


def opened_share(ctx: bytes, group: str, shares: Sequence[Share], seed: bytes) -> bytes:
    """The share that was dealt to the key of this seed; BadDeal if it does not open, match or lie in its place."""
    kid = key_id(public_key(seed))
    place, share = next((place, share) for place, share in enumerate(shares, start=1) if share.kid == kid)
    return _opened(ctx, group, place, share, seed)


def _secret(ctx: bytes, committed: str, shares: Sequence[Share], basis: list[bytes], group: str) -> bytes:
    """The secret behind k shares, it and all n shares compared with what the dealer committed to."""
    secret = shamir.at(basis, 0)
    if commitment(ctx, group, secret) != committed:
        raise BadDeal("secret_not_committed")
    for place, share in enumerate(shares, start=1):
        recomputed = shamir.at(basis, place) + bytes([place])
        if commitment(ctx, f"{group}/{share.kid}", recomputed) != share.c:
            raise BadDeal("uneven_shares", share.kid)
    return secret


def _is_seed_of(seed: bytes | None, kid: str) -> bool:
    try:
        return seed is not None and key_id(public_key(seed)) == kid
    except CannotOpen:
        return False


def _opened(ctx: bytes, group: str, place: int, share: Share, seed: bytes) -> bytes:
    try:
        plain = open_with(seed, unb64(share.hpke), _info(ctx, share.kid))
    except (CannotOpen, NotCanonical) as error:
        raise BadDeal("share_does_not_open", share.kid) from error
    if commitment(ctx, f"{group}/{share.kid}", plain) != share.c:
        raise BadDeal("share_not_committed", share.kid)
    if len(plain) != SECRET_SIZE + 1 or plain[-1] != place:
        raise BadDeal("share_misplaced", share.kid)
    return plain


def _info(ctx: bytes, kid: str) -> bytes:
    return labelled_hash("sbe/1 share", ctx, kid.encode())
