"""Those who run and watch a session: tenderer, supervisor, host."""

import asyncio
from collections.abc import Callable, Sequence

import msgspec

from remote_bid.opening.commands import (
    CheckIn,
    CloseOpening,
    CountersignStrike,
    CountersignTimetable,
    OpenRelease,
    ProposeStrike,
    ProposeTimetable,
    PublishPolicy,
    ReadOut,
    ScheduleOpening,
    SignRecord,
)
from remote_bid.opening.events import (
    CustodianKeyOffered,
    CustodianStruck,
    OpeningScheduled,
    PolicyPublished,
    RecordPrepared,
    StrikeProposed,
    TimetableProposed,
)
from remote_bid.opening.statements import RecordSignature
from remote_bid.opening.terms import Phase, Role, reached
from remote_bid.opening.view import OpeningView
from remote_bid.participant.checks import Broken
from remote_bid.participant.client import Client
from remote_bid.participant.identity import Identity
from remote_bid.participant.presence import presence
from remote_bid.people.certificates import Signed, fingerprint
from remote_bid.seal.envelope import SUITE
from remote_bid.seal.statements import countersign, said, statement_id
from remote_bid.tender.statements import Custodian, CustodianKey, Policy, Strike, StrikeCause, Timetable
from remote_bid.verify.trust import Trust


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

    async def strike(
        self, lot: str, part: str, person: str, cause: StrikeCause, replacements: Sequence[str] = ()
    ) -> None:
        """Propose that a custodian be taken out of a policy; `replacements` have offered a key for it."""
        name, current, prev = self._current(lot, part)
        stay = [custodian for custodian in current.custodians if custodian.person != person]
        new = [offer for offer in self._offers(lot, part) if offer.person in replacements]
        strike = Strike(
            session=self.client.copy.session,
            policy=name,
            prev=prev,
            person=person,
            cause=cause,
            custodians=[*stay, *new],
        )
        await self.client.hand_in(ProposeStrike(signed=self.identity.sign(strike)))

    def _current(self, lot: str, part: str) -> tuple[str, Policy, str | None]:
        """Id of a policy, the policy with its custodians of now, id of the last strike."""
        copy = self.client.copy
        signed = next(
            event.signed.statement
            for _, event in copy.events(PolicyPublished)
            if (told := said(event.signed.statement, Policy)).lot == lot and told.part == part
        )
        name, policy, prev = statement_id(signed), said(signed, Policy), None
        for _, event in copy.events(CustodianStruck):
            strike = said(event.signed.statement, Strike)
            if strike.policy == name:
                policy = msgspec.structs.replace(policy, custodians=strike.custodians)
                prev = statement_id(event.signed.statement)
        return name, policy, prev

    async def keep_timetable(self, policies: int, timetable: Callable[[], Timetable]) -> None:
        """Propose `timetable` once so many policies are published, and again whenever the session is held."""
        await self.client.until(lambda view: len(view.policies or []) == policies)
        while True:
            view = await self.client.until(_wants_timetable)
            if reached(view.phase, Phase.RELEASE) or view.phase is Phase.ABORTED:
                return
            proposal = msgspec.structs.replace(
                timetable(),
                session=self.client.copy.session,
                policies=list(view.policies or []),
                prev=view.timetable or None,
            )
            await self.client.hand_in(ProposeTimetable(signed=self.identity.sign(proposal)))
            await self.client.until(lambda view, old=view.timetable: view.timetable != old)  # type: ignore[misc]

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

    async def countersign_strike(self) -> None:
        """Sign the strike that the tenderer proposes."""
        await self.client.until(lambda view: view.me.ask == "countersign_strike")
        proposed = self.client.copy.last(StrikeProposed)
        if proposed is None:
            raise Broken("the strike was not shown")
        await self.client.hand_in(CountersignStrike(signed=self._countersigned(proposed.signed)))

    def _countersigned(self, signed: Signed) -> Signed:
        return Signed(
            statement=countersign(signed.statement, self.identity.signer),
            certificates=[*signed.certificates, self.identity.certificate],
        )

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
            await self.client.hand_in(CountersignTimetable(signed=self._countersigned(proposed.signed)))
            await self.client.until(lambda view: view.me.ask != "countersign_timetable")


class Host(Staff):
    """Drives the session from phase to phase."""

    async def schedule(self, command: ScheduleOpening) -> None:
        """Open the session; nothing happens if it is there already."""
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
