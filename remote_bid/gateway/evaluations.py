"""Evaluations over plain HTTP: scheduling one from an opening that is closed, and finding one's own."""

from collections.abc import Awaitable, Callable, Collection
from typing import Annotated

import msgspec
from aiohttp import web

from remote_bid.evaluation.commands import ScheduleEvaluation
from remote_bid.evaluation.statements import EvaluationOrder
from remote_bid.evaluation.terms import EvaluationRole
from remote_bid.gateway.doors import signed_in
from remote_bid.handover import handed_over, require_handed_over
from remote_bid.opening.events import OpeningClosed
from remote_bid.opening.rules import Opening
from remote_bid.opening.terms import Role
from remote_bid.people.required import says
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Desk
from remote_bid.timeline.entry import Who
from remote_bid.timeline.log import UnknownSession


class _Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    session: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{2,39}\Z")]
    command: ScheduleEvaluation


class Evaluations:
    """The routes of evaluations; everything else goes over the socket."""

    def __init__(self, desk: Desk, admitted: Callable[[], Awaitable[Collection[str]]]) -> None:
        self._desk, self._admitted = desk, admitted

    def routes(self) -> list[web.RouteDef]:
        """What is answered over HTTP."""
        return [
            web.get("/api/evaluations", self.listed),
            web.post("/api/evaluations", self.schedule),
            web.get("/api/sessions/{session}/handover/{lot}", self.handover),
        ]

    async def listed(self, request: web.Request) -> web.Response:
        """The evaluations in which the caller has a part, as it may see them; nobody learns of others."""
        person, listed = signed_in(request).person, []
        for folded in await self._desk.load():
            if not folded.head or folded.session.room != "evaluation":
                continue
            role = folded.context.standing(folded.state, person)
            if role != EvaluationRole.OBSERVER:
                view = folded.context.see(folded.state, Who(person=person, role=role))
                listed.append(msgspec.to_builtins(view))
        return web.json_response({"sessions": listed})

    async def schedule(self, request: web.Request) -> web.Response:
        """An agency opens an evaluation of what an opening here has handed over."""
        person = signed_in(request)
        if person.person not in await self._admitted():
            raise Refused("not_allowed", "只有招标代理机构可以安排评标。", "Only an agency may schedule a session.")
        body = msgspec.json.decode(await request.read(), type=_Schedule)
        order = says(body.command.signed, EvaluationOrder)
        require_handed_over(*await self._closed(order.opening.session), order)
        who = Who(person=person.person, role=EvaluationRole.AGENCY)
        await self._desk.open(body.session, "evaluation", body.command, who)
        return web.json_response({"session": body.session})

    async def handover(self, request: web.Request) -> web.Response:
        """What an opening hands over of one lot, for the agency that orders its evaluation."""
        person = signed_in(request).person
        opening, seq, leaf = await self._closed(request.match_info["session"])
        if opening.role_of(person) is not Role.HOST:
            raise Refused("not_allowed", "只有本场开标的主持人可以办理。", "This is for the opening's host.")
        handed = handed_over(opening, seq, leaf, request.match_info["lot"])
        return web.json_response(msgspec.to_builtins(handed))

    async def _closed(self, session: str) -> tuple[Opening, int, bytes]:
        """An opening, with seq and leaf of the entry that closed it, if there is one."""
        try:
            folded = await self._desk.look(session)
        except UnknownSession:
            folded = None
        if folded is None or folded.session.room != "opening" or not folded.head:
            raise Refused("no_such_opening", "没有这场开标。", "There is no such opening here.")
        closing = [entry for entry in folded.main if entry.type == OpeningClosed.__name__]
        seq, leaf = (closing[0].seq, closing[0].leaf) if closing else (0, b"")
        return folded.state, seq, leaf
