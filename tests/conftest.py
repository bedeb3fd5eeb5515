"""What a test run must put away when it ends."""

from collections.abc import Iterator

import pytest

from tests import postgres


@pytest.fixture(scope="session", autouse=True)
def _postgres_ends_with_the_run() -> Iterator[None]:
    yield
    postgres.stop()
