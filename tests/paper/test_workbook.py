"""Tables as a workbook: the same bytes again, numbers as numbers, and no text that a spreadsheet would run."""

import io

import openpyxl
import pytest

from remote_bid.paper.sheet import Column, Fact, Sheet, Table
from remote_bid.paper.workbook import workbook

ACTIVE = ["=1+1", "+HYPERLINK(1)", "-2+3", "@SUM(A1)", '=cmd|" /C calc"!A0', "\t=1", "{=1}", "http://example.invalid"]


def sheet_with(*names: str) -> Sheet:
    rows = [[name, "33.59"] for name in names]
    columns = [Column("投标人", "Bidder", 3), Column("得分", "Score", figures=True)]
    facts = [Fact("项目名称", "Tender", names[0])]
    return Sheet("score-tables", "评分汇总表", "Score tables", facts, [Table("排名", "Ranking", columns, rows)], [], 1)


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert workbook(sheet_with("甲公司")) == workbook(sheet_with("甲公司")) != workbook(sheet_with("乙公司"))


@pytest.mark.parametrize("name", ACTIVE)
def test_no_name_becomes_a_formula_or_a_link(name: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(sheet_with(name))))
    cells = [book["排名"]["A2"], book["评分汇总表"]["B2"]]
    assert [(cell.data_type, cell.value, cell.hyperlink) for cell in cells] == [("s", name, None)] * 2


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@a"])
def test_a_text_that_looks_like_a_formula_is_marked_as_a_text(name: str) -> None:
    cell = openpyxl.load_workbook(io.BytesIO(workbook(sheet_with(name))))["排名"]["A2"]
    assert cell.quotePrefix


def test_figures_are_numbers_and_what_is_no_figure_is_not() -> None:
    page = openpyxl.load_workbook(io.BytesIO(workbook(sheet_with("33.59"))))["排名"]
    assert (page["A2"].data_type, page["B2"].data_type, page["B2"].value) == ("s", "n", 33.59)


def test_a_figure_too_long_for_a_spreadsheet_stays_as_it_is_written() -> None:
    long = "12345678901234567890.12"
    table = Table("排名", "Ranking", [Column("报价", "Price", figures=True)], [[long]])
    sheet = Sheet("score-tables", "评分汇总表", "Score tables", [], [table], [], 1)
    assert openpyxl.load_workbook(io.BytesIO(workbook(sheet)))["排名"]["A2"].value == long
