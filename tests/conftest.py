"""How tests are spread over workers, and what a run must put away when it ends."""

from collections.abc import Iterator

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests import postgres


@pytest.fixture(scope="session", autouse=True)
def _postgres_ends_with_the_run() -> Iterator[None]:
    yield
    postgres.stop()


class PagesOneByOne(LoadFileScheduling):  # type: ignore[misc]  # it ships no types
    """Whole files to one worker, but for those of tests/web, whose tests share nothing and take long: one by one, and
    last, so that no worker is left with a file of them.
    """

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return nodeid if file.startswith("tests/web/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> PagesOneByOne | None:
    """In place of xdist's own for `--dist=loadfile`."""
    return PagesOneByOne(config, log) if config.getoption("dist") == "loadfile" else None
