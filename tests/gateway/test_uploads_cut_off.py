"""Uploads on a bad line: what came is kept, who stalls is cut off, and no address leads out of the safe."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from remote_bid.gateway import uploads as routes
from tests.gateway import tus
from tests.gateway.house import BIDDERS, House
from tests.gateway.uploading import FILE, HEAD, UPLOADS, begun, kept, line, offset_of, raw, sent, status_of

pytestmark = pytest.mark.asyncio(loop_scope="module")
ANN, BOB = BIDDERS


NAMES = ["..", ".", "%2e%2e", "..%2f..%2foffice.json", "%2fetc%2fpasswd", "a%00b", "é" * 300, "x" * 5000, "%ff", "a b"]


@pytest.mark.parametrize("odd", NAMES, ids=lambda name: name[:12])
async def test_no_address_leads_out_of_the_safe(hall: House, token: str, odd: str) -> None:
    outside = hall.elsewhere()
    status = await status_of(hall, raw(f"PATCH {UPLOADS}/{odd}", token, 0, "Content-Length: 1\r\n\r\nx"))
    assert status in (400, 404, 405)
    assert hall.elsewhere() == outside


CUT = {
    "with a length": "Content-Length: 100000\r\n\r\n" + HEAD,
    "in chunks": "Transfer-Encoding: chunked\r\n\r\n258\r\n" + HEAD + "\r\n",
    "within a chunk": "Transfer-Encoding: chunked\r\n\r\nC350\r\n" + HEAD,
}


@pytest.mark.parametrize("how", CUT)
async def test_a_line_cut_off_half_way_loses_nothing_that_came(hall: House, token: str, name: str, how: str) -> None:
    path = await begun(hall, token, name)
    _, writer = await line(hall, raw(f"PATCH {path}", token, 0, CUT[how]))
    await asyncio.sleep(0.1)
    writer.close()
    await until(lambda: offset_of(hall, token, path), 600)
    await sent(hall, token, path, 600, FILE[600:])
    assert FILE in kept(hall)


async def until(ask: Callable[[], Any], wanted: int) -> None:
    for _ in range(300):
        if await ask() == wanted:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to that")


async def test_a_newer_line_takes_over_from_one_that_hangs(hall: House, token: str, name: str) -> None:
    """A half-open line must not keep its owner away until the deadline has passed."""
    path = await begun(hall, token, name)
    reader, writer = await line(hall, raw(f"PATCH {path}", token, 0, CUT["with a length"], **checked(FILE[:100_000])))
    await asyncio.sleep(0.1)
    assert await asyncio.wait_for(sent(hall, token, path, 0, FILE), 3) == len(FILE)
    assert await asyncio.wait_for(reader.read(), 3) == b""
    writer.close()


def checked(data: bytes) -> tus.Headers:
    return {"Upload-Checksum": tus.piece(0, data)["Upload-Checksum"]}


@pytest.mark.parametrize("limit", ["_SILENCE_S", "_PIECE_S"])
async def test_who_stalls_or_trickles_is_cut_off(
    hall: House, token: str, name: str, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, limit, 0.2)
    path = await begun(hall, token, name)
    reader, writer = await line(hall, raw(f"PATCH {path}", token, 0, CUT["with a length"]))

    async def trickle() -> None:
        for byte in FILE[600:700]:
            writer.write(bytes([byte]))
            await asyncio.sleep(0.05 if limit == "_PIECE_S" else 10)

    trickling = asyncio.create_task(trickle())
    assert b" 408 " in await asyncio.wait_for(reader.readline(), 3)
    assert b"too_slow" in await asyncio.wait_for(reader.read(1500), 3)
    trickling.cancel()
    writer.close()
    assert await offset_of(hall, token, path) >= 600


@pytest.mark.parametrize(
    "framing",
    ["Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nTransfer-Encoding: chunked", "Content-Length: -1"],
)
async def test_a_body_of_two_lengths_is_refused(hall: House, token: str, name: str, framing: str) -> None:
    path = await begun(hall, token, name)
    assert await status_of(hall, raw(f"PATCH {path}", token, 0, f"{framing}\r\n\r\n0\r\n\r\nx")) == 400
    assert await offset_of(hall, token, path) == 0


async def test_uploads_on_their_way_lie_where_no_backup_confuses_them(hall: House, token: str, name: str) -> None:
    await begun(hall, token, name)
    assert {Path(path).parent.parent.name for path in hall.safe.rglob("*.part")} == {"arriving"}
