"""The fast day that all tests of a run share."""

import pytest

from tests.played import Played, once_per_run


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return once_per_run(tmp_path_factory)
