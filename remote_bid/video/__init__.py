"""Supervised video: calls that exist only while a supervisor and a recorder are in them. A call is a small session of
its own, called into being by an act in another one; media never enters it, but who was there, what was let through and
the hash of every recording do.
"""

from remote_bid.timeline.context import Context, Event
from remote_bid.timeline.entry import Who
from remote_bid.timeline.marks import LogKeyRotated
from remote_bid.video.commands import VideoCommand
from remote_bid.video.events import CallClosed, CallOpened, CallPublished, SegmentRecorded, VideoEvent
from remote_bid.video.rules import Call, begin, decide, due, evolve
from remote_bid.video.view import VEILED, CallView, curtain, see, show

COSIGNED_HERE = (CallOpened, CallClosed, SegmentRecorded, CallPublished, LogKeyRotated)
"""Beginning and end, and every piece of a recording: what comes between lies under the next of them."""


def _standing(call: Call, person: str) -> str:
    return call.role_of(person).value


def _audience(who: Who) -> str:
    return f"{who.role}/{who.person}"


def _overlooks(_who: Who) -> bool:
    return False


def _checkpoints(event: Event) -> bool:
    return isinstance(event, COSIGNED_HERE)


video: Context[Call, CallView] = Context(
    name="video",
    command=VideoCommand,
    event=VideoEvent,
    view=CallView,
    begin=begin,
    decide=decide,
    evolve=evolve,
    due=due,
    see=see,
    show=show,
    overlooks=_overlooks,
    curtain=curtain,
    veiled=VEILED,
    standing=_standing,
    audience=_audience,
    checkpoints=_checkpoints,
)
