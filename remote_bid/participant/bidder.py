"""A bidder: seals on its own machine, submits, keeps its receipt, and on the day releases its half."""

import asyncio
import hashlib
import io
import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import UnsetType

from remote_bid.opening.commands import (
    AskRemedy,
    ConfirmLine,
    DealAgain,
    OfferedPart,
    PassDrill,
    RaiseObjection,
    ReleaseKey,
    Say,
    SignRecord,
    SubmitBid,
)
from remote_bid.opening.events import (
    BidReadOut,
    BidSubmitted,
    ConsortiumDeclared,
    DealtAgain,
    KeyReleased,
    LotAborted,
    PartReleased,
    RecordPrepared,
    RemedyRequested,
    RosterPublished,
)
from remote_bid.opening.lodging import sealed_half
from remote_bid.opening.rules.record import as_read_out, line_hash
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
from remote_bid.opening.view.page import OwnBid
from remote_bid.participant.checks import (
    Broken,
    check_receipt,
    check_set_proof,
    check_slot,
    from_server,
)
from remote_bid.participant.client import Client
from remote_bid.participant.identity import Identity
from remote_bid.participant.lodging import lodge
from remote_bid.participant.presence import come
from remote_bid.participant.receipts import keep_lodging_receipt, keep_receipt
from remote_bid.participant.release_file import read_release
from remote_bid.participant.sealing import Before, Sealer, deal_for, policy_for
from remote_bid.people.certificates import Signed
from remote_bid.seal.canonical import b64, jcs
from remote_bid.seal.dealing import commitment
from remote_bid.seal.envelope import Head, ctx_of, keyed, read_head
from remote_bid.seal.statements import Statement, id_of, said, statement_id
from remote_bid.tender.statements import Deal, Policy, Submission
from remote_bid.tender.terms import READOUT_FORM, ReadoutForm
from remote_bid.timeline.entry import Shown
from remote_bid.verify.trust import Trust


