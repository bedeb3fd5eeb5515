"""The opening's papers, from whole days."""

from zoneinfo import ZoneInfo

import pytest

from remote_bid.paper.opening_sheets import PAPERS, NotOver, opening_sheets
from remote_bid.paper.sheet import Sheet
from remote_bid.paper.told import told
from remote_bid.paper.typeset import typeset
from tests.given import Past, after, given
from tests.opening.actors import ALPHA, BETA, BIDDERS, DELTA, HOST, NAMES, SUPERVISOR
from tests.opening.acts import (
    CLOSE_OPENING,
    OPEN_OBJECTIONS,
    PREPARE_RECORD,
    SETTLE,
    answer_objection,
    note_deposit,
    raise_objection,
    read_out,
    refuse_record,
    sign_record,
)
from tests.opening.consortia import SLEEPING
from tests.opening.course import resume, suspend
from tests.opening.day import (
    ABORTED,
    CLOSED,
    CUSTODY,
    DEPOSITS,
    MISSING,
    OBJECTION,
    READOUT,
    RECORD,
    RELEASE,
    THREE_BIDS,
    between,
    opening,
)
from tests.paper.reading import text_of
from tests.verify.test_consortium import DAY as TOGETHER

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


def test_objections_stand_with_their_answers() -> None:
    past = (*OBJECTION, raise_objection(ALPHA), raise_objection(BETA, text="另有异议"), answer_objection())
    over = (*past, after(1_300_000, PREPARE_RECORD), CLOSE_OPENING)
    told = rows(papers(over)["objections"], "Objections")
    assert [row[0] for row in told] == ["1", "2"]
    assert [row[4] == "未答复 not answered" for row in told] == [False, True]


def test_confirmations_and_silence_are_told() -> None:
    told = rows(papers(CLOSED)["opening-record"], "Confirmations")
    assert [row[2] for row in told] == ["确认无误 confirmed"] * len(BIDDERS)


def test_a_suspension_stands_in_the_decryption_log() -> None:
    past = (*RELEASE, suspend(SUPERVISOR), after(540_000, resume()), *between(RELEASE, CLOSED))
    told = rows(papers(past)["decryption-log"], "Suspensions")
    assert ["中止" in row[1] for row in told] == [True, False]


def test_who_refuses_to_sign_is_told_with_the_reason() -> None:
    past = (*RECORD, refuse_record(ALPHA), CLOSE_OPENING)
    (told,) = rows(papers(past)["opening-record"], "Refused")
    assert told[2]


def test_a_consortium_stands_in_record_and_sign_in_sheet_with_its_parties() -> None:
    sheets = {sheet.name: sheet for sheet in opening_sheets(told(given(opening, TOGETHER).story.folded), SHANGHAI)}
    record, sign_in = text_of_sheet(sheets["opening-record"]), text_of_sheet(sheets["sign-in-sheet"])
    assert f"{NAMES[ALPHA.person]}（联合体牵头人 lead; 成员 with {NAMES[DELTA.person]}、{SLEEPING.person}）" in record
    assert "设计" in record
    assert f"consortium led by {NAMES[ALPHA.person]}" in sign_in


def test_what_came_of_the_deposits_stands_in_the_record() -> None:
    past = (*DEPOSITS, note_deposit(ALPHA), *between(CUSTODY, CLOSED))
    sheets = {sheet.name: sheet for sheet in opening_sheets(told(given(opening, past).story.folded), SHANGHAI)}
    record = text_of_sheet(sheets["opening-record"])
    assert "已到账 received" in record
    assert record.count("未注明 not stated") == len(BIDDERS) - 1


def text_of_sheet(sheet: Sheet) -> str:
    return "\n".join(cell for table in sheet.tables for row in table.rows for cell in row)
