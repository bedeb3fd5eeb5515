"""A sheet's tables as an xlsx workbook: the same sheet gives the same bytes; no text in it is a formula."""

import io
import re
from datetime import UTC, datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from remote_bid.paper.sheet import Column, Sheet, Table

_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?\Z")
"""What a spreadsheet keeps exactly as it is written; anything longer stays a text."""

_ACTIVE = ("=", "+", "-", "@", "\t", "\r")
"""A text that begins so might be run as a formula by a program that reads it anew: it is marked as a text for good."""

_WIDTH = 12
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def workbook(sheet: Sheet) -> bytes:
    """Facts and remarks on the first page, then a page for each table."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"title": sheet.zh, "created": datetime.fromtimestamp(sheet.stamp, UTC)})
        pages = _Pages(book)
        rows = [[f"{fact.zh} {fact.en}", fact.value] for fact in sheet.facts] + [[text] for text in sheet.remarks]
        pages.add(Table(sheet.zh, sheet.en, [Column("项目", "Item", 2), Column("内容", "Value", 4)], rows))
        for table in sheet.tables:
            pages.add(table)
    return out.getvalue()


class _Pages:
    """A workbook that is being written."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self._book = book
        self._bold, self._text = book.add_format({"bold": True}), book.add_format({"text_wrap": True})
        self._inert = book.add_format({"text_wrap": True, "quote_prefix": True})

    def add(self, table: Table) -> None:
        """A page with a heading row that stays in sight."""
        page = self._book.add_worksheet(table.zh[:31])
        for place, column in enumerate(table.columns):
            page.set_column(place, place, _WIDTH * column.share)
            page.write_string(0, place, f"{column.zh} {column.en}", self._bold)
        page.freeze_panes(1, 0)
        for number, row in enumerate(table.rows, 1):
            for place, text in enumerate(row):
                self._write(page, number, place, text, table.columns[place])

    def _write(self, page: Worksheet, row: int, place: int, text: str, column: Column) -> None:
        if column.figures and _NUMBER.match(text):
            page.write_number(row, place, float(text))
        else:
            page.write_string(row, place, text, self._format(text))

    def _format(self, text: str) -> Format:
        return self._inert if text.startswith(_ACTIVE) else self._text
