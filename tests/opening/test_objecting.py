"""Confirming one's line, objecting, answering, and what the record tells of it."""

from typing import Any

import msgspec
import pytest

from remote_bid.opening.commands import OpenObjections
from remote_bid.opening.events import (
    LineConfirmed,
    LineDisputed,
    ObjectionAnswered,
    ObjectionRaised,
    ObjectionsOpened,
    RecordPrepared,
)
from remote_bid.opening.rules.objecting import MOST_OBJECTIONS
from remote_bid.opening.terms import LineAnswer
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK
from remote_bid.timeline.entry import Who
from tests.given import Act, Past, after, at, given
from tests.opening.actors import ALPHA, BETA, DELTA, GAMMA, HOST, NAMES, PUBLIC, SUPERVISOR
from tests.opening.acts import (
    OPEN_OBJECTIONS,
    PREPARE_RECORD,
    answer_objection,
    bid_of,
    confirm_line,
    raise_objection,
    say,
    submit,
)
from tests.opening.day import (
    CONFIRM,
    CONVENED,
    OBJECTION,
    OTHER_LOT,
    RELEASE,
    ROSTER,
    THREE_BIDS,
    TWO_LOTS,
    UNSEAL,
    WINDOW_CLOSED,
    between,
    opening,
)
from tests.opening.pages import entries, page, readable
from tests.opening.tender import after_t0

DISPUTE = "工期应为二百日"
ENDS_S = 660
"""When objections are over, counted from the deadline."""


# ── One's own line ───────────────────────────────────────────────────────────────────────────────────────


def test_a_bidder_confirms_its_line_or_disputes_it() -> None:
    given(opening, CONFIRM).when(confirm_line(ALPHA)).then(LineConfirmed)
    [disputed] = given(opening, CONFIRM).when(confirm_line(ALPHA, dispute=DISPUTE)).then(LineDisputed)
    assert (disputed.number, disputed.name, disputed.text) == (1, NAMES[ALPHA.person], DISPUTE)


def test_a_dispute_is_an_objection_that_the_host_answers() -> None:
    past = (*OBJECTION[: len(CONFIRM)], confirm_line(ALPHA, dispute=DISPUTE))
    [answered] = given(opening, past).when(answer_objection()).then(ObjectionAnswered)
    assert answered.number == 1
    [raised] = given(opening, past).story.state.objections.values()
    assert raised.bid == bid_of(given(opening, past).story, ALPHA)


def test_nobody_answers_for_anothers_line() -> None:
    story = given(opening, CONFIRM).story
    given(opening, CONFIRM).when(confirm_line(ALPHA, bid=bid_of(story, BETA))).then_refused("not_your_bid")
    given(opening, CONFIRM).when(confirm_line(ALPHA, person=BETA.person)).then_refused("not_your_bid")
    given(opening, CONFIRM).when(confirm_line(DELTA)).then_refused("not_your_bid")


def test_what_is_confirmed_is_what_was_read_out() -> None:
    given(opening, CONFIRM).when(confirm_line(ALPHA, line="another line")).then_refused("other_line")


def test_one_answers_a_line_once_and_in_time() -> None:
    said = (*CONFIRM, confirm_line(ALPHA))
    given(opening, said).when(confirm_line(ALPHA, dispute=DISPUTE)).then_refused("answered_already")
    given(opening, CONFIRM).when(confirm_line(ALPHA), at=after_t0(359.999)).then(LineConfirmed)
    given(opening, CONFIRM).when(confirm_line(ALPHA), at=after_t0(360)).then_refused("window_over")


@pytest.mark.parametrize("dispute", ["", " ", "字" * 2001, "two\nlines"])
def test_a_dispute_is_in_plain_words(dispute: str) -> None:
    given(opening, CONFIRM).when(confirm_line(ALPHA, dispute=dispute)).then_refused("malformed_statement")


