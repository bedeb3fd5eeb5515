"""Entries shown in part: what is shown is what the leaf commits to, or it is a Mismatch."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.seal.canonical import NotCanonical, b64, unb64
from remote_bid.timeline.chain import check, link
from remote_bid.timeline.entry import MAIN, Entry, Mismatch, Proof, Shown, field_hash, field_salt, show

some = settings(deadline=None, max_examples=80)

PREV = bytes(range(32))
words = st.text(st.characters(codec="utf-8"), max_size=8)
names = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), min_size=1, max_size=6)
leaves = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | words
values = st.recursive(leaves, lambda v: st.lists(v, max_size=3) | st.dictionaries(names, v, max_size=3), max_leaves=6)
contents = st.dictionaries(names, values, min_size=2, max_size=7).map(lambda told: told | {"type": "Written"})


def entry(fields: dict[str, Any], salt: bytes = bytes(32)) -> Entry:
    return link(MAIN, 3, PREV, fields, salt)


PRICE = entry({"type": "BidReadOut", "at": "T0", "by": {"person": "host"}, "bid": "b-1", "price": "9.00"})


def altered(shown: Shown, event: dict[str, Any] | None = None, **proof: dict[str, str]) -> Shown:
    """`shown` with another event, or other salts or hidden hashes."""
    assert shown.proof is not None
    return msgspec.structs.replace(
        shown,
        event=shown.event if event is None else event,
        proof=Proof(salts=proof.get("salts", shown.proof.salts), hidden=proof.get("hidden", shown.proof.hidden)),
    )


def without(told: dict[str, Any], name: str) -> dict[str, Any]:
    return {other: value for other, value in told.items() if other != name}


def lies(shown: Shown) -> Iterator[Shown]:
    """Every way to show something else under the same leaf."""
    assert shown.event is not None
    assert shown.proof is not None
    event, salts, hidden = shown.event, shown.proof.salts, shown.proof.hidden
    for name in event:
        yield altered(shown, event | {name: [event[name]]})
        yield altered(shown, without(event, name))
        yield altered(shown, without(event, name), salts=without(salts, name))
        yield altered(
            shown,
            without(event, name) | {f"{name}!": event[name]},
            salts=without(salts, name) | {f"{name}!": salts[name]},
        )
        yield altered(shown, salts=without(salts, name))
        yield altered(shown, salts=salts | {name: b64(bytes([1]) * 32)})
        yield altered(shown, hidden=hidden | {name: b64(bytes(32))})
        true = b64(field_hash(name, unb64(salts[name]), event[name]))
        yield altered(shown, event | {name: [event[name]]}, hidden=hidden | {name: true})
    for name in hidden:
        yield altered(shown, hidden=without(hidden, name))
        yield altered(shown, hidden=hidden | {name: b64(bytes([1]) * 32)})
    yield altered(shown, event | {"more": 1})
    yield altered(shown, event | {"more": 1}, salts=salts | {"more": b64(bytes(32))})
    yield altered(shown, hidden=hidden | {"more": b64(bytes(32))})


@some
@given(contents, st.data())
def test_any_subset_of_fields_is_checked_against_the_leaf(fields: dict[str, Any], data: st.DataObject) -> None:
    kept = entry(fields)
    readable = data.draw(st.sets(st.sampled_from(sorted(fields))))
    shown = show(kept, readable)
    assert check(shown, PREV) == kept.leaf
    assert shown.event == ({name: fields[name] for name in readable} or None)


@some
@given(contents, st.data())
def test_whatever_else_is_shown_under_the_leaf_is_a_mismatch(fields: dict[str, Any], data: st.DataObject) -> None:
    readable = data.draw(st.sets(st.sampled_from(sorted(fields)), min_size=1))
    lie = data.draw(st.sampled_from(list(lies(show(entry(fields), readable)))))
    with pytest.raises(Mismatch):
        check(lie, PREV)


def test_the_values_of_two_fields_cannot_change_places() -> None:
    shown = show(PRICE, None)
    assert shown.event is not None
    assert shown.proof is not None
    salts = shown.proof.salts
    swapped = shown.event | {"bid": shown.event["price"], "price": shown.event["bid"]}
    swapped_salts = salts | {"bid": salts["price"], "price": salts["bid"]}
    for lie in (altered(shown, swapped), altered(shown, swapped, salts=swapped_salts)):
        with pytest.raises(Mismatch):
            check(lie, PREV)


def test_content_without_proof_and_proof_without_content_are_mismatches() -> None:
    shown = show(PRICE, None)
    for half in (msgspec.structs.replace(shown, proof=None), msgspec.structs.replace(shown, event=None)):
        with pytest.raises(Mismatch):
            check(half, PREV)


def test_a_wholly_withheld_entry_tells_its_leaf_only() -> None:
    shown = show(PRICE, ())
    assert (shown.event, shown.proof) == (None, None)
    assert check(shown, PREV) == PRICE.leaf


def test_names_that_the_entry_does_not_have_are_not_shown() -> None:
    shown = show(PRICE, ("type", "secret"))
    assert shown.event == {"type": "BidReadOut"}
    assert check(shown, PREV) == PRICE.leaf


def test_no_salt_of_a_hidden_field_is_shown() -> None:
    """Else a price could be guessed from its hash."""
    raw = msgspec.json.encode(show(PRICE, ("type", "at", "by", "bid"))).decode()
    assert b64(field_salt(PRICE.salt, "bid")) in raw
    assert b64(field_salt(PRICE.salt, "price")) not in raw
    assert b64(PRICE.salt) not in raw
    assert "9.00" not in raw


@some
@given(contents)
def test_the_same_content_under_another_salt_has_another_leaf(fields: dict[str, Any]) -> None:
    assert entry(fields).leaf != entry(fields, salt=bytes([1]) * 32).leaf


REFUSED = (Mismatch, NotCanonical)
"""What is not even spelt as the protocol wants it is NotCanonical; whoever checks an entry expects both."""


@pytest.mark.parametrize("spoiled", ["", "AAAA", "not base64!", b64(bytes(31)), b64(bytes(33))])
@pytest.mark.parametrize("where", ["salts", "hidden"])
def test_a_salt_or_hash_that_is_none_is_refused(where: str, spoiled: str) -> None:
    shown = show(PRICE, ("type", "at", "by", "bid"))
    assert shown.proof is not None
    name = "bid" if where == "salts" else "price"
    with pytest.raises(REFUSED):
        check(altered(shown, **{where: getattr(shown.proof, where) | {name: spoiled}}), PREV)


def test_a_value_that_cannot_be_hashed_is_refused() -> None:
    shown = show(PRICE, None)
    assert shown.event is not None
    with pytest.raises(REFUSED):
        check(altered(shown, shown.event | {"price": 9.5}), PREV)


def test_a_hidden_field_cannot_be_called_otherwise() -> None:
    shown = show(PRICE, ("type", "at", "by", "bid"))
    assert shown.proof is not None
    renamed = altered(shown, hidden={"pricf": shown.proof.hidden["price"]})
    with pytest.raises(Mismatch):
        check(renamed, PREV)
