"""Somebody of the session: present, speaking, signing the record, handing over an office."""

import secrets

from remote_bid.opening.commands import HandOver, RefuseRecord, Say, SignRecord
from remote_bid.opening.events import RecordPrepared, RoleHandedOver
from remote_bid.opening.statements import Handover, RecordRefusal, RecordSignature
from remote_bid.opening.terms import Phase, Role, reached
from remote_bid.opening.view import OpeningView
from remote_bid.participant.checks import Broken
from remote_bid.participant.client import Client
from remote_bid.participant.identity import Identity
from remote_bid.participant.presence import come
from remote_bid.seal.canonical import b64


def may_come(view: OpeningView) -> bool:
    """Whether it is known if people are let in: the lobby is open, or the deadline's count is over."""
    return reached(view.phase, Phase.LOBBY) and view.phase not in (Phase.CLOSED_FOR_BIDS, Phase.HELD)


class Staff:
    """A person of the session: checks in, speaks, signs the record."""

    def __init__(self, client: Client, identity: Identity, person: str, role: Role) -> None:
        self.client, self.identity = client, identity
        self._person, self._role = person, role

    async def check_in(self) -> None:
        """Be present, from the lobby on; while bids are counted, and while the session is held, nobody comes in."""
        await come(self.client, self.identity, self._person, self._role)

    async def say(self, text: str) -> None:
        """Speak in the hall, which is open from the roster on."""
        await self.client.until(lambda view: reached(view.phase, Phase.ROSTER))
        await self.client.hand_in(Say(text=text, nonce=b64(secrets.token_bytes(16))))

    async def sign_record(self) -> None:
        """Sign the opening record."""
        record = await self._record()
        signature = RecordSignature(session=self.client.copy.session, person=self._person, record=record)
        await self.client.hand_in(SignRecord(signed=self.identity.sign(signature)))

    async def refuse_record(self, reason: str) -> None:
        """Do not sign it, and say why."""
        told = RecordRefusal(
            session=self.client.copy.session, person=self._person, record=await self._record(), reason=reason
        )
        await self.client.hand_in(RefuseRecord(signed=self.identity.sign(told)))

    async def hand_over(self, to: str) -> None:
        """Give our office to its deputy, or back."""
        number = len(self.client.copy.events(RoleHandedOver)) + 1
        told = Handover(session=self.client.copy.session, number=number, role=self._role, to=to)
        await self.client.hand_in(HandOver(signed=self.identity.sign(told)))

    async def _record(self) -> str:
        """The record's hash, once it is there."""
        await self.client.until(lambda view: reached(view.phase, Phase.RECORD))
        prepared = self.client.copy.last(RecordPrepared)
        if prepared is None:
            raise Broken("the record was not shown")
        return prepared.hash
