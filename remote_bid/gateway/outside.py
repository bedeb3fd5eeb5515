"""What comes from servers that are not ours: read whole, but never more than we have room for."""

import aiohttp


async def at_most(most: int, content: aiohttp.StreamReader) -> bytes:
    """The first `most` bytes of an answer, however many pieces it comes in."""
    read = bytearray()
    while len(read) < most and (piece := await content.read(most - len(read))):
        read += piece
    return bytes(read)
