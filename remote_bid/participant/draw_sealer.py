"""Whoever gives a seed to the draws: sealed to the custodians, so that nobody can withhold it."""

import secrets

from remote_bid.opening.commands import SealDraw
from remote_bid.participant.member import Staff
from remote_bid.participant.policies import current_policy
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.dealing import SECRET_SIZE, commitment, deal
from remote_bid.seal.statements import said
from remote_bid.tender.sealed_draw import COMMITTED
from remote_bid.tender.statements import CustodianKey, DrawEnvelope, Policy, draw_ctx
from remote_bid.tender.terms import DRAW


class DrawSealer(Staff):
    """Whoever gives a seed to the draws: tenderer and supervisor."""

    async def seal_draw(self, lot: str) -> None:
        """Seal a fresh seed for a lot's draw; nobody keeps it, for the custodians' keys will open it. Again after a
        custodian was struck.
        """
        await self.client.until(lambda view: bool(view.timetable))
        envelope = self._envelope(lot, current_policy(self.client.copy, lot, DRAW)[1])
        await self.client.hand_in(SealDraw(signed=self.identity.sign(envelope)))

    def _envelope(self, lot: str, policy: Policy) -> DrawEnvelope:
        seed, nonce = secrets.token_bytes(SECRET_SIZE), b64(secrets.token_bytes(32))
        ctx = draw_ctx(policy.session, lot, self._person, nonce)
        publics = [unb64(said(c.proof.statement, CustodianKey).public_key) for c in policy.custodians]
        return DrawEnvelope(
            session=policy.session,
            lot=lot,
            person=self._person,
            nonce=nonce,
            D=commitment(ctx, COMMITTED, seed),
            k=policy.k,
            shares=deal(ctx, seed, policy.k, publics, group=COMMITTED),
        )
