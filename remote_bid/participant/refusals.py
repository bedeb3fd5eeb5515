"""What the server answers when it says no."""

from typing import Any

import msgspec

from remote_bid.seal.statements import Statement


class ServerRefused(Exception):
    """The server said no; `refusal` is its signed word for it, to be kept, where it gives one."""

    def __init__(self, code: str, sentence: str, refusal: Statement | None = None) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code, self.refusal = code, refusal


def answered(body: Any) -> Any:
    """The answer, unless it is a refusal."""
    if isinstance(body, dict) and body.get("ok") is False:
        signed = body.get("refusal")
        refusal = msgspec.convert(signed, type=Statement) if signed else None
        raise ServerRefused(str(body.get("code")), f"{body.get('zh')} {body.get('en')}", refusal)
    return body
