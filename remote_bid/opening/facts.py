"""What must be looked up before a decision: who signed, what lies in the safe, what the envelopes hold."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import BinaryIO, Protocol

from cryptography import x509

from remote_bid.opening.commands import (
    BeginDrill,
    CloseWindow,
    DrawCoefficients,
    OpeningCommand,
    RecordStamp,
    ReleaseKey,
    ScheduleOpening,
    SettleBids,
    SubmitBid,
)
from remote_bid.opening.known import Known, Lodged, Lodgings, StoredEnvelope
from remote_bid.opening.lodging import KeptRelease, LodgingsAnswer, only_signer
from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.drawing import lot_draw
from remote_bid.opening.rules.judging import judge
from remote_bid.opening.rules.late import CERTIFICATE_REVOKED, SENTENCES
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.statements import LodgingReceipt
from remote_bid.opening.terms import LotDraw, Settlement
from remote_bid.people.certificates import Certified
from remote_bid.people.checking import Revoked, revoked_by, signers_of
from remote_bid.people.revocation import Crls
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.drill import Dummy, dummy_for
from remote_bid.seal.envelope import BadEnvelope, Head
from remote_bid.seal.statements import id_of, said
from remote_bid.seal.xwing import key_id
from remote_bid.tender.deployment import Deployment
from remote_bid.tender.statements import CustodianKey
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK, Refused
from remote_bid.timeline.entry import Who
from remote_bid.timeline.stamp import BadStamp, stamped_at


class Envelopes(Protocol):
    """The safe, as far as this room needs it."""

    def open(self, session: str, person: str, upload: str) -> BinaryIO:
        """The stored envelope; KeyError if there is none."""

    def measured(self, session: str, person: str, upload: str) -> tuple[Head, bytes, int]:
        """Its head, tree root and length, from the hashes made as it arrived; KeyError, BadEnvelope."""


AskLodgings = Callable[[str, str, datetime], Awaitable[Mapping[str, LodgingsAnswer]]]
"""(session, close, end of the window) → checked answers by cosigner; who is not there was away."""


class Facts:
    """The opening's look-ups in one deployment."""

    def __init__(
        self,
        safe: Envelopes,
        roots: Sequence[x509.Certificate],
        deployment: Deployment,
        now: Callable[[], datetime],
        crls: Crls | None = None,
        ask_lodgings: AskLodgings | None = None,
        tsa: Sequence[x509.Certificate] = (),
    ) -> None:
        self._ask_lodgings = ask_lodgings
        self._safe, self._roots, self._deployment, self._now = safe, roots, deployment, now
        self._crls, self._tsa = crls or Crls(roots), tsa

    async def __call__(self, opening: Opening, command: OpeningCommand, by: Who) -> Known:
        """All that `decide` may ask for."""
        return Known(
            deployment=self._deployment,
            signers=self._signers(command),
            envelopes=await self._envelopes(opening, command, by),
            revoked=self._revoked(command) if isinstance(command, ReleaseKey) else None,
            settlements=await self._settlements(opening) if isinstance(command, SettleBids) else {},
            draws=await self._draws(opening) if isinstance(command, DrawCoefficients) else {},
            lodgings=await self._lodgings(opening) if isinstance(command, CloseWindow) and by == CLOCK else None,
            crls=[crl.noted for crl in self._crls.current()] if isinstance(command, ScheduleOpening) else [],
            stamped_at=self._stamped_at(opening, command) if isinstance(command, RecordStamp) else None,
            dummy=_dummy(opening, command.kid, by) if isinstance(command, BeginDrill) else None,
        )

    async def _lodgings(self, opening: Opening) -> Lodgings | None:
        """What the cosigners were left, where a bid is missing when the clock closes the window."""
        if not (opening.unreleased() or opening.lodged) or opening.close is None or opening.ends_at is None:
            return None
        close, ends_at = id_of(opening.close), opening.ends_at
        answers = await self._ask_lodgings(opening.session, close, ends_at) if self._ask_lodgings else {}
        return Lodgings(
            lists=[answer.told for answer in answers.values()],
            away=[cosigner.name for cosigner in self._deployment.cosigners if cosigner.name not in answers],
            lodged=[self._lodged(kept) for answer in answers.values() for kept in answer.kept],
        )

    def _lodged(self, kept: KeptRelease) -> Lodged:
        receipt = said(kept.receipt, LodgingReceipt)
        at = instant.when(receipt.at)
        return Lodged(
            submission=receipt.submission,
            signed=kept.signed,
            receipt=kept.receipt,
            at=at,
            person=only_signer(kept.signed, self._roots, at),
        )

    def _signers(self, command: OpeningCommand) -> dict[str, list[Certified]]:
        known = signers_of(command, self._roots, self._now())
        if not isinstance(command, ReleaseKey) and self._revoked(command) is not None:
            raise Refused(CERTIFICATE_REVOKED, *SENTENCES[CERTIFICATE_REVOKED])
        return known

    def _revoked(self, command: OpeningCommand) -> Revoked | None:
        return revoked_by(command, self._crls, self._now())

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
        upload = bid.readout_part().upload
        return judge(opening, bid, lambda: self._safe.open(opening.session, bid.bidder, upload), self._crls.known())


def _dummy(opening: Opening, kid: str, by: Who) -> Dummy | None:
    """Random, so it is made before the decision, not in it."""
    offers = [said(o.statement, CustodianKey) for at, o in opening.offers.items() if at.startswith(f"{by.person}/")]
    publics = [unb64(offer.public_key) for offer in offers]
    return next((dummy_for(opening.session, public) for public in publics if key_id(public) == kid), None)
