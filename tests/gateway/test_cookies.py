"""Browsers: signed in by a cookie that no page can read, and that no other site's page can use."""

import asyncio
from http.cookies import SimpleCookie
from typing import Any

import aiohttp
import msgspec
import pytest
from socketio.exceptions import ConnectionError as Turned

from remote_bid.gateway.doors import COOKIE, CSRF
from remote_bid.people.sign_in import SignIn
from tests.gateway.house import BIDDERS, HALL, House, bearer
from tests.gateway.refusals import assert_refusal

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANN, BOB = BIDDERS
SOCKET = "/socket.io/?EIO=4&transport=websocket"
EVIL = "https://evil.example"

NOBODY = {"person": "", "name": "", "csrf": "", "office": "", "agency": False}
"""What is told of the public."""


class Browser:
    """Says its origin, keeps its cookie; only as much of one as is needed."""

    def __init__(self, hall: House) -> None:
        self.hall, self.cookie, self.csrf, self.set_cookie = hall, "", "", ""

    async def ask(self, method: str, path: str, body: Any = None, **headers: str | None) -> tuple[int, Any]:
        """Status and answer; a header given as None is left out."""
        cookie = f"{COOKIE}={self.cookie}" if self.cookie else None
        said: dict[str, str | None] = {"Origin": self.hall.url, CSRF: self.csrf, "Cookie": cookie}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in said.items() if value}
        raw = msgspec.json.encode(body) if body is not None else None
        async with self.hall.http.request(method, self.hall.url + path, data=raw, headers=kept) as answer:
            self._keep(answer)
            return answer.status, await answer.json(content_type=None)

    async def sign_in(self, person: str) -> Any:
        nonce = (await self.ask("POST", "/api/challenge"))[1]["nonce"]
        signed = self.hall.person(person).sign(SignIn(origin=self.hall.url, nonce=nonce))
        status, answer = await self.ask("POST", "/api/sign-in", signed)
        assert status == 200, answer
        self.csrf = answer["csrf"]
        return answer

    async def me(self) -> str:
        return str((await self.ask("GET", "/api/me"))[1]["person"])

    async def line(self, origin: str | None = "own", auth: str = "") -> str:
        """What the server answers to a socket that brings the cookie."""
        headers = {"Cookie": f"{COOKIE}={self.cookie}"}
        headers |= {"Origin": self.hall.url if origin == "own" else origin} if origin else {}
        async with self.hall.http.ws_connect(self.hall.url + SOCKET, headers=headers) as ws:
            await ws.receive_str()
            await ws.send_str("40" + auth)
            if (answer := await ws.receive_str()).startswith("44"):
                return "turned away"
            await ws.send_str(f'421["join",{{"session":"{HALL}"}}]')
            while not (answer := await ws.receive_str()).startswith("431"):
                pass
            return str(msgspec.json.decode(answer[3:])[0]["joined"]["view"]["me"]["person"])

    def _keep(self, answer: aiohttp.ClientResponse) -> None:
        for said in answer.headers.getall("Set-Cookie", []):
            self.set_cookie = said
            self.cookie = SimpleCookie(said)[COOKIE].value


async def test_a_page_that_signs_in_gets_a_cookie_and_no_token(hall: House) -> None:
    browser = Browser(hall)
    answer = await browser.sign_in(ANN)
    assert set(answer) == set(NOBODY)
    assert browser.cookie not in str(answer)
    name, *rules = browser.set_cookie.split("; ")
    assert name == f"__Host-remote-bid={browser.cookie}"
    assert set(rules) == {"HttpOnly", "Path=/", "SameSite=Strict", "Secure"}
    assert await browser.me() == ANN


async def test_a_client_without_origin_gets_a_token_and_no_cookie(hall: House) -> None:
    browser = Browser(hall)
    signed = hall.person(ANN).sign(SignIn(origin=hall.url, nonce=await hall.nonce()))
    _, answer = await browser.ask("POST", "/api/sign-in", signed, Origin=None)
    assert set(answer) == {"token", "person", "name"}
    assert browser.set_cookie == ""


async def test_a_page_loaded_again_learns_what_it_must_say(hall: House) -> None:
    browser = Browser(hall)
    signed_in = await browser.sign_in(ANN)
    assert await browser.ask("GET", "/api/me") == (200, signed_in)


async def test_the_public_is_nobody(hall: House) -> None:
    assert await Browser(hall).ask("GET", "/api/me") == (200, NOBODY)


async def test_signing_in_again_rotates_the_cookie(hall: House) -> None:
    """A cookie that somebody planted or saw before is worth nothing afterwards."""
    browser, thief = Browser(hall), Browser(hall)
    await browser.sign_in(ANN)
    thief.cookie = browser.cookie
    await browser.sign_in(ANN)
    assert browser.cookie != thief.cookie
    assert (await browser.me(), await thief.me()) == (ANN, "")


async def test_a_cookie_made_up_before_signing_in_is_not_the_one_afterwards(hall: House) -> None:
    browser = Browser(hall)
    browser.cookie = planted = "planted." + "A" * 43
    await browser.sign_in(ANN)
    assert browser.cookie != planted


async def test_who_signs_out_is_nobody_and_its_cookie_is_gone(hall: House) -> None:
    browser, thief = Browser(hall), Browser(hall)
    await browser.sign_in(ANN)
    thief.cookie = browser.cookie
    status, answer = await browser.ask("POST", "/api/sign-out")
    assert (status, answer) == (200, NOBODY)
    assert browser.cookie == ""
    assert "Max-Age=0" in browser.set_cookie
    assert await thief.me() == ""


