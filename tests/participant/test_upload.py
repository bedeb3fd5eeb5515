"""A bidder's upload goes on where it was, whatever happens to the line or the server."""

import io
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from remote_bid.app import serving
from remote_bid.participant import upload as uploading
from remote_bid.participant.refusals import ServerRefused
from remote_bid.participant.upload import Upload
from tests.gateway.house import BIDDERS, HALL, PART_LIMIT, House, bearer, free_port, house, premises
from tests.journeys.cable import Cable
from tests.seal.bids import honest

FILE = honest(b"x" * 100_000).file
FOLDER = f"/api/sessions/{HALL}/uploads"


class Read(io.BytesIO):
    """A file that tells what is read from it, and does something at the third piece."""

    def __init__(self, raw: bytes, at_the_third: Callable[[], object]) -> None:
        super().__init__(raw)
        self.starts: list[int] = []
        self._then = at_the_third

    def read(self, size: int | None = -1, /) -> bytes:
        self.starts.append(self.tell())
        if len(self.starts) == 3:
            self._then()
        return super().read(size)


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "PIECE", 20_000)


def kept(hall: House) -> list[bytes]:
    return [path.read_bytes() for path in hall.safe.rglob("*.sbe")]


async def test_a_lost_line_costs_one_piece(tmp_path: Path) -> None:
    async with house(tmp_path) as hall:
        await hall.schedule()
        token, port = await hall.sign_in(BIDDERS[0]), free_port()
        async with Cable(hall.settings.port).laid(port) as cable:
            file = Read(FILE, cable.pull)
            upload = Upload(hall.http, f"http://127.0.0.1:{port}{FOLDER}", "u-1", file)
            with pytest.raises(aiohttp.ClientError):
                await upload.go_on(bearer(token))
            await upload.go_on(bearer(token))
        assert kept(hall) == [FILE]
        assert file.starts == [0, 20_000, 40_000, 40_000, 60_000, 80_000, 100_000]


async def test_a_server_that_comes_back_has_what_it_acknowledged(tmp_path: Path) -> None:
    async with premises(tmp_path) as hall:
        async with serving(hall.settings, hall.server_folder):
            await hall.schedule()
            token = await hall.sign_in(BIDDERS[0])

            def fails() -> None:
                raise aiohttp.ClientError

            file = Read(FILE, fails)
            with pytest.raises(aiohttp.ClientError):
                await Upload(hall.http, hall.url + FOLDER, "u-1", file).go_on(bearer(token))
        async with serving(hall.settings, hall.server_folder):
            upload = Upload(hall.http, hall.url + FOLDER, "u-1", file)
            with pytest.raises(ServerRefused, match="not_signed_in"):
                await upload.go_on(bearer("another's"))
            await upload.go_on(bearer(token))
            assert kept(hall) == [FILE]
            assert file.starts[3] == 40_000


async def test_what_cannot_pass_is_said(tmp_path: Path) -> None:
    async with house(tmp_path) as hall:
        await hall.schedule()
        token = await hall.sign_in(BIDDERS[0])
        for code, raw in (("too_large", bytes(PART_LIMIT + 1)), ("not_an_envelope", b"PK" * 50)):
            with pytest.raises(ServerRefused, match=code):
                await Upload(hall.http, hall.url + FOLDER, code, io.BytesIO(raw)).go_on(bearer(token))
