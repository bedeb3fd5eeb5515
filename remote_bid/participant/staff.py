"""Those who run and watch a session: tenderer, supervisor, host."""

import asyncio
import secrets
from collections.abc import Callable

import msgspec

from remote_bid.opening.commands import (
    AnswerObjection,
    CheckIn,
    CloseOpening,
    CountersignTimetable,
    OpenRelease,
    ProposeTimetable,
    PublishPolicy,
    ReadOut,
    RefuseRecord,
    Say,
    ScheduleOpening,
    SealDraw,
    SignRecord,
)
from remote_bid.opening.events import (
    CustodianKeyOffered,
    LineDisputed,
    ObjectionAnswered,
    ObjectionRaised,
    OpeningScheduled,
    PolicyPublished,
    RecordPrepared,
    TimetableProposed,
)
from remote_bid.opening.rules.drawing import COMMITTED
from remote_bid.opening.statements import Answer, RecordRefusal, RecordSignature
from remote_bid.opening.terms import Phase, Role, reached
from remote_bid.opening.view import OpeningView
from remote_bid.participant.checks import Broken
from remote_bid.participant.client import Client
from remote_bid.participant.identity import Identity
from remote_bid.participant.presence import presence
from remote_bid.people.certificates import Signed, fingerprint
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.dealing import SECRET_SIZE, commitment, deal
from remote_bid.seal.envelope import SUITE
from remote_bid.seal.statements import countersign, said, statement_id
from remote_bid.tender.statements import Custodian, CustodianKey, DrawEnvelope, Policy, Timetable, draw_ctx
from remote_bid.tender.terms import DRAW
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

    async def _record(self) -> str:
        """The record's hash, once it is there."""
        await self.client.until(lambda view: reached(view.phase, Phase.RECORD))
        prepared = self.client.copy.last(RecordPrepared)
        if prepared is None:
            raise Broken("the record was not shown")
        return prepared.hash


class DrawSealer(Staff):
    """Whoever gives a seed to the draws: tenderer and supervisor."""

    async def seal_draw(self, lot: str) -> None:
        """Seal a fresh seed for a lot's draw; nobody keeps it, for the custodians' keys will open it."""
        await self.client.until(lambda view: bool(view.timetable))
        envelope = self._envelope(lot, self._draw_policy(lot))
        await self.client.hand_in(SealDraw(signed=self.identity.sign(envelope)))

    def _draw_policy(self, lot: str) -> Policy:
        published = [event.signed.statement for _, event in self.client.copy.events(PolicyPublished)]
        policies = [policy for policy in (said(one, Policy) for one in published) if policy.lot == lot]
        return next(policy for policy in policies if policy.part == DRAW)

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


class Tenderer(DrawSealer):
    """Publishes the policy, proposes timetables, gives a seed to the draws."""

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


class Supervisor(DrawSealer):
    """Countersigns timetables, gives a seed to the draws."""

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
            await self.client.hand_in(CountersignTimetable(signed=signed))
            await self.client.until(lambda view: view.me.ask != "countersign_timetable")


class Host(Staff):
    """Drives the session from phase to phase."""

    async def schedule(self, command: ScheduleOpening) -> None:
        """Open the session; nothing happens if it is there already."""
        body = {"session": self.client.copy.session, "command": msgspec.to_builtins(command)}
        await self.client.post("/api/sessions", body)

    async def run(self, pause_s: float, signatures: int, answer: str) -> None:
        """From the roster to the end, resting `pause_s` between steps; gives every objection this answer; closes when
        so many have signed.
        """
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
        await self.answer_objections(answer)
        await self.sign_record()
        await self.client.until(lambda view: _over(view) or len(view.signed_by or []) >= signatures)
        await asyncio.sleep(pause_s)
        await self.client.hand_in(CloseOpening())

    async def answer_objections(self, text: str) -> None:
        """Give every objection and dispute this answer, until the record is prepared."""
        while True:
            view = await self.client.until(
                lambda view: _over(view) or reached(view.phase, Phase.RECORD) or _has_unanswered(view)
            )
            if not _has_unanswered(view):
                return
            for objection in self._unanswered():
                answer = Answer(session=self.client.copy.session, objection=objection, text=text)
                await self.client.hand_in(AnswerObjection(signed=self.identity.sign(answer)))
            await self.client.until(lambda view, known=view: view.objections != known.objections)  # type: ignore[misc]

    def _unanswered(self) -> list[str]:
        """Ids of the statements that object and have no answer."""
        copy = self.client.copy
        answered = {said(event.signed.statement, Answer).objection for _, event in copy.events(ObjectionAnswered)}
        ids = [statement_id(event.signed.statement) for _, event in copy.events(ObjectionRaised)]
        ids += [statement_id(event.signed.statement) for _, event in copy.events(LineDisputed)]
        return [name for name in ids if name not in answered]


def _has_unanswered(view: OpeningView) -> bool:
    return any(not row.answer for row in (view.objections or {}).values()) and not reached(view.phase, Phase.RECORD)


def _over(view: OpeningView) -> bool:
    return view.phase in (Phase.CLOSED, Phase.ABORTED)


def _wants_timetable(view: OpeningView) -> bool:
    return view.me.ask == "propose_timetable" or reached(view.phase, Phase.RELEASE) or view.phase is Phase.ABORTED
