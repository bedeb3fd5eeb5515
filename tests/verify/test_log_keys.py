"""After its key has changed the log's old one signs nothing more, by the time of the entries."""

from datetime import datetime, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.opening.statements import Close
from remote_bid.seal.canonical import b64
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import state
from remote_bid.tender.statements import NamedLogKey
from remote_bid.timeline import instant
from remote_bid.timeline.entry import MAIN, Proof, Shown
from remote_bid.timeline.marks import LogKeyRotated
from remote_bid.timeline.rotation import follow, rotation
from remote_bid.verify.case import Case, Failed
from remote_bid.verify.report import Report
from remote_bid.verify.trust import Trust
from tests.timeline.hours import NOON

OLD, NEW = (ed25519.Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in (1, 2))
TRUST = Trust(
    roots=[],
    log=NamedLogKey(name="log", key=b64(OLD.public_key().public_bytes_raw())),
    cosigners=[],
    quorum=0,
)
CHANGED = rotation("log", OLD, NEW, NOON)
CLOSE = Close(session="S", timetable="", tick=1, at="", lots=[])
MOMENT = timedelta(milliseconds=1)


def entry(seq: int, at: datetime, **event: object) -> Shown:
    told = {"type": "X", "at": instant.text(at), "by": {}} | event
    return Shown(line=MAIN, seq=seq, prev="", leaf="", event=told, proof=Proof(salts={}, hidden={}))


def case() -> Case:
    """A session in which the key changed at noon."""
    main = [entry(1, NOON, **msgspec.to_builtins(LogKeyRotated(statement=CHANGED)))]
    found = Case(members={}, canonical=True, report=Report(), trust=TRUST, main=main)
    found.log_keys = follow(TRUST.log_key(), [CHANGED])
    return found


@pytest.mark.parametrize(
    ("key", "at"),
    [(OLD, NOON - MOMENT), (OLD, NOON), (NEW, NOON), (NEW, NOON + MOMENT)],
    ids=["old before", "old in the same moment", "new in the same moment", "new after"],
)
def test_each_key_signs_in_its_time(key: ed25519.Ed25519PrivateKey, at: datetime) -> None:
    assert case().from_log(entry(2, at), state(CLOSE, KeySigner(key)), Close) == CLOSE


@pytest.mark.parametrize(("key", "at"), [(OLD, NOON + MOMENT), (NEW, NOON - MOMENT)], ids=["old after", "new before"])
def test_no_key_signs_outside_of_its_time(key: ed25519.Ed25519PrivateKey, at: datetime) -> None:
    with pytest.raises(Failed, match="not signed by the log's key"):
        case().from_log(entry(2, at), state(CLOSE, KeySigner(key)), Close)
