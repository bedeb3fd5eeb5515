"""The event of ~350 bytes that every server sends when they are compared: a frame whose content is withheld."""

from remote_bid.seal.canonical import b64
from remote_bid.timeline.entry import MAIN
from remote_bid.timeline.frame import Frame

_LEAF = b64(bytes(range(32)))


def frame(n: int) -> Frame:
    """Frame `n`."""
    page = {
        "phase": "RELEASE",
        "ends_at": "2026-11-22T01:30:00.000Z",
        "released": n,
        "of": 12,
        "notice": f"{_LEAF} {_LEAF[:32]}",
    }
    return Frame(session="KB-2026-0001", n=n, line=MAIN, seq=n, prev=_LEAF, leaf=_LEAF, patch=page)
