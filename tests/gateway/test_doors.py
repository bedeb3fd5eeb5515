"""Every route and every socket event, and who may use it. A new one that is not in these tables fails here."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
import yarl
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from remote_bid.gateway.calls import Calls
from remote_bid.gateway.doors import DOORS, SOCKET, Access, doors
from remote_bid.gateway.drafts import Drafts
from remote_bid.gateway.http import Http, guard
from remote_bid.gateway.lodging import LodgingKeys
from remote_bid.gateway.observers import Observers
from remote_bid.gateway.pace import Limits, Pace
from remote_bid.gateway.passkeys import PasskeyHttp
from remote_bid.gateway.registry import RegistryHttp
from remote_bid.gateway.socket import Sockets
from remote_bid.gateway.uploads import Uploads
from remote_bid.people.certificates import roots_of
from remote_bid.people.registry.terms import REGISTRY, Admin, AdminRole
from remote_bid.people.sign_in import Porter
from tests.gateway.house import BIDDERS, HALL, TIRELESS, House, bearer, house
from tests.timeline.hours import Stopped

ADMINS = [Admin(person=f"{role}-admin", name=role, role=role) for role in AdminRole]
SYSTEM, SECURITY, AUDIT = (admin.person for admin in ADMINS)

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANN, BOB = BIDDERS
PUBLIC, ENDED = "public", "ended"
HOST = "host-01"
SIGNED_IN = frozenset(
    {ANN, BOB, HOST, "supervisor-01", "tenderer-01", "custodian-01", "stranger-01", SYSTEM, SECURITY, AUDIT}
)
CALLERS = frozenset({PUBLIC, ENDED, *SIGNED_IN})
"""The public, somebody whose token has ended, and people of every role in the session; a stranger has none."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hall(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A server with one session scheduled, and a registry."""
    limits = msgspec.structs.replace(TIRELESS, enrolments="10000/minute")
    async with house(
        tmp_path_factory.mktemp("house"), admins=ADMINS, centre_authority="Centre", limits=limits
    ) as found:
        await found.schedule()
        yield found


@dataclass(frozen=True)
class Row:
    """A request, and who gets past the question whether he may."""

    may: frozenset[str]
    path: str = ""
    body: Any = None
    method: str = ""
    """Another method than the route's: HEAD where there is no GET."""


SESSION = f"/api/sessions/{HALL}"
UPLOAD = f"{SESSION}/uploads/matrix"

