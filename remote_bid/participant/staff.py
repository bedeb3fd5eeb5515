"""Those who run and watch a session: tenderer, supervisor, host."""

import asyncio
from collections.abc import Callable

import msgspec

from remote_bid.opening.commands import (
    CloseOpening,
    CountersignTimetable,
    OpenRelease,
    ProposeTimetable,
    PublishPolicy,
    ReadOut,
    ScheduleOpening,
    SignRecord,
)
from remote_bid.opening.events import (
    CustodianKeyOffered,
    OpeningScheduled,
    RecordPrepared,
    TimetableProposed,
)
from remote_bid.opening.statements import RecordSignature, Schedule
from remote_bid.opening.terms import Member, Phase, Role, reached
from remote_bid.opening.view import OpeningView
from remote_bid.participant.checks import Broken
from remote_bid.participant.client import Client, ServerRefused
from remote_bid.participant.identity import Identity
from remote_bid.participant.presence import come
from remote_bid.people.certificates import Signed, fingerprint
from remote_bid.seal.envelope import SUITE
from remote_bid.seal.statements import countersign, said
from remote_bid.tender.statements import Custodian, CustodianKey, Policy, Timetable
from remote_bid.tender.terms import Tender
from remote_bid.verify.trust import Trust

OVERTAKEN = ("deadline_passed", "deadline_too_early", "wrong_phase", "not_the_latest")
"""Refusals of a timetable that the deadline or another timetable has overtaken."""


class Staff:
    """A person of the session: checks in, signs the record."""

    def __init__(self, client: Client, identity: Identity, person: str, role: Role) -> None:
        self.client, self.identity = client, identity
        self._person, self._role = person, role

    async def check_in(self) -> None:
        """Be present, from the lobby on."""
        await come(self.client, self.identity, self._person, self._role)

    async def sign_record(self) -> None:
        """Sign the opening record."""
        await self.client.until(lambda view: reached(view.phase, Phase.RECORD))
        prepared = self.client.copy.last(RecordPrepared)
        if prepared is None:
            raise Broken("the record was not shown")
        signature = RecordSignature(session=self.client.copy.session, person=self._person, record=prepared.hash)
        await self.client.hand_in(SignRecord(signed=self.identity.sign(signature)))


class Tenderer(Staff):
    """Publishes the policy, proposes timetables."""

    async def publish_policy(self, trust: Trust, lot: str, part: str, k: int) -> None:
        """Wait for every custodian's key, then say what seals bind to."""
        await self.client.until(lambda view: bool(view.tender))
        await self.client.until(lambda view: len(self._offers(lot, part)) == self._custodians())
        policy = Policy(
            session=self.client.copy.session,
            tender=self._scheduled().tender.code,
            lot=lot,
            part=part,
            suites=[SUITE],
            custodians=self._offers(lot, part),
            k=k,
            authorities=sorted(fingerprint(root) for root in trust.authorities()),
            log=trust.log,
            cosigners=trust.cosigners,
            quorum=trust.quorum,
        )
        await self.client.hand_in(PublishPolicy(signed=self.identity.sign(policy)))

    async def keep_timetable(self, policies: int, timetable: Callable[[], Timetable]) -> None:
        """Propose `timetable` once so many policies are published, and again whenever the session is held."""
        await self.client.until(lambda view: len(view.policies or []) == policies)
        while True:
            view = await self.client.until(_wants_timetable)
            if reached(view.phase, Phase.RELEASE) or view.phase is Phase.ABORTED:
                return
            await self.propose(timetable())

    async def propose(self, timetable: Timetable) -> None:
        """Sign a timetable that follows the present one; returns when it holds, or when the deadline has come."""
        view = self.client.copy.view
        proposal = msgspec.structs.replace(
            timetable,
            session=self.client.copy.session,
            policies=list(view.policies or []),
            prev=view.timetable or None,
        )
        await self.client.hand_in(ProposeTimetable(signed=self.identity.sign(proposal)))
        await self.client.until(lambda now: now.timetable != view.timetable or reached(now.phase, Phase.ROSTER))

    def _scheduled(self) -> OpeningScheduled:
        scheduled = self.client.copy.last(OpeningScheduled)
        if scheduled is None:
            raise Broken("the session was not shown")
        return scheduled

    def _custodians(self) -> int:
        return sum(member.role is Role.CUSTODIAN for member in self._scheduled().members)

    def _offers(self, lot: str, part: str) -> list[Custodian]:
        sides = {member.person: member.side for member in self._scheduled().members}
        offers: dict[str, Signed] = {}
        for _, event in self.client.copy.events(CustodianKeyOffered):
            offer = said(event.signed.statement, CustodianKey)
            if (offer.lot, offer.part) == (lot, part):
                offers[event.person] = event.signed
        return [Custodian(person=p, side=sides[p], proof=proof) for p, proof in sorted(offers.items())]


class Supervisor(Staff):
    """Countersigns timetables."""

    async def keep_countersigning(self) -> None:
        """Sign every timetable the tenderer proposes, until the opening is under way."""
        while True:
            view = await self.client.until(
                lambda view: view.me.ask == "countersign_timetable" or reached(view.phase, Phase.RELEASE)
            )
            if reached(view.phase, Phase.RELEASE):
                return
            proposed = self.client.copy.last(TimetableProposed)
            if proposed is None:
                raise Broken("the timetable was not shown")
            signed = Signed(
                statement=countersign(proposed.signed.statement, self.identity.signer),
                certificates=[*proposed.signed.certificates, self.identity.certificate],
            )
            try:
                await self.client.hand_in(CountersignTimetable(signed=signed))
            except ServerRefused as refusal:
                if refusal.code not in OVERTAKEN:
                    raise
            await self.client.until(lambda view: view.me.ask != "countersign_timetable")


class Host(Staff):
    """Drives the session from phase to phase."""

    async def schedule(self, tender: Tender, members: list[Member]) -> None:
        """Open the session; nothing happens if it is there already."""
        plan = Schedule(session=self.client.copy.session, tender=tender, members=members)
        command = ScheduleOpening(signed=self.identity.sign(plan))
        body = {"session": self.client.copy.session, "command": msgspec.to_builtins(command)}
        await self.client.post("/api/sessions", body)

    async def run(self, pause_s: float, signatures: int) -> None:
        """From the roster to the end, resting `pause_s` between steps; closes when so many have signed."""
        view = await self.client.until(lambda view: _over(view) or reached(view.phase, Phase.ROSTER))
        if view.phase is Phase.ABORTED:
            return
        await asyncio.sleep(pause_s)
        await self.client.hand_in(OpenRelease())
        view = await self.client.until(lambda view: _over(view) or reached(view.phase, Phase.READOUT))
        if view.phase is Phase.ABORTED:
            return
        for bid in sorted((view.bids or {}).items(), key=lambda item: item[1].number):
            await asyncio.sleep(pause_s)
            await self.client.hand_in(ReadOut(bid=bid[0]))
        await self.sign_record()
        await self.client.until(lambda view: _over(view) or len(view.signed_by or []) >= signatures)
        await asyncio.sleep(pause_s)
        await self.client.hand_in(CloseOpening())


def _over(view: OpeningView) -> bool:
    return view.phase in (Phase.CLOSED, Phase.ABORTED)


def _wants_timetable(view: OpeningView) -> bool:
    return view.me.ask == "propose_timetable" or reached(view.phase, Phase.RELEASE) or view.phase is Phase.ABORTED
