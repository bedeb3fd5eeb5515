"""What the server answers when it says no."""

from typing import Any


class ServerRefused(Exception):
    """The server said no."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code


def answered(body: Any) -> Any:
    """The answer, unless it is a refusal."""
    if isinstance(body, dict) and body.get("ok") is False:
        raise ServerRefused(str(body.get("code")), str(body.get("en")))
    return body