def test_when_all_have_answered_objections_open_else_when_time_is_over() -> None:
    some: Past = (*CONFIRM, confirm_line(ALPHA), confirm_line(BETA, dispute=DISPUTE))
    given(opening, some).when(OPEN_OBJECTIONS).then_refused("not_yet")
    [opened] = given(opening, some).when(OPEN_OBJECTIONS, at=after_t0(360)).then(ObjectionsOpened)
    assert opened.silent == [bid_of(given(opening, some).story, GAMMA)]
    assert opened.ends_at == instant.text(after_t0(960))
    [opened] = given(opening, some, confirm_line(GAMMA)).when(OPEN_OBJECTIONS).then(ObjectionsOpened)
    assert opened.silent == []


# ── Objections and answers ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("past", [ROSTER, RELEASE, WINDOW_CLOSED, UNSEAL, CONFIRM, OBJECTION])
def test_from_the_roster_on_bidders_object_and_the_host_answers(past: Past) -> None:
    [raised] = given(opening, past).when(raise_objection(BETA)).then(ObjectionRaised)
    assert (raised.number, raised.alias, raised.name) == (1, 1, NAMES[BETA.person])
    given(opening, past, raise_objection(BETA)).when(answer_objection()).then(ObjectionAnswered)


def test_only_those_who_took_part_object_and_each_for_itself() -> None:
    given(opening, OBJECTION).when(raise_objection(DELTA)).then_refused("not_allowed")
    given(opening, OBJECTION).when(raise_objection(ALPHA, person=BETA.person)).then_refused("not_allowed")


def test_whose_lot_had_too_few_bids_may_object_too() -> None:
    past = (*TWO_LOTS, *THREE_BIDS, submit(DELTA, lot=OTHER_LOT), *between((*CONVENED, *THREE_BIDS), ROSTER))
    given(opening, past).when(raise_objection(DELTA)).then(ObjectionRaised)


def test_a_bidder_cannot_flood_the_record() -> None:
    many = tuple(raise_objection(ALPHA, text=f"第 {number} 项") for number in range(MOST_OBJECTIONS))
    given(opening, ROSTER, many).when(raise_objection(ALPHA, text="又一项")).then_refused("too_many")
    given(opening, ROSTER, many).when(raise_objection(BETA)).then(ObjectionRaised)


@pytest.mark.parametrize("text", ["", " ", "字" * 2001, "two\nlines", "turned \u202e round"])
def test_objections_and_answers_are_in_plain_words(text: str) -> None:
    given(opening, ROSTER).when(raise_objection(ALPHA, text=text)).then_refused("malformed_statement")
    objected = (*ROSTER, raise_objection(ALPHA))
    given(opening, objected).when(answer_objection(text=text)).then_refused("malformed_statement")


def test_an_objection_is_answered_once() -> None:
    answered = (*ROSTER, raise_objection(ALPHA), answer_objection())
    given(opening, answered).when(answer_objection(text="另一个答复")).then_refused("answered_already")
    given(opening, ROSTER).when(answer_objection()).then_refused("no_such_objection")


def test_objections_come_in_time() -> None:
    given(opening, OBJECTION).when(raise_objection(ALPHA), at=after_t0(ENDS_S - 0.001)).then(ObjectionRaised)
    given(opening, OBJECTION).when(raise_objection(ALPHA), at=after_t0(ENDS_S)).then_refused("window_over")


OBJECTED: Past = (*OBJECTION, raise_objection(ALPHA))


def test_the_record_waits_for_the_end_of_the_window_also_if_all_is_answered() -> None:
    for past in (OBJECTION, (*OBJECTED, answer_objection())):
        given(opening, past).when(PREPARE_RECORD, at=after_t0(ENDS_S - 0.001)).then_refused("not_yet")
        given(opening, past).when(PREPARE_RECORD, at=after_t0(ENDS_S)).then(RecordPrepared)


def test_the_host_has_as_long_again_for_what_is_not_answered() -> None:
    given(opening, OBJECTED).when(PREPARE_RECORD, at=after_t0(2 * ENDS_S - 60.001)).then_refused("not_yet")
    late = (*OBJECTED, at(after_t0(ENDS_S + 60), answer_objection()))
    given(opening, late).when(PREPARE_RECORD).then(RecordPrepared)
    [prepared] = given(opening, OBJECTED).when(PREPARE_RECORD, at=after_t0(2 * ENDS_S - 60)).then(RecordPrepared)
    assert [line.answer for line in prepared.record.objections] == [None]


