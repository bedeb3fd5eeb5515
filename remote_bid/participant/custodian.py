"""A custodian: makes a fresh key, and publishes it only after seeing for itself that the bidders' window is closed."""

import hashlib
import secrets
from datetime import UTC, datetime
from pathlib import Path

from remote_bid.opening.commands import (
    AnswerDrill,
    BeginDrill,
    ConfirmKeysDestroyed,
    EntrustKey,
    OfferCustodianKey,
    PublishEscrowShare,
    PublishKey,
)
from remote_bid.opening.events import (
    BidsClosed,
    CustodianStruck,
    DrillDealt,
    LotAborted,
    OpeningResumed,
    OpeningSuspended,
    ReleaseOpened,
    RosterPublished,
    TimetableSigned,
    WindowClosed,
    WindowExtended,
)
from remote_bid.opening.rules.closing import TOLERANCE_S, set_root
from remote_bid.opening.rules.remedy import GROUP
from remote_bid.opening.statements import Close, Custody, EscrowShare, KeysDestroyed, RemedyRequest
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.opening.terms import Phase, reached
from remote_bid.opening.view import RemedyAsked
from remote_bid.participant.checks import Broken, cosigned_times, from_server
from remote_bid.participant.client import Client
from remote_bid.participant.custody_file import Seeds
from remote_bid.participant.identity import Identity
from remote_bid.participant.policies import held_by
from remote_bid.people.certificates import Signed, signers
from remote_bid.seal.canonical import b64, jcs, labelled_hash, unb64
from remote_bid.seal.dealing import BadDeal, opened_share
from remote_bid.seal.drill import Dummy, secret_in
from remote_bid.seal.envelope import ctx_of
from remote_bid.seal.statements import id_of, said, statement_id
from remote_bid.seal.xwing import SEED_SIZE, key_id, public_key
from remote_bid.tender.statements import CustodianKey, Deal, DrillAnswer, Strike, Submission, Timetable
from remote_bid.tender.terms import DRAW, READOUT_FORM
from remote_bid.timeline import durable, instant
from remote_bid.timeline.entry import Shown
from remote_bid.verify.trust import Trust


