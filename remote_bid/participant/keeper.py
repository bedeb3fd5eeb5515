"""A cosigner as keeper: takes the releases of bidders whom the server does not answer, and tells the server alone."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.opening.lodging import KeptRelease, LodgingsAnswer, item_of, only_signer
from remote_bid.opening.statements import LodgedRelease, LodgingList, LodgingReceipt, LodgingsWanted
from remote_bid.participant.journal import Journal
from remote_bid.people.certificates import Signed
from remote_bid.seal.signing import KeySigner, keyid_of, spki_of
from remote_bid.seal.statements import Statement, is_signed_by, said, state, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.note import NamedKey

QUOTA = 20
"""Releases that one person may lodge in one session."""


class NotKept(ValueError):
    """Not taken, or not told; `status` is that of the HTTP answer."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def _now() -> datetime:
    return datetime.now(UTC)


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    person: str
    release: KeptRelease


class Keeper:
    """Keeps what was lodged, durably, each with a receipt that bears this cosigner's own time. `log` gives the key that
    signs for the log now.
    """

    def __init__(
        self,
        name: str,
        key: ed25519.Ed25519PrivateKey,
        log: Callable[[], NamedKey],
        roots: Sequence[x509.Certificate],
        path: Path,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._name, self._signer, self._roots, self._now = name, KeySigner(key), roots, now
        self._log = log
        self._journal = Journal(path, _Kept)

    def lodge(self, signed: Signed) -> Statement:
        """The receipt, once the release is on disk; the same release again gives the same receipt. Raises NotKept."""
        lodged, now = said(signed.statement, LodgedRelease), self._now()
        person = only_signer(signed, self._roots, now)
        if not person:
            raise NotKept(403, "not signed by one person whom a trusted authority certifies")
        own = [kept for kept in self._of(lodged.session) if kept.person == person]
        name = statement_id(signed.statement)
        for kept in own:
            if statement_id(kept.release.signed.statement) == name:
                return kept.release.receipt
        if len(own) >= QUOTA:
            raise NotKept(429, "too many lodgings of one person")
        receipt = LodgingReceipt(
            session=lodged.session,
            submission=lodged.submission,
            lodging=name,
            cosigner=self._name,
            at=instant.text(now),
        )
        release = KeptRelease(signed=signed, receipt=state(receipt, self._signer))
        self._journal.add([_Kept(person=person, release=release)])
        return release.receipt

    def told(self, wanted: Statement) -> LodgingsAnswer:
        """Everything lodged in a session, for the log that asks under its key. Raises NotKept."""
        asked = said(wanted, LodgingsWanted)
        spki = spki_of(ed25519.Ed25519PublicKey.from_public_bytes(self._log().key))
        if not is_signed_by(wanted, spki, keyid_of(spki)):
            raise NotKept(403, "only the log is told")
        kept = [item.release for item in self._of(asked.session)]
        told = LodgingList(
            session=asked.session,
            close=asked.close,
            cosigner=self._name,
            at=instant.text(self._now()),
            lodgings=[item_of(said(release.receipt, LodgingReceipt)) for release in kept],
        )
        return LodgingsAnswer(told=state(told, self._signer), kept=kept)

    def _of(self, session: str) -> list[_Kept]:
        return [kept for kept in self._journal.items if said(kept.release.receipt, LodgingReceipt).session == session]
