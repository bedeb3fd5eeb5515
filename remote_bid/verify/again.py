"""What the rules are asked again: the turn in which an entry came about, as far as a bundle tells it."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.seal.signing import KeySigner
from remote_bid.timeline.context import Happened, Turn
from remote_bid.timeline.sideline import Lines
from remote_bid.verify.case import Case

_NOBODY = KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32)))
"""In the place of the server's key: only for rooms whose rules sign nothing."""


def turn_of(case: Case, happened: Happened, known: Any = None) -> Turn:
    """The turn that began with this main-line entry. Chance and the server's secrets are in no bundle."""
    return Turn(
        session=case.session,
        by=happened.by,
        at=happened.at,
        head=happened.seq - 1,
        lines=Lines(),
        office=_NOBODY,
        line_secret=b"",
        seed=bytes(32),
        known=known,
    )
