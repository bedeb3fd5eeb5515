"""A cosigner: a small separate program that signs checkpoints of a log, each only if it extends the one signed before.

C2SP tlog-witness: POST /add-checkpoint. What was signed last is on disk before the signature leaves, so a restarted
cosigner never signs a fork.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.seal.statements import Statement
from remote_bid.seal.tree import EMPTY_ROOT, extends
from remote_bid.timeline import durable
from remote_bid.timeline.note import BadNote, NamedKey, cosign, is_signed, parse
from remote_bid.timeline.rotation import BadSuccessor, agree, follow
from remote_bid.timeline.stopping import told_to_stop
from remote_bid.timeline.witness import AddCheckpoint, BadRequest, parsed


class _Signed(msgspec.Struct, frozen=True):
    size: int = 0
    root: bytes = EMPTY_ROOT
    successors: list[Statement] = []


class Cosigner:
    """Signs the checkpoints of one log."""

    def __init__(
        self,
        name: str,
        key: ed25519.Ed25519PrivateKey,
        log: NamedKey,
        state: Path,
        successors: Sequence[Statement] = (),
    ) -> None:
        self._name, self._key, self._first, self._state = name, key, log, state
        signed = msgspec.json.decode(state.read_bytes(), type=_Signed) if state.exists() else _Signed()
        if not agree(signed.successors, successors):
            raise BadSuccessor("the trust file names another successor of the log's key than the one known here")
        known = max(signed.successors, list(successors), key=len)
        self._signed = msgspec.structs.replace(signed, successors=known)

    @property
    def _log(self) -> NamedKey:
        """The key that the log signs with now."""
        return follow(self._first, self._signed.successors)[-1]

    def application(self) -> web.Application:
        """The HTTP application."""
        app = web.Application(client_max_size=64 << 10)
        routes = {"/add-checkpoint": self.add_checkpoint, "/add-successors": self.add_successors}
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
        new = _Signed(checkpoint.size, checkpoint.root, self._signed.successors)
        if asked.old != self._signed.size or (new.size == asked.old and new != self._signed):
            return web.Response(status=409, text=f"{self._signed.size}\n", content_type="text/x.tlog.size")
        if not self._continues(asked, new):
            return web.Response(status=422, text="the checkpoint does not extend what was signed")
        self._keep(new)
        return web.Response(text=cosign(body, self._name, self._key, int(time.time())))

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

    def _continues(self, asked: AddCheckpoint, new: _Signed) -> bool:
        old = self._signed
        return new.size >= old.size and extends(old.root, old.size, new.root, new.size, asked.proof)

    def _keep(self, signed: _Signed) -> None:
        if signed == self._signed:
            return
        durable.replace(self._state, msgspec.json.encode(signed))
        self._signed = signed


def cosigner_key(path: Path) -> ed25519.Ed25519PrivateKey:
    """The key in `path` (32 raw bytes); made there, readable by the owner only, if the file is missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        durable.replace(path, ed25519.Ed25519PrivateKey.generate().private_bytes_raw(), 0o600)
    return ed25519.Ed25519PrivateKey.from_private_bytes(path.read_bytes())


async def cosign_forever(
    name: str, log: NamedKey, folder: Path, port: int, successors: Sequence[Statement] = ()
) -> None:
    """Run a cosigner over the key and state in `folder` until told to stop."""
    cosigner = Cosigner(name, cosigner_key(folder / "key"), log, folder / "signed.json", successors)
    runner = web.AppRunner(cosigner.application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await told_to_stop()
    await runner.cleanup()