class Bidder:
    """One bidder in one session, with its folder of envelopes, release files and receipts."""

    def __init__(
        self, client: Client, identity: Identity, person: str, trust: Trust, folder: Path, passphrase: str
    ) -> None:
        self._client, self._identity, self._person = client, identity, person
        self._trust, self._folder, self._passphrase = trust, folder, passphrase

    async def submit(self, lot: str, form: ReadoutForm, documents: Mapping[str, bytes] | None = None) -> str:
        """Seal and hand in a form, and documents for other parts; returns the bid's id once it is receipted. Where a
        policy names escrow holders, our half is dealt to them too, for the day on which we have lost it.
        """
        await self._client.until(lambda view: bool(view.timetable) and bool(view.policies))
        contents = {READOUT_FORM: msgspec.json.encode(form), **(documents or {})}
        parts = [await self._uploaded(lot, part, raw) for part, raw in contents.items()]
        bid = statement_id(parts[0].submission.statement)
        await self._client.hand_in(SubmitBid(lot=lot, parts=parts))
        await self._client.until(lambda view: bid in (view.me.bids or {}))
        shown, submitted = next(item for item in self._client.copy.events(BidSubmitted) if item[1].bid == bid)
        await self._receipted(submitted.receipt, bid, shown)
        return bid

    async def _receipted(self, receipt: Statement, statement: str, shown: Shown) -> None:
        """The receipt for a statement of ours holds, and is on our disk."""
        check_receipt(self._trust, self._client.copy, receipt, statement, shown)
        await asyncio.to_thread(keep_receipt, self._folder, statement, receipt)

    async def _uploaded(self, lot: str, part: str, raw: bytes) -> OfferedPart:
        upload = b64(secrets.token_bytes(16))
        offered, envelope = await asyncio.to_thread(self._sealed, self._policy(lot, part), raw, upload)
        await self._client.upload(upload, envelope)
        return offered

    async def see_ticked(self) -> None:
        """Wait until every own entry is in a tick, and check each."""
        copy = self._client.copy
        await self._client.until(lambda view: len(copy.slots) == len(copy.own))
        for slot in copy.slots.values():
            check_slot(copy, slot)

    async def deal_again(self, bid: str) -> None:
        """Deal each part of our bid to the custodians of now; envelopes and submissions stay as they are."""
        deals = [await asyncio.to_thread(self._dealt, bid, part) for part in self._submitted(bid).parts]
        await self._client.hand_in(DealAgain(bid=bid, deals=deals))
        ids = {statement_id(deal.statement) for deal in deals}
        shown, dealt = next(
            item
            for item in self._client.copy.events(DealtAgain)
            if ids == {statement_id(deal.statement) for deal in item[1].deals}
        )
        for name in ids:
            await self._receipted(dealt.receipt, name, shown)

    def _dealt(self, bid: str, part: SealedPart) -> Signed:
        core = part.header.core
        _, halves = read_release(self._folder / f"{statement_id(part.submission)}.release", self._passphrase)
        before = Before(version=core.version, deal=self._last_deal(bid, part))
        dealt = deal_for(self._policy(core.lot, core.part), core.bidder, ctx_of(core), halves, before)
        return self._identity.sign(dealt)

    def _last_deal(self, bid: str, part: SealedPart) -> str:
        """The deal of a part that holds now."""
        deals = [part.deal]
        for _, event in self._client.copy.events(DealtAgain):
            again = [signed.statement for signed in event.deals] if event.bid == bid else []
            deals += [other for other in again if said(other, Deal).policy == part.header.core.policy]
        return statement_id(deals[-1])

    async def drill(self, bid: str) -> None:
        """See that this device still opens each part of our bid as the server stores it; no key leaves the device."""
        for part in self._submitted(bid).parts:
            head = read_head(io.BytesIO(await self._client.head(part.upload)))
            await asyncio.to_thread(self._check_opens, part, head)
        await self._client.hand_in(PassDrill(bid=bid))

    def _check_opens(self, part: SealedPart, head: Head) -> None:
        """CannotRead if the release file is not there, BadEnvelope if its halves are of another envelope."""
        _, halves = read_release(self._folder / f"{statement_id(part.submission)}.release", self._passphrase)
        if b64(hashlib.sha256(head.raw).digest()) != said(part.submission, Submission).header:
            raise Broken("the stored envelope is not the one we submitted")
        keyed(head, halves)

    def _submitted(self, bid: str) -> BidSubmitted:
        return next(event for _, event in self._client.copy.events(BidSubmitted) if event.bid == bid)

    async def check_in(self) -> None:
        """Be present, from the lobby on."""
        await come(self._client, self._identity, self._person, Role.BIDDER)

    async def release(self, bid: str, half: bytes | None = None) -> None:
        """See that our bid is in the close, then hand over our half of each part that is opened, all at once: an answer
        that is lost on the way holds up no other half.

        A `half` typed from paper is that of the readout form, which is then all that is released. There is nothing to
        do where the lot was aborted.
        """
        view = await self._client.until(lambda view: reached(view.phase, Phase.RELEASE))
        close = from_server(self._trust, self._client.copy, self._roster().close, Close)
        own = (view.me.bids or {}).get(bid)
        if own is None or own.lot in self._stopped():
            return
        root = next(lot.root for lot in close.lots if lot.lot == own.lot)
        proofs = own.proofs or {}
        for name in [bid, *proofs]:
            check_set_proof(root, name, proofs.get(name))
        parts = {statement_id(part.submission): part for part in self._parts(bid, own)}
        names = self._opened_here(own.lot, parts) if half is None else [bid]
        await asyncio.gather(*(self._release(bid, parts[name], close, half) for name in names))
        await self._client.until(lambda view: bool((view.me.bids or {})[bid].released_at))

    def _parts(self, bid: str, own: OwnBid) -> list[SealedPart]:
        """What we have submitted, or the lead of our consortium has, as its statements in the close vouch for it."""
        if isinstance(own.parts, UnsetType):
            return self._submitted(bid).parts
        for part in own.parts:
            header = b64(hashlib.sha256(jcs(part.header)).digest())
            if statement_id(part.submission) not in (own.proofs or {}) or header != _submission(part).header:
                raise Broken("a part shown to us is not what the lead of our consortium has submitted")
        return own.parts

    def _opened_here(self, lot: str, parts: Mapping[str, SealedPart]) -> list[str]:
        """The submissions of our bid that are opened at the opening; of one that our consortium's lead has handed in,
        those whose release file it gave us.
        """
        tender = self._client.copy.view.tender
        lots = [found for found in (tender.lots if tender else []) if found.lot == lot]
        here = {part.part for found in lots for part in found.parts if part.opened_here}
        own = {statement_id(part.submission) for _, e in self._client.copy.events(BidSubmitted) for part in e.parts}
        files = {name for name in parts if (self._folder / f"{name}.release").exists()}
        return [name for name, part in parts.items() if part.part in here and name in own | files]

    async def _release(self, bid: str, part: SealedPart, close: Close, half: bytes | None) -> None:
        """One half; the first of a consortium to release gets the receipt for it."""
        submission = statement_id(part.submission)
        if half is None:
            _, halves = await asyncio.to_thread(read_release, self._folder / f"{submission}.release", self._passphrase)
            half = halves.s_b
        made = commitment(ctx_of(part.header.core), "B", half)
        release = Release(session=self._client.copy.session, submission=submission, close=id_of(close), c=made)
        signed = self._identity.sign(release)
        happened = await self._client.hand_in(ReleaseKey(signed=signed, s_b=b64(half)))
        if happened == ["WrongKeyTried"]:
            raise Broken("the half in our release file does not match our bid")
        if not happened and self._shared(bid):
            return
        release_id = statement_id(signed.statement)
        await self._client.until(lambda view: release_id in self._answers())
        shown, receipt = self._answers()[release_id]
        await self._receipted(receipt, release_id, shown)

    def _shared(self, bid: str) -> bool:
        """Whether others of a consortium may release it too."""
        handed_in = [event.lot for _, event in self._client.copy.events(BidSubmitted) if event.bid == bid]
        together = [event.lot for _, event in self._client.copy.events(ConsortiumDeclared)]
        return not handed_in or handed_in[0] in together

    def _answers(self) -> dict[str, tuple[Shown, Statement]]:
        """The server's receipts for our releases, with the entries that hold them."""
        copy = self._client.copy
        read_out = {statement_id(e.signed.statement): (shown, e.receipt) for shown, e in copy.events(KeyReleased)}
        others = {statement_id(e.signed.statement): (shown, e.receipt) for shown, e in copy.events(PartReleased)}
        return read_out | others

    async def say(self, text: str) -> None:
        """Speak in the hall, which is open from the roster on."""
        await self._client.until(lambda view: reached(view.phase, Phase.ROSTER))
        await self._client.hand_in(Say(text=text, nonce=b64(secrets.token_bytes(16))))

    async def confirm(self, bids: Mapping[str, ReadoutForm | None]) -> None:
        """Confirm our own lines if they were read out as we sealed them, dispute those that were not."""
        await self._client.until(lambda view: reached(view.phase, Phase.CONFIRM))
        for bid, form in bids.items():
            line = self.line(bid)
            if line is not None:
                await self.answer_line(line, None if line.form == form else "唱标内容与我方递交的开标一览表不一致。")

    def line(self, bid: str) -> ReadoutLine | None:
        """A bid's line as it was read out; None if it was not."""
        read = [event for _, event in self._client.copy.events(BidReadOut) if event.bid == bid]
        return as_read_out(read[0]) if read else None

    async def answer_line(self, line: ReadoutLine, dispute: str | None) -> None:
        """Confirm a line of ours, or say what is wrong with it."""
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
            async with asyncio.timeout(patience_s):
                await self.release(bid)
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
        await self._receipted(asked.receipt, statement_id(signed.statement), shown)

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
            await asyncio.to_thread(keep_lodging_receipt, self._folder, bid, cosigner, receipt)

    def _sealed_part(self, bid: str) -> tuple[SealedPart, str]:
        """Our readout form as the server took it, and the lodging key of its policy."""
        submitted = self._submitted(bid)
        part = next(part for part in submitted.parts if statement_id(part.submission) == bid)
        return part, self._policy(submitted.lot, READOUT_FORM)[1].lodging_key

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
        return self._sealed(self._policy(lot, READOUT_FORM), msgspec.json.encode(form), upload)

    def _policy(self, lot: str, part: str) -> tuple[str, Policy]:
        return policy_for(self._client.copy, self._trust, lot, part)

    def _sealed(self, policy: tuple[str, Policy], raw: bytes, upload: str) -> tuple[OfferedPart, bytes]:
        sealer, out = Sealer(self._identity, self._person, self._folder, self._passphrase), io.BytesIO()
        offered, _ = sealer.seal(policy, io.BytesIO(raw), len(raw), out, upload)
        return offered, out.getvalue()

    def _stopped(self) -> set[str]:
        """Lots with too few bids: ours comes back sealed."""
        aborted = [event for _, event in self._client.copy.events(LotAborted)]
        return {event.lot for event in aborted if event.cause is AbortCause.TOO_FEW_BIDS}

    def _roster(self) -> RosterPublished:
        roster = self._client.copy.last(RosterPublished)
        if roster is None:
            raise Broken("the close was not shown")
        return roster


def _submission(part: SealedPart) -> Submission:
    return said(part.submission, Submission)
