"""Before a server serves: a quorum of its cosigners must sign the head of its log as it is now.

A cosigner signs only what extends what it has signed before, with its own time. So a log that was restored behind its
last cosigned head, or rewritten, and a clock that is wrong are found out before anybody is served. A cosigner that says
so proves it by a checkpoint that this log has signed and does not hold; without one it is named, and counts as away.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.seal.canonical import b64
from remote_bid.seal.tree import root_of
from remote_bid.timeline.checkpoint import Cosigner, CosignerAhead, CosignerAway, line_of_cosigner
from remote_bid.timeline.desk import Folded
from remote_bid.timeline.log import Log, Platform
from remote_bid.timeline.note import BadNote, Checkpoint, NamedKey, cosigned_at, is_signed, parse, platform_leaf, sign

CLOCK_S = 5
"""Seconds by which a server's clock may differ from its cosigners' when it starts; theirs are whole seconds."""

_LOG = structlog.get_logger("start")
_RETRY_S = 0.2
_ANSWER_S = 10.0
"""How long one cosigner may keep the others waiting, at least."""


class MayNotServe(Exception):
    """The server must not serve; the sentence says why."""


async def require_cosigned_head(
    log: Log,
    origin: str,
    key: ed25519.Ed25519PrivateKey,
    cosigners: Sequence[Cosigner],
    quorum: int,
    now: Callable[[], datetime],
    wait_s: float,
    before: Sequence[NamedKey] = (),
) -> None:
    """Return when a quorum has signed the log's head and agrees on the time; MayNotServe at once if one of them proves
    that it has signed more or something else, or if no quorum came within `wait_s`. A quorum of 0: only nobody may
    object. `before` are earlier keys of the log.
    """
    start = _Start(log, [NamedKey(name=origin, key=key.public_key().public_bytes_raw()), *before], now, wait_s)
    until = time.monotonic() + wait_s
    while True:
        leaves = await start.leaves()
        note = sign(Checkpoint(origin=origin, size=len(leaves), root=root_of(leaves)), origin, key)
        answers = await asyncio.gather(*(start.ask(cosigner, note, leaves) for cosigner in cosigners))
        apart = sorted((seconds for seconds in answers if isinstance(seconds, float)), key=abs)
        if len(apart) >= quorum:
            return _require_time(apart[quorum - 1] if quorum else 0.0)
        if time.monotonic() > until:
            away = "; ".join(why for why in answers if isinstance(why, str))
            raise MayNotServe(f"Only {len(apart)} of {quorum} cosigners have signed this log's head: {away}")
        await asyncio.sleep(_RETRY_S)


def require_covered(sessions: Sequence[Folded], platform: Sequence[Platform]) -> None:
    """MayNotServe if the platform log holds a head that its session does not have."""
    heads = {(folded.session.id, entry.seq): b64(entry.leaf) for folded in sessions for entry in folded.main}
    loaded = {folded.session.id for folded in sessions}
    for leaf in platform:
        if leaf.session in loaded and heads.get((leaf.session, leaf.seq)) != leaf.head:
            raise MayNotServe(f"The record of {leaf.session} is altered, or behind its cosigned entry {leaf.seq}")


@dataclass(frozen=True)
class _Start:
    """What cosigners' answers are held against: the log and its keys, and this server's clock."""

    log: Log
    keys: Sequence[NamedKey]
    now: Callable[[], datetime]
    wait_s: float

    async def ask(self, cosigner: Cosigner, note: str, leaves: Sequence[bytes]) -> float | str:
        """How many seconds this server's clock is ahead of the cosigner's; or why it did not sign."""
        try:
            async with asyncio.timeout(max(self.wait_s, _ANSWER_S)):
                line = await line_of_cosigner(cosigner, note, leaves)
        except CosignerAhead as ahead:
            if self._proven(ahead.note, await self.leaves()):  # another process may have gone on meanwhile
                raise MayNotServe(f"{ahead}: this log is behind its last cosigned head, or was rewritten") from ahead
            cosigner.alert = f"{ahead}; it shows no checkpoint that proves it"
            _LOG.error("cosigner claims without proof", cosigner=cosigner.key.name, why=str(ahead))
            return cosigner.alert
        except CosignerAway as away:
            return str(away)
        except TimeoutError:
            cosigner.alert = f"{cosigner.key.name} keeps others waiting"
            _LOG.warning("cosigner too slow at start", cosigner=cosigner.key.name)
            return cosigner.alert
        return self.now().timestamp() - float(cosigned_at(note + line, cosigner.key) or 0)

    async def leaves(self) -> list[bytes]:
        """The platform log's leaves as they are now."""
        return [platform_leaf(leaf.session, leaf.seq, leaf.head) for leaf in await self.log.leaves(0)]

    def _proven(self, note: str, leaves: Sequence[bytes]) -> bool:
        """Whether a checkpoint that this log has signed holds what this log does not."""
        try:
            signed = parse(note)[0]
            ours = signed.origin == self.keys[0].name and any(is_signed(note, key) for key in self.keys)
        except (BadNote, ValueError):
            return False
        return ours and (signed.size > len(leaves) or root_of(leaves[: signed.size]) != signed.root)


def _require_time(seconds: float) -> None:
    if abs(seconds) > CLOCK_S:
        raise MayNotServe(f"This server's clock is {seconds:+.0f} s off its cosigners'")
