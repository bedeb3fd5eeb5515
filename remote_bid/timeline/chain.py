"""Chaining of entries: leaf = H("sbe/1 leaf", previous leaf, u64be seq, root of the fields)."""

import struct

from remote_bid.seal.canonical import b64, labelled_hash, unb64_sized
from remote_bid.timeline.entry import Entry, Fields, Mismatch, Shown, fields_root, hashes_of, shown_root


def genesis(session: str, line: str) -> bytes:
    """What the first entry of a line is chained to."""
    return labelled_hash("sbe/1 genesis", session.encode(), line.encode())


def leaf_of(prev: bytes, seq: int, root: bytes) -> bytes:
    """The leaf of entry `seq`, which is the head of its line until the next one."""
    return labelled_hash("sbe/1 leaf", prev, struct.pack(">Q", seq), root)


def link(line: str, seq: int, prev: bytes, fields: Fields, salt: bytes) -> Entry:
    """The entry that follows the leaf `prev`."""
    leaf = leaf_of(prev, seq, fields_root(hashes_of(fields, salt)))
    return Entry(line=line, seq=seq, fields=fields, salt=salt, prev=prev, leaf=leaf)


def check(shown: Shown, prev: bytes) -> bytes:
    """The leaf of a shown entry that follows `prev`, or Mismatch. Content withheld is taken on its leaf's word."""
    if shown.prev != b64(prev):
        raise Mismatch("the entry is not chained to the one before it")
    leaf = unb64_sized(shown.leaf, 32)
    if shown.event is not None and shown.proof is not None:
        if leaf_of(prev, shown.seq, shown_root(shown.event, shown.proof)) != leaf:
            raise Mismatch("the entry's content is not what its leaf commits to")
    elif shown.event is not None or shown.proof is not None:
        raise Mismatch("content without proof")
    return leaf
