"""An outsider who sends to the port of a call whatever he likes, from a process of his own: `python floods.py PORT S`.

Half of it is noise, the rest forged DTLS hellos, junk that looks like RTP, and checks with made-up names.
"""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PER_S = 50_000
_AIM = 60_000
"""A second, so that as many leave as are promised where others compute too."""
_BATCH = 500


def hello() -> bytes:
    """A DTLS record that begins a handshake (ClientHello), never answered rightly."""
    body = b"\xfe\xfd" + os.urandom(32) + b"\x00\x00\x00\x02\xc0\x2b\x01\x00"
    handshake = b"\x01" + len(body).to_bytes(3, "big") + bytes(5) + len(body).to_bytes(3, "big") + body
    return b"\x16\xfe\xff" + bytes(8) + len(handshake).to_bytes(2, "big") + handshake


def check() -> bytes:
    """A binding request with a name nobody was given."""
    name = os.urandom(6).hex().encode()
    attribute = b"\x00\x06" + len(name).to_bytes(2, "big") + name
    return b"\x00\x01" + len(attribute).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + os.urandom(12) + attribute


def flood(port: int, seconds: float) -> int:
    """How many were sent."""
    outside = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(100)]
    kinds = [hello(), check(), b"\x80\x60" + os.urandom(1100), os.urandom(600)]
    began, sent = time.monotonic(), 0
    while (now := time.monotonic()) - began < seconds:
        if sent > (now - began) * _AIM:
            time.sleep(0.002)
            continue
        for index in range(_BATCH):
            outside[index % 100].sendto(kinds[index % 4], ("127.0.0.1", port))
        sent += _BATCH
    return sent


@asynccontextmanager
async def flooded(port: int, seconds: float) -> AsyncIterator[asyncio.subprocess.Process]:
    """While the outsider is at it; his last line is how many he sent."""
    args = [__file__, str(port), str(seconds)]
    outsider = await asyncio.create_subprocess_exec(sys.executable, *args, stdout=asyncio.subprocess.PIPE)
    try:
        yield outsider
    finally:
        if outsider.returncode is None:
            outsider.kill()
        await outsider.wait()


if __name__ == "__main__":
    print(flood(int(sys.argv[1]), float(sys.argv[2])))