MATRIX: dict[tuple[str, str], Row] = {
    ("GET", "/healthz"): Row(CALLERS),
    ("GET", "/api/time"): Row(CALLERS),
    ("GET", "/api/trust"): Row(CALLERS),
    ("GET", "/api/me"): Row(CALLERS),
    ("POST", "/api/challenge"): Row(CALLERS),
    ("POST", "/api/sign-in"): Row(CALLERS, body={}),
    ("POST", "/api/sign-out"): Row(SIGNED_IN),
    ("GET", "/api/passkeys"): Row(SIGNED_IN),
    ("POST", "/api/passkeys"): Row(SIGNED_IN, body={}),
    ("POST", "/api/passkeys/remove"): Row(SIGNED_IN, body={"credential": "none"}),
    ("POST", "/api/passkeys/sign-in"): Row(CALLERS, body={}),
    ("GET", "/api/sessions"): Row(CALLERS),
    ("POST", "/api/sessions"): Row(frozenset({HOST}), body=House.plan),
    ("GET", "/api/evaluations"): Row(SIGNED_IN),
    ("POST", "/api/evaluations"): Row(frozenset({HOST}), body={}),
    ("POST", "/api/evaluations/following"): Row(SIGNED_IN, body={}),
    ("OPTIONS", "/api/sessions/{session}/uploads"): Row(CALLERS, f"{SESSION}/uploads"),
    ("POST", "/api/sessions/{session}/uploads"): Row(SIGNED_IN, f"{SESSION}/uploads", {}),
    ("GET", "/api/sessions/{session}/uploads/{upload}"): Row(SIGNED_IN, UPLOAD, method="HEAD"),
    ("PATCH", "/api/sessions/{session}/uploads/{upload}"): Row(SIGNED_IN, UPLOAD, {"sealed": "bytes"}),
    ("DELETE", "/api/sessions/{session}/uploads/{upload}"): Row(SIGNED_IN, UPLOAD),
    ("GET", "/api/sessions/{session}/uploads/{upload}/head"): Row(SIGNED_IN, f"{UPLOAD}/head"),
    ("GET", "/api/sessions/{session}/snapshot"): Row(CALLERS, f"{SESSION}/snapshot"),
    ("GET", "/api/sessions/{session}/bundle.zip"): Row(CALLERS, f"{SESSION}/bundle.zip"),
    ("GET", "/api/sessions/{session}/papers/{paper}.pdf"): Row(CALLERS, f"{SESSION}/papers/opening-record.pdf"),
    ("GET", "/api/sessions/{session}/lodging-key"): Row(CALLERS, f"{SESSION}/lodging-key?lot=1&part=readout_form"),
    ("GET", "/"): Row(CALLERS),
    ("GET", "/hall/{session}"): Row(CALLERS, f"/hall/{HALL}"),
    ("GET", "/sign-in"): Row(CALLERS),
    ("GET", "/me"): Row(CALLERS),
    ("GET", "/sealer.html"): Row(CALLERS),
    ("GET", "/self-test"): Row(CALLERS),
    ("GET", "/plan"): Row(CALLERS),
    ("GET", "/plan/{draft}"): Row(CALLERS, "/plan/1"),
    ("GET", "/office"): Row(CALLERS),
    ("GET", "/schedule"): Row(CALLERS),
    ("GET", "/verify"): Row(CALLERS),
    ("GET", "/evaluation/{session}"): Row(CALLERS, "/evaluation/none"),
    ("GET", "/wall"): Row(CALLERS),
    ("GET", "/hall/{session}/{part}"): Row(CALLERS),
    ("GET", "/assets"): Row(CALLERS, "/assets/none.js"),
    ("GET", SOCKET): Row(CALLERS),
    ("POST", SOCKET): Row(CALLERS),
    ("OPTIONS", SOCKET): Row(CALLERS),
}
MATRIX |= {
    ("GET", "/api/registry"): Row(frozenset({SYSTEM, SECURITY, AUDIT})),
    ("GET", "/api/registry/log"): Row(frozenset({AUDIT})),
    ("POST", "/api/registry/commands"): Row(frozenset({SYSTEM}), body={"type": "DismissAgency", "person": "nobody"}),
    ("GET", "/api/evaluations/{session}/papers/{target}/{volume}"): Row(
        SIGNED_IN, f"/api/evaluations/{HALL}/papers/none/technical"
    ),
    ("GET", "/api/evaluations/{session}/papers/{paper}.pdf"): Row(CALLERS, "/api/evaluations/none/papers/none.pdf"),
    ("GET", "/api/evaluations/{session}/papers/{paper}.xlsx"): Row(CALLERS, "/api/evaluations/none/papers/none.xlsx"),
    ("POST", "/api/evaluations/{session}/gates"): Row(CALLERS, "/api/evaluations/none/gates", body={}),
    ("GET", "/api/sessions/{session}/handover/{lot}"): Row(frozenset({HOST}), f"{SESSION}/handover/1"),
    ("GET", "/api/halls"): Row(CALLERS),
    ("POST", "/api/tenders/read"): Row(SIGNED_IN, body={}),
    ("POST", "/api/tenders/check"): Row(SIGNED_IN, body={}),
    ("POST", "/api/enrolments"): Row(CALLERS, body={"request": ""}),
    ("GET", "/api/enrolments/{request}"): Row(CALLERS, "/api/enrolments/none"),
    ("GET", "/api/authority/crl"): Row(CALLERS),
}
MATRIX |= {
    ("GET", "/evaluation/{session}"): Row(CALLERS, "/evaluation/none"),
    ("GET", "/api/calls"): Row(SIGNED_IN),
    ("GET", "/api/calls/relays"): Row(SIGNED_IN),
    ("POST", "/api/calls/{session}/token"): Row(SIGNED_IN, "/api/calls/none/token"),
    ("POST", "/api/calls/{session}/join"): Row(SIGNED_IN, "/api/calls/none/join", {}),
    ("POST", "/api/calls/{session}/again"): Row(SIGNED_IN, "/api/calls/none/again", {}),
    ("POST", "/api/calls/{session}/leave"): Row(SIGNED_IN, "/api/calls/none/leave"),
    ("POST", "/api/calls/{session}/listen"): Row(CALLERS, "/api/calls/none/listen", {}),
    ("GET", "/api/calls/{session}/recordings/{number}"): Row(SIGNED_IN, "/api/calls/none/recordings/0"),
    ("GET", "/api/sessions/{session}/broadcast"): Row(CALLERS, f"{SESSION}/broadcast"),
    ("GET", "/calls"): Row(CALLERS),
    ("GET", "/call/{session}"): Row(CALLERS, "/call/none"),
    ("GET", "/call/{session}/recordings"): Row(CALLERS, "/call/none/recordings"),
}
EVENTS = {"connect", "disconnect", "join", "command", "alive"}
"""What each command of a session asks of its sender is the room's own table."""


async def token_of(hall: House, caller: str) -> str:
    if caller == PUBLIC:
        return ""
    if caller != ENDED:
        return await hall.sign_in(caller)
    token = await hall.sign_in(ANN)
    await hall.post("/api/sign-out", b"", token)
    return token


