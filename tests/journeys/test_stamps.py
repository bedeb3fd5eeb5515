"""A whole day whose close the real program for time stamps signs, by its own clock."""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from aiohttp import web

from remote_bid.config import TsaAt
from remote_bid.demo.cast import Cast, assemble, fast
from remote_bid.demo.day import play, troupe
from remote_bid.demo.programme import own_programme
from remote_bid.opening.terms import Phase
from remote_bid.verify import verify
from tests.timeline.tsa import Tsa

LIMIT_S = 100


@asynccontextmanager
async def answering(tsa: Tsa) -> AsyncIterator[str]:
    """The address at which the authority of time stamps."""

    async def answer(request: web.Request) -> web.Response:
        with TemporaryDirectory() as folder:
            reply = await asyncio.to_thread(tsa.openssl, await request.read(), Path(folder))
        return web.Response(body=reply, content_type="application/timestamp-reply")

    app = web.Application()
    app.router.add_post("/", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


def stamped(cast: Cast, tsa: Tsa, url: str) -> Cast:
    """The same cast, whose centre and people know an authority of time."""
    settings = msgspec.structs.replace(cast.settings, tsa=TsaAt(url=url, root=tsa.pem))
    return replace(cast, settings=settings, trust=msgspec.structs.replace(cast.trust, tsa=[tsa.pem]))


@pytest.mark.slow
async def test_the_last_tick_and_the_close_of_a_day_are_stamped(tmp_path: Path) -> None:
    tsa, cast = Tsa(), assemble(tmp_path, own_programme(3, seed=7), fast(3))
    async with answering(tsa) as url:
        with troupe() as players:
            day = await play(stamped(cast, tsa, url), players, lambda _: None, LIMIT_S)
    assert day.view.phase is Phase.CLOSED
    assert isinstance(day.view.stamps, dict)
    assert all(day.view.stamps.values())
    report = verify(io.BytesIO(day.bundle), stamped(cast, tsa, url).trust)
    assert report.verified
    assert [i.why for i in report.items if i.what == "time stamps"] == ["2 of 2, each by a trusted authority of time"]
