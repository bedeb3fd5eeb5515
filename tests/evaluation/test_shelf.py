"""Which documents somebody may read: role by object, at every time of the day."""

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from remote_bid.evaluation.view import shelf
from remote_bid.evaluation.view.shelf import Shelved
from remote_bid.timeline.entry import Who
from tests.evaluation.actors import BIDS, EVERYBODY, FIRMS, ORDER, SENT, expert
from tests.evaluation.acts import remove, schedule, undertake
from tests.evaluation.day import DETAILED, MATERIALS, MEMBERS, PHASES, PUBLISHED, SUMMARY, UNDERTAKING, evaluation
from tests.given import Past, given

COMMITTEE = [expert(person) for person in MEMBERS.values()]
TIMES: dict[str, Past] = {str(phase): past for phase, past in PHASES.items()} | {"PUBLISHED": PUBLISHED}
OPEN = ("MATERIALS", "PRELIMINARY", "DETAILED", "OUTLIERS", "PRICE", "SUMMARY", "REPORT")


def shelf_at(past: Past, who: Who) -> dict[tuple[str, str], Shelved]:
    return shelf(given(evaluation, past).story.state, who)


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("who", [*EVERYBODY, *COMMITTEE], ids=lambda who: who.person or "public")
def test_documents_are_the_committees_alone_while_it_works(who: Who, time: str) -> None:
    found = shelf_at(TIMES[time], who)
    assert bool(found) is (who in COMMITTEE and time in OPEN)
    assert bool(evaluation.context.see(given(evaluation, TIMES[time]).story.state, who).papers) is bool(found)


def test_a_blind_volume_is_read_under_its_code_alone() -> None:
    state = given(evaluation, DETAILED).story.state
    found = shelf(state, COMMITTEE[0])
    of = {code: bid for (bid, _), code in state.coded.items()}
    technical = {target: shelved for (target, volume), shelved in found.items() if volume == "technical"}
    assert list(technical) == state.codes["technical"]
    assert {target: shelved.bid for target, shelved in technical.items()} == of
    assert [target for target, volume in found if volume == "business"] == [bid.bid for bid in BIDS]
    assert not {(bid.bid, "technical") for bid in BIDS} & set(found)


def test_a_page_tells_of_a_document_its_target_and_volume_and_nothing_else() -> None:
    rows = evaluation.context.see(given(evaluation, SUMMARY).story.state, COMMITTEE[1]).papers
    assert rows is not UNSET
    assert {name for row in rows for name in row.__struct_fields__} == {"target", "volume"}
    assert not any(name in str(rows) for name in FIRMS.values())


def test_who_has_left_reads_nothing_and_who_has_not_signed_the_undertaking_neither() -> None:
    alias, person = next(iter(MEMBERS.items()))
    assert shelf_at((*DETAILED, remove("E03")), expert(MEMBERS["E03"])) == {}
    assert shelf_at(UNDERTAKING, expert(person)) == {}
    assert shelf_at((*UNDERTAKING, undertake(alias, SENT)), expert(SENT)) == {}


def test_a_document_that_was_not_opened_is_on_no_shelf() -> None:
    """Its bid has a code all the same, and nobody is told which."""
    state = given(evaluation, MATERIALS).story.state
    bids = [replace(BIDS[0], documents=BIDS[0].documents[1:]), *BIDS[1:]]
    state = replace(state, order=replace(ORDER, bids=bids))
    assert len(shelf(state, COMMITTEE[0])) == 2 * len(BIDS) - 1
    assert state.code_of(BIDS[0].bid, "technical") not in {target for target, _ in shelf(state, COMMITTEE[0])}


@pytest.mark.parametrize("volume", ["technical", "another"])
def test_an_order_names_each_document_once_and_by_a_volume_of_its_table(volume: str) -> None:
    more = replace(BIDS[0].documents[0], volume=volume)
    bids = [replace(BIDS[0], documents=[*BIDS[0].documents, more]), *BIDS[1:]]
    given(evaluation).when(schedule(replace(ORDER, bids=bids))).then_refused("bad_order")
