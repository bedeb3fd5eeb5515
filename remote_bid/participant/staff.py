"""Those who run and watch a session: tenderer, supervisor, host."""

import asyncio
from collections.abc import Callable, Collection, Sequence

import msgspec

from remote_bid.opening.commands import (
    AbortOpening,
    AnswerObjection,
    CountersignStrike,
    CountersignTimetable,
    DrawByLottery,
    NoteDeposit,
    ProposeStrike,
    ProposeTimetable,
    PublishPolicy,
    ScheduleOpening,
    SuspendOpening,
)
from remote_bid.opening.events import (
    CustodianKeyOffered,
    LineDisputed,
    ObjectionAnswered,
    ObjectionRaised,
    OpeningScheduled,
    OpeningSuspended,
    StrikeProposed,
    TimetableProposed,
)
from remote_bid.opening.statements import Abort, Answer, DepositNote, Lottery, Schedule
from remote_bid.opening.terms import Deposit, Member, Phase, Role, reached
from remote_bid.opening.view import OpeningView
from remote_bid.opening.view.page import BidRow
from remote_bid.participant.checks import Broken
from remote_bid.participant.client import ServerRefused
from remote_bid.participant.draw_sealer import DrawSealer
from remote_bid.participant.policies import current_policy
from remote_bid.participant.two import OneOfTheTwo, over
from remote_bid.people.certificates import Signed, fingerprint
from remote_bid.seal.envelope import SUITE
from remote_bid.seal.statements import said, statement_id
from remote_bid.tender.statements import Custodian, CustodianKey, Escrow, Policy, Strike, StrikeCause, Timetable
from remote_bid.tender.terms import Tender
from remote_bid.verify.trust import Trust

OVERTAKEN = ("deadline_passed", "deadline_too_early", "wrong_phase", "not_the_latest")
"""Refusals of a timetable that the deadline or another timetable has overtaken."""


class Tenderer(DrawSealer):
    """Publishes the policy, proposes timetables, gives a seed to the draws."""

    async def publish_policy(
        self, trust: Trust, lot: str, part: str, k: int, escrow: Collection[str] = (), escrow_k: int = 0
    ) -> None:
        """Wait for every custodian's key, then say what seals bind to. Those in `escrow` hold shares of the halves."""
        await self.client.until(lambda view: bool(view.tender))
        await self.client.until(lambda view: len(self._offers(lot, part)) == self._custodians())
        offers = self._offers(lot, part)
        holders = [offer for offer in offers if offer.person in escrow]
        policy = Policy(
            session=self.client.copy.session,
            tender=self._scheduled().tender.code,
            lot=lot,
            part=part,
            suites=[SUITE],
            custodians=[offer for offer in offers if offer.person not in escrow],
            k=k,
            authorities=sorted(fingerprint(root) for root in trust.authorities()),
            log=trust.log,
            cosigners=trust.cosigners,
            quorum=trust.quorum,
            lodging_key=await self.client.lodging_key(lot, part),
            escrow=Escrow(holders=holders, k=escrow_k) if holders else None,
            tsa=trust.stampers(),
            sealer=await self.client.sealer(),
        )
        await self.client.hand_in(PublishPolicy(signed=self.identity.sign(policy)))

    async def strike(
        self, lot: str, part: str, person: str, cause: StrikeCause, replacements: Sequence[str] = ()
    ) -> None:
        """Propose that a custodian be taken out of a policy; `replacements` have offered a key for it."""
        name, current, prev = current_policy(self.client.copy, lot, part)
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
        before = self.client.copy.view.timetable
        await self.hand_in_timetable(self.following(timetable))
        await self.client.until(lambda now: now.timetable != before or reached(now.phase, Phase.ROSTER))

    def following(self, timetable: Timetable) -> Timetable:
        """The timetable as it must be to follow the present one."""
        view = self.client.copy.view
        return msgspec.structs.replace(
            timetable,
            session=self.client.copy.session,
            policies=list(view.policies or []),
            prev=view.timetable or None,
        )

    async def hand_in_timetable(self, timetable: Timetable) -> None:
        """Sign a timetable; it holds when the supervisor has signed it too."""
        await self.client.hand_in(ProposeTimetable(signed=self.identity.sign(timetable)))

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


