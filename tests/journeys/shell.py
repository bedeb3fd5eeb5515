"""The program as people type it: every command a process of its own, in a folder of the person's own."""

import asyncio
import os
import sys
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from remote_bid.participant.identity import CERTIFICATE, KEY
from tests.gateway.house import HALL, House
from tests.journeys.morning import form

SECRET = "a passphrase of the tests"  # noqa: S105 - of no real file


class Shell:
    """remote-bid as one person types it, in a folder of its own."""

    def __init__(self, found: House, person: str, folder: Path) -> None:
        self.folder = folder
        self._found, self._person = found, person
        folder.mkdir()
        (folder / "trust.json").write_bytes(msgspec.json.encode(found.trust))
        self._pack(found.home(person))

    def _pack(self, home: Path) -> None:
        self._found.person(self._person)
        key = serialization.load_pem_private_key((home / KEY).read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        certificate = x509.load_pem_x509_certificate((home / CERTIFICATE).read_bytes())
        locked = BestAvailableEncryption(SECRET.encode())
        (self.folder / "me.p12").write_bytes(
            pkcs12.serialize_key_and_certificates(None, key, certificate, None, locked)
        )

    async def types(self, *words: str, secret: str = SECRET) -> tuple[int, str, str]:
        """Exit code, what it prints, what it complains of."""
        environment = os.environ | {"REMOTE_BID_PASSPHRASE": secret, "REMOTE_BID_FOLDER": str(self.folder)}
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "remote_bid", *words),
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, complaints = await process.communicate()
        return process.returncode or 0, out.decode(), complaints.decode()

    async def does(self, *words: str) -> str:
        """What it prints, if all goes well."""
        code, out, complaints = await self.types(*words)
        assert code == 0, complaints
        return out

    async def joined(self) -> None:
        trust, key = self.folder / "trust.json", self.folder / "me.p12"
        await self.does("join", self._found.url, HALL, "--trust", str(trust), "--key", str(key))

    def form(self, price: str) -> str:
        """A readout form on disk."""
        path = self.folder / "form.json"
        path.write_bytes(msgspec.json.encode(form(price)))
        return str(path)

    def file(self, name: str, content: object) -> str:
        """A JSON file of this person's."""
        path = self.folder / name
        path.write_bytes(msgspec.json.encode(content))
        return str(path)
