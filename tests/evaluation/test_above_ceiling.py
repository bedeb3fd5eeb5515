"""A bid above the ceiling price: rejected in the review by arithmetic, with its reason, and the day goes on."""

import io
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from remote_bid.evaluation.events import ReviewCounted, StepOverdue
from remote_bid.evaluation.statements import EvaluationOrder
from remote_bid.evaluation.terms import Rejection
from remote_bid.timeline.context import Event
from remote_bid.verify import verify
from tests.evaluation.actors import ORDER
from tests.evaluation.acts import schedule
from tests.evaluation.bundles import TRUST, bundle_of, cosigned_story
from tests.evaluation.day import COUNTED, FOURTH, evaluation
from tests.evaluation.needed import played_on
from tests.given import Story, given

ABOVE = str(Decimal(ORDER.ceiling_price) + Decimal("0.01"))
DEAR = replace(
    ORDER,
    bids=[
        replace(bid, form=replace(bid.form, price=ABOVE if bid.bid == FOURTH else bid.form.price)) for bid in ORDER.bids
    ],
)


def first(story: Story, kind: type[Event]) -> Any:
    """The first event of a kind."""
    entry = next(entry for entry in story.folded.main if entry.type == kind.__name__)
    return msgspec.convert({name: v for name, v in entry.fields.items() if name not in ("at", "by")}, type=kind)


def day(order: EvaluationOrder) -> Story:
    """To its public report; nobody fails anything."""
    return played_on(given(evaluation, (schedule(order),)).story)


def test_it_is_rejected_without_a_vote_the_reason_is_told_and_the_day_goes_on() -> None:
    story = day(DEAR)
    rejection = Rejection(bid=FOURTH, items=[], above_ceiling=True)
    assert first(story, ReviewCounted).rejected == [rejection]
    assert story.state.report.rejected == [rejection]
    assert FOURTH not in story.state.report.candidates
    assert {score for score in story.state.prices.scores} == {bid.bid for bid in DEAR.bids} - {FOURTH}
    assert StepOverdue.__name__ not in {entry.type for entry in story.folded.main}
    report = verify(io.BytesIO(bundle_of(cosigned_story(story))), TRUST)
    assert report.verified, report


@pytest.mark.parametrize("price", [ORDER.ceiling_price, "8000"])
def test_a_price_at_the_ceiling_is_none_above_it(price: str) -> None:
    bids = [replace(bid, form=replace(bid.form, price=price)) for bid in ORDER.bids]
    assert first(day(replace(ORDER, bids=bids)), ReviewCounted).rejected == []


def test_a_rejection_that_was_voted_on_has_no_such_reason() -> None:
    assert given(evaluation, COUNTED).story.state.rejected[FOURTH].above_ceiling is False
