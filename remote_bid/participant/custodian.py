"""A custodian: makes a fresh key, and publishes it only after seeing for itself that the bidders' window is closed."""

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from remote_bid.opening.commands import AnswerDrill, BeginDrill, EntrustKey, OfferCustodianKey, PublishKey
from remote_bid.opening.events import (
    BidsClosed,
    CustodianStruck,
    DrillDealt,
    LotAborted,
    ReleaseOpened,
    RosterPublished,
    TimetableSigned,
    WindowClosed,
)
from remote_bid.opening.rules.closing import TOLERANCE_S, set_root
from remote_bid.opening.statements import Close, Custody
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.opening.terms import Phase, reached
from remote_bid.participant.checks import Broken, cosigned_times, from_server
from remote_bid.participant.client import Client
from remote_bid.participant.identity import Identity
from remote_bid.people.certificates import signers
from remote_bid.seal.canonical import b64, labelled_hash, unb64
from remote_bid.seal.drill import Dummy, secret_in
from remote_bid.seal.statements import id_of, said, statement_id
from remote_bid.seal.xwing import SEED_SIZE, key_id, public_key
from remote_bid.tender.statements import CustodianKey, DrillAnswer, Strike, Timetable
from remote_bid.tender.terms import READOUT_FORM
from remote_bid.timeline import instant
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
        await self._client.hand_in(PublishKey(signed=signed) if part == READOUT_FORM else EntrustKey(signed=signed))

    def _checked(self) -> tuple[Close, WindowClosedStatement]:
        """Close and window_closed, signed, cosigned, and belonging together; Broken otherwise."""
        copy = self._client.copy
        roster, (closed_at, closed) = copy.last(RosterPublished), copy.events(WindowClosed)[-1]
        if roster is None:
            raise Broken("the close was not shown")
        close = from_server(self._trust, roster.close, Close)
        window = from_server(self._trust, closed.window_closed, WindowClosedStatement)
        self._check_close_in_time(close)
        cosigned_times(self._trust, copy, closed_at)
        if window.close != id_of(close):
            raise Broken("window_closed is for another close")
        self._check_every_bid(close, window)
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
        if from_server(self._trust, event.close, Close) != close:
            raise Broken("the close shown is not the close logged")
        if sum(abs(when - at) <= TOLERANCE_S for when in times) < self._trust.quorum:
            raise Broken("the close was not cosigned in time")

    def _check_window_over(self) -> None:
        opened = self._client.copy.last(ReleaseOpened)
        if opened is None or datetime.now(UTC) < instant.when(opened.ends_at):
            raise Broken("bids are missing and the bidders' window is not over by our own clock")

    def _seed(self, lot: str, part: str) -> bytes:
        path = self._folder / f"{b64(labelled_hash('custodian', lot.encode(), part.encode())[:9])}.seed"
        if not path.exists():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(secrets.token_bytes(SEED_SIZE))
                file.flush()
                os.fsync(file.fileno())
        return path.read_bytes()