class Custodian:
    """One custodian in one session, with a key of its own for each lot and part."""

    def __init__(self, client: Client, identity: Identity, trust: Trust, folder: Path) -> None:
        self._client, self._identity, self._trust, self._folder = client, identity, trust, folder

    async def offer_key(self, lot: str, part: str) -> None:
        """Make the key on this machine and offer its public half."""
        seed = self._seed(lot, part)
        offer = CustodianKey(session=self._client.copy.session, lot=lot, part=part, public_key=b64(public_key(seed)))
        await self._client.until(lambda view: bool(view.tender))
        await self._client.hand_in(OfferCustodianKey(signed=self._identity.sign(offer)))

    async def drill(self, lot: str, part: str) -> None:
        """Prove that this machine still has the key by opening a dummy sealed to it; CannotOpen if it has not."""
        seed, session = self._seed(lot, part), self._client.copy.session
        kid = key_id(public_key(seed))
        await self._client.hand_in(BeginDrill(kid=kid))
        await self._client.until(lambda view: kid in self._dummies())
        secret = secret_in(session, self._dummies()[kid], seed)
        answer = DrillAnswer(session=session, kid=kid, secret=secret)
        await self._client.hand_in(AnswerDrill(signed=self._identity.sign(answer)))

    def _dummies(self) -> dict[str, Dummy]:
        """The last one for each key."""
        return {event.dummy.kid: event.dummy for _, event in self._client.copy.events(DrillDealt)}

    async def publish(self, lot: str, part: str) -> None:
        """Wait for custody, check close, window and quorum, then publish the key.

        That of a part that is not read out is entrusted to the server alone.
        """
        await self._client.until(lambda view: reached(view.phase, Phase.CUSTODY))
        if lot in self._aborted() or self._struck(lot, part):
            return
        close, window = self._checked()
        seed = self._seed(lot, part)
        custody = Custody(
            session=self._client.copy.session,
            close=id_of(close),
            window_closed=id_of(window),
            kid=key_id(public_key(seed)),
            seed=b64(seed),
        )
        signed = self._identity.sign(custody)
        public = part in (READOUT_FORM, DRAW)
        await self._client.hand_in(PublishKey(signed=signed) if public else EntrustKey(signed=signed))

    async def destroy(self) -> None:
        """Of an aborted session: destroy every key of ours, then sign that they are gone. A repetition finishes what a
        power cut left half done.
        """
        view = await self._client.until(lambda view: view.phase is Phase.ABORTED)
        own = held_by(self._client.copy, view.me.person)
        for offer in own:
            self._path(offer.lot, offer.part).unlink(missing_ok=True)
        durable.flush_folder(self._folder)
        kids = sorted({key_id(unb64(offer.public_key)) for offer in own})
        destroyed = KeysDestroyed(session=self._client.copy.session, kids=kids)
        await self._client.hand_in(ConfirmKeysDestroyed(signed=self._identity.sign(destroyed)))

    async def publish_shares(self, lot: str, part: str) -> None:
        """As escrow holder: in custody, give our share of each half whose bidder asks; our key stays here."""
        view = await self._client.until(lambda view: reached(view.phase, Phase.CUSTODY))
        if lot in self._aborted():
            return
        _, window = self._checked()
        for bid, asked in (view.remedies or {}).items():
            if asked.part.header.core.lot == lot:
                share = EscrowShare(
                    session=self._client.copy.session,
                    submission=bid,
                    window_closed=id_of(window),
                    kid=key_id(public_key(self._seed(lot, part))),
                    share=self._share(bid, asked, window, self._seed(lot, part)),
                )
                await self._client.hand_in(PublishEscrowShare(signed=self._identity.sign(share)))

    def _share(self, bid: str, asked: RemedyAsked, window: WindowClosedStatement, seed: bytes) -> str:
        """Our share of the asking bid and of no other, empty if what was dealt to us gives none; Broken if nobody asks
        or the bid was released.
        """
        roots, part = self._trust.authorities(), asked.part
        statements = [Signed(statement=s, certificates=asked.certificates) for s in (part.submission, part.deal)]
        signed = [signers(item, roots, datetime.now(UTC)) for item in (asked.request, *statements)]
        request, deal = said(asked.request.statement, RemedyRequest), said(part.deal, Deal)
        if len({person.person for people in signed for person in people}) != 1:
            raise Broken("the remedy is not asked for by the bidder whose share we hold")
        if {bid, request.submission} != {statement_id(part.submission)} or request.close != window.close:
            raise Broken("the remedy is asked for another bid")
        header = b64(hashlib.sha256(jcs(part.header)).digest())
        if said(part.submission, Submission).header != header or deal.ctx != b64(ctx_of(part.header.core)):
            raise Broken("the shares are not those of the bid")
        if bid not in [missing for lot in window.lots for missing in lot.missing]:
            raise Broken("the bid was released")
        try:
            return b64(opened_share(unb64(deal.ctx), GROUP, deal.escrow, seed))
        except BadDeal:
            return ""

    def _checked(self) -> tuple[Close, WindowClosedStatement]:
        """Close and window_closed, signed, cosigned, and belonging together; Broken otherwise."""
        copy = self._client.copy
        roster, (closed_at, closed) = copy.last(RosterPublished), copy.events(WindowClosed)[-1]
        if roster is None:
            raise Broken("the close was not shown")
        close = from_server(self._trust, copy, roster.close, Close)
        window = from_server(self._trust, copy, closed.window_closed, WindowClosedStatement)
        self._check_close_in_time(close)
        cosigned_times(self._trust, copy, closed_at)
        if window.close != id_of(close):
            raise Broken("window_closed is for another close")
        self._check_every_bid(close, window)
        self._check_course(window)
        if any(lot.missing for lot in window.lots):
            self._check_window_over()
        return close, window

    def _check_every_bid(self, close: Close, window: WindowClosedStatement) -> None:
        """Every lot of the close is accounted for, or was aborted."""
        roots = {lot.lot: lot.root for lot in close.lots}
        for lot in window.lots:
            answered = [*(released.submission for released in lot.released), *lot.missing, *lot.sealed]
            if set_root(answered) != roots.pop(lot.lot, None):
                raise Broken(f"window_closed does not account for every bid of lot {lot.lot}")
        if roots.keys() != self._aborted():
            raise Broken("window_closed leaves a lot out")

    def _struck(self, lot: str, part: str) -> bool:
        """Whether our key is on the list no more."""
        kid, holds = key_id(public_key(self._seed(lot, part))), True
        for _, event in self._client.copy.events(CustodianStruck):
            strike = said(event.signed.statement, Strike)
            offers = [said(custodian.proof.statement, CustodianKey) for custodian in strike.custodians]
            if any((offer.lot, offer.part) == (lot, part) for offer in offers):
                holds = kid in [key_id(unb64(offer.public_key)) for offer in offers]
        return not holds

    def _aborted(self) -> set[str]:
        return {event.lot for _, event in self._client.copy.events(LotAborted)}

    def _check_close_in_time(self, close: Close) -> None:
        shown, event = self._client.copy.events(BidsClosed)[-1]
        times = cosigned_times(self._trust, self._client.copy, shown)
        signed = self._client.copy.last(TimetableSigned)
        if signed is None or statement_id(signed.signed.statement) != close.timetable:
            raise Broken("the close is not that of the timetable that holds")
        signers(signed.signed, self._trust.authorities(), datetime.now(UTC))
        at = instant.when(said(signed.signed.statement, Timetable).deadline).timestamp()
        if from_server(self._trust, self._client.copy, event.close, Close) != close:
            raise Broken("the close shown is not the close logged")
        if sum(abs(when - at) <= TOLERANCE_S for when in times) < self._trust.quorum:
            raise Broken("the close was not cosigned in time")

    def _check_course(self, window: WindowClosedStatement) -> None:
        """window_closed tells of every extension and pause that we were shown."""
        extended = [event for _, event in self._client.copy.events(WindowExtended)]
        stopped = [event for _, event in self._client.copy.events(OpeningSuspended)]
        shown = [statement_id(event.signed.statement) for event in extended]
        if (
            window.extensions != shown
            or [p.since for p in window.pauses] != [e.since for e in stopped][: len(window.pauses)]
        ):
            raise Broken("window_closed tells of other extensions or pauses than the timeline")

    def _check_window_over(self) -> None:
        """By our own clock, whatever moved the window's end: the latest that was ever shown."""
        copy = self._client.copy
        ends = [event.ends_at for _, event in copy.events(ReleaseOpened)]
        ends += [event.ends_at for _, event in copy.events(WindowExtended)]
        ends += [event.ends_at for _, event in self._resumed_in_window() if event.ends_at]
        if not ends or datetime.now(UTC) < max(instant.when(end) for end in ends):
            raise Broken("bids are missing and the bidders' window is not over by our own clock")

    def _resumed_in_window(self) -> list[tuple[Shown, OpeningResumed]]:
        """Later pauses move the end of another window."""
        closed_at, _ = self._client.copy.events(WindowClosed)[-1]
        return [item for item in self._client.copy.events(OpeningResumed) if item[0].seq < closed_at.seq]

    def kept(self) -> dict[tuple[str, str], bytes]:
        """The keys that are in this folder, by lot and part."""
        tender = self._client.copy.view.tender
        lots = tender.lots if tender else []
        places = [(lot.lot, part) for lot in lots for part in (*(each.part for each in lot.parts), DRAW)]
        return {place: self._path(*place).read_bytes() for place in places if self._path(*place).exists()}

    def take(self, seeds: Seeds) -> None:
        """Keep keys that were made elsewhere; Broken if there is another one in the place of any of them."""
        here = {place: path.read_bytes() for place in seeds if (path := self._path(*place)).exists()}
        if {**seeds, **here} != seeds:
            raise Broken("this folder has another key for the same lot and part")
        for place, seed in seeds.items():
            durable.replace(self._path(*place), seed, 0o600)

    def _path(self, lot: str, part: str) -> Path:
        return self._folder / f"{b64(labelled_hash('custodian', lot.encode(), part.encode())[:9])}.seed"

    def _seed(self, lot: str, part: str) -> bytes:
        path = self._path(lot, part)
        if not path.exists():
            durable.replace(path, secrets.token_bytes(SEED_SIZE), 0o600)
        return path.read_bytes()
