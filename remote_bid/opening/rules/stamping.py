"""Time stamps over the last tick and the close: entered when they come. Nothing waits for them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from remote_bid.opening.commands import RecordStamp
from remote_bid.opening.events import StampTaken
from remote_bid.opening.rules.guards import known
from remote_bid.opening.rules.state import Opening, ToStamp
from remote_bid.people.required import refuse, require_log
from remote_bid.seal.canonical import b64
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened, Turn

EARLY_S = 2
"""How far an authority's clock may be behind the log's."""
WITHIN_S = 600
"""How long after its entry a stamp is still worth having; an authority that is away for longer is not asked again."""


def record_stamp(opening: Opening, command: RecordStamp, turn: Turn) -> list[Event]:
    require_log(turn)
    wanted = opening.stamps.get(command.covers)
    if wanted is None:
        refuse("not_wanted", "此条目不需要时间戳。", "No time stamp is wanted over this entry.")
    if wanted.stamped_at:
        return []
    at = known(turn).stamped_at
    if at is None or not timely(wanted.at, at):
        refuse("bad_stamp", "时间戳的时间与条目不符。", "The stamp's time does not fit its entry.")
    return [StampTaken(covers=command.covers, stamped_at=instant.text(at), token=command.token)]


def timely(entry: datetime, stamp: datetime) -> bool:
    """Whether a stamp's time fits the entry's."""
    return -EARLY_S <= (stamp - entry).total_seconds() <= WITHIN_S


def wanted(opening: Opening, happened: Happened) -> dict[int, ToStamp]:
    """What is to be stamped now that bids are closed, if a policy names who stamps: the last tick and the close."""
    if not any(policy.tsa for policy in opening.policies.values()):
        return opening.stamps
    leaves = {opening.last_tick: opening.last_tick_leaf, happened.seq: b64(happened.leaf)}
    return opening.stamps | {seq: ToStamp(leaf=leaf, at=happened.at) for seq, leaf in leaves.items()}


def _stamped(opening: Opening, event: StampTaken, happened: Happened) -> Opening:
    done = {seq: replace(s, stamped_at=event.stamped_at) for seq, s in opening.stamps.items() if seq == event.covers}
    return replace(opening, stamps=opening.stamps | done)


STAMPING: dict[type[Event], Callable[[Opening, Any, Happened], Opening]] = {StampTaken: _stamped}
