"""The trust file: what a participant or auditor got by another way than from the server."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
from cryptography import x509

from remote_bid.people.certificates import fingerprint, roots_of
from remote_bid.seal.canonical import NotCanonical, unb64_sized
from remote_bid.seal.statements import Statement
from remote_bid.tender.statements import NamedLogKey, Policy
from remote_bid.timeline.note import NamedKey
from remote_bid.timeline.rotation import BadSuccessor, agree, follow


class BadTrust(ValueError):
    """The trust file cannot be used; the sentence says why."""


class Trust(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Authorities (PEM), the log's key, its cosigners' keys, and how many of them must have signed."""

    roots: list[str]
    log: NamedLogKey
    cosigners: list[NamedLogKey]
    quorum: int
    tsa: list[str] = []
    """Authorities of time (PEM), whose certificates for time stamping count; none where nobody stamps."""
    successors: list[Statement] = []
    """How the log's key has changed since, as far as is known; later changes are followed from there."""

    def authorities(self) -> list[x509.Certificate]:
        """The authorities' certificates."""
        return roots_of(self.roots)

    def possible(self) -> bool:
        """Whether anybody vouches for anything: an authority, distinct cosigners, at least one of whom must sign."""
        distinct = len({cosigner.key for cosigner in self.cosigners})
        return bool(self.roots) and 1 <= self.quorum <= distinct == len(self.cosigners)

    def same_as(self, other: "Trust") -> bool:
        """Whether both name the same authorities, log and cosigners, however their certificates are written."""
        return self._compared() == other._compared() and agree(self.successors, other.successors)

    def _compared(self) -> object:
        authorities = sorted(fingerprint(root) for root in self.authorities())
        return authorities, self.log, self.cosigners, self.quorum, self.stampers()

    def named_by(self, policy: Policy) -> bool:
        """Whether a policy names exactly these."""
        named = (policy.authorities, policy.log, policy.cosigners, policy.quorum, policy.tsa)
        return named == self._compared()

    def authorities_of_time(self) -> list[x509.Certificate]:
        """The certificates of the authorities of time."""
        return roots_of(self.tsa)

    def stampers(self) -> list[str]:
        """Their fingerprints, sorted: how a policy names them."""
        return sorted(fingerprint(root) for root in self.authorities_of_time())

    def log_key(self) -> NamedKey:
        """The log's first key, by which it is known."""
        return _named(self.log)

    def log_keys(self, successors: Sequence[Statement] = ()) -> list[NamedKey]:
        """All keys of the log in their order, by what this file says and by later `successors`; BadSuccessor."""
        if not agree(self.successors, successors):
            raise BadSuccessor("the log has another successor than the trusted one")
        return follow(self.log_key(), max(self.successors, list(successors), key=len))

    def cosigner_keys(self) -> list[NamedKey]:
        """The cosigners' keys, to check notes with."""
        return [_named(cosigner) for cosigner in self.cosigners]


def read_trust(path: Path) -> Trust:
    """The trust file at `path`, every key in it usable; BadTrust otherwise."""
    try:
        trust = msgspec.json.decode(path.read_bytes(), type=Trust)
        trust.authorities()
        trust.authorities_of_time()
        trust.log_keys()
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
