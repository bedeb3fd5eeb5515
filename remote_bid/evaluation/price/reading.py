"""A case from a JSON file that somebody wrote by hand: numbers may be numbers or text; each flaw is one sentence.

Nothing is guessed: what could be read in two ways (a comma, a unit, a field given twice) is refused.
"""

import json
import re
from collections import Counter
from decimal import Decimal
from typing import Any, NoReturn

import msgspec

from remote_bid.evaluation.price.case import PriceCase
from remote_bid.evaluation.price.catalogue import METHODS
from remote_bid.evaluation.price.exact import Mode
from remote_bid.evaluation.price.terms import Cause, Combine, Counts, IfNone, Outside, Quantity, Source, Unit
from remote_bid.evaluation.price.working import Named
from remote_bid.timeline.context import Refused

_MOST_EXPONENT = 80
_PATH = re.compile(r" - at `(.+)`\Z")
_FAMILIES = {"benchmark": ["mean", "lowest", "composite"], "score": ["slope", "ratio", "lowest_evaluated_price"]}
_CHOICES: dict[str, list[str]] = {
    "mode": list(Mode),
    "of": [*Quantity, *Source],
    "around": list(Source),
    "unit": list(Unit),
    "counts": list(Counts),
    "recompute": list(Cause),
    "outside": list(Outside),
    "if_none": list(IfNone),
    "combine": list(Combine),
    "step": ["drop", "within"],
    "what": list(Cause),
    "family": [*_FAMILIES["benchmark"], *_FAMILIES["score"]],
}
_NAMES = {"bidder", "flag", "rule", "drawn", "flags"}
_BOUND = re.compile(r" (?:of length )?(>=|<=) (\d+)")
_LIMITS = {">=": ("，数值或长度不小于 ", ", of at least "), "<=": ("，数值或长度不大于 ", ", of at most ")}
_KINDS = {
    "object": Named("对象 {…}", "an object {…}"),
    "array": Named("列表 […]", "a list […]"),
    "bool": Named("true 或 false", "true or false"),
    "int": Named("整数", "a whole number"),
    "str": Named("文字或数", "a text or number"),
}


def read_case(written: bytes) -> PriceCase:
    """The case that a file holds; Refused with the first flaw that is found."""
    document = _json(written)
    if not isinstance(document, dict):
        _refuse("", "应为一个 JSON 对象 {…}", "a JSON object {…} is expected")
    try:
        return msgspec.convert(_with_formula(document), type=PriceCase, strict=False)
    except msgspec.ValidationError as error:
        _explain(str(error))
    except UnicodeEncodeError:
        _refuse("", "文件中有残缺的字符", "a text in the file holds half a character")


def _json(written: bytes) -> Any:
    try:
        return json.loads(
            written.decode("utf-8-sig"),
            parse_float=_digits,
            parse_int=str,
            parse_constant=_not_finite,
            object_pairs_hook=_once,
        )
    except UnicodeDecodeError:
        _refuse("", "文件不是 UTF-8 文本", "the file is not UTF-8 text")
    except json.JSONDecodeError as error:
        place = f"{error.lineno}:{error.colno}"
        _refuse(place, "不是合法的 JSON", f"this is not JSON: {error.msg}")
    except RecursionError:
        _refuse("", "JSON 嵌套过深", "the JSON is nested too deeply")


def _digits(number: str) -> str:
    """A JSON number without its exponent, if that stays writable."""
    mantissa, _, exponent = number.lower().partition("e")
    if not exponent or len(exponent) > 4 or abs(int(exponent)) > _MOST_EXPONENT or len(mantissa) > _MOST_EXPONENT:
        return number
    return format(Decimal(number), "f")


