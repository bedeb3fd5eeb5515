"""Merge patches: the RFC's own examples, and that a patch always leads from one view to the next."""

from copy import deepcopy
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.seal.canonical import jcs
from remote_bid.timeline.patch import View, apply, diff

some = settings(deadline=None, max_examples=200)

names = st.sampled_from(["a", "b", "c", "", "é"])
leaves = st.booleans() | st.integers(2, 5) | st.sampled_from(["", "x", "null"])
values = st.recursive(leaves, lambda v: st.lists(v, max_size=3) | st.dictionaries(names, v, max_size=3), max_leaves=8)
views = st.dictionaries(names, values, max_size=4)

RFC_7396_APPENDIX_A: list[tuple[View, View, View]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]
"""Those between objects that hold no null."""


@pytest.mark.parametrize(("before", "patch", "after"), RFC_7396_APPENDIX_A)
def test_the_examples_of_the_rfc_come_out(before: View, patch: View, after: View) -> None:
    assert apply(before, patch) == after


def as_json(view: View) -> str:
    """Tells 1 from true, which Python does not."""
    return repr(sorted_deep(view))


def sorted_deep(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: sorted_deep(value[name]) for name in sorted(value)}
    return [sorted_deep(inner) for inner in value] if isinstance(value, list) else value


@some
@given(views, views)
def test_a_patch_leads_from_one_view_to_the_next(before: View, after: View) -> None:
    assert as_json(apply(before, diff(before, after))) == as_json(after)


@some
@given(st.lists(views, min_size=2, max_size=6))
def test_patches_one_after_another_lead_to_the_last_view(steps: list[View]) -> None:
    view = steps[0]
    for before, after in pairwise(steps):
        view = apply(view, diff(before, after))
    assert as_json(view) == as_json(steps[-1])


@some
@given(views)
def test_nothing_changed_is_an_empty_patch(view: View) -> None:
    assert diff(view, deepcopy(view)) == {}
    assert apply(view, {}) == view


@some
@given(views, views)
def test_no_view_is_changed_in_place(before: View, after: View) -> None:
    kept = deepcopy((before, after))
    apply(before, diff(before, after))
    assert (before, after) == kept


@some
@given(views, views)
def test_a_patch_applied_twice_changes_nothing_more(before: View, after: View) -> None:
    patch = diff(before, after)
    assert apply(apply(before, patch), patch) == after


def test_a_patch_tells_only_what_changed() -> None:
    before: View = {"phase": "LOBBY", "bids": {"b-1": {"number": 1}, "b-2": {"number": 2}}, "ends_at": "T0"}
    after: View = {"phase": "LOBBY", "bids": {"b-1": {"number": 1, "name": "Ann"}, "b-2": {"number": 2}}}
    assert diff(before, after) == {"bids": {"b-1": {"name": "Ann"}}, "ends_at": None}
    assert len(jcs(diff(before, after))) < len(jcs(after))
