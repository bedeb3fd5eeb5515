"""A bidder: seals on its own machine, submits, keeps its receipt, and on the day releases its half."""

import asyncio
import hashlib
import io
import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec

from remote_bid.opening.commands import (
    AskRemedy,
    ConfirmLine,
    OfferedPart,
    RaiseObjection,
    ReleaseKey,
    Say,
    SignRecord,
    SubmitBid,
)
from remote_bid.opening.events import (
    BidReadOut,
    BidSubmitted,
    KeyReleased,
    LotAborted,
    PolicyPublished,
    RecordPrepared,
    RemedyRequested,
    RosterPublished,
)
from remote_bid.opening.lodging import sealed_half
from remote_bid.opening.rules.record import line_hash
from remote_bid.opening.rules.remedy import GROUP
from remote_bid.opening.statements import (
    Close,
    Confirmation,
    LodgedRelease,
    Objection,
    RecordSignature,
    Release,
    RemedyRequest,
)
from remote_bid.opening.terms import AbortCause, Phase, ReadoutLine, Role, SealedPart, reached
from remote_bid.participant.checks import (
    Broken,
    check_policy,
    check_receipt,
    check_set_proof,
    check_slot,
    from_server,
)
from remote_bid.participant.client import Client
from remote_bid.participant.identity import Identity
from remote_bid.participant.lodging import lodge
from remote_bid.participant.presence import come
from remote_bid.participant.release_file import read_release, write_release
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.dealing import Share, deal
from remote_bid.seal.envelope import Place, ctx_of, fresh_secrets, parse_header, seal
from remote_bid.seal.statements import id_of, said, statement_id
from remote_bid.tender.statements import CustodianKey, Deal, Policy, Submission
from remote_bid.tender.terms import READOUT_FORM, ReadoutForm
from remote_bid.verify.trust import Trust


