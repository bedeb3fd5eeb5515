"""What the bidders of the demonstration hand in beside their forms: volumes of a bid, as PDF with pages and bookmarks.

Whoever lays a file `<part>.pdf` into a bidder's folder beforehand has it handed in instead.
"""

from collections.abc import Sequence

from remote_bid.demo.cast import Cast
from remote_bid.tender.terms import READOUT_FORM

CHAPTERS = ("工程概况", "施工部署与主要施工方案", "进度计划与保证措施", "质量保证措施", "安全文明施工", "项目管理机构")
PAGES_EACH = 5
_PER_NODE = 20
_FONT = (
    "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts ["
    "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 "
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> "
    "/FontDescriptor << /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [-25 -254 1000 880] "
    "/ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >>] >>"
)


def documents_of(cast: Cast, person: str, lot: str) -> dict[str, bytes]:
    """Something in every part beside the readout form; blind volumes name nobody."""
    parts = next(found.parts for found in cast.tender.lots if found.lot == lot)
    return {part.part: _document(cast, person, part.part) for part in parts if part.part != READOUT_FORM}


def _document(cast: Cast, person: str, part: str) -> bytes:
    own = cast.home(person) / f"{part}.pdf"
    return own.read_bytes() if own.exists() else volume(CHAPTERS, PAGES_EACH)


def volume(chapters: Sequence[str], pages_each: int, ballast: bytes = b"") -> bytes:
    """A PDF file of so many pages to a chapter, each with its bookmark; `ballast` is a picture on every page."""
    book, titles = _Book(), [f"{place} {chapter}" for place, chapter in enumerate(chapters, start=1)]
    headings = [title for title in titles for _ in range(pages_each)]
    leaves = [book.page(_written(title, number, ballast), ballast) for number, title in enumerate(headings, start=1)]
    return book.bound(leaves, list(zip(titles, leaves[::pages_each], strict=True)))


def _written(chapter: str, number: int, ballast: bytes) -> bytes:
    lines = [(24, 760, chapter), *((14, 710 - 24 * row, _LINES[row]) for row in range(len(_LINES)))]
    lines.append((12, 40, f"第{number}页"))
    text = "".join(f"BT /F 1 Tf {size} 0 0 {size} 60 {y} Tm <{_hex(words)}> Tj ET\n" for size, y, words in lines)
    return (text + ("q 400 0 0 300 60 200 cm /I Do Q\n" if ballast else "")).encode()


_LINES = (
    "本工程位于河道左岸，包括堤防加固、护岸及配套建筑物。",
    "施工分三个作业段平行推进，关键线路为基坑开挖、护岸砌筑与土方回填。",
    "每道工序实行自检、互检、专检，隐蔽工程经验收合格后进入下道工序。",
    "汛期前完成水下部分施工，备足防汛物资，落实值守与撤离方案。",
    "施工现场扬尘、噪声、污水按要求控制，完工后恢复场地。",
)


def _hex(words: str) -> str:
    return words.encode("utf-16-be").hex()


class _Book:
    """A PDF file as it is written: numbered objects one after the other, found by the table at its end."""

    def __init__(self) -> None:
        self._file, self._places = bytearray(b"%PDF-1.7\n"), dict[int, int]()
        self._next = 0
        self._font = self._add(_FONT.encode())
        self._tree: dict[int, int] = {}

    def page(self, content: bytes, ballast: bytes) -> int:
        """A page with its content, and what it shows; its number."""
        shown = f"/Font << /F {self._font} 0 R >>"
        if ballast:
            picture = f"/Type /XObject /Subtype /Image /Width {len(ballast)} /Height 1 /ColorSpace /DeviceGray"
            shown += f" /XObject << /I {self._add(_stream(ballast, f'{picture} /BitsPerComponent 8'))} 0 R >>"
        text, node = self._add(_stream(content)), self._node()
        return self._add(
            f"<< /Type /Page /Parent {node} 0 R /MediaBox [0 0 595 842] "
            f"/Resources << {shown} >> /Contents {text} 0 R >>".encode()
        )

    def _node(self) -> int:
        """The node of the page tree that has room for one more page."""
        node = next((node for node, pages in self._tree.items() if pages < _PER_NODE), 0) or self._number()
        self._tree[node] = self._tree.get(node, 0) + 1
        return node

    def bound(self, leaves: Sequence[int], chapters: Sequence[tuple[str, int]]) -> bytes:
        """The whole file: page tree, bookmarks, table, trailer."""
        root = self._number()
        for place, node in enumerate(self._tree):
            kids = leaves[place * _PER_NODE : (place + 1) * _PER_NODE]
            self._put(node, f"<< /Type /Pages /Parent {root} 0 R /Count {len(kids)} /Kids [{_refs(kids)}] >>".encode())
        nodes = _refs(list(self._tree))
        self._put(root, f"<< /Type /Pages /Count {len(leaves)} /Kids [{nodes}] >>".encode())
        outlines, items = self._number(), [self._number() for _ in chapters]
        for place, (title, leaf) in enumerate(chapters):
            around = f"/Prev {items[place - 1]} 0 R " if place else ""
            around += f"/Next {items[place + 1]} 0 R " if place + 1 < len(items) else ""
            told = f"<< /Title <feff{_hex(title)}> /Parent {outlines} 0 R {around}/Dest [{leaf} 0 R /Fit] >>"
            self._put(items[place], told.encode())
        ends = f"/First {items[0]} 0 R /Last {items[-1]} 0 R /Count {len(items)}"
        self._put(outlines, f"<< /Type /Outlines {ends} >>".encode())
        catalog = self._add(f"<< /Type /Catalog /Pages {root} 0 R /Outlines {outlines} 0 R >>".encode())
        return self._closed(catalog)

    def _closed(self, catalog: int) -> bytes:
        start, count = len(self._file), self._next + 1
        self._file += f"xref\n0 {count}\n0000000000 65535 f \n".encode()
        for number in range(1, count):
            self._file += f"{self._places[number]:010d} 00000 n \n".encode()
        trailer = f"trailer << /Size {count} /Root {catalog} 0 R >>\nstartxref\n{start}\n%%EOF\n"
        return bytes(self._file + trailer.encode())

    def _number(self) -> int:
        self._next += 1
        return self._next

    def _add(self, body: bytes) -> int:
        number = self._number()
        self._put(number, body)
        return number

    def _put(self, number: int, body: bytes) -> None:
        self._places[number] = len(self._file)
        self._file += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"


def _stream(content: bytes, told: str = "") -> bytes:
    return f"<< {told} /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream"


def _refs(numbers: Sequence[int]) -> str:
    return " ".join(f"{number} 0 R" for number in numbers)
