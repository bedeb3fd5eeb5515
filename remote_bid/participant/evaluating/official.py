"""Somebody with an office in an evaluation, and the seed that three of them seal for the draw of the experts."""

import secrets

from remote_bid.evaluation.commands import ResumeEvaluation, SealSeed, SuspendEvaluation
from remote_bid.evaluation.events import EvaluationOrdered
from remote_bid.evaluation.view import EvaluationView
from remote_bid.participant.checks import Broken
from remote_bid.participant.evaluating.line import EvaluationLine
from remote_bid.participant.identity import Identity
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.dealing import SECRET_SIZE, commitment, deal
from remote_bid.seal.statements import said
from remote_bid.tender.sealed_draw import COMMITTED
from remote_bid.tender.statements import CustodianKey, DrawEnvelope, Resume, Suspend, draw_ctx
from remote_bid.tender.terms import SuspensionCause


class Official:
    """A person with an office."""

    def __init__(self, line: EvaluationLine, identity: Identity, person: str) -> None:
        self.line, self.identity, self.person = line, identity, person

    @property
    def session(self) -> str:
        """The session's name."""
        return self.line.copy.session

    async def now(self) -> EvaluationView:
        """The page as it is."""
        return await self.line.until(lambda view: True)


class SeedSealer(Official):
    """Agency, supervisor or centre: whose seeds go into the draw, sealed so that nobody reveals last."""

    async def seal_seed(self) -> None:
        """Seal a fresh seed to the order's custodians; nobody keeps it, for their keys will open it."""
        view = await self.line.until(lambda view: view.me.ask == "seal_seed")
        ordered = self.line.copy.last(EvaluationOrdered)
        if ordered is None:
            raise Broken("the order was not shown")
        keys, lot, k = ordered.custodians, view.lot or "", view.k or 0
        seed, nonce = secrets.token_bytes(SECRET_SIZE), b64(secrets.token_bytes(32))
        ctx = draw_ctx(self.session, lot, self.person, nonce)
        publics = [unb64(said(key.statement, CustodianKey).public_key) for key in keys]
        envelope = DrawEnvelope(
            session=self.session,
            lot=lot,
            person=self.person,
            nonce=nonce,
            D=commitment(ctx, COMMITTED, seed),
            k=k,
            shares=deal(ctx, seed, k, publics, group=COMMITTED),
        )
        await self.line.hand_in(SealSeed(signed=self.identity.sign(envelope)))

    async def suspend(self, cause: SuspensionCause) -> None:
        """Stop the clocks."""
        number = len((await self.now()).pauses or []) + 1
        told = Suspend(session=self.session, number=number, cause=cause)
        await self.line.hand_in(SuspendEvaluation(signed=self.identity.sign(told)))

    async def resume(self) -> None:
        """Ask to let the clocks run again, or sign what the other of the two asks."""
        view = await self.now()
        if not view.suspended:
            raise Broken("the session is not suspended")
        own = self.identity.sign(Resume(session=self.session, number=view.suspended.number))
        signed = self.identity.countersign(view.awaited) if view.awaited else own
        await self.line.hand_in(ResumeEvaluation(signed=signed))
