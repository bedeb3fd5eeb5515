"""The compose file is sound, and what it says runs: bare, on this machine's own PostgreSQL and Redis."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import aiohttp
import msgspec
import psycopg
import pytest

from remote_bid.config import read_settings
from tests.gateway.house import HALL, House, free_port, premises
from tests.operation.compose import FILE, ROOT, SECRETS, Bare, services
from tests.postgres import Cluster
from tests.timeline.buses import OwnRedis, own_redis

pytestmark = pytest.mark.slow


def test_docker_compose_takes_the_file() -> None:
    program = shutil.which("docker-compose")
    assert program, "docker-compose is missing: sudo apt-get install docker-compose"
    done = subprocess.run(  # noqa: S603 - the machine's own program
        [program, "-f", FILE, "config", "--quiet"], env=os.environ | SECRETS, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_servers_are_alike_and_nothing_but_the_proxy_and_the_relay_is_open_to_the_world() -> None:
    found = services()
    assert found["server-1"] == found["server-2"]
    assert {name for name, service in found.items() if "ports" in service or service.get("network_mode") == "host"} == {
        "caddy",
        "coturn",
    }


def test_the_proxy_knows_both_servers_and_keeps_figures_inside() -> None:
    told = (ROOT / "deploy/Caddyfile").read_text()
    assert "reverse_proxy server-1:8080 server-2:8080" in told
    assert "@inside path /metrics" in told


def test_an_example_of_settings_names_fields_that_there_are(tmp_path: Path) -> None:
    told = msgspec.json.decode((ROOT / "deploy/settings.example.json").read_bytes())
    (tmp_path / "settings.json").write_bytes(msgspec.json.encode(told | {"zone": "UTC"}))
    assert read_settings(tmp_path / "settings.json").notice_s == 3


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """With the settings of the compose file, and its user and database."""
    words = services()["postgres"]["command"]
    cluster = Cluster([after for word, after in pairwise(words) if word == "-c"])
    try:
        for statement in ("CREATE ROLE remote_bid LOGIN", "CREATE DATABASE remote_bid OWNER remote_bid"):
            with psycopg.connect(cluster.url, autocommit=True) as connection:
                connection.execute(statement.encode())
        yield cluster
    finally:
        cluster.destroy()


@pytest.fixture
def redis() -> Iterator[OwnRedis]:
    with own_redis(services()["redis"]["command"][1:]) as server:
        yield server


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with premises(tmp_path) as found:
        yield found


@pytest.mark.timeout(180)
async def test_both_servers_run_from_the_files_own_words_and_leave_when_told(
    house: House, cluster: Cluster, redis: OwnRedis
) -> None:
    settings = house.folder / "settings.json"
    settings.write_bytes(msgspec.json.encode(house.settings))
    bare = Bare(settings, house.server_folder, cluster.url, redis.url)
    migrations = [await bare.run(services()["migrate"]) for _ in range(2)]
    assert [await migration.wait() for migration in migrations] == [0, 0]
    ports = [free_port(), free_port()]
    found = [await bare.run(services()[f"server-{number}"], port) for number, port in enumerate(ports, 1)]
    doors = [replace(house, door=f"http://127.0.0.1:{port}") for port in ports]
    try:
        for door in doors:
            await _well(door)
        await doors[0].schedule()
        token = await doors[0].sign_in("host-01")
        line = await doors[1].line(token)
        assert (await line.call("join", {"session": HALL}, timeout=10))["joined"]["head"] >= 1
        found[0].terminate()
        async with asyncio.timeout(30):
            assert await found[0].wait() == 0
        assert (await line.call("join", {"session": HALL}, timeout=10))["ok"]
        await line.disconnect()
    finally:
        for process in found:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def _well(door: House) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                async with door.http.get(f"{door.address}/healthz") as answer:
                    if (await answer.json())["status"] == "ok":
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
