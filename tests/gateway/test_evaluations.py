"""Scheduling an evaluation at the front door: by an agency, of an opening here that is closed."""

from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from msgspec.structs import replace

from remote_bid.evaluation.commands import ScheduleEvaluation
from remote_bid.evaluation.statements import EvaluationOrder
from tests.evaluation.actors import ORDER
from tests.gateway.house import BIDDERS, HALL, House, house

pytestmark = pytest.mark.asyncio(loop_scope="module")

EVALUATION = "PB-2026-0001"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A server with an opening that is far from closed."""
    async with house(tmp_path_factory.mktemp("house")) as found:
        await found.schedule()
        yield found


def asked(served: House, **changes: Any) -> dict[str, Any]:
    """What an agency's page posts."""
    opening = replace(ORDER.opening, session=changes.pop("opening", HALL))
    order: EvaluationOrder = replace(ORDER, session=EVALUATION, opening=opening, **changes)
    command = ScheduleEvaluation(signed=served.person("host-01").sign(order), custodians=[])
    return {"session": EVALUATION, "command": msgspec.to_builtins(command)}


async def test_an_opening_that_is_not_closed_hands_nothing_over(served: House) -> None:
    status, answer = await served.post("/api/evaluations", asked(served), await served.sign_in("host-01"))
    assert (status, answer["code"]) == (409, "not_closed")


@pytest.mark.parametrize("opening", ["KB-2026-9999", "registry"])
async def test_what_is_no_opening_here_hands_nothing_over(served: House, opening: str) -> None:
    body = asked(served, opening=opening)
    status, answer = await served.post("/api/evaluations", body, await served.sign_in("host-01"))
    assert (status, answer["code"]) == (409, "no_such_opening")


async def test_nobody_but_an_agency_schedules(served: House) -> None:
    status, answer = await served.post("/api/evaluations", asked(served), await served.sign_in(BIDDERS[0]))
    assert (status, answer["code"]) == (403, "not_allowed")


async def test_nobody_learns_of_evaluations_without_a_part_in_them(served: House) -> None:
    token = await served.sign_in(BIDDERS[0])
    headers = {"Authorization": f"Bearer {token}"}
    async with served.http.get(f"{served.url}/api/evaluations", headers=headers) as answer:
        assert await answer.json() == {"sessions": []}
    async with served.http.get(f"{served.url}/api/evaluations") as answer:
        assert answer.status == 401
