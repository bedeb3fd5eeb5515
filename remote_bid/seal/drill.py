"""A custodian's drill: a dummy secret sealed to its key, which only whoever still has the key can tell.

c    = H("sbe/1 drilled", session, kid, secret)
hpke = HPKE.Seal(public, secret, info = H("sbe/1 drill", session, kid))
"""

import secrets

import msgspec

from remote_bid.seal.canonical import b64, labelled_hash, unb64
from remote_bid.seal.dealing import SECRET_SIZE
from remote_bid.seal.xwing import key_id, open_with, public_key, seal_to


class Dummy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A random secret: committed to, and sealed to the key `kid`."""

    kid: str
    c: str
    hpke: str


def dummy_for(session: str, public: bytes) -> Dummy:
    """A fresh one for a custodian's public key."""
    kid, secret = key_id(public), secrets.token_bytes(SECRET_SIZE)
    return Dummy(kid, told(session, kid, b64(secret)), b64(seal_to(public, secret, _info(session, kid))))


def secret_in(session: str, dummy: Dummy, seed: bytes) -> str:
    """The secret, for whoever has the key's seed; CannotOpen for everybody else."""
    return b64(open_with(seed, unb64(dummy.hpke), _info(session, key_id(public_key(seed)))))


def told(session: str, kid: str, secret: str) -> str:
    """What a dummy with this secret is committed to."""
    return b64(labelled_hash("sbe/1 drilled", session.encode(), kid.encode(), secret.encode()))


def _info(session: str, kid: str) -> bytes:
    return labelled_hash("sbe/1 drill", session.encode(), kid.encode())
