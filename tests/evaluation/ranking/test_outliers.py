"""A score further from the committee's mean than the tender allows is named; exactly so far is not."""

import pytest

from remote_bid.evaluation.ranking import Item, LimitOf, Outlier, OutlierLimit, outliers
from remote_bid.timeline.context import Refused
from tests.evaluation.ranking.scored import rule, sheets

GIVEN = sheets(a=("8 8 8 4",), b=("8 8 8 8",))
"""Of a the mean is 7: three scores lie 1 from it, one lies 3."""


@pytest.mark.parametrize(
    ("limit", "named"),
    [
        (OutlierLimit(limit="3", of=LimitOf.POINTS), []),
        (OutlierLimit(limit="2.99", of=LimitOf.POINTS), ["e3"]),
        (OutlierLimit(limit="1", of=LimitOf.POINTS), ["e3"]),
        (OutlierLimit(limit="0.99", of=LimitOf.POINTS), ["e0", "e1", "e2", "e3"]),
        (OutlierLimit(limit="42.86"), []),
        (OutlierLimit(limit="42.85"), ["e3"]),
        (OutlierLimit(limit="30", of=LimitOf.PERCENT_OF_FULL), []),
        (OutlierLimit(limit="29", of=LimitOf.PERCENT_OF_FULL), ["e3"]),
    ],
)
def test_an_outlier_is_named_by_expert_bid_and_item(limit: OutlierLimit, named: list[str]) -> None:
    found = outliers(rule(Item(item="plan", full="10")), GIVEN, limit)
    assert found == [Outlier(expert=expert, bid="a", item="plan") for expert in named]


def test_a_share_of_full_points_needs_full_points() -> None:
    with pytest.raises(Refused) as refused:
        outliers(rule("plan"), GIVEN, OutlierLimit(limit="1", of=LimitOf.PERCENT_OF_FULL))
    assert refused.value.code == "no_full_points"
