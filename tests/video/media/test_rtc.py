"""What the pinned libraries keep private and we use is there."""

import ast
import asyncio
import importlib
from pathlib import Path
from typing import Any

import pytest
from aiortc import RTCCertificate, RTCDtlsTransport, RTCIceGatherer, RTCIceTransport
from pylibsrtp import Policy, Session

from remote_bid.video.media.rtc.names import OF_INSTANCES, OF_MODULES

MEDIA = Path("remote_bid/video/media")
LISTED = {name.rpartition(".")[2] for names in (*OF_MODULES.values(), *OF_INSTANCES.values()) for name in names}


def of_others(file: Path) -> set[str]:
    """Names with an underscore that a file takes from what is not itself."""
    attributes = (node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Attribute))
    foreign = (node for node in attributes if not (isinstance(node.value, ast.Name) and node.value.id == "self"))
    return {node.attr for node in foreign if node.attr.startswith("_") and not node.attr.startswith("__")}


def test_every_private_name_that_is_used_is_listed() -> None:
    files = sorted((Path(__file__).parents[3] / MEDIA).rglob("*.py"))
    used = {file.name: of_others(file) for file in files if file.parent.name == "rtc"}
    assert set().union(*used.values()) <= LISTED
    assert {file.name: of_others(file) for file in files if file.parent.name != "rtc" and of_others(file)} == {}


@pytest.mark.parametrize(("module", "name"), [(module, name) for module in OF_MODULES for name in OF_MODULES[module]])
def test_a_private_name_exists(module: str, name: str) -> None:
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in OF_INSTANCES for name in OF_INSTANCES[kind]])
async def test_a_private_attribute_exists(kind: str, name: str) -> None:
    assert hasattr(_made(kind), name)


async def test_dtls_speaks_and_listens_by_the_two_methods_that_we_put_under_it() -> None:
    """A record goes out by `_send`; what it waits for is `_recv`."""
    sent: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
    listened = asyncio.Event()

    async def listen() -> bytes:
        listened.set()
        await asyncio.Event().wait()
        return b""

    async def send(data: bytes) -> None:
        sent.set_result(data)

    transport = _made("aiortc.RTCDtlsTransport")
    transport.transport._recv, transport.transport._send = listen, send
    transport._set_role("client")
    starting = asyncio.create_task(transport.start(transport.getLocalParameters()))
    async with asyncio.timeout(5):
        assert (await sent)[0] == 22, "a handshake record"
        await listened.wait()
    starting.cancel()


def _made(kind: str) -> Any:
    under = RTCIceTransport(RTCIceGatherer())
    if kind == "aiortc.RTCIceTransport":
        return under
    if kind == "aiortc.RTCDtlsTransport":
        return RTCDtlsTransport(under, [RTCCertificate.generateCertificate()])
    return Session(Policy(key=bytes(30), ssrc_type=Policy.SSRC_ANY_OUTBOUND))
