"""Trees of hashes: the published roots and paths, the recursive definition, and paths that somebody altered."""

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.seal.tree import (
    EMPTY_ROOT,
    GrowingTree,
    consistency_path,
    extends,
    includes,
    inclusion_path,
    leaf_hash,
    root_of,
)
from tests.seal.published import shared_vector

PUBLISHED = shared_vector("tree")
LEAVES = [leaf_hash(bytes.fromhex(entry)) for entry in PUBLISHED["entries"]]
ROOTS = [bytes.fromhex(root) for root in PUBLISHED["roots"]]

sizes = st.integers(1, 70)
some = settings(deadline=None, max_examples=60)


def leaves_of(size: int) -> list[bytes]:
    return [leaf_hash(number.to_bytes(2, "big")) for number in range(size)]


def altered(path: list[bytes]) -> Iterator[list[bytes]]:
    """`path` with a bit changed, a hash left out, doubled, moved or added."""
    for at, node in enumerate(path):
        before, after = path[:at], path[at + 1 :]
        yield [*before, node[:-1] + bytes([node[-1] ^ 1]), *after]
        yield [*before, *after]
        yield [*before, node, node, *after]
        if after:
            yield [*before, after[0], node, *after[1:]]
    yield [*path, EMPTY_ROOT]
    yield [EMPTY_ROOT, *path]


def test_the_roots_are_the_published_ones() -> None:
    assert [root_of(LEAVES[:size]) for size in range(len(LEAVES) + 1)] == ROOTS


def test_the_inclusion_paths_are_the_published_ones() -> None:
    for proof in PUBLISHED["inclusion"]:
        index, size, path = proof["index"], proof["size"], [bytes.fromhex(node) for node in proof["path"]]
        assert inclusion_path(LEAVES[:size], index) == path
        assert includes(ROOTS[size], size, index, LEAVES[index], path)


def test_the_consistency_paths_are_the_published_ones() -> None:
    for proof in PUBLISHED["consistency"]:
        old, size, path = proof["old"], proof["size"], [bytes.fromhex(node) for node in proof["path"]]
        assert consistency_path(LEAVES[:size], old) == path
        assert extends(ROOTS[old], old, ROOTS[size], size, path)


@some
@given(st.lists(st.binary(max_size=4), max_size=70))
def test_a_growing_tree_has_the_root_of_the_recursive_definition(entries: list[bytes]) -> None:
    tree = GrowingTree()
    assert tree.root() == EMPTY_ROOT
    for grown, entry in enumerate(entries, start=1):
        tree.add(leaf_hash(entry))
        if grown % 7 == 0 or grown == len(entries):
            assert tree.root() == defined(entries[:grown])


def defined(entries: list[bytes]) -> bytes:
    """MTH of RFC 9162 section 2.1.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    k = 1
    while 2 * k < len(entries):
        k *= 2
    return hashlib.sha256(b"\x01" + defined(entries[:k]) + defined(entries[k:])).digest()


@some
@given(sizes, st.data())
def test_a_leaf_is_included_at_its_own_place_and_no_other(size: int, data: st.DataObject) -> None:
    leaves, index = leaves_of(size), data.draw(st.integers(0, size - 1))
    root, path = root_of(leaves), inclusion_path(leaves, index)
    assert [place for place in range(-1, size + 1) if includes(root, size, place, leaves[index], path)] == [index]
    assert [leaf for leaf in leaves if includes(root, size, index, leaf, path)] == [leaves[index]]
    assert not includes(EMPTY_ROOT, size, index, leaves[index], path)


@some
@given(sizes, st.data())
def test_no_altered_inclusion_path_verifies(size: int, data: st.DataObject) -> None:
    leaves, index = leaves_of(size), data.draw(st.integers(0, size - 1))
    root, path = root_of(leaves), inclusion_path(leaves, index)
    assert not [other for other in altered(path) if includes(root, size, index, leaves[index], other)]


@some
@given(sizes, st.data())
def test_a_tree_extends_each_of_its_own_prefixes(size: int, data: st.DataObject) -> None:
    leaves, old = leaves_of(size), data.draw(st.integers(1, size))
    path = consistency_path(leaves, old)
    assert extends(root_of(leaves[:old]), old, root_of(leaves), size, path)


@some
@given(sizes, st.data())
def test_no_altered_consistency_path_verifies(size: int, data: st.DataObject) -> None:
    leaves, old = leaves_of(size), data.draw(st.integers(1, size))
    old_root, root, path = root_of(leaves[:old]), root_of(leaves), consistency_path(leaves, old)
    assert not [other for other in altered(path) if extends(old_root, old, root, size, other)]


@some
@given(sizes, st.data())
def test_a_tree_with_one_leaf_changed_extends_no_prefix_that_held_it(size: int, data: st.DataObject) -> None:
    leaves, old = leaves_of(size), data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, old - 1))
    forged = [*leaves[:changed], leaf_hash(b"slipped in"), *leaves[changed + 1 :]]
    path = consistency_path(forged, old)
    assert not extends(root_of(leaves[:old]), old, root_of(forged), size, path)
    assert not extends(root_of(forged[:old]), old, root_of(leaves), size, path)


def test_a_tree_never_extends_a_larger_one() -> None:
    assert not extends(ROOTS[8], 8, ROOTS[6], 6, consistency_path(LEAVES, 6))
    assert not extends(ROOTS[8], 8, ROOTS[6], 6, [])


def test_every_tree_extends_the_empty_one_and_no_other_root_of_size_0() -> None:
    assert extends(EMPTY_ROOT, 0, ROOTS[5], 5, [])
    assert not extends(EMPTY_ROOT, 0, ROOTS[5], 5, [EMPTY_ROOT])
    assert not extends(ROOTS[3], 0, ROOTS[5], 5, [])
    assert not extends(ROOTS[3], 0, ROOTS[3], 0, [])


def test_a_path_does_not_vouch_for_the_size_of_the_tree() -> None:
    """As in the RFC: who checks a path takes root and size from one signed head."""
    path = inclusion_path(LEAVES, 0)
    assert [size for size in range(12) if includes(ROOTS[8], size, 0, LEAVES[0], path)] == [5, 6, 7, 8]


def test_there_is_no_path_outside_the_tree() -> None:
    for index in (-1, 8):
        with pytest.raises(IndexError):
            inclusion_path(LEAVES, index)
    for old in (-1, 0, 9):
        with pytest.raises(IndexError):
            consistency_path(LEAVES, old)
    assert not includes(EMPTY_ROOT, 0, 0, EMPTY_ROOT, [])
