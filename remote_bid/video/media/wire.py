"""What server and worker say to each other over their socket: four bytes of length, then MessagePack."""

import asyncio

import msgspec

from remote_bid.video.stage import (
    Arrange,
    CloseRoom,
    Heard,
    Join,
    Leave,
    Linked,
    OpenRoom,
    Recorded,
    RecorderState,
    Showed,
    Unlinked,
)

Order = OpenRoom | Join | Arrange | Leave | CloseRoom
LARGEST = 4 << 20


class Ask(msgspec.Struct, frozen=True):
    """An order and the number under which it is answered."""

    number: int
    order: Order


class Answered(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Done, unless one of the sentences says why not. `sdp`: of a Join."""

    number: int
    sdp: str = ""
    bad_offer: str | None = None
    failed: str | None = None


class Ready(msgspec.Struct, frozen=True, tag=True):
    """The worker can be told to open rooms; its peers call this port."""

    port: int


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`bind`, `called`, `clients`: see lite.Mux."""

    socket: int
    """The descriptor it inherits."""
    bind: tuple[str, int]
    called: list[str]
    clients: list[str]
    recordings: str
    segment_s: float


Said = Answered | Ready | Linked | Unlinked | Showed | Heard | Recorded | RecorderState

_ENCODER = msgspec.msgpack.Encoder()
read_ask = msgspec.msgpack.Decoder(Ask).decode
read_said = msgspec.msgpack.Decoder(Said).decode


def frame(message: Ask | Said) -> bytes:
    """As it is sent."""
    content = _ENCODER.encode(message)
    return len(content).to_bytes(4, "big") + content


async def next_frame(reader: asyncio.StreamReader) -> bytes | None:
    """The content of the next one; None when the other side is gone."""
    try:
        size = int.from_bytes(await reader.readexactly(4), "big")
        return await reader.readexactly(size) if size <= LARGEST else None
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
