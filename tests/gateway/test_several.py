"""Two servers of one deployment: whoever comes in by either sees, knows and may do the same."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from remote_bid.app import serving
from remote_bid.people.sign_in import SignIn
from tests import postgres
from tests.gateway.house import BIDDERS, HALL, House, bearer, free_port, premises
from tests.timeline.buses import own_redis, until

ANN, BOB = BIDDERS


@dataclass
class Two:
    """The same house by either of its doors."""

    first: House
    second: House

    @property
    def both(self) -> list[House]:
        return [self.first, self.second]


class Sees:
    """What one client is shown of a session."""

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.line: Any = None

    @classmethod
    @asynccontextmanager
    async def at(cls, door: House, person: str = "") -> AsyncIterator["Sees"]:
        found = cls()
        found.line = await door.line(await door.sign_in(person) if person else "")
        found.line.on("frame", found._on_frame)
        joined = await found.ask("join", {"session": HALL})
        found.seqs += [entry["seq"] for entry in joined["joined"]["entries"]]
        yield found
        await found.line.disconnect()

    def _on_frame(self, frame: dict[str, Any]) -> None:
        if frame.get("line") == "main" and "seq" in frame:
            self.seqs.append(frame["seq"])

    async def ask(self, event: str, body: Any) -> Any:
        answer = await self.line.call(event, body, timeout=10)
        assert answer["ok"], answer
        return answer


@pytest.fixture(scope="module", params=["redis", "no redis"])
def redis(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "no redis":
        yield ""
        return
    with own_redis() as server:
        yield server.url


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two(redis: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Two]:
    """A proxy would stand before both: their origin is one, but here each is entered at its own port."""
    folder = tmp_path_factory.mktemp("two")
    with postgres.database() as url:
        async with premises(folder, database=url, redis=redis) as house:
            other = msgspec.structs.replace(house.settings, port=free_port())
            async with serving(house.settings, house.server_folder), serving(other, house.server_folder):
                second = replace(house, door=f"http://127.0.0.1:{other.port}")
                await house.schedule()
                yield Two(house, second)
                await house.hang_up()


@pytest.mark.asyncio(loop_scope="module")
async def test_a_session_scheduled_at_one_is_there_at_the_other(two: Two) -> None:
    for door in two.both:
        async with Sees.at(door) as seen:
            assert seen.seqs[0] == 1


@pytest.mark.asyncio(loop_scope="module")
async def test_a_token_of_one_is_good_at_the_other_until_it_is_ended(two: Two) -> None:
    token = await two.first.sign_in(ANN)
    assert await me(two.second, token) == ANN
    await two.second.post("/api/sign-out", {}, token)
    assert await me(two.second, token) == ""

    async def gone() -> bool:
        return await me(two.first, token) == ""

    await comes_true(gone)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_line_is_hung_up_when_its_person_signs_out_at_the_other(two: Two) -> None:
    token = await two.first.sign_in(ANN)
    line = await two.first.line(token)
    await two.second.post("/api/sign-out", {}, token)
    await until(lambda: not line.connected)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_nonce_is_good_at_both_and_answered_once(two: Two) -> None:
    signed = two.first.person(ANN).sign(SignIn(origin=two.first.url, nonce=await two.first.nonce()))
    status, _ = await two.second.post("/api/sign-in", signed)
    assert status == 200
    for door in two.both:
        status, answer = await door.post("/api/sign-in", signed)
        assert (status, answer["code"]) == (409, "stale_nonce")


@pytest.mark.asyncio(loop_scope="module")
async def test_of_one_persons_tokens_the_oldest_gives_way_wherever_they_were_issued(two: Two) -> None:
    tokens = [await door.sign_in(BOB) for _ in range(5) for door in two.both]

    async def eight() -> bool:
        known = [[await me(door, token) == BOB for token in tokens] for door in two.both]
        return known == [[False] * 2 + [True] * 8] * 2

    await comes_true(eight)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_made_up_token_is_nobodys_and_the_database_is_not_asked(two: Two) -> None:
    token = await two.first.sign_in(ANN)
    for made_up in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "x" * 60, token.swapcase()):
        assert await me(two.second, made_up) == ""


@pytest.mark.asyncio(loop_scope="module")
async def test_both_show_the_same_health(two: Two) -> None:
    for door in two.both:
        async with door.http.get(f"{door.address}/healthz") as answer:
            assert await answer.json() == {"status": "ok", "alerts": []}


async def me(door: House, token: str) -> str:
    async with door.http.get(f"{door.address}/api/me", headers=bearer(token)) as answer:
        return str((await answer.json())["person"])


async def comes_true(holds: Callable[[], Awaitable[bool]], within_s: float = 10.0) -> None:
    async with asyncio.timeout(within_s):
        while not await holds():  # noqa: ASYNC110 - the other process tells nobody
            await asyncio.sleep(0.05)