@pytest.mark.parametrize("caller", sorted(CALLERS))
@pytest.mark.parametrize("route", MATRIX, ids=" ".join)
async def test_who_may_use_a_route(hall: House, route: tuple[str, str], caller: str) -> None:
    row, (method, path) = MATRIX[route], route
    said = row.body(hall) if callable(row.body) else row.body
    body = None if said is None else msgspec.json.encode(said)
    headers = bearer(await token_of(hall, caller))
    async with hall.http.request(
        row.method or method, hall.url + (row.path or path), data=body, headers=headers
    ) as answer:
        if caller in row.may:
            assert answer.status not in (401, 403)
        else:
            assert answer.status == (401 if caller in (PUBLIC, ENDED) else 403)


async def test_every_door_is_in_the_table() -> None:
    assert set(DOORS) == set(MATRIX)


async def test_every_route_has_a_door(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    http = object.__new__(Http)
    http._pages = tmp_path
    http._uploads = object.__new__(Uploads)
    app = web.Application()
    app.add_routes(
        [
            *http.routes(),
            *object.__new__(RegistryHttp).routes(),
            *object.__new__(LodgingKeys).routes(),
            *object.__new__(PasskeyHttp).routes(),
            *Drafts().routes(),
            *object.__new__(Observers).routes(),
            *object.__new__(Calls).routes(),
        ]
    )
    found = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}
    assert {("GET" if method == "HEAD" else method, path) for method, path in found} <= set(DOORS)


async def test_every_socket_event_is_known() -> None:
    assert {name.removeprefix("on_") for name in dir(Sockets) if name.startswith("on_")} == EVENTS


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
async def test_a_route_without_a_door_is_shut_to_everybody(hall: House, method: str) -> None:
    called = []

    async def forgotten(request: web.Request) -> web.Response:
        called.append(request)
        return web.Response()

    watch = Stopped()
    porter = Porter(roots_of(hall.settings.roots), hall.url, watch)
    app = web.Application(middlewares=[guard({}), doors(porter, hall.url, Pace(Limits(), []))])
    app.router.add_route(method, "/api/forgotten", forgotten)
    async with TestClient(TestServer(app)) as client:
        answer = await client.request(method, "/api/forgotten")
        assert answer.status == 403
    assert called == []


async def test_what_is_not_for_everybody_says_so() -> None:
    """A door that is open to all is open on purpose."""
    opened = {route for route, door in DOORS.items() if door.access is Access.ANYBODY}
    assert opened == {route for route, row in MATRIX.items() if row.may == CALLERS}
    assert {method for method, path in opened if path != SOCKET} == {"GET", "POST", "OPTIONS"}
    assert {path for method, path in opened if method == "POST"} == {
        "/api/challenge",
        "/api/sign-in",
        "/api/passkeys/sign-in",
        "/api/evaluations/{session}/gates",
        "/api/enrolments",
        "/api/calls/{session}/listen",
        SOCKET,
    }


# Ownership


async def test_a_fields_value_does_not_make_anybody_somebody_else(hall: House) -> None:
    """Mass assignment: who acts is never taken from what is said."""
    token = await hall.sign_in(ANN)
    for extra in ({"person": HOST}, {"by": {"person": HOST, "role": "host"}}, {"role": "host"}):
        body = hall.plan("KB-7") | extra
        status, refusal = await hall.post("/api/sessions", body, token)
        assert (status, refusal["code"]) in ((400, "malformed"), (403, "not_allowed"))
    query = f"{hall.url}/api/me?person={HOST}"
    async with hall.http.get(query, headers=bearer(token) | {"X-Person": HOST}) as answer:
        assert (await answer.json())["person"] == ANN


# The registry is no session to look into

REGISTRY_PATH = "/api/sessions/%40registry"


async def test_the_registry_is_no_session_among_the_others(hall: House) -> None:
    token = await hall.sign_in(AUDIT)
    async with hall.http.get(f"{hall.url}/api/sessions") as answer:
        assert [view["session"] for view in (await answer.json())["sessions"]] == [HALL]
    for method, path in (("GET", "bundle.zip"), ("HEAD", "uploads/x")):
        url = f"{hall.url}{REGISTRY_PATH}/{path}"
        async with hall.http.request(method, yarl.URL(url, encoded=True), headers=bearer(token)) as answer:
            assert answer.status == 404
    line = await hall.line(token)
    join = await line.call("join", {"session": REGISTRY})
    command = await line.call("command", {"session": REGISTRY, "command": {"type": "DismissAgency", "person": "x"}})
    assert (join["code"], command["code"]) == ("no_such_session", "no_such_session")
    await hall.hang_up()
