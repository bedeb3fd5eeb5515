"""Drawing from seeds that were sealed beforehand: nobody chooses, reveals last or aborts, and anybody recomputes.

word  = 8 bytes, in turn, of H("sbe/1 draw stream", draw seed, name, u32be 0), …(u32be 1), …
value = word mod n, after leaving out words ≥ 2^64 − 2^64 mod n
order = values below n, n − 1, … 1, each taking that many-th of what is left (Fisher and Yates)
"""

import struct
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from remote_bid.seal.canonical import NotCanonical, labelled_hash, unb64_sized
from remote_bid.seal.dealing import SECRET_SIZE, BadDeal, TooFewKeys, recover
from remote_bid.seal.statements import Statement, said, statement_id
from remote_bid.tender.statements import DrawEnvelope, draw_ctx

COMMITTED = "D"
"""The group of a draw seed's commitment."""


class DrawSeed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose seed went into a draw: the id of its draw envelope, "" if it sealed none, and why it counts as empty if so
    (`missing`, or what is wrong with the deal).
    """

    person: str
    envelope: str
    fault: str = ""


def is_dealt_to(kids: Sequence[str], k: int, envelope: DrawEnvelope) -> bool:
    """Whether it is well made, for these keys, k of which open it."""
    try:
        unb64_sized(envelope.nonce, 32), unb64_sized(envelope.D, 32)
    except NotCanonical:
        return False
    return (envelope.k, [share.kid for share in envelope.shares]) == (k, [*kids])


def opened_seed(person: str, statement: Statement, keys: Mapping[str, bytes]) -> tuple[DrawSeed, bytes]:
    """What somebody has sealed, from the published keys (seeds by key id); one that does not open is empty, and why."""
    envelope, name = said(statement, DrawEnvelope), statement_id(statement)
    ctx = draw_ctx(envelope.session, envelope.lot, person, envelope.nonce)
    try:
        seed = recover(ctx, envelope.D, envelope.k, envelope.shares, keys, group=COMMITTED)
    except (BadDeal, TooFewKeys) as fault:
        return DrawSeed(person=person, envelope=name, fault=getattr(fault, "code", "too_few_keys")), b""
    if len(seed) != SECRET_SIZE:
        return DrawSeed(person=person, envelope=name, fault="wrong_size"), b""
    return DrawSeed(person=person, envelope=name), seed


def words(seed: bytes, name: str) -> Iterator[int]:
    """Numbers below 2^64, without end."""
    block = 0
    while True:
        yield from struct.unpack(
            ">4Q", labelled_hash("sbe/1 draw stream", seed, name.encode(), struct.pack(">I", block))
        )
        block += 1


def unbiased(words: Iterator[int], count: int) -> int:
    """A number below `count`; words from the uneven rest of 2^64 are left out, so all are equally likely."""
    limit = 2**64 - 2**64 % count
    return next(word for word in words if word < limit) % count


def drawn_order(seed: bytes, name: str, count: int) -> list[int]:
    """The numbers below `count` in the order in which a seed draws them under this name."""
    stream, left = words(seed, name), list(range(count))
    return [left.pop(unbiased(stream, len(left))) for _ in range(count)]
