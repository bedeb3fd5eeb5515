"""docker-compose.yml without Docker: the same commands and environment, run bare on this machine."""

import asyncio
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from tests.gateway.house import free_port

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
SECRETS = {
    "POSTGRES_PASSWORD": "of-the-tests",
    "REMOTE_BID_PASSPHRASE": "of the tests",
    "TURN_SECRET": "t",
    "DOMAIN": "x.example",
}
_VARIABLE = re.compile(r"\$\{([A-Z_]+)\}")


def services() -> dict[str, Any]:
    """Every service as it is written."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text())["services"]
    return found


@dataclass(frozen=True)
class Bare:
    """Where on this machine is what the containers find at their own places."""

    settings: Path
    data: Path
    database: str
    redis: str

    def command(self, service: Mapping[str, Any], port: int = 0) -> list[str]:
        """The service's command for the image's entrypoint."""
        here = {
            "/etc/remote-bid/settings.json": str(self.settings),
            "/var/lib/remote-bid": str(self.data),
            "0.0.0.0": "127.0.0.1",  # noqa: S104 - what containers listen on
            "8080": str(port or free_port()),
        }
        return [sys.executable, "-m", "remote_bid", *(here.get(word, word) for word in service["command"])]

    def environment(self, service: Mapping[str, Any]) -> dict[str, str]:
        """The service's environment, with this machine's addresses."""
        told = {name: _VARIABLE.sub(lambda m: SECRETS[m[1]], value) for name, value in service["environment"].items()}
        here = sa.make_url(self.database)
        there = re.sub(r"//([^:]+):.*@", r"//\1@", told["REMOTE_BID_DATABASE"])
        address = sa.make_url(there).set(host=here.host, port=here.port)
        told |= {"REMOTE_BID_DATABASE": address.render_as_string(hide_password=False), "REMOTE_BID_REDIS": self.redis}
        return os.environ | told

    async def run(self, service: Mapping[str, Any], port: int = 0) -> asyncio.subprocess.Process:
        """Start it."""
        return await asyncio.create_subprocess_exec(
            *self.command(service, port), env=self.environment(service), stderr=asyncio.subprocess.PIPE
        )
