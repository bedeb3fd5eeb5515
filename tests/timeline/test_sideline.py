"""Side lines and ticks: every entry is held, nobody can count them, and what is disclosed explains every slot."""

import hashlib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.seal.canonical import labelled_hash, unb64
from remote_bid.seal.tree import includes, leaf_hash, root_of
from remote_bid.timeline.chain import check, genesis, link
from remote_bid.timeline.entry import Shown
from remote_bid.timeline.sideline import (
    QUOTA,
    DisclosedEntry,
    DisclosedTick,
    Lines,
    SlotProof,
    TickTree,
    disclosure,
    line_of,
    slot_of,
    tick_tree,
    with_entry,
    with_tick,
)

some = settings(deadline=None, max_examples=60)
few = settings(deadline=None, max_examples=15)

SLOTS = 32
SEED = bytes(range(32))
SESSION = "KB-1"

seeds = st.binary(min_size=32, max_size=32)
counts = st.integers(0, SLOTS)
authors = st.lists(st.sampled_from(["ann", "bob", "eve"]), max_size=12)


def leaves_of(count: int) -> list[bytes]:
    return [hashlib.sha256(number.to_bytes(4, "big")).digest() for number in range(count)]


def holds(root: bytes, slots: int, leaf: bytes, proof: SlotProof) -> bool:
    """As a participant checks it."""
    value = leaf_hash(slot_of(unb64(proof.salt), leaf))
    return includes(root, slots, proof.place, value, [unb64(node) for node in proof.path])


def followed(lines: Lines, author: str) -> Lines:
    """The lines after one more entry of the author's."""
    line = f"line-{author}"
    seq, prev = lines.heads.get(line, (0, genesis(SESSION, line)))
    fields = {"type": "Whispered", "text": f"{author} {seq}", "at": "", "by": {"person": author}}
    return with_entry(lines, link(line, seq + 1, prev, fields, salt=bytes([seq]) * 32))


def written(*ticks: list[str]) -> Lines:
    """The lines of a session in which these authors wrote before each tick."""
    lines = Lines()
    for number, names in enumerate(ticks, start=1):
        for author in names:
            lines = followed(lines, author)
        lines = with_tick(lines, number, hashlib.sha256(bytes([number])).digest(), SLOTS)
    return lines


@some
@given(seeds, counts)
def test_every_entry_is_proved_to_be_in_its_tick(seed: bytes, count: int) -> None:
    leaves = leaves_of(count)
    tree = TickTree(seed, SLOTS, leaves)
    assert all(holds(tree.root, SLOTS, leaf, tree.proof(number)) for number, leaf in enumerate(leaves))
    assert len(set(tree.places)) == count


@some
@given(seeds, st.integers(2, SLOTS), st.data())
def test_no_proof_holds_for_anything_else(seed: bytes, count: int, data: st.DataObject) -> None:
    leaves = leaves_of(count)
    tree = TickTree(seed, SLOTS, leaves)
    number = data.draw(st.integers(0, count - 1))
    leaf, proof = leaves[number], tree.proof(number)
    other = data.draw(st.integers(0, count - 1).filter(lambda n: n != number))
    replace = msgspec.structs.replace
    assert not holds(tree.root, SLOTS, leaves[other], proof)
    assert not holds(tree.root, SLOTS, b"pad", proof)
    assert not holds(hashlib.sha256(seed).digest(), SLOTS, leaf, proof)
    assert not holds(tree.root, SLOTS, leaf, replace(proof, salt=tree.proof(other).salt))
    assert not holds(tree.root, SLOTS, leaf, replace(proof, place=(proof.place + 1) % SLOTS))
    assert not holds(tree.root, SLOTS, leaf, replace(proof, path=proof.path[:-1]))
    assert not holds(tree.root, SLOTS, leaf, replace(proof, path=[*proof.path, proof.path[0]]))
    assert not holds(TickTree(seed, SLOTS, leaves[:number]).root, SLOTS, leaf, proof)


def test_a_slot_is_the_salted_hash_of_an_entry_or_of_a_pad() -> None:
    assert slot_of(SEED, bytes(32)) == labelled_hash("sbe/1 slot", SEED, bytes(32))
    assert slot_of(SEED, None) == labelled_hash("sbe/1 slot", SEED, b"pad")


@some
@given(seeds, counts)
def test_what_a_tick_shows_has_the_same_size_however_many_entries_it_holds(seed: bytes, count: int) -> None:
    tree = TickTree(seed, SLOTS, leaves_of(count))
    assert len(tree.root) == 32
    for number in range(count):
        proof = tree.proof(number)
        assert len(proof.path) == 5
        assert {len(node) for node in proof.path} == {43}
        assert len(proof.salt) == 43


@few
@given(seeds)
def test_the_place_of_an_entry_does_not_depend_on_how_many_there_are(seed: bytes) -> None:
    """Else an author would learn from its own place how many others wrote."""
    alone, crowded = TickTree(seed, SLOTS, leaves_of(1)), TickTree(seed, SLOTS, leaves_of(SLOTS))
    assert alone.places[0] == crowded.places[0]


def test_the_first_place_is_any_place() -> None:
    first = [TickTree(seed, 8, leaves_of(1)).places[0] for seed in leaves_of(400)]
    assert {first.count(place) > 20 for place in range(8)} == {True}


