"""Words in the hall: who may speak, how often, and under which name."""

from typing import Any

import msgspec
import pytest

from remote_bid.opening.commands import OpeningCommand
from remote_bid.opening.events import Said
from remote_bid.opening.rules.speaking import BURST, BURST_MS, MOST_WORDS
from remote_bid.timeline.entry import Who
from tests.given import Act, Past, after, given
from tests.opening.actors import ALPHA, BETA, BIDDERS, DELTA, FIRST, GAMMA, HOST, PUBLIC, SUPERVISOR, WITNESS
from tests.opening.acts import raise_objection, say
from tests.opening.day import ABORTED, READOUT, ROSTER, WINDOW_CLOSED, opening
from tests.opening.pages import entries, page, readable


def words(number: int, who: Who = ALPHA) -> Act:
    return say(who, f"第 {number} 句", nonce=f"nonce of word {number:04d}")


@pytest.mark.parametrize("who", [HOST, SUPERVISOR, WITNESS, FIRST], ids=lambda who: who.role)
def test_the_sessions_people_speak_under_their_own_names(who: Who) -> None:
    given(opening, ROSTER).when(say(who, "请注意")).then(Said(alias=None, text="请注意", nonce="a nonce of the tests"))


def test_only_those_who_take_part_may_speak() -> None:
    given(opening, ROSTER).when(say(DELTA)).then_refused("not_allowed")
    given(opening, ROSTER).when(say(PUBLIC)).then_refused("not_allowed")


@pytest.mark.parametrize("text", ["", "   ", "字" * 501, "two\nlines", "turned \u202e round", "\x1b[2J"])
def test_words_are_plain(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"type": "Say", "text": text, "nonce": "a nonce of the tests"}, type=OpeningCommand)


def test_aliases_are_numbered_by_first_words_whatever_else_is_in_order() -> None:
    past: Past = (*ROSTER, raise_objection(GAMMA), say(ALPHA), words(1, GAMMA), say(HOST), say(BETA))
    assert given(opening, past).story.state.aliases == {GAMMA.person: 1, ALPHA.person: 2, BETA.person: 3}


@pytest.mark.parametrize("first", BIDDERS, ids=lambda who: who.person)
def test_whoever_speaks_first_is_number_one(first: Who) -> None:
    [said] = given(opening, ROSTER).when(say(first)).then(Said)
    assert said.alias == 1


def heard(past: Past, who: Who) -> dict[str, Any]:
    """ALPHA's words as somebody reads them."""
    found = [item.event for item in entries(given(opening, past).story, who) if item.event]
    return next(event for event in found if event["type"] == "Said")


SAID: Past = (*ROSTER, say(ALPHA))
NAMED: Past = (*WINDOW_CLOSED, say(ALPHA))


def test_until_names_are_shown_nobody_learns_who_spoke_but_those_who_know_the_names() -> None:
    for who in (BETA, HOST, FIRST, PUBLIC):
        assert set(heard(SAID, who)) == {"type", "at", "alias", "text"}
        assert ALPHA.person not in readable(given(opening, SAID).story, who)
        assert page(given(opening, SAID).story, who).aliases is msgspec.UNSET
    for who in (ALPHA, SUPERVISOR, WITNESS):
        assert heard(SAID, who)["by"]["person"] == ALPHA.person


def test_with_the_names_authors_are_shown_also_of_what_was_said_before() -> None:
    for past in (NAMED, (*ROSTER, say(ALPHA), *WINDOW_CLOSED[len(ROSTER) :])):
        assert heard(past, BETA)["by"]["person"] == ALPHA.person
        assert page(given(opening, past).story, BETA).aliases == {"1": ALPHA.person}
        assert "by" not in heard(past, PUBLIC)
    assert heard((*READOUT, say(ALPHA)), PUBLIC)["by"]["person"] == ALPHA.person


def test_when_names_come_to_be_shown_pages_are_sent_the_authors() -> None:
    """The curtain rises: what `show` says changes only when it does."""
    before, after_ = given(opening, WINDOW_CLOSED[:-1]).story, given(opening, WINDOW_CLOSED).story
    assert opening.context.curtain(before.state) != opening.context.curtain(after_.state)
    assert {"Said", "ObjectionRaised", "CoefficientDrawn"} <= opening.context.veiled


def test_one_knows_ones_own_alias() -> None:
    assert page(given(opening, SAID).story, ALPHA).me.alias == 1
    assert page(given(opening, SAID).story, BETA).me.alias is msgspec.UNSET


def test_so_many_words_a_minute_and_no_more() -> None:
    burst: Past = (*ROSTER, *(words(number) for number in range(BURST)))
    given(opening, burst).when(words(BURST)).then_refused("too_fast")
    given(opening, burst).when(words(BURST, BETA)).then(Said)
    given(opening, burst, after(BURST_MS - 1, read_nothing)).when(words(BURST)).then_refused("too_fast")
    given(opening, burst, after(BURST_MS, read_nothing)).when(words(BURST)).then(Said)


read_nothing = say(HOST, nonce="meanwhile, the host")


def test_so_many_words_a_session_and_no_more() -> None:
    talk = (after(BURST_MS, words(number)) for number in range(MOST_WORDS))
    given(opening, ROSTER, *talk).when(after(BURST_MS, words(MOST_WORDS))).then_refused("too_many")


def test_the_same_words_twice_are_said_twice() -> None:
    again = say(ALPHA, nonce="another nonce of them")
    given(opening, SAID).when(again).then(Said)
    given(opening, SAID).when(say(ALPHA)).then_nothing()
    given(opening, SAID).when(say(BETA)).then(Said)


def test_nobody_speaks_before_the_roster_or_after_the_end() -> None:
    given(opening, ABORTED).when(say(ALPHA)).then_refused("wrong_phase")
