"""A backup made while the server goes on; brought back it is whole, begins a new epoch and knows nobody's sign-in."""

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import msgspec
import pytest

from remote_bid.app import checked, serving
from remote_bid.timeline.backup import NoBackup, back_up, restore
from tests import postgres
from tests.gateway.house import HALL, House, bearer, premises


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """The one that is backed up, and the empty one."""
    if request.param == "sqlite":
        yield "", ""
        return
    with postgres.database() as one, postgres.database(migrated=False) as other:
        yield one, other


@asynccontextmanager
async def house(folder: Path, database: str) -> AsyncIterator[House]:
    async with premises(folder, database=database) as found, serving(found.settings, found.server_folder):
        yield found


async def epoch(found: House) -> str:
    line = await found.line()
    joined = await line.call("join", {"session": HALL}, timeout=10)
    await line.disconnect()
    return str(joined["joined"]["epoch"])


async def backed_up(folder: Path, database: str) -> tuple[House, Path, str, str]:
    """A house with a session and a file in its safe; the backup, the session's epoch, and a token of somebody's."""
    async with house(folder, database) as found:
        await found.schedule()
        token, before = await found.sign_in("host-01"), await epoch(found)
        kept = found.safe / "kept/session"
        kept.mkdir(parents=True)
        (kept / "owner.name.sbe").write_bytes(b"sealed")
        return found, back_up(database, found.server_folder, folder / "backups"), before, token


async def test_it_is_brought_back_whole_under_a_new_epoch_and_everybody_signs_in_again(
    databases: tuple[str, str], tmp_path: Path
) -> None:
    found, made, before, token = await backed_up(tmp_path, databases[0])
    data = tmp_path / "restored"
    assert await restore(databases[1], data, made) == 1
    shutil.copy(found.server_folder / "office.json", data)
    assert (data / "safe/kept/session/owner.name.sbe").read_bytes() == b"sealed"
    settings = msgspec.structs.replace(found.settings, database=databases[1])
    assert await checked(settings, data) == []
    await found.neighbour.start()
    async with serving(settings, data), aiohttp.ClientSession() as http:
        again = House(settings, tmp_path, found.authority, found.people, http, found.neighbour)
        assert await epoch(again) != before
        async with http.get(f"{found.url}/api/me", headers=bearer(token)) as answer:
            assert (await answer.json())["person"] == ""
    await found.neighbour.stop()


async def test_no_key_is_in_a_backup(databases: tuple[str, str], tmp_path: Path) -> None:
    found, made, _, _ = await backed_up(tmp_path, databases[0])
    secrets = msgspec.json.decode((found.server_folder / "office.json").read_bytes(), type=dict[str, str | list[str]])
    held = b"".join(path.read_bytes() for path in made.rglob("*") if path.is_file())
    assert all(str(secrets[name]).encode() not in held for name in ("log", "storage", "lines"))
    assert {path.name for path in made.iterdir()} == {"database", "safe", "list.json"}


@pytest.mark.parametrize("spoil", ["database", "safe/session/owner.name.sbe", "list.json"])
async def test_one_that_was_altered_is_refused(tmp_path: Path, spoil: str) -> None:
    _, made, _, _ = await backed_up(tmp_path, "")
    path = made / spoil
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(NoBackup):
        await restore("", tmp_path / "restored", made)
    assert not (tmp_path / "restored/timeline.sqlite").exists()


async def test_nothing_is_overwritten(databases: tuple[str, str], tmp_path: Path) -> None:
    found, made, _, _ = await backed_up(tmp_path, databases[0])
    with pytest.raises(NoBackup):
        await restore(databases[0], found.server_folder, made)
    if databases[0]:
        with pytest.raises(NoBackup):
            await restore(databases[0], tmp_path / "restored", made)
