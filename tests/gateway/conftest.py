"""One server for all tests of a file; each test brings its own people and lines."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
import structlog

from tests.gateway import tus
from tests.gateway.house import BIDDERS, House, house

structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A server with one session scheduled, whose beginning is cosigned: nothing is under way."""
    async with house(tmp_path_factory.mktemp("house")) as found:
        await found.schedule()
        while not found.neighbour.state.exists():  # noqa: ASYNC110 - a file on the disk tells nobody
            await asyncio.sleep(0.01)
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def line(hall: House) -> AsyncIterator[Any]:
    """Ann's connection."""
    yield await hall.line(await hall.sign_in(BIDDERS[0]))
    await hall.hang_up()


@pytest_asyncio.fixture(loop_scope="module")
async def token(hall: House) -> str:
    """Ann's."""
    return await hall.sign_in(BIDDERS[0])


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    """One for each test: names are written once."""
    return tus.base64_of(request.node.name.encode()).translate(str.maketrans("+/", "-_", "="))[-64:]
