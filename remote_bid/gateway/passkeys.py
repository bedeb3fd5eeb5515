"""Passkeys over HTTP: listed, added and removed by their person; and signing in with one."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec
import structlog
from aiohttp import web

from remote_bid.gateway.doors import signed_in
from remote_bid.people.certificates import Certified, NotTrusted, Signed
from remote_bid.people.everywhere import Everywhere
from remote_bid.people.passkeys import NotHere, NotThisPasskey, Passkey, Passkeys, TooManyPasskeys
from remote_bid.people.sign_in import StaleNonce
from remote_bid.seal.canonical import b64
from remote_bid.seal.statements import BadStatement
from remote_bid.timeline.common import Common, Note
from remote_bid.timeline.context import Refused

T = TypeVar("T")

_LOG = structlog.get_logger("passkeys")

Enter = Callable[[web.Request, Certified], Awaitable[web.Response]]
"""Lets a person in who has proved who it is."""


class PasskeyHttp:
    """The routes about passkeys; `kept` holds them all, for every process."""

    def __init__(self, passkeys: Passkeys, kept: Common, sign_ins: Everywhere, enter: Enter) -> None:
        self._passkeys, self._kept, self._sign_ins, self._enter = passkeys, kept, sign_ins, enter

    def routes(self) -> list[web.RouteDef]:
        """Everything about passkeys."""
        return [
            web.get("/api/passkeys", self.look),
            web.post("/api/passkeys", self.add),
            web.post("/api/passkeys/remove", self.remove),
            web.post("/api/passkeys/sign-in", self.sign_in),
        ]

    async def look(self, request: web.Request) -> web.Response:
        """The caller's passkeys, and whether there can be any at this address."""
        person = signed_in(request).person
        await self._know(person)
        return self._listed(person)

    async def add(self, request: web.Request) -> web.Response:
        """Add one: the certificate's word, and the device's answer to the same nonce."""
        person, body = signed_in(request).person, msgspec.json.decode(await request.read(), type=_Adding)
        self._require_allowed()
        await self._know(person)
        added = _known(lambda: self._passkeys.add(person, body.signed, body.answer))
        await self._spend(added.nonce)
        await self._keep(added.credential)
        return self._listed(person)

    async def remove(self, request: web.Request) -> web.Response:
        """Remove one of the caller's."""
        person, body = signed_in(request).person, msgspec.json.decode(await request.read(), type=_Removing)
        await self._know(person)
        if (held := self._passkeys.find(body.credential)) is not None and held.person == person:
            await self._kept.end([held.credential])
        self._passkeys.remove(person, body.credential)
        return self._listed(person)

    async def sign_in(self, request: web.Request) -> web.Response:
        """A cookie for whoever's device answers, as its certificate would have got it."""
        body = msgspec.json.decode(await request.read(), type=_Answering)
        self._require_allowed()
        credential = str(body.answer.get("id"))
        if (note := await self._kept.find(credential)) is not None:
            await self._know(_read(note).person)
        person = _known(lambda: self._passkeys.admit(body.nonce, body.answer))
        await self._spend(body.nonce)
        await self._keep(credential)
        return await self._enter(request, person)

    def _require_allowed(self) -> None:
        if not self._passkeys.host:
            raise Refused(
                "no_passkeys",
                "本站以 http 或 IP 地址访问，浏览器不支持通行密钥；请用证书登录。",
                "Browsers allow no passkeys at this address: it needs HTTPS and a host name. Use your certificate.",
            )

    async def _know(self, person: str) -> None:
        """What all processes know of a person's passkeys."""
        self._passkeys.know(person, [_read(note) for note in await self._kept.of(person_key(person))])

    async def _keep(self, credential: str) -> None:
        """On disk before it is answered."""
        if (held := self._passkeys.find(credential)) is None:
            return
        body = msgspec.json.encode(held)
        if not await self._kept.add(credential, body, person_key(held.person)):
            await self._kept.change(credential, body)

    async def _spend(self, nonce: str) -> None:
        try:
            await self._sign_ins.spend(nonce)
        except StaleNonce as error:
            raise _stale() from error

    def _listed(self, person: str) -> web.Response:
        found = [
            {"credential": one.credential, "name": one.name, "added": one.added} for one in self._passkeys.of(person)
        ]
        return web.json_response({"allowed": bool(self._passkeys.host), "passkeys": found})


def person_key(person: str) -> str:
    """How a person is called as the owner of notes."""
    return b64(hashlib.sha256(person.encode()).digest())


def _read(note: Note) -> Passkey:
    return msgspec.json.decode(note.body, type=Passkey)


def _stale() -> Refused:
    return Refused("stale_nonce", "登录请求已失效，请重试。", "Ask for a new nonce and sign that.")


def _known(act: Callable[[], T]) -> T:
    """Why somebody is not trusted is told to nobody but the operator."""
    try:
        return act()
    except StaleNonce as error:
        raise _stale() from error
    except TooManyPasskeys as error:
        raise Refused("too_many_passkeys", "通行密钥已达上限，请先移除一把。", "Remove a passkey first.") from error
    except (NotHere, NotThisPasskey, NotTrusted, BadStatement) as error:
        _LOG.info("passkey refused", why=str(error))
        raise Refused(
            "not_this_passkey",
            "通行密钥无效，或为它作保的证书已失效。请用证书登录。",
            "The passkey, or the certificate that vouched for it, is not good. Sign in with your certificate.",
        ) from error


class _Adding(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    signed: Signed
    answer: dict[str, Any]


class _Removing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    credential: str


class _Answering(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    nonce: str
    answer: dict[str, Any]
