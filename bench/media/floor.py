"""The two calls that no forwarder in this language saves, srtp_protect and sendto, by themselves: `floor.py PORT`."""

import asyncio
import json
import os
import socket
import sys
import time

from pylibsrtp import Policy, Session, ffi, lib  # type: ignore[attr-defined]  # the last two are private

from bench.media.cores import SERVER
from bench.media.load import PAYLOAD

_PACKETS = 150_000
_PROFILE = Policy.SRTP_PROFILE_AEAD_AES_128_GCM
_KEY = bytes(range(28))


async def floor_us(address: str) -> float:
    """CPU for each packet, on the server's core, while somebody takes them, as in a call."""
    drain = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    drain.setsockopt(socket.SOL_SOCKET, 33, 1 << 20)
    drain.setblocking(False)
    drain.bind((address, 0))
    loop = asyncio.get_running_loop()
    loop.add_reader(drain.fileno(), _take, drain)
    arguments = ["-m", "bench.media.floor", address, str(drain.getsockname()[1])]
    child = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, preexec_fn=lambda: os.sched_setaffinity(0, {SERVER})
    )
    said, _ = await child.communicate()
    loop.remove_reader(drain.fileno())
    drain.close()
    found: float = json.loads(said)
    return found


def _take(drain: socket.socket) -> None:
    try:
        for _ in range(500):
            drain.recv(2048)
    except BlockingIOError:
        return


def _spend(address: tuple[str, int]) -> float:
    policy = Policy(key=_KEY, ssrc_type=Policy.SSRC_ANY_OUTBOUND, srtp_profile=_PROFILE)
    policy.allow_repeat_tx = True
    session = Session(policy)
    srtp, protect = session._srtp[0], lib.srtp_protect
    chars, length = ffi.new("char[]", 4096), ffi.new("int *")
    buffer = ffi.buffer(chars)
    view, out = memoryview(buffer), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    send = out.sendto
    packets = [b"\x80\x60" + (seq & 0xFFFF).to_bytes(2, "big") + bytes(8) + bytes(PAYLOAD) for seq in range(1 << 12)]
    size = 12 + PAYLOAD
    spent = time.process_time()
    for turn in range(_PACKETS):
        buffer[0:size] = packets[turn & 4095]
        length[0] = size
        protect(srtp, chars, length)
        send(view[: length[0]], address)
    return (time.process_time() - spent) / _PACKETS * 1e6


if __name__ == "__main__":
    print(json.dumps(_spend((sys.argv[1], int(sys.argv[2])))))
