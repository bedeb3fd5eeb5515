"""Evaluations over plain HTTP: scheduling one from an opening that is closed, finding one's own, and opening the two
small sessions that follow on a public report.
"""

from collections.abc import Awaitable, Callable, Collection
from typing import Annotated, Any

import msgspec
from aiohttp import web

from remote_bid.evaluation.assessment.commands import OpenAssessment
from remote_bid.evaluation.assessment.statements import AssessmentOrder
from remote_bid.evaluation.assessment.terms import AssessmentRole, EvaluationHead
from remote_bid.evaluation.award.commands import OpenAward
from remote_bid.evaluation.award.statements import AwardOrder
from remote_bid.evaluation.award.terms import AwardRole
from remote_bid.evaluation.commands import HearGate, ScheduleEvaluation
from remote_bid.evaluation.events import ReportPublished
from remote_bid.evaluation.rules.gates import GATE
from remote_bid.evaluation.statements import EvaluationOrder
from remote_bid.evaluation.terms import EvaluationRole
from remote_bid.gateway.doors import signed_in
from remote_bid.gateway.volumes import Volumes
from remote_bid.handover import (
    handed_over,
    require_assessable,
    require_awardable,
    require_closed,
    require_handed_over,
)
from remote_bid.opening.events import OpeningClosed
from remote_bid.opening.rules import Opening
from remote_bid.opening.terms import Role
from remote_bid.people.required import says
from remote_bid.seal.canonical import b64
from remote_bid.seal.statements import Statement
from remote_bid.timeline.context import Command, Event, Refused
from remote_bid.timeline.desk import Desk, Folded
from remote_bid.timeline.entry import Who
from remote_bid.timeline.log import UnknownSession

ROOMS = ("evaluation", "assessment", "award")

Session = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{2,39}\Z")]


class _Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    session: Session
    command: ScheduleEvaluation


class _Following(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    session: Session
    command: OpenAssessment | OpenAward


class Evaluations:
    """The routes of evaluations; everything else goes over the socket."""

    def __init__(self, desk: Desk, admitted: Callable[[], Awaitable[Collection[str]]], volumes: Volumes) -> None:
        self._desk, self._admitted, self._volumes = desk, admitted, volumes

    def routes(self) -> list[web.RouteDef]:
        """What is answered over HTTP."""
        return [
            web.get("/api/evaluations", self.listed),
            web.post("/api/evaluations", self.schedule),
            web.get("/api/sessions/{session}/handover/{lot}", self.handover),
            web.post("/api/evaluations/following", self.follow),
            web.post("/api/evaluations/{session}/gates", self.hear),
        ]

    async def listed(self, request: web.Request) -> web.Response:
        """The sessions in which the caller has a part, as it may see them; nobody learns of others."""
        person, listed = signed_in(request).person, []
        for folded in await self._desk.load():
            if not folded.head or folded.session.room not in ROOMS:
                continue
            role = folded.context.standing(folded.state, person)
            if role != EvaluationRole.OBSERVER:
                view = folded.context.see(folded.state, Who(person=person, role=role))
                listed.append({"room": folded.session.room} | msgspec.to_builtins(view))
        return web.json_response({"sessions": listed})

    async def schedule(self, request: web.Request) -> web.Response:
        """An agency opens an evaluation of what an opening here has handed over."""
        person = signed_in(request)
        if person.person not in await self._admitted():
            raise Refused("not_allowed", "只有招标代理机构可以安排评标。", "Only an agency may schedule a session.")
        body = msgspec.json.decode(await request.read(), type=_Schedule)
        order = says(body.command.signed, EvaluationOrder)
        folded = await self._found(order.opening.session, "opening", "no_such_opening")
        require_closed(folded.state)
        documents, _ = await self._volumes.measured(folded.state, order.lot)
        require_handed_over(folded.state, *_ended(folded, OpeningClosed), documents, order)
        return await self._opened(body.session, "evaluation", body.command, person.person, EvaluationRole.AGENCY)

    async def follow(self, request: web.Request) -> web.Response:
        """The centre opens an assessment, the tenderer an award, of a public evaluation here."""
        person = signed_in(request).person
        body = msgspec.json.decode(await request.read(), type=_Following)
        match body.command:
            case OpenAssessment(signed=signed):
                assessed = says(signed, AssessmentOrder)
                folded = await self._found(assessed.evaluation.session, "evaluation", "no_such_evaluation")
                require_assessable(folded.state, _head(folded), assessed)
                return await self._opened(
                    body.session, "assessment", body.command, person, AssessmentRole.TRADING_CENTER
                )
            case OpenAward(signed=signed):
                awarded = says(signed, AwardOrder)
                folded = await self._found(awarded.evaluation.session, "evaluation", "no_such_evaluation")
                require_awardable(folded.state, _head(folded), awarded)
                return await self._opened(body.session, "award", body.command, person, AwardRole.TENDERER)

    async def handover(self, request: web.Request) -> web.Response:
        """What an opening hands over of one lot, for the agency that orders its evaluation, and what stays sealed."""
        person, lot = signed_in(request).person, request.match_info["lot"]
        folded = await self._found(request.match_info["session"], "opening", "no_such_opening")
        opening: Opening = folded.state
        if opening.role_of(person) is not Role.HOST:
            raise Refused("not_allowed", "只有本场开标的主持人可以办理。", "This is for the opening's host.")
        require_closed(opening)
        documents, sealed = await self._volumes.measured(opening, lot)
        handed = handed_over(opening, *_ended(folded, OpeningClosed), lot, documents)
        return web.json_response(msgspec.to_builtins(handed) | {"sealed": msgspec.to_builtins(sealed)})

    async def hear(self, request: web.Request) -> web.Response:
        """What a gate has seen; its own key signs it, and nobody is signed in."""
        statement = msgspec.json.decode(await request.read(), type=Statement)
        folded = await self._found(request.match_info["session"], "evaluation", "no_such_evaluation")
        entries = await self._desk.handle(folded.session.id, HearGate(statement=statement), GATE)
        return web.json_response({"entries": [entry.seq for entry in entries]})

    async def _found(self, session: str, room: str, code: str) -> Folded:
        try:
            folded = await self._desk.look(session)
        except UnknownSession:
            folded = None
        if folded is None or folded.session.room != room or not folded.head:
            raise Refused(code, "没有这场会议。", f"There is no such {room} here.")
        return folded

    async def _opened(self, session: str, room: str, command: Command, person: str, role: Any) -> web.Response:
        await self._desk.open(session, room, command, Who(person=person, role=role))
        return web.json_response({"session": session})


def _ended(folded: Folded, kind: type[Event]) -> tuple[int, bytes]:
    """Number and leaf of the entry by which a session came to its end; nothing if it has not."""
    return next(((entry.seq, entry.leaf) for entry in folded.main if entry.type == kind.__name__), (0, b""))


def _head(folded: Folded) -> EvaluationHead:
    seq, leaf = _ended(folded, ReportPublished)
    return EvaluationHead(session=folded.session.id, seq=seq, leaf=b64(leaf))