class Supervisor(OneOfTheTwo, DrawSealer):
    """Countersigns timetables, gives a seed to the draws; aborts what has been suspended too long."""

    async def countersign_suspension(self) -> None:
        """Let the host's suspension last."""
        stopped = self.client.copy.last(OpeningSuspended)
        if stopped is None or stopped.signed is None:
            raise Broken("the host has not suspended the session")
        await self.sign_suspension(stopped.signed)

    async def sign_suspension(self, signed: Signed) -> None:
        """Sign the host's suspension, which then lasts until both resume."""
        await self.client.hand_in(SuspendOpening(signed=self._with_ours(signed)))

    async def sign_timetable(self, signed: Signed) -> None:
        """Sign the tenderer's timetable, which then holds."""
        await self.client.hand_in(CountersignTimetable(signed=self._with_ours(signed)))

    async def sign_strike(self, signed: Signed) -> None:
        """Sign the tenderer's strike, which then holds."""
        await self.client.hand_in(CountersignStrike(signed=self._with_ours(signed)))

    async def draw_by_lottery(self, signed: Signed) -> None:
        """Sign what the host says came out, and hand it in."""
        await self.client.hand_in(DrawByLottery(signed=self._with_ours(signed)))

    async def abort(self) -> None:
        """End a session that has been suspended for too long."""
        view = await self._now()
        if not view.suspended:
            raise Broken("the session is not suspended")
        told = Abort(session=self.client.copy.session, number=view.suspended.number)
        await self.client.hand_in(AbortOpening(signed=self.identity.sign(told)))

    async def countersign_strike(self) -> None:
        """Sign the strike that the tenderer proposes."""
        await self.client.until(lambda view: view.me.ask == "countersign_strike")
        proposed = self.client.copy.last(StrikeProposed)
        if proposed is None:
            raise Broken("the strike was not shown")
        await self.sign_strike(proposed.signed)

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
            try:
                await self.sign_timetable(proposed.signed)
            except ServerRefused as refusal:
                if refusal.code not in OVERTAKEN:
                    raise
            await self.client.until(lambda view: view.me.ask != "countersign_timetable")


class Host(OneOfTheTwo):
    """Drives the session from phase to phase."""

    async def schedule(self, tender: Tender, members: list[Member]) -> None:
        """Open the session; nothing happens if it is there already."""
        plan = Schedule(session=self.client.copy.session, tender=tender, members=members)
        command = ScheduleOpening(signed=self.identity.sign(plan))
        body = {"session": self.client.copy.session, "command": msgspec.to_builtins(command)}
        await self.client.post("/api/sessions", body)

    async def note_deposit(self, bid: str, deposit: Deposit) -> None:
        """Note whether the deposit for a bid has come; a later note corrects the one before it."""
        row = (self.client.copy.view.bids or {})[bid]
        note = DepositNote(session=self.client.copy.session, bid=bid, prev=row.deposit_note or None, deposit=deposit)
        await self.client.hand_in(NoteDeposit(signed=self.identity.sign(note)))

    async def _note_deposits(self, known: Callable[[BidRow], Deposit | None]) -> None:
        for bid, row in (self.client.copy.view.bids or {}).items():
            if row.deposit and (found := known(row)):
                await self.note_deposit(bid, found)

    async def run(
        self, pause_s: float, signatures: int, answer: str, deposits: Callable[[BidRow], Deposit | None]
    ) -> None:
        """From the roster to the end, resting `pause_s` between steps; notes what `deposits` knows of each bid before
        reading it out; gives every objection this answer; closes when so many have signed.
        """
        view = await self.client.until(lambda view: over(view) or reached(view.phase, Phase.ROSTER))
        if view.phase is Phase.ABORTED:
            return
        await asyncio.sleep(pause_s)
        await self.open_release()
        view = await self.client.until(lambda view: over(view) or reached(view.phase, Phase.READOUT))
        if view.phase is Phase.ABORTED:
            return
        await self._note_deposits(deposits)
        await self.read_out(pause_s)
        await self.answer_objections(answer)
        await self.sign_record()
        await self.client.until(lambda view: over(view) or len(view.signed_by or []) >= signatures)
        await asyncio.sleep(pause_s)
        await self.close()

    async def answer_objections(self, text: str) -> None:
        """Give every objection and dispute this answer, until the record is prepared."""
        while True:
            view = await self.client.until(
                lambda view: over(view) or reached(view.phase, Phase.RECORD) or _has_unanswered(view)
            )
            if not _has_unanswered(view):
                return
            for objection in self._unanswered():
                await self.answer(objection, text)
            await self.client.until(lambda view, known=view: view.objections != known.objections)  # type: ignore[misc]  # a lambda with a default

    async def answer(self, objection: str, text: str) -> None:
        """Answer the statement with this id, an objection or a dispute."""
        told = Answer(session=self.client.copy.session, objection=objection, text=text)
        await self.client.hand_in(AnswerObjection(signed=self.identity.sign(told)))

    def objections(self) -> dict[int, str]:
        """Ids of the statements that object or dispute, by their number."""
        copy = self.client.copy
        raised = {event.number: event.signed for _, event in copy.events(ObjectionRaised)}
        raised |= {event.number: event.signed for _, event in copy.events(LineDisputed)}
        return {number: statement_id(signed.statement) for number, signed in sorted(raised.items())}

    def lottery(self, lot: str, coefficient: str, value: str) -> Signed:
        """What came out when lots were drawn by hand: for the supervisor to sign too, and to hand in."""
        told = Lottery(session=self.client.copy.session, lot=lot, coefficient=coefficient, value=value)
        return self.identity.sign(told)

    def _unanswered(self) -> list[str]:
        """Ids of the statements that object and have no answer."""
        answered = {event.number for _, event in self.client.copy.events(ObjectionAnswered)}
        return [name for number, name in self.objections().items() if number not in answered]


def _has_unanswered(view: OpeningView) -> bool:
    return any(not row.answer for row in (view.objections or {}).values()) and not reached(view.phase, Phase.RECORD)


def _wants_timetable(view: OpeningView) -> bool:
    return view.me.ask == "propose_timetable" or reached(view.phase, Phase.RELEASE) or view.phase is Phase.ABORTED
