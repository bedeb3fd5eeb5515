"""Health tells what is not well, by name, and nothing of any session."""

from pathlib import Path
from typing import Any, NoReturn

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from remote_bid.gateway.health import Health
from remote_bid.timeline.log import MemoryLog
from remote_bid.timeline.trouble import LogAway
from tests.gateway.house import house
from tests.timeline.hours import Running


class Away(MemoryLog):
    """A log whose database does not answer."""

    async def find(self, session: str) -> NoReturn:
        raise LogAway


async def told(health: Health) -> tuple[int, Any]:
    app = web.Application()
    app.add_routes(health.routes())
    async with TestClient(TestServer(app)) as client, client.get("/healthz") as answer:
        return answer.status, await answer.json()


@pytest.mark.parametrize(
    ("clock", "others", "log", "said"),
    [
        ("", {"stamps": ""}, MemoryLog, (200, {"status": "ok", "alerts": []})),
        ("", {"stamps": "KB-7: away", "checkpoints": "x"}, MemoryLog, (200, "degraded", ["checkpoints", "stamps"])),
        ("jumped", {"stamps": ""}, MemoryLog, (503, "down", ["clock"])),
        ("", {"stamps": "KB-7: away"}, Away, (503, "down", ["log", "stamps"])),
    ],
)
async def test_what_is_not_well_is_named(clock: str, others: dict[str, str], log: Any, said: Any) -> None:
    alerts = {name: (lambda why=why: why) for name, why in others.items()}
    status, answer = await told(Health(log(Running()), {"clock": lambda: clock}, alerts))
    assert (status, answer) == said if len(said) == 2 else (status, answer["status"], answer["alerts"]) == said
    assert "KB-7" not in str(answer)


async def test_a_server_names_the_cosigner_that_is_away(tmp_path: Path) -> None:
    async with house(tmp_path) as found:
        async with found.http.get(f"{found.url}/healthz") as answer:
            assert (answer.status, await answer.json()) == (200, {"status": "ok", "alerts": []})
        await found.neighbour.stop()
        await found.schedule()
        name = f"cosigner {found.settings.cosigners[0].name}"
        alerts: list[str] = []
        while name not in alerts or "checkpoints" not in alerts:
            async with found.http.get(f"{found.url}/healthz") as answer:
                told_ = await answer.json()
                alerts = told_["alerts"]
            assert answer.status == 200
        assert told_ == {"status": "degraded", "alerts": ["checkpoints", name]}
        await found.neighbour.start()
        while alerts:
            async with found.http.get(f"{found.url}/healthz") as answer:
                alerts = (await answer.json())["alerts"]
