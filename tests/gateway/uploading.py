"""An upload by tus, step by step, as a client would ask for it, and by hand on the bare line."""

import asyncio
from typing import Any

from tests.gateway import tus
from tests.gateway.house import HALL, House, bearer
from tests.seal.bids import honest

UPLOADS = f"/api/sessions/{HALL}/uploads"


FILE = honest(b"x" * 100_000).file


async def asked(
    hall: House, method: str, path: str, token: str, headers: tus.Headers, body: Any = b""
) -> tuple[int, dict[str, str], Any]:
    """Status, headers, and the refusal if there is one."""
    told = bearer(token) | headers
    async with hall.http.request(method, hall.url + path, data=body, headers=told) as answer:
        assert answer.status == 401 or answer.headers["Tus-Resumable"] == "1.0.0"
        refusal = await answer.json(content_type=None) if answer.status >= 400 and method != "HEAD" else None
        return answer.status, dict(answer.headers), refusal


async def begun(hall: House, token: str, name: str, length: int = len(FILE)) -> str:
    """The address of a new upload."""
    status, headers, refusal = await asked(hall, "POST", UPLOADS, token, tus.creation(name, length))
    assert status == 201, refusal
    return headers["Location"]


async def sent(hall: House, token: str, path: str, offset: int, data: bytes) -> int:
    """The new offset."""
    status, headers, refusal = await asked(hall, "PATCH", path, token, tus.piece(offset, data), data)
    assert status == 204, refusal
    return int(headers["Upload-Offset"])


async def offset_of(hall: House, token: str, path: str) -> int:
    status, headers, _ = await asked(hall, "HEAD", path, token, tus.VERSION)
    assert (status, headers["Upload-Length"], headers["Cache-Control"]) == (200, str(len(FILE)), "no-store")
    return int(headers["Upload-Offset"])


def kept(hall: House) -> list[bytes]:
    return [path.read_bytes() for path in hall.safe.rglob("*.sbe")]


def raw(start: str, token: str, offset: int, rest: str, **more: str) -> str:
    headers = bearer(token) | tus.unchecked(offset) | {"Host": "x"} | more
    return f"{start} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items()) + rest


async def line(hall: House, written: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(*hall.url.removeprefix("http://").split(":"))
    writer.write(written.encode("latin-1", errors="replace"))
    return reader, writer


async def status_of(hall: House, written: str) -> int:
    reader, writer = await line(hall, written)
    status = int((await asyncio.wait_for(reader.readline(), 5)).split()[1])
    writer.close()
    return status


HEAD = FILE[:600].decode("latin-1")
