"""Whether a tender that reads well can be opened too: what no schema says."""

from collections.abc import Iterator
from typing import NamedTuple

from remote_bid.tender.terms import DRAW, READOUT_FORM, FieldKind, Lot, Tender


class Unsound(NamedTuple):
    """What stands against opening it: a code, where in the tender, the sentence in both languages."""

    code: str
    path: str
    zh: str
    en: str


def unsound(tender: Tender) -> Iterator[Unsound]:
    """Everything; nothing, if it can be opened."""
    if not tender.lots or len({lot.lot for lot in tender.lots}) != len(tender.lots):
        yield Unsound("bad_lots", "lots", "标段缺失或编号重复。", "There is no lot, or two lots have the same name.")
    for place, lot in enumerate(tender.lots):
        yield from _in_lot(lot, f"lots[{place}]")
    names = [field.field for field in tender.form]
    choosing = all(bool(field.choices) == (field.kind is FieldKind.CHOICE) for field in tender.form)
    if len(set(names)) != len(names) or not choosing:
        zh = "开标一览表的字段设置有误。"
        yield Unsound("bad_form", "form", zh, "Fields have distinct names; choices belong to a choice.")


def _in_lot(lot: Lot, path: str) -> Iterator[Unsound]:
    """Of what is drawn nothing is declared twice: every value must be as likely as any other."""
    here = {part.part: part.opened_here for part in lot.parts}
    if len(here) != len(lot.parts) or not here.get(READOUT_FORM) or DRAW in here:
        zh = "标段的组成部分设置有误。"
        en = "A bid's parts are distinct, none is called a draw, and its readout form is opened here."
        yield Unsound("bad_parts", f"{path}.parts", zh, en)
    coefficients = lot.draw.coefficients if lot.draw else []
    lists = [[coefficient.name for coefficient in coefficients], *(c.values for c in coefficients)]
    if any(len(set(listed)) != len(listed) for listed in lists):
        zh = "抽取系数或其取值重复。"
        yield Unsound("bad_draw", f"{path}.draw", zh, "A coefficient or one of its values is declared twice.")
