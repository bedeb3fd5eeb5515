"""Which fields of an entry an audience may read."""

from collections.abc import Collection

from remote_bid.opening.rules.acting import people_of
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase, Role, reached
from remote_bid.opening.view.custodians import watches_drills
from remote_bid.opening.view.heard import words
from remote_bid.opening.view.names import names_shown
from remote_bid.timeline.entry import MAIN, Fields, Who

_DRILLS = ("DrillDealt", "CustodianDrilled")
VEILED = frozenset(
    {"Ticked", "BidsClosed", "BidSettled", "CoefficientDrawn", "Said", "ObjectionRaised", "DepositNoted", *_DRILLS}
)
"""Entries of the main line that show more as the day goes on."""


def curtain(opening: Opening) -> object:
    """Changes whenever `show` may."""
    read = sum(bid.read_out for bid in opening.bids.values())
    return opening.phase, opening.disclosed, read, opening.window_closed is not None


_UNTIL_COUNTED = ("type", "at", "by")
_TICK = ("type", "at", "by", "slots", "root")
_UNTIL_READ = ("type", "at", "by", "lot", "coefficient", "value", "seed", "envelopes", "lottery")


def show(opening: Opening, line: str, fields: Fields, who: Who, own: bool) -> Collection[str] | None:
    """The fields of an entry that `who` may read now: None is all of them, none is its leaf only.

    `own` says that the entry lies in the viewer's own side line.
    """
    if line != MAIN:
        return None if own else _side(opening, fields)
    match fields["type"]:
        case "Ticked":
            return None if opening.disclosed else _TICK
        case "BidsClosed":
            return None if reached(opening.phase, Phase.ROSTER) or opening.disclosed else _UNTIL_COUNTED
        case "BidSettled":
            return None if opening.bids[fields["bid"]].read_out else ()
        case "CoefficientDrawn":
            return None if reached(opening.phase, Phase.CONFIRM) or opening.phase is Phase.ABORTED else _UNTIL_READ
        case "DepositNoted":
            shown = names_shown(opening, who) or opening.phase is Phase.ABORTED
            return None if shown else _UNTIL_COUNTED
        case "Said" | "ObjectionRaised":
            return words(opening, fields, who)
        case _:
            return _custodians(opening, fields, who)


def _custodians(opening: Opening, fields: Fields, who: Who) -> Collection[str] | None:
    match fields["type"]:
        case "DrillDealt" | "CustodianDrilled":
            return None if opening.disclosed or watches_drills(who, fields["person"]) else ()
        case "KeyEntrusted":
            return None if who.role == Role.SUPERVISOR or who.person == fields["person"] else _without_signed(fields)
        case _:
            return None


def _side(opening: Opening, fields: Fields) -> Collection[str] | None:
    """Side lines: the type once disclosed; everything when all is read out, so that anybody can check who bid and who
    withdrew. Of a lot with too few bids only the lot is told.
    """
    if not opening.disclosed:
        return ()
    stopped = opening.stopped_lots()
    if fields.get("lot") in stopped:
        return ("type", "lot")
    if not reached(opening.phase, Phase.RECORD):
        return ("type",)
    took_part = {bidder for lot, bidder in opening.versions if lot not in stopped}
    took_part |= {person for bid in opening.bids.values() for person in people_of(opening, bid)}
    if fields.get("bidder", fields["by"]["person"]) not in took_part:
        return ("type",)
    return [name for name in fields if name != "s_b"] if fields["type"] == "PartReleased" else None


def _without_signed(fields: Fields) -> Collection[str]:
    """All but the paper that holds a key of a part that is not read out."""
    return [name for name in fields if name != "signed"]
