"""核对码: four characters that are the same on every screen while all see the same checkpoint. A comparison aid for
laymen, read aloud by the host; not a proof.
"""

import hashlib
from functools import cache
from importlib.resources import files


@cache
def _characters() -> str:
    """The fixed list: 1,024 common characters, at most two of one sound."""
    return (files(__package__) / "check_code.txt").read_text("utf-8").replace("\n", "")


def check_code(body: str) -> str:
    """Four characters, indexed by the first 40 bits of SHA-256 over a checkpoint's body, ten bits each."""
    bits = int.from_bytes(hashlib.sha256(body.encode()).digest()[:5], "big")
    return "".join(_characters()[bits >> shift & 1023] for shift in (30, 20, 10, 0))
