"""Sheets as PDF/A-2a: the same sheet gives the same bytes, whenever and wherever the same fonts are."""

import functools
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import typst

from remote_bid.paper.sheet import Sheet

_TEMPLATE = (Path(__file__).parent / "sheet.typ").read_bytes()
_FAMILIES = ("Noto Serif CJK SC", "Source Han Serif SC", "Noto Sans CJK SC", "Source Han Sans SC")


class NoFont(RuntimeError):
    """No font here has the Chinese signs; the sentence says which would do."""


def typeset(sheet: Sheet) -> bytes:
    """The sheet as a PDF, its texts given as data only."""
    family, fonts = _found()
    made: bytes = typst.compile(
        _TEMPLATE,
        font_paths=fonts,
        format="pdf",
        pdf_standards=["a-2a"],
        timestamp=datetime.fromtimestamp(sheet.stamp, UTC),
        sys_inputs={"sheet": msgspec.json.encode(sheet).decode(), "font": family},
    )
    return made


def chinese_font() -> str:
    """The first family of those wanted that this machine has."""
    return _found()[0]


@functools.cache
def _found() -> tuple[str, typst.Fonts]:
    """That family, and all fonts of this machine: to look for them takes longer than to typeset. NoFont is not kept."""
    fonts = typst.Fonts()
    here = set(fonts.families())
    found = next((family for family in _FAMILIES if family in here), None)
    if found is None:
        raise NoFont(f"no Chinese font is installed; one of these is needed: {', '.join(_FAMILIES)}")
    return found, fonts
