"""How tests are spread over workers, and what a run must put away when it ends."""

from collections.abc import Iterator

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from tests import postgres


@pytest.fixture(scope="session", autouse=True)
def _postgres_ends_with_the_run() -> Iterator[None]:
    yield
    postgres.stop()


_PAGES = "tests/web/"


class PagesOneByOne(LoadFileScheduling):  # type: ignore[misc]  # it ships no types
    """Whole files to one worker, but for those of tests/web, whose tests share nothing and take long: one by one, so
    that no worker is left with a file of them. The first worker takes these, the others all else: two days in browsers
    beside each other take more than twice as long as one after the other.
    """

    def _split_scope(self, nodeid: str) -> str:
        file: str = super()._split_scope(nodeid)
        return nodeid if file.startswith(_PAGES) else file

    def _assign_work_unit(self, node: WorkerController) -> None:
        pages = node is self.nodes[0]
        wanted = next((scope for scope in self.workqueue if scope.startswith(_PAGES) == pages), None)
        if wanted is not None:
            self.workqueue.move_to_end(wanted, last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> PagesOneByOne | None:
    """In place of xdist's own for `--dist=loadfile`."""
    return PagesOneByOne(config, log) if config.getoption("dist") == "loadfile" else None
