"""The honest day that everything here is made from, and it taken apart by attackers of different reach."""

from dataclasses import replace
from pathlib import Path

import pytest

from remote_bid.verify import Trust
from tests.played import Played, once_per_run
from tests.verify.forger import Day
from tests.verify.keys import Keys, stolen
from tests.verify.rebirth import Reborn


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return once_per_run(tmp_path_factory)


@pytest.fixture(scope="session")
def bundle(played: Played) -> bytes:
    return played.bundle


@pytest.fixture(scope="session")
def trust(played: Played) -> Trust:
    return played.trust


@pytest.fixture(scope="session")
def keys(played: Played) -> Keys:
    return stolen(played.stolen, played.trust)


@pytest.fixture
def server(bundle: bytes, keys: Keys) -> Day:
    """In the hands of whoever has the server's key, and nobody else's."""
    return Day(bundle, keys.only_the_log())


@pytest.fixture
def conspiracy(bundle: bytes, keys: Keys) -> Day:
    """In the hands of server and cosigner: every note can be signed anew, at any time; no person's statement can."""
    return Day(bundle, replace(keys, people={}))


@pytest.fixture
def lived(bundle: bytes, keys: Keys) -> Day:
    """Everybody signs again whatever follows: what it would be had it happened so on the day."""
    return Day(bundle, keys)


@pytest.fixture
def reborn(bundle: bytes, tmp_path: Path) -> Reborn:
    """Played again by people of the attacker's own."""
    return Reborn(bundle, tmp_path)
