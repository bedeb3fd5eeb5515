"""One bid of three, made as a test likes, through the whole day to its settlement."""

from collections.abc import Callable, Sequence
from typing import Any

from remote_bid.opening.commands import SubmitBid
from remote_bid.opening.events import BidSettled
from remote_bid.opening.terms import Cause, Outcome
from remote_bid.timeline.entry import Who
from tests.given import Act, Past, given
from tests.opening.actors import ALPHA, BETA, FIRST, GAMMA, SECOND
from tests.opening.acts import SETTLE, publish_key, submit
from tests.opening.day import BETAS_BID, CONVENED, CUSTODY, GAMMAS_BID, LOBBY, OPENS_LOBBY, between, opening
from tests.opening.sealed import SAFE

AFTER_SUBMISSION: Past = (OPENS_LOBBY, *between(LOBBY, CUSTODY))
"""From the opening of the lobby to custody; everybody releases."""


def settled(
    by: Sequence[Who] = (FIRST, SECOND), lose: Callable[[bytes], bytes | None] | None = None, **how: Any
) -> Any:
    """What became of ALPHA's bid, made like this; BETA's and GAMMA's are always opened."""
    bid = Act(submit(ALPHA, **how).asked(given(opening, CONVENED).story), ALPHA)
    past = (*CONVENED, bid, BETAS_BID, GAMMAS_BID, *AFTER_SUBMISSION, *(publish_key(who) for who in by))
    before = given(opening, past)
    if lose:
        spoil(bid, lose)
    events = before.when(SETTLE).happened()
    found = {event.bidder: event for event in events if isinstance(event, BidSettled)}
    assert {found[who.person].outcome for who in (BETA, GAMMA)} == {Outcome.OPENED}
    return found[ALPHA.person]


def spoil(bid: Act, lose: Callable[[bytes], bytes | None]) -> None:
    """Something happens to the stored envelope after it was acknowledged."""
    assert isinstance(bid.ask, SubmitBid)
    place = (ALPHA.person, bid.ask.parts[0].upload)
    left = lose(SAFE.files.pop(place))
    if left is not None:
        SAFE.files[place] = left


def revoked(event: Any, cause: Cause, detail: str) -> None:
    """The bidder's fault."""
    assert (event.outcome, event.cause, event.detail) == (Outcome.DEEMED_REVOKED, cause, detail)
    assert event.form is None


def withdrawn(event: Any, detail: str) -> None:
    """Not the bidder's fault."""
    assert (event.outcome, event.cause, event.detail) == (Outcome.DEEMED_WITHDRAWN, Cause.ENVELOPE_LOST, detail)
    assert event.form is None
