"""Parts that are not read out: their halves and keys are withheld, and nothing can hide behind that."""

import pytest

from tests.verify.forger import Day
from tests.verify.judging import fails, holds, judged
from tests.verify.pieces import Payload


def test_halves_and_keys_of_other_parts_are_withheld_and_nothing_else(server: Day) -> None:
    withheld = [item.why for item in judged(server.bundle(), server.trust).items if item.verdict == "withheld"]
    halves, keys = len(server.all("PartReleased")), len(server.all("KeyEntrusted"))
    assert halves
    assert keys
    assert withheld.count("the half of a part that is not read out") == halves
    assert withheld.count("the key of a part that is not read out") == keys
    assert len(withheld) == halves + keys


@pytest.mark.parametrize("kind", ["PartReleased", "KeyEntrusted"])
def test_nothing_but_the_paper_is_withheld(server: Day, kind: str) -> None:
    for name in {"type", "by", "bid", "submission", "release", "person", "kid"} & set(server.one(kind).fields):
        day = Day(server.bundle(), server.keys)
        day.one(kind).withheld = frozenset({name})
        fails(day, day.one(kind))


def test_a_bid_that_lacks_a_declared_part_is_named(lived: Day) -> None:
    submitted = lived.one("BidSubmitted")
    submitted.fields["parts"].pop()
    fails(lived, submitted, why="other parts than its lot declares")


def test_a_part_called_the_readout_form_is_not_another_part(lived: Day) -> None:
    submitted = lived.one("BidSubmitted")
    names = {"readout_form": "technical", "technical": "readout_form"}
    for part in submitted.fields["parts"]:
        part["part"] = names.get(part["part"], part["part"])
    fails(lived, submitted)


def test_a_part_that_was_asked_for_is_not_called_sealed(conspiracy: Day) -> None:
    def sealed(window: Payload) -> Payload:
        [lot] = window["lots"]
        return window | {"lots": [lot | {"missing": lot["missing"][:1], "sealed": lot["missing"][1:]}]}

    conspiracy.lies["window_closed"] = sealed
    fails(conspiracy, conspiracy.one("WindowClosed"), why="stay sealed than its tender declares")


def test_a_released_part_is_not_called_missing(conspiracy: Day) -> None:
    submission = conspiracy.one("PartReleased").fields["submission"]

    def missing(window: Payload) -> Payload:
        [lot] = window["lots"]
        released = [item for item in lot["released"] if item["submission"] != submission]
        return window | {"lots": [lot | {"released": released, "missing": [*lot["missing"], submission]}]}

    conspiracy.lies["window_closed"] = missing
    fails(conspiracy, conspiracy.one("WindowClosed"), why="not those of the side lines")


def test_the_readout_form_is_not_released_where_nobody_can_see_it(lived: Day) -> None:
    released = lived.one("PartReleased")
    released.fields["submission"] = released.fields["bid"]
    fails(lived, released)


def test_a_key_is_entrusted_by_the_custodian_who_holds_it(lived: Day) -> None:
    first, second = lived.all("KeyEntrusted")[:2]
    first.fields |= {"person": second.fields["person"], "by": second.fields["by"]}
    fails(lived, first, why="of another custodian")


def test_no_key_is_entrusted_for_the_readout_form(lived: Day) -> None:
    entrusted = lived.one("KeyEntrusted")
    entrusted.fields["part"] = "readout_form"
    fails(lived, entrusted, why="nobody was asked to open")


def test_a_day_without_entrusted_keys_is_a_day(lived: Day) -> None:
    """The opening does not wait for what only the evaluation needs."""
    lived.drop(*lived.all("KeyEntrusted"))
    holds(lived)
