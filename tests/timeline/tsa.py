"""An authority of time for tests: `openssl ts`, which stamps with the clock of this machine, and one that stamps with
any clock and over anything, as no honest authority would.
"""

import subprocess
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from asn1crypto import algos, keys, tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps import DummyTimeStamper

from remote_bid.seal.canonical import b64
from remote_bid.timeline.stamp import query
from tests.people.issuing import CERTIFIES, SIGNS, Authority, Extensions, Wish, name_of, rsa_key

AGES = datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC)
STAMPS = (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), True)
"""What a certificate for time stamping bears, critical."""

_CONFIGURATION = """
[tsa]
serial = {folder}/serial
default_policy = 1.2.3.4.1
digests = sha256, sha384
signer_digest = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""

REFUSAL = bytes.fromhex("30053003020102")
"""TimeStampResp with status `rejection`, and no token."""


class Tsa:
    """An authority of time with the certificate that it stamps under."""

    def __init__(self, extensions: Extensions = ((SIGNS, True), STAMPS), ends: datetime = AGES[1]) -> None:
        root, self._key = Authority("Authority of time"), rsa_key()
        marks: Extensions = ((x509.BasicConstraints(ca=True, path_length=None), True), (CERTIFIES, True))
        self.root = root.issue(Wish(root.name, root.key, *AGES, marks))
        self._certificate = root.issue(Wish(name_of("Stamps"), self._key, AGES[0], ends, extensions))

    @property
    def pem(self) -> str:
        return self.root.public_bytes(Encoding.PEM).decode()

    def stamp(self, leaf: bytes, at: datetime, **changes: str) -> str:
        """The answer about a leaf, at any time; with `algorithm` over another kind of hash."""
        return b64(self.reply(query(leaf), at, **changes))

    def reply(self, asked: bytes, at: datetime, algorithm: str = "sha256") -> bytes:
        """The answer to a request, at any time."""
        request = tsp.TimeStampReq.load(asked)
        if algorithm != "sha256":
            imprint = {"hash_algorithm": algos.DigestAlgorithm({"algorithm": algorithm}), "hashed_message": bytes(48)}
            request["message_imprint"] = tsp.MessageImprint(imprint)
        answer: bytes = self._stamper(at).request_tsa_response(request).dump()
        return answer

    def openssl(self, asked: bytes, folder: Path) -> bytes:
        """The answer of the real program, now."""
        (folder / "configuration").write_text(_CONFIGURATION.format(folder=folder))
        (folder / "serial").write_text("01")
        (folder / "asked").write_bytes(asked)
        (folder / "certificate").write_bytes(self._certificate.public_bytes(Encoding.PEM))
        form = (Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (folder / "key").write_bytes(self._key.private_bytes(*form))
        self._run(folder, "-config", "configuration", "-section", "tsa", "-queryfile", "asked", "-out", "answer")
        return (folder / "answer").read_bytes()

    def _run(self, folder: Path, *args: str) -> None:
        command = ["openssl", "ts", "-reply", "-signer", "certificate", "-inkey", "key", *args]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)  # noqa: S603 - a tool of the tests

    def _stamper(self, at: datetime) -> DummyTimeStamper:
        return DummyTimeStamper(self._asn1, self._pkcs8, fixed_dt=at)

    @cached_property
    def _asn1(self) -> asn1.Certificate:
        return asn1.Certificate.load(self._certificate.public_bytes(Encoding.DER))

    @cached_property
    def _pkcs8(self) -> keys.PrivateKeyInfo:
        form = (Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return keys.PrivateKeyInfo.load(self._key.private_bytes(*form))
