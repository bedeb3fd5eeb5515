"""A cosigner: a small separate program that signs checkpoints of a log, each only if it extends the one signed before.

C2SP tlog-witness: POST /add-checkpoint. What was signed last is on disk before the signature leaves, so a restarted
cosigner never signs a fork. A log that shows its leaves (POST /add-leaves) gets a signature only for what it has shown,
and never for two heads of one session at one entry. Bidders may lodge their releases here (POST /lodge); only the log
is told (POST /lodgings).
"""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.participant.keeper import Keeper, NotKept
from remote_bid.participant.shown_leaves import OtherLeaf, ShownLeaves
from remote_bid.people.certificates import Signed
from remote_bid.seal.canonical import NotCanonical
from remote_bid.seal.statements import BadStatement, Statement
from remote_bid.seal.tree import EMPTY_ROOT, extends
from remote_bid.timeline import durable
from remote_bid.timeline.note import BadNote, NamedKey, cosign, is_signed, parse
from remote_bid.timeline.rotation import BadSuccessor, agree, follow
from remote_bid.timeline.stopping import told_to_stop
from remote_bid.timeline.witness import AddCheckpoint, AddLeaves, BadRequest, parsed

K = TypeVar("K", Signed, Statement)


class _Signed(msgspec.Struct, frozen=True):
    size: int = 0
    root: bytes = EMPTY_ROOT
    successors: list[Statement] = []
    note: str = ""
    """The checkpoint itself, as the log signed it: proof against a log that has forgotten it."""

    def same_head(self, other: "_Signed") -> bool:
        """Whether both are of one log at one size."""
        return (self.size, self.root) == (other.size, other.root)


