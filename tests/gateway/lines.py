"""What tests say over a line to the server, and how long they wait for the answer."""

from typing import Any

from tests.gateway.house import HALL

SOCKET = "/socket.io/?EIO=4&transport=websocket"


ANSWER_S = 5


async def joins(line: Any, session: str = HALL) -> Any:
    return await line.call("join", {"session": session}, timeout=ANSWER_S)


async def commands(line: Any, command: Any, session: Any = HALL) -> Any:
    return await line.call("command", {"session": session, "command": command}, timeout=ANSWER_S)
