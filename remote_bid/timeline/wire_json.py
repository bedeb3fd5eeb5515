"""The JSON that python-socketio is given: msgspec's, which knows the structs of the wire."""

from typing import Any

import msgspec


def dumps(value: Any, **_options: Any) -> str:
    """JSON text of builtins and structs."""
    return msgspec.json.encode(value).decode()


def loads(text: str | bytes, **_options: Any) -> Any:
    """Builtins of a JSON text; ValueError if it is none."""
    return msgspec.json.decode(text)
