"""The trust file: what a participant or auditor got by another way than from the server."""

from pathlib import Path

import msgspec
from cryptography import x509

from remote_bid.people.certificates import fingerprint, roots_of
from remote_bid.seal.canonical import NotCanonical, unb64_sized
from remote_bid.tender.statements import NamedLogKey
from remote_bid.timeline.note import NamedKey


class BadTrust(ValueError):
    """The trust file cannot be used; the sentence says why."""


class Trust(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Authorities (PEM), the log's key, its cosigners' keys, and how many of them must have signed."""

    roots: list[str]
    log: NamedLogKey
    cosigners: list[NamedLogKey]
    quorum: int

    def authorities(self) -> list[x509.Certificate]:
        """The authorities' certificates."""
        return roots_of(self.roots)

    def possible(self) -> bool:
        """Whether anybody vouches for anything: an authority, distinct cosigners, at least one of whom must sign."""
        distinct = len({cosigner.key for cosigner in self.cosigners})
        return bool(self.roots) and 1 <= self.quorum <= distinct == len(self.cosigners)

    def same_as(self, other: "Trust") -> bool:
        """Whether both name the same authorities, log and cosigners, however their certificates are written."""
        return self._compared() == other._compared()

    def _compared(self) -> object:
        return sorted(fingerprint(root) for root in self.authorities()), self.log, self.cosigners, self.quorum

    def log_key(self) -> NamedKey:
        """The log's key, to check notes with."""
        return _named(self.log)

    def cosigner_keys(self) -> list[NamedKey]:
        """The cosigners' keys, to check notes with."""
        return [_named(cosigner) for cosigner in self.cosigners]


def read_trust(path: Path) -> Trust:
    """The trust file at `path`, every key in it usable; BadTrust otherwise."""
    try:
        trust = msgspec.json.decode(path.read_bytes(), type=Trust)
        trust.authorities()
        trust.log_key()
        trust.cosigner_keys()
    except OSError as error:
        raise BadTrust(f"{path} cannot be read: {error.strerror}") from error
    except (msgspec.MsgspecError, ValueError, x509.InvalidVersion) as error:
        raise BadTrust(f"{path} is not a trust file: {error}") from error
    if not trust.possible():
        raise BadTrust(f"{path} names no authority, or an impossible quorum")
    return trust


def _named(key: NamedLogKey) -> NamedKey:
    try:
        return NamedKey(name=key.name, key=unb64_sized(key.key, 32))
    except NotCanonical as error:
        raise BadTrust(f"the key of {key.name} is not 32 bytes of base64url") from error
