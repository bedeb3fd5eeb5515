"""Checkpoints: puts session heads into the platform log, has its head cosigned, and hands the cosigned note in.

Crash-safe: what was not cosigned when the process died is found again from the sessions themselves at start.
"""

import asyncio
import time
from collections.abc import Collection, Sequence
from typing import Protocol

import structlog
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.seal.canonical import b64
from remote_bid.seal.tree import inclusion_path, root_of
from remote_bid.timeline.context import LOG
from remote_bid.timeline.desk import Desk, Folded, Moved, happening
from remote_bid.timeline.entry import MAIN, Entry
from remote_bid.timeline.failpoints import point
from remote_bid.timeline.log import Log
from remote_bid.timeline.marks import CheckpointCosigned, RecordCheckpoint
from remote_bid.timeline.note import Checkpoint, NamedKey, cosigned_at, platform_leaf, sign

_LOG = structlog.get_logger("checkpoint")
_RETRY_S = 0.5
_GRACE_S = 0.2
"""How long a quorum waits for the next of the others."""


class Cosigner(Protocol):
    """An outside key that signs checkpoints which extend what it has signed before."""

    key: NamedKey
    alert: str
    """Why it did not sign when it was asked last, for health and operators; empty if it did."""

    async def cosign(self, note: str, leaves: Sequence[bytes]) -> str:
        """Its signature line for the checkpoint note over `leaves`; raises CosignerAway."""


class CosignerAway(Exception):
    """The cosigner did not answer, or would not sign."""


class CosignerAhead(CosignerAway):
    """The cosigner says that it has signed more of this log than there is, or something else. `note` is what it shows
    for that: only what the log itself has signed is proof, and a cosigner may lie.
    """

    note: str = ""


class Checkpointer:
    """One for the deployment: heads become leaves, leaves become cosigned checkpoints."""

    def __init__(
        self,
        log: Log,
        desk: Desk,
        origin: str,
        key: ed25519.Ed25519PrivateKey,
        cosigners: Sequence[Cosigner],
        quorum: int,
    ) -> None:
        self._log, self._desk, self._origin, self._key = log, desk, origin, key
        self._cosigners, self._quorum = cosigners, quorum
        self._due: asyncio.Queue[tuple[str, int, str]] = asyncio.Queue()
        self._leaves: list[bytes] = []
        self._work: asyncio.Task[None] | None = None
        self.alert = ""
        """Why checkpoints wait, for health and operators; empty while they do not."""
        desk.listen(self._on_moved)

    def start(self, sessions: Sequence[Folded]) -> None:
        """Begin work, first with every head that still lacks its cosigned checkpoint."""
        self._due = asyncio.Queue()
        for folded in sessions:
            for entry in _uncovered(folded):
                self._due.put_nowait((folded.session.id, entry.seq, b64(entry.leaf)))
        self._work = asyncio.create_task(self._run(), name="checkpoints")

    async def close(self) -> None:
        """Stop; what is left over is found again at the next start."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)
        self._work = None

    def _on_moved(self, moved: Moved) -> None:
        if self._work is None:
            return  # start() will find it
        new = {entry.seq for entry in moved.entries if entry.line == MAIN}
        for entry in _uncovered(moved.after, new):
            self._due.put_nowait((moved.after.session.id, entry.seq, b64(entry.leaf)))

    async def _run(self) -> None:
        while True:
            due = await self._due.get()
            while True:
                try:
                    await self._cover(*due)
                    self.alert = ""
                    break
                except CosignerAway as error:
                    self.alert = str(error)
                    _LOG.warning("checkpoint waits", why=self.alert, session=due[0], seq=due[1])
                except Exception:
                    self.alert = "checkpoint failed"
                    _LOG.exception("checkpoint failed", session=due[0], seq=due[1])
                await asyncio.sleep(_RETRY_S)

    async def _cover(self, session: str, seq: int, head: str) -> None:
        index = await self._log.add_leaf(session, seq, head)
        for leaf in await self._log.leaves(len(self._leaves)):
            self._leaves.append(platform_leaf(leaf.session, leaf.seq, leaf.head))
        leaves = list(self._leaves)
        checkpoint = Checkpoint(origin=self._origin, size=len(leaves), root=root_of(leaves))
        with point("cosign"):
            note = await self._cosigned(sign(checkpoint, self._origin, self._key), leaves)
        path = [b64(node) for node in inclusion_path(leaves, index)]
        command = RecordCheckpoint(covers=seq, head=head, note=note, index=index, path=path)
        await self._desk.handle(session, command, LOG)

    async def _cosigned(self, note: str, leaves: Sequence[bytes]) -> str:
        """The note with the lines that hold: at least a quorum; who is much slower than that is not waited for."""
        began = time.monotonic()
        asked = {asyncio.ensure_future(line_of_cosigner(c, note, leaves)): c for c in self._cosigners}
        waiting = set(asked)
        lines, away = list[str](), list[str]()
        while waiting:
            grace = _GRACE_S if len(lines) >= self._quorum else None
            done, waiting = await asyncio.wait(waiting, timeout=grace, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                break
            for task in done:
                try:
                    lines.append(task.result())
                except CosignerAway as error:
                    away.append(str(error))
        for task in waiting:
            asked[task].alert = "slower than the quorum"
            task.cancel()
        if len(lines) < self._quorum:
            raise CosignerAway("; ".join(away))
        _LOG.debug("cosigned", size=len(leaves), seconds=round(time.monotonic() - began, 3))
        return note + "".join(lines)


async def line_of_cosigner(cosigner: Cosigner, note: str, leaves: Sequence[bytes]) -> str:
    """A cosigner's line, if it is one line and its signature holds; whatever else comes of asking is CosignerAway, for
    no cosigner may stand in the others' way. Its alert tells which it was.
    """
    try:
        line = await _line(cosigner, note, leaves)
    except CosignerAway as away:
        if cosigner.alert != str(away):
            _LOG.warning("cosigner did not sign", cosigner=cosigner.key.name, why=str(away))
        cosigner.alert = str(away)
        raise
    cosigner.alert = ""
    return line


async def _line(cosigner: Cosigner, note: str, leaves: Sequence[bytes]) -> str:
    try:
        line = await cosigner.cosign(note, leaves)
        holds = line.count("\n") == 1 and cosigned_at(note + line, cosigner.key) is not None
    except CosignerAway:
        raise
    except Exception as error:
        raise CosignerAway(f"{cosigner.key.name} answers nonsense: {type(error).__name__}") from error
    if not holds:
        raise CosignerAway(f"{cosigner.key.name} answers with no signature of its own")
    return line


def _uncovered(folded: Folded, among: Collection[int] | None = None) -> list[Entry]:
    covered, wanted = set(), []
    for entry in folded.main if among is None else (folded.main[seq - 1] for seq in sorted(among)):
        event = happening(folded.context, entry).event
        if isinstance(event, CheckpointCosigned):
            covered.add(event.covers)
        elif folded.context.checkpoints(event):
            wanted.append(entry)
    return [entry for entry in wanted if entry.seq not in covered]
