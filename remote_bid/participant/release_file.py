"""The `.release` file: both halves of a sealed part's key, under the bidder's passphrase.

JSON {v, submission, salt, nonce, box}, the box over s_B ‖ s_T with the submission's id beside it
"""

from pathlib import Path

import msgspec

from remote_bid.participant.passphrase import CannotRead, Locked, lock, unlock
from remote_bid.seal.envelope import Secrets
from remote_bid.timeline import durable

VERSION = "sbe/1 release"


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: str
    submission: str
    salt: str
    nonce: str
    box: str


def write_release(path: Path, submission: str, halves: Secrets, passphrase: str) -> None:
    """Keep the halves for the submission with this id; readable by the owner only, on disk when this returns.
    A file that was there before is whole until then.
    """
    locked = lock(passphrase, halves.s_b + halves.s_t, submission.encode())
    durable.replace(path, msgspec.json.encode(_File(VERSION, submission, *locked)), 0o600)


def read_release(path: Path, passphrase: str) -> tuple[str, Secrets]:
    """The submission's id and its halves."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_File)
    except (OSError, ValueError) as error:
        raise CannotRead("this is not a release file") from error
    if kept.v != VERSION:
        raise CannotRead("the release file is of another version")
    plain = unlock(passphrase, Locked(kept.salt, kept.nonce, kept.box), kept.submission.encode())
    return kept.submission, Secrets(plain[:32], plain[32:])