async def test_signing_out_hangs_up(hall: House) -> None:
    token = await hall.sign_in(ANN)
    line, lost = await hall.line(token), asyncio.Event()
    line.on("disconnect", lambda *_reason: lost.set())
    assert (await hall.post("/api/sign-out", b"", token))[0] == 200
    await asyncio.wait_for(lost.wait(), 5)
    with pytest.raises(Turned):
        await hall.line(token)


async def scheduled(browser: Browser, **headers: str | None) -> str:
    """The code of the refusal of a change that Ann may not make; `not_allowed` once it has come in by the doors."""
    body = browser.hall.plan("KB-9")
    _, refusal = await browser.ask("POST", "/api/sessions", body, **headers)
    return str(refusal["code"])


async def test_our_own_page_may_ask_for_a_change(hall: House) -> None:
    browser = Browser(hall)
    await browser.sign_in(ANN)
    assert await scheduled(browser) == "not_allowed"


@pytest.mark.parametrize("csrf", [None, "x", "A" * 43])
async def test_a_change_needs_the_pages_own_token(hall: House, csrf: str | None) -> None:
    browser = Browser(hall)
    await browser.sign_in(ANN)
    assert await scheduled(browser, X_CSRF_Token=csrf) == "no_page_token"


async def test_anothers_page_token_is_not_ones_own(hall: House) -> None:
    browser, other = Browser(hall), Browser(hall)
    await browser.sign_in(ANN)
    await other.sign_in(BOB)
    assert await scheduled(browser, X_CSRF_Token=other.csrf) == "no_page_token"


@pytest.mark.parametrize("origin", [EVIL, "null", None, "http://127.0.0.1", "{url}/", "{url}, {url}"])
async def test_a_change_with_a_cookie_needs_our_origin(hall: House, origin: str | None) -> None:
    browser = Browser(hall)
    await browser.sign_in(ANN)
    assert await scheduled(browser, Origin=origin and origin.format(url=hall.url)) == "other_origin"


async def test_also_signing_in_and_out_need_our_origin(hall: House) -> None:
    """Else another site could sign its visitor in as somebody else, or out."""
    browser = Browser(hall)
    await browser.sign_in(ANN)
    for path in ("/api/challenge", "/api/sign-in", "/api/sign-out"):
        status, refusal = await browser.ask("POST", path, {}, Origin=EVIL)
        assert status == 403
        assert_refusal(refusal, "other_origin")
    assert await browser.me() == ANN


async def test_a_page_elsewhere_may_not_use_a_token_either(hall: House) -> None:
    headers = bearer(await hall.sign_in(ANN)) | {"Origin": EVIL}
    async with hall.http.post(f"{hall.url}/api/sessions", data=b"{}", headers=headers) as answer:
        assert_refusal(await answer.json(), "other_origin")


async def test_a_cookie_is_no_token_and_a_token_no_cookie(hall: House) -> None:
    browser, client = Browser(hall), Browser(hall)
    await browser.sign_in(ANN)
    client.cookie = await hall.sign_in(ANN)
    assert await client.me() == ""
    assert (await hall.post("/api/sign-out", b"", browser.cookie))[0] == 401


async def test_a_token_said_on_purpose_counts_before_the_cookie(hall: House) -> None:
    browser = Browser(hall)
    await browser.sign_in(ANN)
    _, answer = await browser.ask("GET", "/api/me", Authorization=f"Bearer {await hall.sign_in(BOB)}")
    assert (answer["person"], answer["csrf"]) == (BOB, "")
    assert (await browser.ask("GET", "/api/me", Authorization="Bearer made up"))[1]["person"] == ""


async def test_a_socket_knows_the_cookie(hall: House) -> None:
    browser = Browser(hall)
    await browser.sign_in(ANN)
    assert await browser.line() == ANN


async def test_a_socket_with_an_old_cookie_watches_only(hall: House) -> None:
    browser = Browser(hall)
    await browser.sign_in(ANN)
    await browser.ask("POST", "/api/sign-out")
    assert await browser.line() == ""


async def test_a_socket_with_a_cookie_needs_our_origin(hall: House) -> None:
    browser = Browser(hall)
    await browser.sign_in(ANN)
    assert await browser.line(origin=None) == "turned away"
    for origin in (EVIL, "null"):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await browser.line(origin)


async def test_a_socket_without_origin_needs_a_token_and_no_cookie(hall: House) -> None:
    browser = Browser(hall)
    await browser.sign_in(ANN)
    auth = f'{{"token":"{await hall.sign_in(BOB)}"}}'
    assert await browser.line(origin=None, auth=auth) == "turned away"
    assert await browser.line(auth=auth) == BOB


async def test_the_cookie_alone_is_no_token_for_a_socket(hall: House) -> None:
    browser = Browser(hall)
    await browser.sign_in(ANN)
    assert await browser.line(auth=f'{{"token":"{browser.cookie}"}}') == "turned away"


# Nobody learns who is known


async def test_all_who_are_not_trusted_are_answered_alike(hall: House) -> None:
    """Row 37: a known person with another's key, an unknown one, a statement of another kind."""
    good = hall.person(ANN).sign(SignIn(origin=hall.url, nonce=await hall.nonce()))
    mixed = msgspec.structs.replace(good, certificates=[hall.person(BOB).certificate])
    nobody = msgspec.structs.replace(good, certificates=["AAAA"])
    answers = [(await hall.post("/api/sign-in", signed))[1] for signed in (mixed, nobody)]
    for answer in answers:
        assert_refusal(answer, "not_trusted")
        del answer["trace"]
    assert answers[0] == answers[1]