class Bidder:
    """One bidder in one session, with its folder of envelopes, release files and receipts."""

    def __init__(
        self, client: Client, identity: Identity, person: str, trust: Trust, folder: Path, passphrase: str
    ) -> None:
        self._client, self._identity, self._person = client, identity, person
        self._trust, self._folder, self._passphrase = trust, folder, passphrase

    async def submit(self, lot: str, form: ReadoutForm) -> str:
        """Seal and hand in a readout form; returns the bid's id once the receipt is checked and kept. Where the policy
        names escrow holders, our half is dealt to them too, for the day on which we have lost it.
        """
        await self._client.until(lambda view: bool(view.timetable) and bool(view.policies))
        upload = b64(secrets.token_bytes(16))
        part, envelope = await asyncio.to_thread(self.seal, lot, form, upload)
        await self._client.upload(upload, envelope)
        bid = statement_id(part.submission.statement)
        await self._client.hand_in(SubmitBid(lot=lot, parts=[part]))
        await self._client.until(lambda view: bid in (view.me.bids or {}))
        shown, submitted = next(item for item in self._client.copy.events(BidSubmitted) if item[1].bid == bid)
        check_receipt(self._trust, self._client.copy, submitted.receipt, bid, shown)
        (self._folder / f"{bid}.receipt.json").write_bytes(msgspec.json.encode(submitted.receipt))
        return bid

    async def see_ticked(self) -> None:
        """Wait until every own entry is in a tick, and check each."""
        copy = self._client.copy
        await self._client.until(lambda view: len(copy.slots) == len(copy.own))
        for slot in copy.slots.values():
            check_slot(copy, slot)

    async def check_in(self) -> None:
        """Be present, from the lobby on."""
        await come(self._client, self._identity, self._person, Role.BIDDER)

    async def release(self, bid: str) -> None:
        """See that our bid is in the close, then hand over our half; nothing to do where the lot was aborted."""
        view = await self._client.until(lambda view: reached(view.phase, Phase.RELEASE))
        close = from_server(self._trust, self._client.copy, self._roster().close, Close)
        own = (view.me.bids or {}).get(bid)
        if own is None or own.lot in self._stopped():
            return
        root = next(lot.root for lot in close.lots if lot.lot == own.lot)
        check_set_proof(root, bid, own.proof)
        submission, halves = await asyncio.to_thread(read_release, self._folder / f"{bid}.release", self._passphrase)
        release = Release(
            session=self._client.copy.session, submission=submission, close=id_of(close), s_b=b64(halves.s_b)
        )
        signed = self._identity.sign(release)
        if await self._client.hand_in(ReleaseKey(signed=signed)) == ["WrongKeyTried"]:
            raise Broken("the half in our release file does not match our bid")
        await self._client.until(lambda view: bool((view.me.bids or {})[bid].released_at))
        shown, released = self._client.copy.events(KeyReleased)[-1]
        check_receipt(self._trust, self._client.copy, released.receipt, statement_id(signed.statement), shown)

    async def say(self, text: str) -> None:
        """Speak in the hall, which is open from the roster on."""
        await self._client.until(lambda view: reached(view.phase, Phase.ROSTER))
        await self._client.hand_in(Say(text=text, nonce=b64(secrets.token_bytes(16))))

    async def confirm(self, bids: Mapping[str, ReadoutForm | None]) -> None:
        """Confirm our own lines if they were read out as we sealed them, dispute those that were not."""
        await self._client.until(lambda view: reached(view.phase, Phase.CONFIRM))
        for _, read in self._client.copy.events(BidReadOut):
            if read.bid in bids:
                line = ReadoutLine(
                    bid=read.bid,
                    name=read.name,
                    lot=read.lot,
                    outcome=read.outcome,
                    cause=read.cause,
                    form=read.form,
                )
                right = read.form == bids[read.bid]
                await self._confirm(line, None if right else "唱标内容与我方递交的开标一览表不一致。")

    async def _confirm(self, line: ReadoutLine, dispute: str | None) -> None:
        told = Confirmation(
            session=self._client.copy.session,
            person=self._person,
            bid=line.bid,
            line=line_hash(line),
            dispute=dispute,
        )
        await self._client.hand_in(ConfirmLine(signed=self._identity.sign(told)))

    async def object(self, text: str) -> None:
        """Raise an objection."""
        objection = Objection(session=self._client.copy.session, person=self._person, text=text)
        await self._client.hand_in(RaiseObjection(signed=self._identity.sign(objection)))

    async def release_or_lodge(self, bid: str, addresses: Mapping[str, str], patience_s: float) -> None:
        """Release; where the server gives no receipt in time, lodge with the cosigners at these addresses (by name)."""
        await self._client.until(lambda view: reached(view.phase, Phase.RELEASE))
        try:
            await asyncio.wait_for(self.release(bid), patience_s)
        except TimeoutError:
            await self.lodge(bid, addresses)

    async def ask_remedy(self, bid: str) -> None:
        """We have lost our release file: ask the escrow holders for our half, while the bidders' window is open."""
        await self._client.until(lambda view: reached(view.phase, Phase.RELEASE))
        close = from_server(self._trust, self._client.copy, self._roster().close, Close)
        request = RemedyRequest(session=self._client.copy.session, submission=bid, close=id_of(close))
        signed = self._identity.sign(request)
        await self._client.hand_in(AskRemedy(signed=signed))
        await self._client.until(lambda _view: bool(self._client.copy.events(RemedyRequested)))
        shown, asked = self._client.copy.events(RemedyRequested)[-1]
        check_receipt(self._trust, self._client.copy, asked.receipt, statement_id(signed.statement), shown)

    async def lodge(self, bid: str, addresses: Mapping[str, str]) -> None:
        """Leave our half with the cosigners, sealed to the lodging key; their receipts are kept beside the bid's."""
        close = from_server(self._trust, self._client.copy, self._roster().close, Close)
        submission, halves = await asyncio.to_thread(read_release, self._folder / f"{bid}.release", self._passphrase)
        part, lodging_key = self._sealed_part(bid)
        kid, sealed = sealed_half(ctx_of(part.header.core), halves.s_b, lodging_key)
        lodged = LodgedRelease(
            session=self._client.copy.session, submission=submission, close=id_of(close), kid=kid, sealed=sealed
        )
        receipts = await lodge(self._trust, addresses, self._identity.sign(lodged))
        for cosigner, receipt in receipts.items():
            name = f"{bid}.lodged.{b64(hashlib.sha256(cosigner.encode()).digest()[:9])}.json"
            (self._folder / name).write_bytes(msgspec.json.encode(receipt))

    def _sealed_part(self, bid: str) -> tuple[SealedPart, str]:
        """Our readout form as the server took it, and the lodging key of its policy."""
        submitted = next(event for _, event in self._client.copy.events(BidSubmitted) if event.bid == bid)
        part = next(part for part in submitted.parts if statement_id(part.submission) == bid)
        return part, self._policy(submitted.lot)[1].lodging_key

    async def sign_record(self, bids: Mapping[str, ReadoutForm | None]) -> None:
        """Sign the record if our own lines are as we sealed them; a form is None where we did not release."""
        await self._client.until(lambda view: reached(view.phase, Phase.RECORD))
        read = {event.bid: event.form for _, event in self._client.copy.events(BidReadOut)}
        prepared = self._client.copy.last(RecordPrepared)
        own = self._client.copy.view.me.bids or {}
        if {bid.lot for bid in own.values()} <= self._stopped():
            return
        if prepared is None or any(read.get(bid, form) != form for bid, form in bids.items()):
            raise Broken("a line of ours was not read out as we sealed it")
        signature = RecordSignature(session=self._client.copy.session, person=self._person, record=prepared.hash)
        await self._client.hand_in(SignRecord(signed=self._identity.sign(signature)))

    def seal(self, lot: str, form: ReadoutForm, upload: str) -> tuple[OfferedPart, bytes]:
        """The sealed form as it will be handed in under the name `upload`; its release file is written first."""
        policy_id, policy = self._policy(lot)
        return self._sealed(policy_id, policy, form, upload)

    def _policy(self, lot: str) -> tuple[str, Policy]:
        for _, event in self._client.copy.events(PolicyPublished):
            policy = said(event.signed.statement, Policy)
            if (policy.lot, policy.part) == (lot, READOUT_FORM):
                check_policy(self._trust, policy)
                return statement_id(event.signed.statement), policy
        raise Broken("no policy for this lot")

    def _sealed(self, policy_id: str, policy: Policy, form: ReadoutForm, upload: str) -> tuple[OfferedPart, bytes]:
        raw, halves, out = msgspec.json.encode(form), fresh_secrets(), io.BytesIO()
        place = Place(policy_id, policy.lot, policy.part, self._person, 1)
        sealed = seal(io.BytesIO(raw), len(raw), out, place, halves)
        ctx = ctx_of(parse_header(sealed.header).core)
        submission = Submission(
            policy=policy_id,
            bidder=self._person,
            version=1,
            prev=None,
            header=b64(hashlib.sha256(sealed.header).digest()),
            ct=b64(sealed.ct),
            n=sealed.n,
        )
        publics = [unb64(said(c.proof.statement, CustodianKey).public_key) for c in policy.custodians]
        dealt = Deal(
            policy=policy_id,
            bidder=self._person,
            version=1,
            prev=None,
            ctx=b64(ctx),
            k=policy.k,
            shares=deal(ctx, halves.s_t, policy.k, publics),
            escrow=_escrow(policy, ctx, halves.s_b),
        )
        signed = self._identity.sign(submission)
        bid = statement_id(signed.statement)
        write_release(self._folder / f"{bid}.release", bid, halves, self._passphrase)
        return OfferedPart(upload=upload, submission=signed, deal=self._identity.sign(dealt)), out.getvalue()

    def _stopped(self) -> set[str]:
        """Lots with too few bids: ours comes back sealed."""
        aborted = [event for _, event in self._client.copy.events(LotAborted)]
        return {event.lot for event in aborted if event.cause is AbortCause.TOO_FEW_BIDS}

    def _roster(self) -> RosterPublished:
        roster = self._client.copy.last(RosterPublished)
        if roster is None:
            raise Broken("the close was not shown")
        return roster


def _escrow(policy: Policy, ctx: bytes, half: bytes) -> list[Share]:
    if policy.escrow is None:
        return []
    publics = [unb64(said(holder.proof.statement, CustodianKey).public_key) for holder in policy.escrow.holders]
    return deal(ctx, half, policy.escrow.k, publics, GROUP)
