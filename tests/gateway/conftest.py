"""One server for all tests of a file; each test brings its own people and lines."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import structlog

from tests.gateway.house import House, house

structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A server with one session scheduled."""
    async with house(tmp_path_factory.mktemp("house")) as found:
        await found.schedule()
        yield found
