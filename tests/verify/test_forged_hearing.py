"""What was drawn, said, confirmed, objected and answered: changed, dropped, or put into other people's mouths."""

from typing import Any

import pytest

from remote_bid.seal.canonical import b64
from tests.verify.forger import Day
from tests.verify.judging import fails, holds
from tests.verify.keys import Keys
from tests.verify.pieces import Loose, again, made_up, payload_of, signed

# ── The draw ─────────────────────────────────────────────────────────────────────────────────────────────


def test_another_value_than_the_seed_gives_is_named(lived: Day) -> None:
    drawn = lived.one("CoefficientDrawn")
    drawn.pinned["value"] = "0.95" if drawn.fields["value"] != "0.95" else "0.96"
    fails(lived, drawn, why="the value is not the one that its seed gives")


def test_a_seed_of_ones_own_is_named(lived: Day) -> None:
    drawn = lived.one("CoefficientDrawn")
    drawn.pinned["seed"] = b64(bytes(32))
    fails(lived, drawn, why="the seed is not what the sealed seeds and the bids give")


def test_an_envelope_called_missing_though_it_was_sealed_is_named(lived: Day) -> None:
    drawn = lived.one("CoefficientDrawn")
    first, *rest = drawn.fields["envelopes"]
    drawn.pinned["envelopes"] = [first | {"envelope": "", "fault": "missing"}, *rest]
    fails(lived, drawn, why="the seed is not what the sealed seeds and the bids give")


def test_a_bid_left_out_of_the_draw_is_named(lived: Day) -> None:
    drawn = lived.one("CoefficientDrawn")
    drawn.pinned["bids"] = []
    fails(lived, drawn)


def test_a_draw_that_is_left_out_is_missed(lived: Day) -> None:
    lived.drop(lived.one("CoefficientDrawn"))
    fails(lived, "timeline.json", why="what was drawn is not what the tender declares")


def test_what_is_drawn_is_drawn_once(lived: Day) -> None:
    drawn = lived.one("CoefficientDrawn")
    second = again(drawn)
    lived.put_after(drawn, second)
    fails(lived, second, why="has happened already")


def test_a_seed_sealed_after_the_deadline_is_too_late(lived: Day) -> None:
    sealed = lived.one("DrawSealed")
    lived.main.remove(sealed)
    sealed.fields["at"] = lived.one("ReleaseOpened").fields["at"]
    lived.put_after(lived.one("ReleaseOpened"), sealed)
    fails(lived, sealed, why="DrawSealed does not belong in RELEASE")


def test_lots_are_not_drawn_by_hand_where_a_seed_was_sealed(lived: Day, keys: Keys) -> None:
    drawn = lived.one("CoefficientDrawn")
    called = made_up(drawn, "LotteryCalled", lot=drawn.fields["lot"], envelopes=drawn.fields["envelopes"])
    lived.put_before(drawn, called)
    fails(lived, called, why="a lottery was called though a sealed seed could be opened")


# ── Lines, objections, answers ───────────────────────────────────────────────────────────────────────────


def test_a_confirmation_made_of_a_dispute_is_named(lived: Day) -> None:
    lived.lies["confirmation"] = lambda told: told | {"dispute": "工期有误"}
    fails(lived, lived.one("LineConfirmed"), why="not what was said")


def test_a_confirmation_of_another_line_is_named(lived: Day) -> None:
    lived.lies["confirmation"] = lambda told: told | {"line": b64(bytes(32))}
    fails(lived, lived.one("LineConfirmed"), why="not what was said")


def test_who_has_confirmed_is_not_called_silent(lived: Day) -> None:
    opened = lived.one("ObjectionsOpened")
    opened.pinned["silent"] = [lived.one("LineConfirmed").fields["bid"]]
    fails(lived, opened)


def test_a_confirmation_that_is_left_out_is_missed(lived: Day) -> None:
    lived.drop(lived.one("LineConfirmed"))
    fails(lived, lived.one("ObjectionsOpened"))


