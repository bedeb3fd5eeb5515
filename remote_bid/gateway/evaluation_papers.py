"""An evaluation's documents over HTTP: each reader gets what its own page may hold, the public once they are public."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from aiohttp import web

from remote_bid.gateway.doors import CALLER
from remote_bid.gateway.papers import typeset_or_refused
from remote_bid.paper.evaluation_sheets import NoReport, evaluation_sheets
from remote_bid.paper.seal_key import SealKey
from remote_bid.paper.sealing import sealed
from remote_bid.paper.sheet import Sheet
from remote_bid.paper.told import told
from remote_bid.paper.workbook import workbook
from remote_bid.timeline import durable
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Desk, Folded
from remote_bid.timeline.entry import Who

_PDF, _XLSX = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_PAPERS = "/api/evaluations/{session}/papers"


class EvaluationPapers:
    """The documents of a deployment's evaluations. Public ones are made once and kept in `folder`; what a reader gets
    before that is made for it, and not kept.
    """

    def __init__(self, desk: Desk, folder: Path, key: Callable[[], SealKey], zone: ZoneInfo) -> None:
        self._desk, self._folder, self._key, self._zone = desk, folder, key, zone
        self._making = asyncio.Lock()

    def routes(self) -> list[web.RouteDef]:
        """What is answered over HTTP."""
        return [
            web.get(f"{_PAPERS}/{{paper}}.pdf", self.pdf),
            web.get(f"{_PAPERS}/{{paper}}.xlsx", self.xlsx),
        ]

    async def pdf(self, request: web.Request) -> web.Response:
        """One document as PDF/A, sealed by the platform."""
        folded, sheet = await self._asked(request)
        async with self._making:
            made = await asyncio.to_thread(self._pdf, folded, sheet)
        return _answer(folded, f"{sheet.name}.pdf", made, _PDF)

    async def xlsx(self, request: web.Request) -> web.Response:
        """The same tables as a workbook."""
        folded, sheet = await self._asked(request)
        return _answer(folded, f"{sheet.name}.xlsx", await asyncio.to_thread(workbook, sheet), _XLSX)

    async def _asked(self, request: web.Request) -> tuple[Folded, Sheet]:
        """The session and what its reader may see of the paper; refused where that is nothing."""
        folded = await self._desk.look(request.match_info["session"])
        if folded.session.room != "evaluation" or not folded.head:
            raise Refused("no_such_session", "没有这场评标。", "There is no such evaluation.")
        caller, name = request[CALLER].person, request.match_info["paper"]
        person = caller.person if caller else ""
        role = folded.context.standing(folded.state, person) if person else "observer"
        sheets = {sheet.name: sheet for sheet in self._sheets(folded, Who(person=person, role=role))}
        if name not in sheets:
            raise Refused("no_such_paper", "没有这份文件。", f"There are {', '.join(sheets)}.")
        return folded, sheets[name]

    def _sheets(self, folded: Folded, reader: Who) -> list[Sheet]:
        seen = Who(person="", role="observer") if folded.state.published else reader
        try:
            return evaluation_sheets(folded.context.see(folded.state, seen), told(folded, seen), self._zone)
        except NoReport as error:
            raise Refused("not_over", "评标报告尚不能提供。", "There is no report that you may read yet.") from error

    def _pdf(self, folded: Folded, sheet: Sheet) -> bytes:
        place = self._folder / folded.session.id / f"{sheet.name}.pdf"
        if not folded.state.published:
            return sealed(typeset_or_refused(sheet), self._key())
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            durable.create(place, sealed(typeset_or_refused(sheet), self._key()))
        return place.read_bytes()


def _answer(folded: Folded, name: str, made: bytes, kind: str) -> web.Response:
    shown_as = f'attachment; filename="{folded.session.id}-{name}"'
    headers = {"Content-Disposition": shown_as, "Cache-Control": "no-store"}
    return web.Response(body=made, content_type=kind, headers=headers)