def test_the_places_of_pads_and_entries_look_alike_without_the_seed() -> None:
    """All salts differ, so two pads are no more alike than a pad and an entry."""
    tree = TickTree(SEED, SLOTS, leaves_of(SLOTS // 2))
    salts = {tree.proof(number).salt for number in range(SLOTS // 2)}
    assert len(salts) == SLOTS // 2
    assert TickTree(SEED, SLOTS, []).root != TickTree(bytes(32), SLOTS, []).root


def test_a_tick_with_more_entries_than_slots_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="no fewer than entries"):
        TickTree(SEED, 4, leaves_of(5))


@pytest.mark.parametrize("slots", [-1, 0, 3, 255])
def test_a_tick_has_a_power_of_two_of_slots(slots: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        TickTree(SEED, slots, [])


@some
@given(st.lists(authors, max_size=4))
def test_what_is_disclosed_explains_every_slot_and_every_line(ticks: list[list[str]]) -> None:
    lines = written(*ticks)
    told = disclosure(lines)
    assert [tick.tick for tick in told] == list(range(1, len(ticks) + 1))
    heads: dict[str, tuple[int, bytes]] = {}
    for tick, made in zip(told, lines.ticks, strict=True):
        assert recomputed(tick) == tick_tree(made).root
        for entry in tick.entries:
            seq, prev = heads.get(entry.line, (0, genesis(SESSION, entry.line)))
            assert entry.seq == seq + 1
            heads[entry.line] = (entry.seq, check(as_shown(entry), prev))
    assert heads == lines.heads


def recomputed(tick: DisclosedTick) -> bytes:
    """The root by protocol.md, word for word: each slot an entry or a pad."""
    seed = unb64(tick.seed)
    salts = [labelled(seed, b"salt", i) for i in range(SLOTS)]
    order = sorted(range(SLOTS), key=lambda i: labelled(seed, b"place", i))
    content = dict(zip(order, (unb64(entry.leaf) for entry in tick.entries), strict=False))
    slots = [labelled_hash("sbe/1 slot", salts[i], content.get(i, b"pad")) for i in range(SLOTS)]
    return root_of([leaf_hash(slot) for slot in slots])


def labelled(seed: bytes, purpose: bytes, number: int) -> bytes:
    """HMAC-SHA256 as RFC 2104 defines it."""
    key = seed.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + purpose + number.to_bytes(4, "big")).digest()
    return hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).digest()


def as_shown(entry: DisclosedEntry) -> Shown:
    return Shown(
        line=entry.line,
        seq=entry.seq,
        prev=entry.prev,
        leaf=entry.leaf,
        event={"type": entry.type},
        proof=entry.proof,
    )


@few
@given(authors.filter(bool), st.data())
def test_a_disclosure_that_leaves_out_or_adds_an_entry_explains_nothing(names: list[str], data: st.DataObject) -> None:
    made = written(names).ticks[0]
    told = disclosure(written(names))[0]
    out = data.draw(st.integers(0, len(names) - 1))
    less = [entry for number, entry in enumerate(told.entries) if number != out]
    more = [*told.entries, told.entries[out]]
    for entries in (less, more):
        assert recomputed(msgspec.structs.replace(told, entries=entries)) != tick_tree(made).root


def test_disclosure_tells_types_and_nothing_else() -> None:
    raw = msgspec.json.encode(disclosure(written(["ann", "bob"]))).decode()
    assert raw.count('"Whispered"') == 2
    assert not any(secret in raw for secret in ("ann 0", "bob 0", '"person"'))


def test_a_tick_takes_all_that_is_pending_and_nothing_twice() -> None:
    lines = written(["ann", "bob"], [], ["ann"])
    assert [[entry.seq for entry in tick.entries] for tick in lines.ticks] == [[1, 1], [], [2]]
    assert lines.pending == ()
    assert [entry.fields["text"] for entry in lines.entries()] == ["ann 0", "bob 0", "ann 1"]


def test_a_line_is_full_when_the_next_tick_has_no_slot_for_it() -> None:
    lines = Lines()
    for author in ("ann", "bob", "eve"):
        assert not lines.full("line-ann", 3)
        lines = followed(lines, author)
    assert lines.full("line-ann", 3)
    assert not lines.full("line-ann", 4)
    assert not with_tick(lines, 1, SEED, SLOTS).full("line-ann", 3)


def test_a_line_is_full_at_its_quota_and_others_are_not() -> None:
    lines = Lines()
    for number in range(QUOTA):
        assert not lines.full("line-ann", SLOTS)
        lines = with_tick(followed(lines, "ann"), number + 1, SEED, SLOTS)
    assert lines.full("line-ann", SLOTS)
    assert not lines.full("line-bob", SLOTS)
    assert lines.length("line-ann") == QUOTA
    assert lines.length("line-bob") == 0


def test_the_name_of_a_line_tells_nobody_whose_it_is() -> None:
    names = {
        line_of(secret, session, person)
        for secret in (bytes(32), SEED)
        for session in ("KB-1", "KB-2")
        for person in ("ann", "bob")
    }
    assert len(names) == 8
    assert {len(name) for name in names} == {22}


def test_no_two_pairs_of_session_and_person_share_a_line() -> None:
    assert line_of(SEED, "KB-1", "1ann") != line_of(SEED, "KB-11", "ann")
