"""A whole evaluation by real processes over real sockets, its server killed in the middle, on either database."""

import asyncio
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.process import BaseProcess
from pathlib import Path

import msgspec
import pytest

from remote_bid.demo.cast import Cast, assemble, fast
from remote_bid.demo.committee import OBSERVER
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
        cast = assemble(tmp_path, own_programme(3, seed=7), fast(3))
        cast = replace(cast, settings=msgspec.structs.replace(cast.settings, database=url))
        result, cut = await evaluated(cast, players)
    assert cut.happened
    assert result.figures() | {"ranking": 1} == {"experts": 5, "sheets": 5, "ranking": 1}
    assert verify(io.BytesIO(result.bundle), cast.trust).verified
    assert taken_back(cast, result.bundle) == []


def taken_back(cast: Cast, bundle: bytes) -> list[str]:
    """Entries of the main line that anybody was shown during the evaluation and that are not what was published."""
    timeline = parse_jcs(container.read(io.BytesIO(bundle))[0]["timeline.json"])
    kept = {f"{entry['seq']} {entry['leaf']}" for entry in timeline}
    journals = [*cast.folder.glob(f"people/*/{EVALUATION_JOURNAL}")]
    assert cast.home(OBSERVER) / EVALUATION_JOURNAL in journals
    shown = [line.split(" ", 1) for journal in journals for line in journal.read_text().splitlines()]
    return [entry for line, entry in shown if line == MAIN and entry not in kept]
