"""A bundle of a call under examination: people are seats, for who sat there is not public."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from remote_bid.timeline.context import Event
from remote_bid.timeline.entry import Fields, Shown, Who
from remote_bid.verify.case import Case, Failed, entry_name
from remote_bid.video import COSIGNED_HERE
from remote_bid.video.events import VideoEvent
from remote_bid.video.rules import Call
from remote_bid.video.rules.guards import CARRIER, HOUSE
from remote_bid.video.terms import CallRole

_SYSTEM = {who.role for who in (CARRIER, HOUSE)} | {"clock", "log"}
_MAY = {"by", "chairs", "watchers"}
"""What no public bundle shows: who sat on which seat, and who might read everything."""


@dataclass
class CallCase(Case):
    """Filled by the steps in their order, as any case is."""

    room: str = "video"
    events: Any = VideoEvent
    cosigned: tuple[type[Event], ...] = COSIGNED_HERE
    call: Call = field(default_factory=lambda: Call(session=""))
    seat_of: dict[str, str] = field(default_factory=dict)
    """Of the people whose acts are shown with their name."""

    def fields(self, shown: Shown) -> Fields | None:
        """An entry's fields, a seat standing for whoever sits on it; None where anything else is withheld."""
        if shown.event is None or shown.proof is None or shown.proof.hidden.keys() - _MAY:
            return None
        seats = shown.event.get("seats", {})
        chairs = [{"seat": seat, "person": seat, "name": seat, "role": role} for seat, role in seats.items()]
        stand_in: Fields = {"by": None, "chairs": chairs, "watchers": []}
        return shown.event | {name: stand_in[name] for name in shown.proof.hidden}

    def author(self, shown: Shown, fields: Fields) -> Who:
        """Whoever acts on its own seat is that seat; a supervisor who has not yet, the first of them."""
        told = fields["by"]
        if told is not None and told["role"] in _SYSTEM:
            return msgspec.convert(told, type=Who)
        seats = self.call.opened.seats if self.call.opened else {}
        named = told["person"] if told is not None else ""
        supervisors = sorted(seat for seat, role in seats.items() if role is CallRole.SUPERVISOR)
        seat = fields.get("seat", "") if _own(fields, told) else self.seat_of.get(named, supervisors[0])
        if seat not in seats or self.seat_of.setdefault(named or seat, seat) != seat:
            raise Failed(entry_name(shown), "it is not told by whom it must be")
        return Who(person=seat, role=seats[seat])


def of(case: Case) -> CallCase:
    """The case as a call's."""
    if not isinstance(case, CallCase):
        raise TypeError("this is no call")
    return case


_OWN = ("NoticeAnswered", "LobbyEntered", "TokenIssued", "SeatJoined", "SeatLeft")


def _own(fields: Fields, told: Fields | None) -> bool:
    return fields["type"] in _OWN or told is None