class Cosigner:
    """Signs the checkpoints of one log."""

    def __init__(
        self,
        name: str,
        key: ed25519.Ed25519PrivateKey,
        log: NamedKey,
        state: Path,
        roots: Sequence[x509.Certificate] = (),
        blind: bool = True,
        successors: Sequence[Statement] = (),
    ) -> None:
        """`roots` certify those who may lodge. One that is not `blind` wants every leaf shown before it signs."""
        self._name, self._key, self._first, self._state, self._blind = name, key, log, state, blind
        signed = msgspec.json.decode(state.read_bytes(), type=_Signed) if state.exists() else _Signed()
        if not agree(signed.successors, successors):
            raise BadSuccessor("the trust file names another successor of the log's key than the one known here")
        known = max(signed.successors, list(successors), key=len)
        self._signed = msgspec.structs.replace(signed, successors=known)
        self._leaves = ShownLeaves(state.with_suffix(".leaves"))
        self._keeper = Keeper(name, key, lambda: self._log, roots, state.with_suffix(".lodged"))

    @property
    def _log(self) -> NamedKey:
        """The key that the log signs with now."""
        return follow(self._first, self._signed.successors)[-1]

    def application(self) -> web.Application:
        """The HTTP application."""
        app = web.Application(client_max_size=64 << 10)
        routes = {
            "/add-checkpoint": self.add_checkpoint,
            "/add-leaves": self.add_leaves,
            "/add-successors": self.add_successors,
            "/last-signed": self.last_signed,
            "/lodge": self.lodge,
            "/lodgings": self.lodgings,
        }
        app.add_routes([web.post(path, answer) for path, answer in routes.items()])
        return app

    async def add_checkpoint(self, request: web.Request) -> web.Response:
        """200 with the signature line; 409 with the size signed last; 400, 403, 404, 422 as the protocol says."""
        try:
            asked = parsed((await request.read()).decode())
            checkpoint, body, _ = parse(asked.note)
            if checkpoint.origin != self._log.name:
                return web.Response(status=404, text="not a log that is cosigned here")
            if not is_signed(asked.note, self._log):
                return web.Response(status=403, text="not signed by the log")
            if asked.old > checkpoint.size:
                return web.Response(status=400, text="old is above the checkpoint's size")
        except (BadRequest, BadNote, UnicodeDecodeError) as error:
            return web.Response(status=400, text=str(error))
        new = _Signed(checkpoint.size, checkpoint.root, self._signed.successors, asked.note)
        if asked.old != self._signed.size or (new.size == asked.old and not new.same_head(self._signed)):
            return web.Response(status=409, text=f"{self._signed.size}\n", content_type="text/x.tlog.size")
        if not self._continues(asked, new) or not self._as_shown(new):
            return web.Response(status=422, text="the checkpoint does not extend what was signed")
        self._keep(new)
        return web.Response(text=cosign(body, self._name, self._key, int(time.time())))

    async def last_signed(self, request: web.Request) -> web.Response:
        """200 with the log's own note that was signed last; 404 before there is one."""
        if not self._signed.note:
            return web.Response(status=404, text="nothing is signed yet")
        return web.Response(text=self._signed.note)

    async def add_successors(self, request: web.Request) -> web.Response:
        """200 when the log's key is now the last of these (JSON, all key_rotated statements so far); 409 if its key has
        another successor already, 400 if they do not lead from key to key.
        """
        try:
            told = msgspec.json.decode(await request.read(), type=list[Statement])
            follow(self._first, told)
        except (msgspec.MsgspecError, BadSuccessor) as error:
            return web.Response(status=400, text=str(error))
        if not agree(self._signed.successors, told):
            return web.Response(status=409, text="the log's key has another successor already")
        if len(told) > len(self._signed.successors):
            self._keep(msgspec.structs.replace(self._signed, successors=told))
        return web.Response()

    async def add_leaves(self, request: web.Request) -> web.Response:
        """200 once they are on disk; 409 with the number known; 422 if a leaf contradicts an earlier one."""
        try:
            shown = msgspec.json.decode(await request.read(), type=AddLeaves)
            if shown.start > len(self._leaves):
                return web.Response(status=409, text=f"{len(self._leaves)}\n", content_type="text/x.tlog.size")
            self._leaves.add(shown.start, shown.leaves)
        except (msgspec.MsgspecError, NotCanonical, UnicodeError) as error:
            return web.Response(status=400, text=str(error))
        except OtherLeaf as error:
            return web.Response(status=422, text=str(error))
        return web.Response(text=f"{len(self._leaves)}\n")

    async def lodge(self, request: web.Request) -> web.Response:
        """A bidder's lodged release (Signed) → its receipt (Statement); 400, 403, 429 in a sentence."""
        return await _kept(request, Signed, self._keeper.lodge)

    async def lodgings(self, request: web.Request) -> web.Response:
        """The log's question (Statement) → the signed list, and what is kept."""
        return await _kept(request, Statement, self._keeper.told)

    def _as_shown(self, new: _Signed) -> bool:
        """What the log shows is what it has signed; who never showed a leaf is a stranger's log, signed blindly."""
        if self._blind and not len(self._leaves):
            return True
        return self._leaves.root(new.size) == new.root

    def _continues(self, asked: AddCheckpoint, new: _Signed) -> bool:
        old = self._signed
        return new.size >= old.size and extends(old.root, old.size, new.root, new.size, asked.proof)

    def _keep(self, signed: _Signed) -> None:
        if signed == self._signed:
            return
        durable.replace(self._state, msgspec.json.encode(signed))
        self._signed = signed


async def _kept(request: web.Request, kind: type[K], answer: Callable[[K], msgspec.Struct]) -> web.Response:
    try:
        told = answer(msgspec.json.decode(await request.read(), type=kind))
    except NotKept as error:
        return web.Response(status=error.status, text=str(error))
    except (msgspec.MsgspecError, BadStatement, UnicodeError) as error:
        return web.Response(status=400, text=str(error))
    return web.Response(body=msgspec.json.encode(told), content_type="application/json")


def cosigner_key(path: Path) -> ed25519.Ed25519PrivateKey:
    """The key in `path` (32 raw bytes); made there, readable by the owner only, if the file is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        durable.replace(path, ed25519.Ed25519PrivateKey.generate().private_bytes_raw(), 0o600)
    return ed25519.Ed25519PrivateKey.from_private_bytes(path.read_bytes())


async def cosign_forever(
    name: str,
    log: NamedKey,
    roots: Sequence[x509.Certificate],
    folder: Path,
    port: int,
    successors: Sequence[Statement] = (),
) -> None:
    """Run a cosigner over the key and state in `folder` until told to stop."""
    key = cosigner_key(folder / "key")
    cosigner = Cosigner(name, key, log, folder / "signed.json", roots, blind=False, successors=successors)
    runner = web.AppRunner(cosigner.application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await told_to_stop()
    await runner.cleanup()
