"""The evaluation that follows the opening: whoever is drawn enters when the telephone rings."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from remote_bid.demo import evaluators, offices
from remote_bid.demo.calling import play_call
from remote_bid.demo.cast import Cast
from remote_bid.demo.committee import CUSTODIANS, EVALUATION, EXPERTS, OBSERVER, OPERATORS, evaluated_lot
from remote_bid.demo.stage import Attendant
from remote_bid.demo.troupe import PlayFailed, Troupe, bundle_of, while_all_play
from remote_bid.evaluation.terms import EvaluationPhase
from remote_bid.evaluation.view import EvaluationView
from remote_bid.opening.terms import Outcome, Phase
from remote_bid.opening.view import OpeningView
from remote_bid.paper.evaluation_sheets import EVALUATION_PAPERS
from remote_bid.participant.client import ServerRefused
from remote_bid.tender.terms import Lot

WatchEvaluation = Callable[[EvaluationView], None]
"""Called on every change that the tenderer's observer sees."""

_LOOK_S = 0.1
_OPENED = (Outcome.OPENED, Outcome.REMEDIED)


@dataclass(frozen=True)
class Evaluated:
    """What came of it."""

    view: EvaluationView
    names: dict[str, str]
    """Bidders' names by bid."""
    bundle: bytes
    papers: dict[str, bytes]
    """The documents by file name; none if no Chinese font is installed."""

    def figures(self) -> dict[str, Any]:
        """For the last line: experts and sheets that counted, and the bidders by rank."""
        here = [row for row in (self.view.members or {}).values() if row.present]
        return {
            "experts": len(here),
            "sheets": sum("sheet" in (row.done or []) for row in here),
            "ranking": [self.names[line.bid] for line in self.view.summary.ranking.ranked] if self.view.summary else [],
        }


NOT_EVALUATED: dict[str, Any] = {"experts": 0, "sheets": 0, "ranking": []}


def lot_of(cast: Cast, view: OpeningView) -> Lot | None:
    """What is evaluated after this opening; None where too few bids were opened."""
    rows = (view.bids or {}).values() if view.phase is Phase.CLOSED else ()
    return evaluated_lot(cast.tender, Counter(row.lot for row in rows if row.outcome in _OPENED))


async def evaluate(
    cast: Cast, players: Troupe, opened: OpeningView, watch: WatchEvaluation, limit_s: float
) -> Evaluated | None:
    """The whole evaluation from the observer's place, until its bundle is there; None where there is none."""
    lot = lot_of(cast, opened)
    if lot is None:
        return None
    _enter(cast, players, lot)
    ringing = asyncio.ensure_future(_keep_answering(cast, players))
    try:
        async with Attendant(cast, OBSERVER).connected() as line:
            over = asyncio.create_task(line.until(lambda view: _watched(watch, view)))
            view = await while_all_play(over, players, limit_s)
            if view.void:
                raise PlayFailed(f"the evaluation is void: {view.void}")
            names = {bid: row.name or "" for bid, row in (opened.bids or {}).items()}
            return Evaluated(view, names, await bundle_of(line, players), await _papers(line))
    finally:
        ringing.cancel()
        await asyncio.gather(ringing, return_exceptions=True)


async def _papers(line: Attendant) -> dict[str, bytes]:
    names = [*(f"{name}.pdf" for name in EVALUATION_PAPERS), "score-tables.xlsx"]
    try:
        return {name: await line.fetch(f"/api/evaluations/{EVALUATION}/papers/{name}") for name in names}
    except ServerRefused as refusal:
        if refusal.code != "no_font":
            raise
        return {}


def _watched(watch: WatchEvaluation, view: EvaluationView) -> bool:
    watch(view)
    return bool(view.void) or (bool(view.published) and view.phase is EvaluationPhase.CLOSED)


def _enter(cast: Cast, players: Troupe, lot: Lot) -> None:
    """Everybody who is known beforehand."""
    for person in CUSTODIANS:
        players.enter(offices.play_draw_custodian, cast, person, lot.lot)
    players.enter(offices.play_agency, cast, lot)
    players.enter(offices.play_overseer, cast)
    players.enter(offices.play_centre, cast)
    if cast.pace.call_s:
        players.enter(play_call, cast)
    for person in OPERATORS:
        players.enter(offices.play_site, cast, person)


async def _keep_answering(cast: Cast, players: Troupe) -> None:
    """Whose telephone rings comes, once."""
    waiting = {person: evaluators.play_expert for person, _ in EXPERTS}
    waiting |= {contender.person: offices.play_asked for contender in cast.contenders}
    while True:
        for person in [person for person in waiting if (cast.home(person) / offices.RUNG).exists()]:
            players.enter(waiting.pop(person), cast, person)
        await asyncio.sleep(_LOOK_S)
