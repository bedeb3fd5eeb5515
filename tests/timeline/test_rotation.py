"""A log's new keys are followed from its first, if each old one and each new one has signed."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from msgspec.structs import replace

from remote_bid.seal.canonical import b64
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import Statement, said, state
from remote_bid.timeline.note import NamedKey
from remote_bid.timeline.rotation import BadSuccessor, KeyRotated, agree, follow, rotation
from tests.timeline.hours import NOON

LOG = "log.example"
KEYS = [ed25519.Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in range(1, 5)]
FIRST, SECOND, THIRD, STRANGER = KEYS
NAMED = [NamedKey(name=LOG, key=key.public_key().public_bytes_raw()) for key in KEYS]
ONCE = rotation(LOG, FIRST, SECOND, NOON)
TWICE = rotation(LOG, SECOND, THIRD, NOON)


def test_keys_are_followed_in_their_order() -> None:
    assert follow(NAMED[0], []) == NAMED[:1]
    assert follow(NAMED[0], [ONCE]) == NAMED[:2]
    assert follow(NAMED[0], [ONCE, TWICE]) == NAMED[:3]
    assert follow(NAMED[1], [TWICE]) == NAMED[1:3]


def told(*signers: ed25519.Ed25519PrivateKey, **changes: str) -> Statement:
    return state(replace(said(ONCE, KeyRotated), **changes), *(KeySigner(key) for key in signers))


@pytest.mark.parametrize(
    "successors",
    [
        pytest.param([TWICE], id="one left out"),
        pytest.param([TWICE, ONCE], id="another order"),
        pytest.param([ONCE, ONCE], id="twice the same"),
        pytest.param([told(FIRST)], id="the new key has not signed"),
        pytest.param([told(SECOND)], id="the old key has not signed"),
        pytest.param([told(STRANGER, SECOND)], id="a stranger has signed"),
        pytest.param([told(FIRST, SECOND, log="other.example")], id="another log's"),
        pytest.param([told(FIRST, SECOND, new="no key")], id="no key"),
        pytest.param([rotation(LOG, FIRST, FIRST, NOON)], id="the same key"),
        pytest.param([Statement(payload_type="text/plain", payload="", signatures=[])], id="no such statement"),
    ],
)
def test_nothing_else_is_followed(successors: list[Statement]) -> None:
    with pytest.raises(BadSuccessor):
        follow(NAMED[0], successors)


def test_what_continues_the_other_agrees_with_it() -> None:
    other = rotation(LOG, FIRST, STRANGER, NOON)
    assert agree([], [ONCE])
    assert agree([ONCE], [ONCE, TWICE])
    assert agree([ONCE, TWICE], [ONCE])
    assert not agree([ONCE], [other])
    assert b64(NAMED[0].key) == said(other, KeyRotated).old
