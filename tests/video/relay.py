"""Debian's coturn on this machine, with the settings that the project ships."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from remote_bid.video.turn import turn_access

SHIPPED = Path(__file__).parents[2] / "deploy/turnserver.conf"
SECRET = "a-secret-of-this-test"  # noqa: S105 - the relay is the test's own
_START_S = 15.0


def configuration(port: int, workers: str, secret: str = SECRET) -> str:
    """The shipped file, filled in for this machine."""
    filled = {
        "static-auth-secret=CHANGE-ME": f"static-auth-secret={secret}",
        "realm=CHANGE-ME": "realm=call.test",
        "listening-port=3478": f"listening-port={port}\nlistening-ip=127.0.0.1\nrelay-ip=127.0.0.1\nno-tls\nno-dtls",
        "tls-listening-port=443": "",
        "cert=/etc/coturn/cert.pem": "",
        "pkey=/etc/coturn/key.pem": "",
        "allowed-peer-ip=192.0.2.10": f"allowed-peer-ip={workers}\nallow-loopback-peers",
    }
    lines = SHIPPED.read_text().splitlines()
    return "\n".join(filled.get(line, line) for line in lines)


@asynccontextmanager
async def a_relay(folder: Path, workers: str = "127.0.0.1", lasts_s: float = 300) -> AsyncIterator[dict[str, Any]]:
    """Running; gives what a browser needs to use it, over TCP alone."""
    program, port = shutil.which("turnserver"), _free_port()
    assert program, "coturn is missing: ./dev doctor says how to install it"
    file = folder / "turnserver.conf"
    _write(file, configuration(port, workers))
    arguments = ["-c", str(file), "--pidfile", str(folder / "turn.pid"), "--db", str(folder / "turn.db")]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(program, *arguments, stdout=quiet, stderr=quiet)
    try:
        await _listening(port)
        urls = [f"turn:127.0.0.1:{port}?transport=tcp"]
        access = turn_access(urls, SECRET.encode(), timedelta(seconds=lasts_s), datetime.now(UTC))
        yield msgspec.to_builtins(access)
    finally:
        process.terminate()
        await process.wait()


def _write(file: Path, content: str) -> None:
    file.write_text(content)


async def _listening(port: int) -> None:
    async with asyncio.timeout(_START_S):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.1)
            else:
                writer.close()
                return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
