"""The comparison that the secrecy of a session rests on sees what a rival could see, and lets dice be dice."""

from typing import Any

import pytest

from remote_bid.seal.canonical import b64
from tests.journeys.alike import differences

FRAME: dict[str, Any] = {
    "n": 3,
    "line": "main",
    "leaf": "A" * 43,
    "event": {"type": "Ticked", "at": "2026-11-22T01:30:00.123Z", "slots": 256, "root": "B" * 43},
    "slots": [{"seq": 1, "tick": 9, "proof": {"place": 7, "path": ["C" * 43] * 8}}],
    "note": "log.example\n12\n" + "A" * 43 + "=\n\n— log.example " + "B" * 91 + "=\n",
    "sig": "D" * 94,
    "code": "竟红持赏",
    "title": "Works",
    "payload": b64(b'{"sig":"' + b"D" * 94 + b'","count":3}'),
}


def with_event(**other: Any) -> dict[str, Any]:
    return FRAME | {"event": FRAME["event"] | other}


ALIKE = {
    "another hash": FRAME | {"leaf": "x" * 43},
    "another instant": with_event(at="2026-11-22T02:31:01.456Z"),
    "another place in a tick": FRAME
    | {"slots": [{"seq": 1, "tick": 9, "proof": {"place": 255, "path": ["D" * 43] * 8}}]},
    "another signature": FRAME | {"sig": "E" * 96},
    "another check code": FRAME | {"code": "一二三四"},
    "another signature within a statement": FRAME | {"payload": b64(b'{"sig":"' + b"E" * 96 + b'","count":3}')},
    "another signed note": FRAME | {"note": FRAME["note"].replace("A", "x").replace("B", "y")},
}
TELLING = {
    "a count": FRAME | {"released": 3},
    "a number": FRAME | {"n": 4},
    "a truth": with_event(slots=True),
    "more slots": with_event(slots=4096),
    "a frame more": [FRAME, FRAME],
    "an order": dict(reversed(list(FRAME.items()))),
    "a longer hash": FRAME | {"leaf": "A" * 44},
    "a longer path": FRAME | {"slots": [{"seq": 1, "tick": 9, "proof": {"place": 7, "path": ["C" * 43] * 9}}]},
    "a size within a note": FRAME | {"note": FRAME["note"].replace("12", "13")},
    "a name": FRAME | {"title": "Other"},
    "an impossible place": FRAME | {"slots": [{"seq": 1, "tick": 9, "proof": {"place": 256, "path": ["C" * 43] * 8}}]},
    "text where a number was": FRAME | {"n": "3"},
    "a count within a statement": FRAME | {"payload": b64(b'{"sig":"' + b"D" * 94 + b'","count":4}')},
    "a longer signature": FRAME | {"sig": "E" * 97},
}


@pytest.mark.parametrize("what", ALIKE)
def test_dice_and_clocks_tell_nothing(what: str) -> None:
    assert list(differences(FRAME, ALIKE[what])) == []


@pytest.mark.parametrize("what", TELLING)
def test_anything_else_tells(what: str) -> None:
    assert list(differences([FRAME] if isinstance(TELLING[what], list) else FRAME, TELLING[what]))
