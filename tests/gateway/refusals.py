"""What every refusal must be, over sockets and HTTP alike."""

import re
from typing import Any


def assert_refusal(answer: Any, *codes: str) -> None:
    """One of the stable codes, a sentence in both languages, a trace to quote, and nothing of the program's insides."""
    assert set(answer) == {"code", "zh", "en", "trace", "ok"}
    assert answer["ok"] is False
    assert answer["code"] in codes, answer
    assert re.search("[一-鿿]", answer["zh"])
    assert re.search("[a-z]", answer["en"])
    assert re.fullmatch("[0-9a-f]{12}", answer["trace"])
    assert not re.search(r"Traceback|File \"|\.py|0x[0-9a-f]{6}|remote_bid", answer["en"])
