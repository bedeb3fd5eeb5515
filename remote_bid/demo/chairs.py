"""The chairs of a demonstration: anybody may take a simulated person's, with the link that the terminal shows.

The link's fragment is that person's signing key. It is made by the demonstration, said on its terminal and read by the
page alone: browsers send no fragment. A real centre has neither these routes nor the page that reads such a link.
"""

import asyncio
import typing
from collections.abc import Mapping
from pathlib import Path

import msgspec
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from remote_bid.app import PAGES, Annexe
from remote_bid.demo.authority import PASSPHRASE
from remote_bid.demo.cast import SESSION, Cast
from remote_bid.demo.committee import EVALUATION, EXPERTS
from remote_bid.demo.committee import OFFICES as EVALUATION_OFFICES
from remote_bid.demo.lan import tls_of
from remote_bid.gateway.doors import Access, Door, signed_in
from remote_bid.participant.identity import CERTIFICATE, KEY
from remote_bid.seal.canonical import b64

TAKEN = "taken"
"""In a simulated participant's folder: a person sits in its chair."""

EVALUATION_TAKEN = "taken-evaluation"
"""The same, of the evaluation, by somebody who has a part in the opening too."""

CUSTODY = "keys.custody"
"""In a simulated custodian's folder: its keys, for whoever takes its chair."""

EVALUATION_DESK = "evaluation"
_LOOK_S = 0.2
_SCALAR = 32


def chair_link(cast: Cast, person: str, desk: str = "") -> str:
    """Where a person sits down in this chair; `desk`: at that of the evaluation, who has one in the opening too."""
    pem = (cast.home(person) / KEY).read_bytes()
    key = typing.cast(ec.EllipticCurvePrivateKey, serialization.load_pem_private_key(pem, password=None))
    at = f"?desk={desk}" if desk else ""
    return f"{cast.url}/chair/{person}{at}#{b64(key.private_numbers().private_value.to_bytes(_SCALAR, 'big'))}"


async def until_taken(home: Path, taken: str = TAKEN) -> None:
    """Wait until a person takes the chair whose folder this is."""
    while not (home / taken).exists():  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(_LOOK_S)


class _Taken(msgspec.Struct, frozen=True):
    """Which of a person's desks is taken."""

    desk: str = ""


class Chairs:
    """What a demonstration's server answers beside the product's routes."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast
        self._offices = {one.person for one in cast.settings.admins}
        taking_part = [*(one.person for one in cast.members), *(one.person for one in cast.contenders)]
        self._committee = {person for person, _ in [*EVALUATION_OFFICES, *EXPERTS]}
        self._people = {*taking_part, *self._offices, *self._committee}

    def annexe(self) -> Annexe:
        """The chairs, and TLS if phones are to come."""
        routes = [
            web.get("/chair/{person}", self.page),
            web.get("/chair/{person}/certificate", self.certificate),
            web.get("/authority.cer", self.authority),
            web.post("/chair/taken", self.take),
        ]
        doors: Mapping[tuple[str, str], Door] = {
            (route.method, route.path): Door(Access.SIGNED_IN if route.method == "POST" else Access.ANYBODY)
            for route in routes
        }
        return Annexe(routes, doors, tls_of(self._cast.folder) if self._cast.tls else None)

    async def page(self, request: web.Request) -> web.StreamResponse:
        """The page that reads the key from its address and signs in."""
        self._home(request)
        return web.FileResponse(PAGES / "chair.html", headers={"Cache-Control": "no-store"})

    async def certificate(self, request: web.Request) -> web.Response:
        """Whose chair it is."""
        return web.Response(text=(self._home(request) / CERTIFICATE).read_text(), content_type="application/x-pem-file")

    async def authority(self, request: web.Request) -> web.Response:
        """The authority behind the server's TLS certificate, to be installed on a phone that wants it."""
        return web.Response(body=self._cast.host_authority(), content_type="application/x-x509-ca-cert")

    async def take(self, request: web.Request) -> web.Response:
        """The person who is signed in sits down: its program steps aside, and leaves what it has made so far."""
        person = signed_in(request).person
        home, told = self._cast.home(person), msgspec.json.decode(await request.read() or b"{}", type=_Taken)
        elsewhere = told.desk == EVALUATION_DESK and person not in self._committee
        (home / (EVALUATION_TAKEN if elsewhere else TAKEN)).touch()
        left = {
            "session": SESSION,
            "desk": self._desk(person, told.desk),
            "releases": [path.read_text() for path in sorted(home.glob("*.release"))],
            "custody": [path.read_text() for path in home.glob(CUSTODY)],
            "trust": (self._cast.folder / "trust.json").read_text(),
            "passphrase": PASSPHRASE,
        }
        return web.json_response(left)

    def _desk(self, person: str, asked: str) -> str:
        """Where somebody of this person's part works."""
        if person in self._offices:
            return "/office"
        at_evaluation = person in self._committee or asked == EVALUATION_DESK
        return f"/evaluation/{EVALUATION}" if at_evaluation else f"/hall/{SESSION}"

    def _home(self, request: web.Request) -> Path:
        person = request.match_info["person"]
        if person not in self._people:
            raise web.HTTPNotFound
        return self._cast.home(person)