def test_nobody_is_called_silent_before_the_time_is_over(lived: Day) -> None:
    confirmed = lived.one("LineConfirmed")
    lived.drop(confirmed)
    lived.one("ObjectionsOpened").pinned["silent"] = [confirmed.fields["bid"]]
    fails(lived, lived.one("ObjectionsOpened"))


def test_another_text_than_was_signed_is_named(lived: Day) -> None:
    objection = lived.one("ObjectionRaised")
    objection.pinned["text"] = "没有异议"
    fails(lived, objection, why="not what was said")


def test_an_objection_dropped_leaves_its_answer_behind(lived: Day) -> None:
    lived.drop(lived.one("ObjectionRaised"))
    fails(lived, lived.one("ObjectionAnswered"))


def test_an_objection_dropped_with_its_answer_is_not_the_record_that_was_signed(conspiracy: Day) -> None:
    """Whoever has all keys of the platform cannot sign the record again for those who signed it."""
    conspiracy.drop(conspiracy.one("ObjectionRaised"), conspiracy.one("ObjectionAnswered"))
    fails(conspiracy, conspiracy.one("RecordSigned"))


def test_an_objection_has_the_next_number(lived: Day) -> None:
    objection = lived.one("ObjectionRaised")
    objection.pinned["number"] = 2
    fails(lived, objection)


def test_an_answer_by_anybody_but_the_host_is_named(lived: Day, keys: Keys) -> None:
    answered = lived.one("ObjectionAnswered")
    said = payload_of(answered.fields["signed"]["statement"])
    answered.pinned["signed"] = signed(keys.people["supervisor-01"], "answer", said)
    fails(lived, answered, why="not by whom it must be")


def test_an_alias_is_by_first_words(lived: Day) -> None:
    said = lived.of("Said", alias=1)
    said.pinned["alias"] = 3
    fails(lived, said, why="not what was said")


@pytest.mark.parametrize("person", ["host-01", "nobody"])
def test_words_put_into_anothers_mouth_are_named(lived: Day, person: str) -> None:
    said = lived.of("Said", alias=1)
    role = "host" if person == "host-01" else "bidder"
    said.pinned["by"] = {"person": person, "role": role}
    fails(lived, said)


# ── The record ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("what", ["draws", "objections"])
def test_a_record_without_what_was_drawn_or_objected_is_named(lived: Day, what: str) -> None:
    prepared = lived.one("RecordPrepared")
    prepared.pinned["record"] = prepared.fields["record"] | {what: []}
    fails(lived, prepared, why="the record is not what the events say")


def test_a_record_prepared_while_objections_are_open_is_too_early(lived: Day) -> None:
    opened, prepared = lived.one("ObjectionsOpened"), lived.one("RecordPrepared")
    prepared.fields["at"] = opened.fields["at"]
    fails(lived, prepared)


def test_who_gave_no_answer_to_the_record_is_named_at_the_end(lived: Day) -> None:
    signature = lived.one("RecordSigned")
    lived.drop(signature)
    fails(lived, lived.one("OpeningClosed"))
    lived.one("OpeningClosed").pinned["silent"] = [signature.fields["person"]]
    holds(lived)


def test_a_refusal_is_signed_by_who_refuses_this_record(lived: Day, keys: Keys) -> None:
    entry = refusal(lived, keys, record=lived.one("RecordPrepared").fields["hash"])
    holds(lived)
    entry.pinned["reason"] = "另一个理由"
    fails(lived, entry)


def test_a_refusal_of_another_record_is_named(lived: Day, keys: Keys) -> None:
    fails(lived, refusal(lived, keys, record=b64(bytes(32))))


def refusal(day: Day, keys: Keys, **changes: Any) -> Loose:
    """Somebody refuses instead of signing."""
    signature = day.one("RecordSigned")
    person = signature.fields["person"]
    told = payload_of(signature.fields["signed"]["statement"]) | {"reason": "记录有遗漏"} | changes
    paper = signed(keys.people[person], "record_refusal", told)
    refused = made_up(
        signature, "RecordRefused", person=person, name=signature.fields["name"], reason="记录有遗漏", signed=paper
    )
    day.put_after(signature, refused)
    day.drop(signature)
    return refused
