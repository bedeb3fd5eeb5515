"""A sheet becomes a PDF/A in which every text is a text; read back with poppler."""

from msgspec.structs import replace

from remote_bid.paper.sheet import Column, Fact, Sheet, Table
from remote_bid.paper.typeset import typeset
from tests.paper.reading import text_of

SHEET = Sheet(
    name="record",
    zh="开标记录表",
    en="Opening record",
    facts=[Fact("项目名称", "Tender", "某县道路工程")],
    tables=[Table("投标", "Bids", [Column("投标人", "Bidder", 2), Column("报价", "Price")], [["甲公司", "¥1.00"]])],
    remarks=[],
    stamp=1_790_000_000,
)
MARKUP = ["#strong[x]", "*bold* _it_", "$x^2$", "<label> @ref", "= heading", "\\u{41}", "#sys.inputs.font", "`raw`"]


def test_the_same_sheet_gives_the_same_bytes() -> None:
    assert typeset(SHEET) == typeset(SHEET) != typeset(replace(SHEET, stamp=SHEET.stamp + 1))


def test_it_is_an_archival_pdf() -> None:
    made = typeset(SHEET)
    assert b"<pdfaid:part>2</pdfaid:part>" in made
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in made


def test_chinese_signs_can_be_read_back() -> None:
    read = text_of(typeset(SHEET))
    assert all(word in read for word in ("开标记录表", "某县道路工程", "甲公司", "¥1.00"))


def test_no_text_is_taken_for_markup() -> None:
    rows = [[text, "1"] for text in MARKUP]
    read = text_of(typeset(replace(SHEET, tables=[replace(SHEET.tables[0], rows=rows)])))
    assert [text for text in MARKUP if text not in read] == []


def test_an_empty_table_says_so() -> None:
    assert "无 None" in text_of(typeset(replace(SHEET, tables=[replace(SHEET.tables[0], rows=[])])))


def test_a_long_table_goes_over_many_pages() -> None:
    rows = [[f"No-{number:03d}", "1"] for number in range(200)]
    read = text_of(typeset(replace(SHEET, tables=[replace(SHEET.tables[0], rows=rows)])))
    assert [row[0] for row in rows if row[0] not in read] == []
    assert read.count("Price") > 3, "the heading is repeated on every page"