def _not_finite(word: str) -> NoReturn:
    _refuse("", f"{word} 不是有限的数", f"{word} is not a finite number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        _refuse(twice, "字段重复", "this field is given twice")
    if isinstance(mode := fields.get("mode"), str):
        fields["mode"] = mode.lower().removeprefix("round_")
    return fields


def _with_formula(document: dict[str, Any]) -> dict[str, Any]:
    """The document with a formula in place of a method's name, and a list where one word stands for it."""
    told = dict(document)
    if "method" in told:
        if "formula" in told:
            _refuse("method", "formula 和 method 只能写一个", "give either a formula or a method, not both")
        method = told.pop("method")
        if not isinstance(method, str) or method not in METHODS:
            listed = "、".join(METHODS)
            _refuse("method", f"目录中没有这个方法；有：{listed}", f"there is no such method; there are {listed}")
        told["formula"] = msgspec.to_builtins(METHODS[method].formula)
    formula = told.get("formula")
    if isinstance(formula, dict) and isinstance(formula.get("recompute"), str):
        word = formula["recompute"]
        told["formula"] = formula | {"recompute": [] if word == "never" else [word]}
    return told


def _explain(error: str) -> NoReturn:
    """msgspec's finding as a sentence in both languages."""
    found = _PATH.search(error)
    path = found[1].removeprefix("$.").removeprefix("$") if found else ""
    reason = _PATH.sub("", error)
    field = re.sub(r"\[[^\]]*\]\Z", "", path).rpartition(".")[2]
    if missing := re.match(r"Object missing required field `(.+)`", reason):
        one_of = _one_of(path, missing[1])
        _refuse(path, f"缺少字段 {missing[1]}{one_of.zh}", f"the field {missing[1]} is missing{one_of.en}")
    if unknown := re.match(r"Object contains unknown field `(.+)`", reason, re.DOTALL):
        name = _plain(unknown[1])
        _refuse(path, f"没有字段 {name}", f"there is no field {name} here")
    if reason.startswith("Invalid"):
        one_of, value = _one_of(path.rpartition(".")[0], field), _plain(reason.partition("value ")[2])
        _refuse(path, f"没有 {value}{one_of.zh}", f"{value} is unknown{one_of.en}")
    if "matching regex" in reason:
        _refuse_text(path, field)
    _refuse_kind(path, reason)


def _one_of(parent: str, field: str) -> Named:
    """What may stand in a field."""
    within = parent.rpartition(".")[2]
    choices = _FAMILIES.get(within, _CHOICES["family"]) if field == "family" else _CHOICES.get(field)
    if choices is None:
        return Named("", "")
    return Named(f"；可以写：{'、'.join(choices)}", f"; it may be {', '.join(choices)}")


def _refuse_kind(path: str, reason: str) -> NoReturn:
    kind = re.match(r"Expected `([a-z]+)", reason)
    expected = _KINDS.get(kind[1]) if kind else None
    if expected is None:
        _refuse(path, "内容不符合要求", reason)
    bound = _BOUND.search(reason)
    zh, en = ("", "") if bound is None else _LIMITS[bound[1]]
    number = bound[2] if bound else ""
    _refuse(path, f"应为{expected.zh}{zh}{number}", f"{expected.en} is expected{en}{number}")


def _refuse_text(path: str, field: str) -> NoReturn:
    if field in _NAMES and not path.startswith("drawn["):
        _refuse(path, "应为一行文字", "a line of text is expected")
    _refuse(
        path,
        '应为数，如 7000 或 "7000.50"：不带千分位逗号、单位、百分号和多余的零，小数点前后各至多 40 位，报价不为负',
        'a number is expected, such as 7000 or "7000.50": without thousands separators, unit, per cent sign or leading '
        "zeros, at most 40 digits before and after the point, and no price below nothing",
    )


def _plain(text: str) -> str:
    """Text of the file for a message: short, and without signs that a terminal would obey."""
    return "".join(sign if sign.isprintable() else "?" for sign in text[:60])


def _refuse(path: str, zh: str, en: str) -> NoReturn:
    place = _plain(path)
    raise Refused("bad_input", f"{place}：{zh}" if place else zh, f"{place}: {en}" if place else en)
