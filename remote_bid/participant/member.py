"""Somebody of the session: present, signing the record, handing over an office."""

from remote_bid.opening.commands import CheckIn, HandOver, SignRecord
from remote_bid.opening.events import RecordPrepared, RoleHandedOver
from remote_bid.opening.statements import Handover, RecordSignature
from remote_bid.opening.terms import Phase, Role, reached
from remote_bid.participant.checks import Broken
from remote_bid.participant.client import Client
from remote_bid.participant.identity import Identity
from remote_bid.participant.presence import presence


class Staff:
    """A person of the session: checks in, signs the record."""

    def __init__(self, client: Client, identity: Identity, person: str, role: Role) -> None:
        self.client, self.identity = client, identity
        self._person, self._role = person, role

    async def check_in(self) -> None:
        """Be present, from the lobby on."""
        await self.client.until(lambda view: reached(view.phase, Phase.LOBBY))
        signed = self.identity.sign(presence(self.client.copy.session, self._person, self._role))
        await self.client.hand_in(CheckIn(signed=signed))

    async def sign_record(self) -> None:
        """Sign the opening record."""
        await self.client.until(lambda view: reached(view.phase, Phase.RECORD))
        prepared = self.client.copy.last(RecordPrepared)
        if prepared is None:
            raise Broken("the record was not shown")
        signature = RecordSignature(session=self.client.copy.session, person=self._person, record=prepared.hash)
        await self.client.hand_in(SignRecord(signed=self.identity.sign(signature)))

    async def hand_over(self, to: str) -> None:
        """Give our office to its deputy, or back."""
        number = len(self.client.copy.events(RoleHandedOver)) + 1
        told = Handover(session=self.client.copy.session, number=number, role=self._role, to=to)
        await self.client.hand_in(HandOver(signed=self.identity.sign(told)))
