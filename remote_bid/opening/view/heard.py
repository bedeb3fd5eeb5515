"""What a page tells of words spoken in the hall: objections and who is behind an alias."""

from collections.abc import Collection

from msgspec import UNSET

from remote_bid.opening.rules.acting import bidder_behind
from remote_bid.opening.rules.state import Opening, Raised
from remote_bid.opening.terms import Phase
from remote_bid.opening.view.names import names_shown
from remote_bid.opening.view.page import ObjectionRow
from remote_bid.timeline import instant
from remote_bid.timeline.entry import Fields, Who

_UNTIL_NAMED = ("type", "at", "number", "alias", "text")


def words(opening: Opening, fields: Fields, who: Who) -> Collection[str] | None:
    """A bidder's words without their author until names are shown; its own, and other people's, are whole."""
    hidden = fields["alias"] is not None and fields["by"]["person"] != who.person
    return _UNTIL_NAMED if hidden and not _authors_shown(opening, who) else None


def aliases(opening: Opening, who: Who) -> dict[str, str]:
    """Whose alias is whose, once that may be known: alias → person."""
    shown = _authors_shown(opening, who)
    return {str(alias): person for person, alias in opening.aliases.items() if shown}


def objections(opening: Opening, who: Who) -> dict[str, ObjectionRow]:
    """Every objection by its number."""
    shown = _authors_shown(opening, who)
    return {str(raised.number): _objection(opening, raised, shown) for raised in opening.objections.values()}


def _authors_shown(opening: Opening, who: Who) -> bool:
    """With the names; on the main line a session that is over hides nothing."""
    return names_shown(opening, who) or opening.phase is Phase.ABORTED


def _objection(opening: Opening, raised: Raised, shown: bool) -> ObjectionRow:
    return ObjectionRow(
        number=raised.number,
        at=instant.text(raised.raised_at),
        text=raised.text,
        alias=opening.aliases.get(bidder_behind(opening, raised.person), UNSET),
        name=raised.name if shown else UNSET,
        bid=raised.bid or UNSET,
        answer=raised.answer or UNSET,
        answered_at=instant.text(raised.answered_at) if raised.answered_at else UNSET,
    )
