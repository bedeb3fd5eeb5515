"""What must be looked up before a decision: who signed, what lies in the safe, what the envelopes hold."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, BinaryIO, Protocol

import msgspec
from cryptography import x509

from remote_bid.opening.commands import BeginDrill, OpeningCommand, SettleBids, SubmitBid
from remote_bid.opening.known import Deployment, Known, StoredEnvelope
from remote_bid.opening.rules.state import Bid, Opening
from remote_bid.opening.rules.unsealing import keys_for
from remote_bid.opening.settling import settle
from remote_bid.opening.terms import Settlement
from remote_bid.people.certificates import Certified, NotTrusted, Signed, signers
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.drill import Dummy, dummy_for
from remote_bid.seal.envelope import BadEnvelope, tree_root
from remote_bid.seal.statements import BadStatement, said, statement_id
from remote_bid.seal.xwing import key_id
from remote_bid.tender.statements import CustodianKey, Deal, Submission
from remote_bid.timeline.context import Refused
from remote_bid.timeline.entry import Who


class Envelopes(Protocol):
    """The safe, as far as this room needs it."""

    def open(self, session: str, person: str, upload: str) -> BinaryIO:
        """The stored envelope; KeyError if there is none."""


class Facts:
    """The opening's look-ups in one deployment."""

    def __init__(
        self,
        safe: Envelopes,
        roots: Sequence[x509.Certificate],
        deployment: Deployment,
        now: Callable[[], datetime],
    ) -> None:
        self._safe, self._roots, self._deployment, self._now = safe, roots, deployment, now

    async def __call__(self, opening: Opening, command: OpeningCommand, by: Who) -> Known:
        """All that `decide` may ask for."""
        return Known(
            deployment=self._deployment,
            signers=self._signers(command),
            envelopes=await self._envelopes(opening, command, by),
            settlements=await self._settlements(opening) if isinstance(command, SettleBids) else {},
            dummy=_dummy(opening, command.kid, by) if isinstance(command, BeginDrill) else None,
        )

    def _signers(self, command: OpeningCommand) -> dict[str, list[Certified]]:
        try:
            return {
                statement_id(signed.statement): signers(signed, self._roots, self._now()) for signed in _signed(command)
            }
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
            with self._safe.open(session, person, upload) as file:
                head, root, length = tree_root(file)
        except KeyError:
            return None
        except BadEnvelope as error:
            raise Refused(error.code, "上传的文件不是完整的密封投标文件。", str(error)) from error
        return StoredEnvelope(
            header=head.header, header_hash=b64(hashlib.sha256(head.raw).digest()), ct=b64(root), n=length
        )

    async def _settlements(self, opening: Opening) -> dict[str, Settlement]:
        return {bid.bid: await asyncio.to_thread(self._settle, opening, bid) for bid in opening.bids.values()}

    def _settle(self, opening: Opening, bid: Bid) -> Settlement:
        part = bid.part_of(bid.bid)
        deal = said(part.deal, Deal)
        return settle(
            header=part.header,
            submission=said(part.submission, Submission),
            deal=deal,
            s_b=unb64(bid.s_b) if bid.s_b else None,
            seeds=keys_for(opening, deal),
            envelope=lambda: self._safe.open(opening.session, bid.bidder, part.upload),
            declared=opening.tender.form if opening.tender else (),
        )


def _dummy(opening: Opening, kid: str, by: Who) -> Dummy | None:
    """Random, so it is made before the decision, not in it."""
    offers = [said(o.statement, CustodianKey) for at, o in opening.offers.items() if at.startswith(f"{by.person}/")]
    publics = [unb64(offer.public_key) for offer in offers]
    return next((dummy_for(opening.session, public) for public in publics if key_id(public) == kid), None)


def _signed(value: Any) -> list[Signed]:
    """Every signed statement a command carries."""
    if isinstance(value, Signed):
        return [value]
    if isinstance(value, list):
        return [signed for item in value for signed in _signed(item)]
    if isinstance(value, msgspec.Struct):
        return [signed for name in value.__struct_fields__ for signed in _signed(getattr(value, name))]
    return []
