"""Two processes and one database: whoever is signed in at one is signed in at both, until either ends it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from remote_bid.people.certificates import Signed
from remote_bid.people.everywhere import Everywhere
from remote_bid.people.sign_in import Porter, SignIn, StaleNonce
from remote_bid.people.tokens import AT_ONCE, Carrier
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import state
from remote_bid.timeline.at_rest import AtRest
from remote_bid.timeline.common import Common
from remote_bid.timeline.engines import sqlite_engine
from remote_bid.timeline.sql import SqlLog
from tests.people.issuing import ANN, Authority, Wish, name_of, text
from tests.timeline.hours import Stopped
from tests.timeline.logs import STORAGE_KEY

ROOT = Authority()
ORIGIN = "https://centre.example"
BEARER, COOKIE = Carrier.BEARER, Carrier.COOKIE
KEY = bytes(32)
IDLE_MS = 30 * 60_000
Two = tuple[Everywhere, Everywhere]


class Ann:
    """She signs in, at this process or that."""

    def __init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        self._signer = KeySigner(key)
        self._certificate = text(ROOT.issue(Wish(subject=name_of("Ann", ANN), key=key)))

    async def signs_in(self, at: Everywhere, carrier: Carrier = BEARER) -> str:
        answer = state(SignIn(origin=ORIGIN, nonce=at._porter.challenge()), self._signer)
        person = at._porter.recognise(Signed(statement=answer, certificates=[self._certificate]))
        return await at.issue(person, carrier)


@pytest.fixture
def watch() -> Stopped:
    return Stopped()


@pytest.fixture
def ann() -> Ann:
    return Ann()


@pytest.fixture
async def two(tmp_path: Path, watch: Stopped) -> AsyncIterator[tuple[Everywhere, Everywhere]]:
    engine = sqlite_engine(tmp_path / "timeline.sqlite")
    at_rest = AtRest(STORAGE_KEY)
    await SqlLog(engine, at_rest).prepare()

    def process() -> Everywhere:
        porter = Porter([ROOT.certificate], ORIGIN, watch, key=KEY)
        return Everywhere(porter, Common(engine, at_rest, "token"), Common(engine, at_rest, "nonce"))

    yield process(), process()
    await engine.dispose()


async def knows(process: Everywhere, token: str, carrier: Carrier = BEARER) -> bool:
    await process.fetch(token)
    known = process._porter.who(token, carrier)
    return known is not None and known.person == ANN


async def test_a_token_of_one_is_known_to_the_other_as_it_was_given(two: Two, ann: Ann) -> None:
    here, there = two
    token = await ann.signs_in(here, COOKIE)
    assert await knows(there, token, COOKIE)
    assert not await knows(there, token, BEARER)


async def test_ended_at_one_it_is_nobodys_at_the_other_after_a_look(two: Two, ann: Ann) -> None:
    here, there = two
    token, told = await ann.signs_in(here), list[str]()
    await knows(there, token)
    here._porter.tokens.listen(told.append)
    await there.end(token)
    await here.look()
    assert told == [token]
    assert not await knows(here, token)
    assert not await knows(there, token)


async def test_what_ended_by_itself_is_told_to_the_others_and_not_brought_back(two: Two, ann: Ann) -> None:
    here, there = two
    token = await ann.signs_in(here)
    await knows(there, token)
    known = here._porter.who(token)
    assert known
    here._porter.tokens.end_key(known.keyid)
    assert not await knows(here, token)
    await here.look()
    await there.look()
    assert not await knows(there, token)


async def test_the_oldest_gives_way_wherever_the_newest_is_issued(two: Two, ann: Ann) -> None:
    tokens = []
    for number in range(AT_ONCE + 2):
        tokens.append(await ann.signs_in(two[number % 2]))
        await asyncio.sleep(0.002)
    for process in two:
        await process.look()
    for process in two:
        assert [await knows(process, token) for token in tokens] == [False] * 2 + [True] * AT_ONCE


async def test_a_browser_that_is_in_use_elsewhere_is_not_idle(two: Two, watch: Stopped, ann: Ann) -> None:
    here, there = two
    token = await ann.signs_in(here, COOKIE)
    await knows(there, token, COOKIE)
    there._porter.tokens.hold(token)
    watch.move(IDLE_MS)
    assert there._porter.who(token, COOKIE)
    assert there._porter.tokens.in_use(60) == [token]
    assert here._porter.tokens.in_use(60) == []


async def test_a_nonce_is_answered_at_one_of_them_once(two: Two) -> None:
    here, there = two
    nonce = here._porter.challenge()
    there._porter.require_fresh(ORIGIN, nonce)
    await there.spend(nonce)
    for process in two:
        with pytest.raises(StaleNonce):
            await process.spend(nonce)


@pytest.mark.parametrize("token", ["", "x", "a.b", "\0", "é", "\ud800", "A" * 60])
async def test_a_made_up_token_is_not_even_looked_for(two: Two, token: str) -> None:
    here, _ = two
    here._notes = None  # type: ignore[assignment]  # any question to the database would fail
    await here.fetch(token)
    assert not here._porter.tokens.ours(token)
