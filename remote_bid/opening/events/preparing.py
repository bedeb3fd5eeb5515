"""What happens before bids come: the session, its custodians' keys, policies, timetable, strikes."""

from remote_bid.opening.terms import Member
from remote_bid.people.certificates import Signed
from remote_bid.tender.terms import Tender
from remote_bid.timeline.context import Event


class OpeningScheduled(Event, frozen=True):
    """A session begins: its tender and its people, as the host has signed."""

    tender: Tender
    members: list[Member]
    signed: Signed


class CustodianKeyOffered(Event, frozen=True):
    """A custodian's key for one lot and part."""

    person: str
    signed: Signed


class PolicyPublished(Event, frozen=True):
    """What seals bind to from now on."""

    signed: Signed


class TimetableProposed(Event, frozen=True):
    """A timetable that lacks its second signature."""

    signed: Signed


class TimetableSigned(Event, frozen=True):
    """The timetable that holds."""

    signed: Signed


class StrikeProposed(Event, frozen=True):
    """A strike that lacks its second signature."""

    signed: Signed


class CustodianStruck(Event, frozen=True):
    """A custodian is no longer one, from the custodians' list of this statement on."""

    signed: Signed


class CustodianDrilled(Event, frozen=True):
    """The custodian opened the dummy; shown like it."""

    person: str
    signed: Signed


class DrawSealed(Event, frozen=True):
    """Tenderer or supervisor has sealed its seed for a lot's draw."""

    person: str
    lot: str
    signed: Signed
