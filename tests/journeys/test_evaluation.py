"""A whole evaluation by real processes over real sockets, its server killed in the middle, on either database."""

import asyncio
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest

from remote_bid.demo.cast import Cast, assemble, fast
from remote_bid.demo.committee import EVALUATION, OBSERVER
from remote_bid.demo.day import answering, enter_server, open_house, raise_curtain, seen
from remote_bid.demo.evaluating import Evaluated, evaluate
from remote_bid.demo.programme import own_programme
from remote_bid.demo.stage import EVALUATION_JOURNAL
from remote_bid.demo.troupe import Troupe, troupe
from remote_bid.evaluation.terms import EvaluationPhase, come_to
from remote_bid.evaluation.view import EvaluationView
from remote_bid.seal.canonical import parse_jcs
from remote_bid.timeline.entry import MAIN
from remote_bid.verify import container, verify
from tests import postgres

LIMIT_S = 240


@contextmanager
def database(name: str) -> Iterator[str]:
    if name == "sqlite":
        yield ""
    else:
        with postgres.database() as url:
            yield url


class PowerCut:
    """Kills the server as soon as scoring begins, and starts it again."""

    def __init__(self, cast: Cast, players: Troupe, server: BaseProcess) -> None:
        self._cast, self._players, self._server = cast, players, server
        self.happened = False

    def __call__(self, view: EvaluationView) -> None:
        if not self.happened and view.phase and come_to(view.phase, EvaluationPhase.DETAILED):
            self.happened = True
            self._players.kill(self._server)
            enter_server(self._players, self._cast)


async def evaluated(cast: Cast, players: Troupe) -> tuple[Evaluated, PowerCut]:
    server = open_house(players, cast)
    await answering(cast.url, players)
    raise_curtain(players, cast)
    day = await seen(cast, players, lambda _: None, LIMIT_S)
    cut = PowerCut(cast, players, server)
    async with asyncio.timeout(LIMIT_S):
        result = await evaluate(cast, players, day.view, cut, LIMIT_S)
    assert result is not None
    return result, cut


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
async def test_an_evaluation_outlives_its_server(name: str, tmp_path: Path) -> None:
    with database(name) as url, troupe() as players:
        cast = assemble(tmp_path, own_programme(3, seed=7), replace(fast(3), site_lost=True))
        cast = replace(cast, settings=msgspec.structs.replace(cast.settings, database=url))
        result, cut = await evaluated(cast, players)
        assert await replayed(cast, result.bundle) == "replayed"
    assert cut.happened
    assert result.figures() | {"ranking": 1} == {"experts": 5, "sheets": 5, "ranking": 1}
    assert verify(io.BytesIO(result.bundle), cast.trust).verified
    assert taken_back(cast, result.bundle) == []
    stands_still_at_one_site_alone(result.bundle)


async def replayed(cast: Cast, bundle: bytes) -> str:
    """With which code a gate's event is refused when anybody hands it in again; the answer has a trace to quote."""
    heard = next(entry["event"] for entry in timeline_of(bundle) if entry["event"]["type"] == "GateHeard")
    gates = f"{cast.url}/api/evaluations/{EVALUATION}/gates"
    async with aiohttp.ClientSession() as http, http.post(gates, json=heard["statement"]) as answer:
        refusal = await answer.json()
    assert (answer.status, bool(refusal["zh"]), bool(refusal["trace"])) == (409, True, True)
    return str(refusal["code"])


def timeline_of(bundle: bytes) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = parse_jcs(container.read(io.BytesIO(bundle))[0]["timeline.json"])
    return entries


def taken_back(cast: Cast, bundle: bytes) -> list[str]:
    """Entries of the main line that anybody was shown during the evaluation and that are not what was published."""
    kept = {f"{entry['seq']} {entry['leaf']}" for entry in timeline_of(bundle)}
    journals = [*cast.folder.glob(f"people/*/{EVALUATION_JOURNAL}")]
    assert cast.home(OBSERVER) / EVALUATION_JOURNAL in journals
    shown = [line.split(" ", 1) for journal in journals for line in journal.read_text().splitlines()]
    return [entry for line, entry in shown if line == MAIN and entry not in kept]


def stands_still_at_one_site_alone(bundle: bytes) -> None:
    """While the south has no network its members do nothing, others score, and then it goes on."""
    told = [entry["event"] for entry in timeline_of(bundle)]
    kinds = [event["type"] for event in told]
    lost, back = kinds.index("SiteLost"), kinds.index("SiteRestored")
    south = {event["alias"] for event in told if event["type"] == "SeatTaken" and event["site"] == told[lost]["site"]}
    meanwhile = {event["alias"] for event in told[lost:back] if event["type"] == "SheetSubmitted"}
    assert south
    assert meanwhile
    assert not south & meanwhile
