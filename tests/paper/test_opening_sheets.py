"""The opening's papers, from whole days."""

from zoneinfo import ZoneInfo

import pytest

from remote_bid.paper.opening_sheets import PAPERS, NotOver, opening_sheets
from remote_bid.paper.sheet import Sheet
from remote_bid.paper.told import told
from remote_bid.paper.typeset import typeset
from tests.given import Past, after, given
from tests.opening.actors import ALPHA, BIDDERS, HOST
from tests.opening.acts import CLOSE_OPENING, OPEN_OBJECTIONS, PREPARE_RECORD, SETTLE, read_out, sign_record
from tests.opening.day import ABORTED, CLOSED, MISSING, READOUT, RECORD, THREE_BIDS, opening
from tests.paper.reading import text_of

SHANGHAI = ZoneInfo("Asia/Shanghai")


def papers(*past: Past) -> dict[str, Sheet]:
    """The sheets by name."""
    return {sheet.name: sheet for sheet in opening_sheets(told(given(opening, *past).story.folded), SHANGHAI)}


def rows(sheet: Sheet, en: str) -> list[list[str]]:
    return next(table.rows for table in sheet.tables if table.en.startswith(en))


def test_there_is_each_of_the_papers() -> None:
    assert tuple(papers(CLOSED)) == PAPERS


def test_the_record_lists_every_bid_with_its_price_in_capitals() -> None:
    record = papers(CLOSED)["opening-record"]
    prices = [row[2] for row in rows(record, "最高投标限价")]
    assert sorted(prices)[-1] == "¥9,812,345.67 玖佰捌拾壹万贰仟叁佰肆拾伍元陆角柒分"
    assert all(price.split()[0] in text_of(typeset(record)) for price in prices)


def test_the_record_says_what_became_of_a_bid_that_was_not_released() -> None:
    silent = (after(300_000, OPEN_OBJECTIONS), after(600_000, PREPARE_RECORD))
    past = (*MISSING, SETTLE, *(read_out(who) for who in BIDDERS), *silent, CLOSE_OPENING)
    outcomes = [row[-1] for row in rows(papers(past)["opening-record"], "最高投标限价")]
    assert sum("视为撤销" in outcome for outcome in outcomes) == 2
    assert sum("已开启" in outcome for outcome in outcomes) == 1


def test_who_signed_is_listed_with_the_statement() -> None:
    past = (*RECORD, sign_record(HOST), sign_record(ALPHA), CLOSE_OPENING)
    signed = rows(papers(past)["opening-record"], "Signatures")
    assert [row[1] for row in signed] == ["主持人 host", "投标人 bidder"]


def test_the_decryption_log_names_every_key_in_order() -> None:
    acts = rows(papers(CLOSED)["decryption-log"], "Keys")
    assert [row[0] for row in acts] == sorted(row[0] for row in acts)
    assert sum("key released" in row[1] for row in acts) == len(THREE_BIDS)
    assert sum("custodian's key" in row[1] for row in acts) == 2


@pytest.mark.parametrize("past", [READOUT, RECORD, ABORTED], ids=["READOUT", "RECORD", "ABORTED"])
def test_before_the_end_there_are_no_papers(past: Past) -> None:
    with pytest.raises(NotOver):
        papers(past)
