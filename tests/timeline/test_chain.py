"""Chains of entries: what was flipped, moved, cut out or brought from elsewhere does not follow."""

from collections.abc import Callable, Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.participant.copy import Copy
from remote_bid.seal.canonical import NotCanonical, b64, labelled_hash, unb64
from remote_bid.timeline.chain import check, genesis, leaf_of, link
from remote_bid.timeline.entry import MAIN, Entry, Mismatch, Shown, fields_root, hashes_of, show
from remote_bid.timeline.frame import Joined

some = settings(deadline=None, max_examples=60)

replace = msgspec.structs.replace
REFUSED = (Mismatch, NotCanonical)


def chain_of(length: int, session: str = "KB-1", line: str = MAIN) -> list[Entry]:
    prev, entries = genesis(session, line), list[Entry]()
    for seq in range(1, length + 1):
        fields = {"type": "Written", "text": f"page {seq}", "at": "", "by": {"person": "ann"}}
        entries.append(link(line, seq, prev, fields, salt=bytes([seq]) * 32))
        prev = entries[-1].leaf
    return entries


def shown(entries: Sequence[Entry]) -> list[Shown]:
    return [show(entry, None) for entry in entries]


def followed(entries: Sequence[Shown], session: str = "KB-1") -> bytes:
    """The head that a participant's copy comes to, or Mismatch."""
    copy = Copy(session)
    copy.joined(
        Joined(
            session=session,
            room="guestbook",
            epoch="",
            head=len(entries),
            n=0,
            own_line="",
            entries=list(entries),
            own=[],
            revealed=[],
            slots=[],
            view={},
        )
    )
    return unb64(copy.main[-1].leaf)


CHAIN = chain_of(5)


def test_a_whole_chain_leads_to_its_head() -> None:
    assert followed(shown(CHAIN)) == CHAIN[-1].leaf


def test_a_leaf_is_the_hash_of_the_leaf_before_the_place_and_the_fields() -> None:
    prev = labelled_hash("sbe/1 genesis", b"KB-1", b"main")
    root = fields_root(hashes_of(CHAIN[0].fields, CHAIN[0].salt))
    assert CHAIN[0].prev == prev
    assert CHAIN[0].leaf == labelled_hash("sbe/1 leaf", prev, bytes([0, 0, 0, 0, 0, 0, 0, 1]), root)


def flipped(text: str) -> str:
    raw = unb64(text)
    return b64(bytes([raw[0] ^ 1]) + raw[1:])


def with_text(entry: Shown, text: str) -> Shown:
    return replace(entry, event=(entry.event or {}) | {"text": text})


CHANGES: dict[str, Callable[[Shown], Shown]] = {
    "its text": lambda entry: with_text(entry, "another page"),
    "its prev": lambda entry: replace(entry, prev=flipped(entry.prev)),
    "its leaf": lambda entry: replace(entry, leaf=flipped(entry.leaf)),
    "a leaf that is none": lambda entry: replace(entry, leaf=entry.leaf[:-4]),
    "its number": lambda entry: replace(entry, seq=entry.seq + 1),
    "its line": lambda entry: replace(entry, line="aside"),
}


@pytest.mark.parametrize("at", range(len(CHAIN)))
@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_entry_does_not_follow(what: str, at: int) -> None:
    entries = shown(CHAIN)
    entries[at] = CHANGES[what](entries[at])
    with pytest.raises(REFUSED):
        followed(entries)


@some
@given(st.integers(0, 4), st.integers(0, 4))
def test_entries_cannot_change_places(one: int, other: int) -> None:
    entries = shown(CHAIN)
    entries[one], entries[other] = entries[other], entries[one]
    if one == other:
        assert followed(entries) == CHAIN[-1].leaf
    else:
        with pytest.raises(Mismatch):
            followed(entries)


@pytest.mark.parametrize("renumber", [False, True], ids=["numbers kept", "numbers mended"])
@pytest.mark.parametrize("at", range(4))
def test_an_entry_cannot_be_cut_out(at: int, renumber: bool) -> None:
    entries = shown(CHAIN[:at] + CHAIN[at + 1 :])
    if renumber:
        entries = [replace(entry, seq=seq) for seq, entry in enumerate(entries, start=1)]
    with pytest.raises(Mismatch):
        followed(entries)


def test_an_entry_cannot_be_told_twice() -> None:
    entries = shown([*CHAIN[:3], CHAIN[2], *CHAIN[3:]])
    with pytest.raises(Mismatch):
        followed([replace(entry, seq=seq) for seq, entry in enumerate(entries, start=1)])


@pytest.mark.parametrize("cut", range(1, 5))
def test_a_chain_cut_short_does_not_lead_to_the_head(cut: int) -> None:
    """The cut itself shows only beside a head known from elsewhere: that is what checkpoints are for."""
    assert followed(shown(CHAIN[:-cut])) != CHAIN[-1].leaf


@pytest.mark.parametrize("fork", range(5))
def test_a_fork_leads_to_another_head(fork: int) -> None:
    branch = list(CHAIN[:fork])
    for entry in CHAIN[fork:]:
        fields = entry.fields | {"text": "another page"} if entry.seq == fork + 1 else entry.fields
        prev = branch[-1].leaf if branch else entry.prev
        branch.append(link(MAIN, entry.seq, prev, fields, entry.salt))
    assert followed(shown(branch)) != CHAIN[-1].leaf


@pytest.mark.parametrize(("session", "line"), [("KB-2", MAIN), ("KB-1", "aside"), ("KB-1m", "ain")])
def test_a_chain_of_another_session_or_line_does_not_begin_here(session: str, line: str) -> None:
    foreign = [replace(entry, line=MAIN) for entry in shown(chain_of(2, session, line))]
    with pytest.raises(Mismatch):
        followed(foreign)


def test_withheld_content_does_not_break_the_chain() -> None:
    entries = [show(entry, () if entry.seq % 2 else None) for entry in CHAIN]
    assert followed(entries) == CHAIN[-1].leaf


def test_the_leaf_of_withheld_content_cannot_change_either() -> None:
    entries = [show(entry, () if entry.seq == 2 else None) for entry in CHAIN]
    entries[1] = replace(entries[1], leaf=flipped(entries[1].leaf))
    with pytest.raises(Mismatch):
        followed(entries)


@some
@given(st.binary(min_size=32, max_size=32), st.integers(1, 2**63), st.binary(min_size=32, max_size=32))
def test_no_two_places_share_a_leaf(prev: bytes, seq: int, root: bytes) -> None:
    leaf = leaf_of(prev, seq, root)
    assert len({leaf, leaf_of(prev, seq + 1, root), leaf_of(root, seq, root + prev), leaf_of(leaf, seq, root)}) == 4


def test_content_is_checked_against_the_leaf_before_not_only_its_own() -> None:
    first = show(CHAIN[0], None)
    with pytest.raises(Mismatch):
        check(first, bytes(32))
