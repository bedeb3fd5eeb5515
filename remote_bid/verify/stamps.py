"""Part of step 4: time stamps over the last tick before each close, and over the close."""

from remote_bid.opening.events import BidsClosed, StampTaken
from remote_bid.opening.rules.stamping import timely
from remote_bid.seal.canonical import unb64_sized
from remote_bid.timeline import instant
from remote_bid.timeline.entry import Shown
from remote_bid.timeline.stamp import BadStamp, stamped_at
from remote_bid.verify.case import Case, Failed, entry_name


def stamps(case: Case) -> None:
    """Step 4: whatever is stamped was stamped in time by a trusted authority of time. One that was away is missed, and
    fails nobody.
    """
    taken = case.happened(StampTaken)
    for shown, event in taken:
        _stamp(case, shown, event)
    if not case.vouched.tsa:
        case.report.holds(4, "time stamps", "none, as no authority of time is trusted")
        return
    count = len({event.covers for _, event in taken})
    case.report.holds(4, "time stamps", f"{count} of {len(_wanted(case))}, each by a trusted authority of time")


def _wanted(case: Case) -> list[int]:
    """The last ticks and the closes."""
    return [seq for shown, _ in case.happened(BidsClosed) for seq in (shown.seq - 1, shown.seq)]


def _stamp(case: Case, shown: Shown, event: StampTaken) -> None:
    name = entry_name(shown)
    if event.covers not in _wanted(case) or event.covers >= shown.seq:
        raise Failed(name, "no time stamp is wanted over this entry")
    entry = case.main[event.covers - 1]
    try:
        at = stamped_at(event.token, unb64_sized(entry.leaf, 32), case.vouched.authorities_of_time())
    except BadStamp as error:
        raise Failed(name, str(error)) from error
    if instant.text(at) != event.stamped_at or not timely(instant.when((entry.event or {})["at"]), at):
        raise Failed(name, "the stamp was not made when its entry was")
