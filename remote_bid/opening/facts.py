"""What must be looked up before a decision: who signed, what lies in the safe, what the envelopes hold."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, BinaryIO, Protocol

import msgspec
from cryptography import x509

from remote_bid.opening.commands import (
    DrawCoefficients,
    OpeningCommand,
    RecordStamp,
    ScheduleOpening,
    SettleBids,
    SubmitBid,
)
from remote_bid.opening.known import Deployment, Known, StoredEnvelope
from remote_bid.opening.rules.drawing import lot_draw
from remote_bid.opening.rules.state import Bid, Opening
from remote_bid.opening.rules.unsealing import first_keys
from remote_bid.opening.settling import settle
from remote_bid.opening.terms import LotDraw, Settlement
from remote_bid.people.certificates import Certified, NotTrusted, Signed, signers
from remote_bid.people.revocation import Crls, Status
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.envelope import BadEnvelope, Head
from remote_bid.seal.statements import BadStatement, said, statement_id
from remote_bid.tender.statements import Deal, Submission
from remote_bid.timeline.context import Refused
from remote_bid.timeline.entry import Who
from remote_bid.timeline.stamp import BadStamp, stamped_at


class Envelopes(Protocol):
    """The safe, as far as this room needs it."""

    def open(self, session: str, person: str, upload: str) -> BinaryIO:
        """The stored envelope; KeyError if there is none."""

    def measured(self, session: str, person: str, upload: str) -> tuple[Head, bytes, int]:
        """Its head, tree root and length, from the hashes made as it arrived; KeyError, BadEnvelope."""


class Facts:
    """The opening's look-ups in one deployment."""

    def __init__(
        self,
        safe: Envelopes,
        roots: Sequence[x509.Certificate],
        deployment: Deployment,
        now: Callable[[], datetime],
        crls: Crls | None = None,
        tsa: Sequence[x509.Certificate] = (),
    ) -> None:
        self._safe, self._roots, self._deployment, self._now = safe, roots, deployment, now
        self._crls, self._tsa = crls or Crls(roots), tsa

    async def __call__(self, opening: Opening, command: OpeningCommand, by: Who) -> Known:
        """All that `decide` may ask for."""
        return Known(
            deployment=self._deployment,
            signers=self._signers(command),
            envelopes=await self._envelopes(opening, command, by),
            settlements=await self._settlements(opening) if isinstance(command, SettleBids) else {},
            draws=await self._draws(opening) if isinstance(command, DrawCoefficients) else {},
            crls=[crl.noted for crl in self._crls.current()] if isinstance(command, ScheduleOpening) else [],
            stamped_at=self._stamped_at(opening, command) if isinstance(command, RecordStamp) else None,
        )

    def _signers(self, command: OpeningCommand) -> dict[str, list[Certified]]:
        now, all_signed = self._now(), _signed(command)
        try:
            known = {statement_id(signed.statement): signers(signed, self._roots, now) for signed in all_signed}
            certificates = {certificate for signed in all_signed for certificate in signed.certificates}
            if any(self._crls.status(certificate, now) is Status.REVOKED for certificate in certificates):
                raise Refused("certificate_revoked", "证书已被吊销。", "The certificate has been revoked.")
            return known
        except (NotTrusted, BadStatement) as error:
            raise Refused("not_trusted", "证书或签名无效。", str(error)) from error

    async def _envelopes(self, opening: Opening, command: OpeningCommand, by: Who) -> dict[str, StoredEnvelope]:
        if not isinstance(command, SubmitBid):
            return {}
        uploads = [part.upload for part in command.parts]
        read = [await asyncio.to_thread(self._read, opening.session, by.person, upload) for upload in uploads]
        return {upload: stored for upload, stored in zip(uploads, read, strict=True) if stored is not None}

    def _read(self, session: str, person: str, upload: str) -> StoredEnvelope | None:
        try:
            head, root, length = self._safe.measured(session, person, upload)
        except KeyError:
            return None
        except BadEnvelope as error:
            raise Refused(error.code, "上传的文件不是完整的密封投标文件。", str(error)) from error
        return StoredEnvelope(
            header=head.header, header_hash=b64(hashlib.sha256(head.raw).digest()), ct=b64(root), n=length
        )

    async def _settlements(self, opening: Opening) -> dict[str, Settlement]:
        return {bid.bid: await asyncio.to_thread(self._settle, opening, bid) for bid in opening.bids.values()}

    async def _draws(self, opening: Opening) -> dict[str, LotDraw]:
        lots = {lot for lot, _ in opening.undrawn()}
        return {lot: await asyncio.to_thread(lot_draw, opening, lot) for lot in lots}

    def _stamped_at(self, opening: Opening, command: RecordStamp) -> datetime | None:
        if (wanted := opening.stamps.get(command.covers)) is None:
            return None
        try:
            return stamped_at(command.token, unb64(wanted.leaf), self._tsa)
        except BadStamp as error:
            raise Refused("bad_stamp", "时间戳无效。", str(error)) from error

    def _settle(self, opening: Opening, bid: Bid) -> Settlement:
        part = next(part for part in bid.parts if statement_id(part.submission) == bid.bid)
        return settle(
            header=part.header,
            submission=said(part.submission, Submission),
            deal=said(part.deal, Deal),
            s_b=unb64(bid.s_b) if bid.s_b else None,
            seeds=first_keys(opening.policies[part.header.core.policy], opening.keys),
            envelope=lambda: self._safe.open(opening.session, bid.bidder, part.upload),
        )


def _signed(value: Any) -> list[Signed]:
    """Every signed statement a command carries."""
    if isinstance(value, Signed):
        return [value]
    if isinstance(value, list):
        return [signed for item in value for signed in _signed(item)]
    if isinstance(value, msgspec.Struct):
        return [signed for name in value.__struct_fields__ for signed in _signed(getattr(value, name))]
    return []
