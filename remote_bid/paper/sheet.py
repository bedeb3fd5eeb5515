"""A sheet before it is typeset: facts, tables, remarks. Texts are texts; nothing in them is markup."""

import msgspec


class Column(msgspec.Struct, frozen=True):
    """One column: its heading in Chinese and English, and how much of the width it takes."""

    zh: str
    en: str
    share: int = 1
    figures: bool = False
    """Set flush right."""


class Table(msgspec.Struct, frozen=True):
    """A table under a heading; `empty` is said instead when it has no rows."""

    zh: str
    en: str
    columns: list[Column]
    rows: list[list[str]]
    empty: str = "无 None"


class Fact(msgspec.Struct, frozen=True):
    """One labelled value above the tables."""

    zh: str
    en: str
    value: str


class Sheet(msgspec.Struct, frozen=True):
    """One document. `name` is its file name without ending, `stamp` the closing time in UTC seconds: its date."""

    name: str
    zh: str
    en: str
    facts: list[Fact]
    tables: list[Table]
    remarks: list[str]
    stamp: int
