"""How a benchmark talks to the servers that it starts: lines of JSON on their standard input and output."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_PAGE_KB = os.sysconf("SC_PAGE_SIZE") / 1024


class Peer:
    """A server process of its own, kept to one core."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.port = int(self.answer()["port"])

    def ask(self, **what: Any) -> None:
        """Have it do something."""
        print(json.dumps(what), file=self._process.stdin, flush=True)

    def answer(self) -> dict[str, Any]:
        """What it says next."""
        assert self._process.stdout is not None  # noqa: S101 - it was started with one
        said = self._process.stdout.readline()
        if not said:
            raise SystemExit(f"{self._process.args!r} ended: {self._process.wait()}")
        answer: dict[str, Any] = json.loads(said)
        return answer

    @property
    def cpu_s(self) -> float:
        """Seconds that all of its threads have run so far, as the scheduler counts them: to the nanosecond."""
        threads = Path(f"/proc/{self._process.pid}/task").iterdir()
        return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1e9

    @property
    def rss_kb(self) -> float:
        """Memory that it has now."""
        return int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]) * _PAGE_KB


@contextmanager
def started(*command: str | Path, core: int = 0) -> Iterator[Peer]:
    """A server, for the time of the context."""
    pinned = ["taskset", "-c", str(core)] if (os.cpu_count() or 1) > 1 else []
    pipe = subprocess.PIPE
    whole = [*pinned, *map(str, command)]
    with subprocess.Popen(whole, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as process:  # noqa: S603 - our own
        try:
            yield Peer(process)
        finally:
            process.kill()


def python(name: str, *arguments: str) -> Sequence[str | Path]:
    """The command that runs one of these servers."""
    return [sys.executable, "-m", f"bench.load.{name}", *arguments]


async def told() -> AsyncIterator[dict[str, Any]]:
    """For servers: what they are asked, one thing after the other."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        yield json.loads(line)


def say(**what: Any) -> None:
    """For servers: answer."""
    print(json.dumps(what), flush=True)