def test_the_record_tells_every_answer_objection_and_silence() -> None:
    past: Past = (
        *ROSTER,
        raise_objection(BETA, text="名单有误"),
        *between(ROSTER, CONFIRM),
        confirm_line(ALPHA, dispute=DISPUTE),
        confirm_line(BETA),
        after(300_000, OPEN_OBJECTIONS),
        answer_objection(2),
        after(1_200_000, PREPARE_RECORD),
    )
    story = given(opening, past).story
    answers = {line.name: line.answer for line in story.state.record.lines}
    assert answers == {
        NAMES[ALPHA.person]: LineAnswer.DISPUTED,
        NAMES[BETA.person]: LineAnswer.CONFIRMED,
        NAMES[GAMMA.person]: LineAnswer.SILENT,
    }
    first, second = story.state.record.objections
    assert (first.number, first.name, first.text, first.bid, first.answer) == (
        1,
        NAMES[BETA.person],
        "名单有误",
        None,
        None,
    )
    assert (second.number, second.bid, second.text) == (2, bid_of(story, ALPHA), DISPUTE)
    assert (second.answer, second.answered_at) == ("已核对，次序无误", instant.text(after_t0(360)))


# ── Who sees whose objection ─────────────────────────────────────────────────────────────────────────────

HIDDEN: Past = (*ROSTER, raise_objection(ALPHA), answer_objection())


def objection(past: Past, who: Who) -> dict[str, Any]:
    """The objection as an entry, as somebody reads it."""
    found = [item.event for item in entries(given(opening, past).story, who) if item.event]
    return next(event for event in found if event["type"] == "ObjectionRaised")


def row(past: Past, who: Who) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(page(given(opening, past).story, who))["objections"]["1"]
    return found


def test_an_objections_author_is_hidden_while_names_are() -> None:
    for who in (BETA, HOST, PUBLIC):
        assert set(objection(HIDDEN, who)) == {"type", "at", "number", "alias", "text"}
        assert (row(HIDDEN, who)["alias"], row(HIDDEN, who).get("name")) == (1, None)
        text = readable(given(opening, HIDDEN).story, who)
        assert ALPHA.person not in text
        assert NAMES[ALPHA.person] not in text
    assert row(HIDDEN, SUPERVISOR)["name"] == NAMES[ALPHA.person]


def test_with_the_names_the_author_is_shown() -> None:
    past = (*HIDDEN, *between(ROSTER, WINDOW_CLOSED))
    assert objection(past, BETA)["person"] == ALPHA.person
    assert row(past, BETA)["name"] == NAMES[ALPHA.person]
    assert "person" not in objection(past, PUBLIC)


def test_a_page_shows_answers_and_who_has_answered_its_line() -> None:
    assert row(HIDDEN, PUBLIC)["answer"] == "已核对，次序无误"
    story = given(opening, CONFIRM, confirm_line(ALPHA), confirm_line(BETA, dispute=DISPUTE)).story
    rows = msgspec.to_builtins(page(story, PUBLIC))["bids"]
    assert {line["name"]: line.get("answer") for line in rows.values()} == {
        NAMES[ALPHA.person]: "confirmed",
        NAMES[BETA.person]: "disputed",
        NAMES[GAMMA.person]: None,
    }


def test_words_and_objections_share_their_aliases() -> None:
    past: Past = (*ROSTER, say(BETA), raise_objection(ALPHA), raise_objection(BETA, text="另有异议"))
    raised = given(opening, past).story.state.objections.values()
    aliases = given(opening, past).story.state.aliases
    assert [aliases[one.person] for one in raised] == [2, 1]


def test_only_the_clock_ends_the_time_for_confirming() -> None:
    given(opening, CONFIRM).when(Act(OpenObjections(), HOST)).then_refused("not_allowed")
    given(opening, CONFIRM).when(Act(OpenObjections(), CLOCK), at=after_t0(360)).then(ObjectionsOpened)
