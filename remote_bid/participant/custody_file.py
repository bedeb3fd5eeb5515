"""The `.custody` file: a custodian's keys for one session, under its passphrase, for page and command line alike.

JSON {v, session, keys: [{lot, part, kid}], salt, nonce, box}
    the box is over the keys' seeds in this order, 32 bytes each, with JCS({session, keys}) beside it
"""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from remote_bid.participant.passphrase import CannotRead, Locked, lock, unlock
from remote_bid.seal.canonical import jcs
from remote_bid.seal.xwing import SEED_SIZE, key_id, public_key
from remote_bid.timeline import durable

VERSION = "sbe/1 custody"

Seeds = Mapping[tuple[str, str], bytes]
"""By lot and part."""


class _Key(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lot: str
    part: str
    kid: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    v: str
    session: str
    keys: list[_Key]
    salt: str
    nonce: str
    box: str


def write_custody(path: Path, session: str, seeds: Seeds, passphrase: str) -> None:
    """Keep the seeds; readable by the owner only, on disk when this returns."""
    keys = [_Key(lot, part, key_id(public_key(seed))) for (lot, part), seed in sorted(seeds.items())]
    plain = b"".join(seed for _, seed in sorted(seeds.items()))
    locked = lock(passphrase, plain, _beside(session, keys))
    durable.replace(path, msgspec.json.encode(_File(VERSION, session, keys, *locked)), 0o600)


def read_custody(path: Path, passphrase: str) -> tuple[str, Seeds]:
    """The session and its seeds; CannotRead unless every seed is that of the key it is said to be."""
    try:
        kept = msgspec.json.decode(path.read_bytes(), type=_File)
    except (OSError, ValueError) as error:
        raise CannotRead("this is not a custodian's key file") from error
    if kept.v != VERSION:
        raise CannotRead("the key file is of another version")
    plain = unlock(passphrase, Locked(kept.salt, kept.nonce, kept.box), _beside(kept.session, kept.keys))
    seeds = [plain[start : start + SEED_SIZE] for start in range(0, len(plain), SEED_SIZE)]
    if len(plain) != SEED_SIZE * len(kept.keys) or _ids(seeds) != [key.kid for key in kept.keys]:
        raise CannotRead("the key file does not hold the keys it names")
    return kept.session, {(key.lot, key.part): seed for key, seed in zip(kept.keys, seeds, strict=True)}


def _ids(seeds: list[bytes]) -> list[str]:
    return [key_id(public_key(seed)) for seed in seeds]


def _beside(session: str, keys: list[_Key]) -> bytes:
    return jcs({"session": session, "keys": [msgspec.structs.asdict(key) for key in keys]})
