"""Getting a certificate from the centre's own authority: the key is made here and never leaves."""

from pathlib import Path
from typing import Any

import aiohttp
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from cryptography.x509.oid import NameOID

from remote_bid.participant.identity import BadIdentity
from remote_bid.participant.refusals import answered
from remote_bid.people.issuing import kind_of_name, request_id
from remote_bid.seal.canonical import b64, unb64
from remote_bid.timeline import durable

_REQUEST, _PENDING, _IDENTITY = "enrolment.csr", "enrolment.key", "identity.p12"


class NotYet(Exception):
    """A clerk has not decided on the request."""


class _Requested(msgspec.Struct, frozen=True):
    request: str


class _Decided(msgspec.Struct, frozen=True):
    state: str
    certificate: str
    reason: str


async def request(server: str, person: str, name: str, folder: Path, passphrase: str) -> str:
    """Ask for a certificate for a fresh key; returns how the request is called. Asking again asks for the same.
    BadIdentity if the folder holds another's request.
    """
    path, subject = folder / _REQUEST, _subject(person, name)
    if not path.exists():
        _make(folder, subject, passphrase)
    if x509.load_der_x509_csr(path.read_bytes()).subject != subject:
        raise BadIdentity(f"{folder} holds a request for somebody else: take another folder")
    told = await _answer("POST", f"{server}/api/enrolments", {"request": b64(path.read_bytes())})
    return msgspec.convert(told, type=_Requested).request


async def fetch(server: str, folder: Path, passphrase: str) -> Path:
    """Take the certificate that was granted; gives the PKCS#12 file that holds it with its key. NotYet; BadIdentity if
    it was refused, or is not for our key.
    """
    if not (folder / _REQUEST).exists():
        raise BadIdentity(f"nothing was asked for in {folder}")
    named = request_id(b64((folder / _REQUEST).read_bytes()))
    told = msgspec.convert(await _answer("GET", f"{server}/api/enrolments/{named}"), type=_Decided)
    if told.state == "pending":
        raise NotYet("the request is not decided yet")
    if told.state != "approved":
        raise BadIdentity(f"the request was refused: {told.reason}")
    certificate = x509.load_der_x509_certificate(unb64(told.certificate))
    key = _pending(folder, passphrase)
    if certificate.public_key() != key.public_key():
        raise BadIdentity("the certificate is not for the key that was made here")
    sealed = serialization.BestAvailableEncryption(passphrase.encode())
    kept = pkcs12.serialize_key_and_certificates(None, key, certificate, None, sealed)
    durable.replace(folder / _IDENTITY, kept, 0o600)
    (folder / _PENDING).unlink(missing_ok=True)
    return folder / _IDENTITY


def _subject(person: str, name: str) -> x509.Name:
    if not (person.isascii() and person.replace("-", "").isalnum() and name):
        raise BadIdentity("a number has letters, digits and hyphens only, and a name is not empty")
    return x509.Name([x509.NameAttribute(kind_of_name(name), name), x509.NameAttribute(NameOID.SERIAL_NUMBER, person)])


def _make(folder: Path, subject: x509.Name, passphrase: str) -> None:
    """The request last: whenever it is there, so is its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    asked = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())
    sealed = serialization.BestAvailableEncryption(passphrase.encode())
    private = key.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed)
    folder.mkdir(parents=True, exist_ok=True)
    durable.replace(folder / _PENDING, private, 0o600)
    durable.replace(folder / _REQUEST, asked.public_bytes(Encoding.DER))


def _pending(folder: Path, passphrase: str) -> ec.EllipticCurvePrivateKey:
    """The key that was made for the request; a certificate fetched before has it too."""
    try:
        if (folder / _PENDING).exists():
            key: object = serialization.load_pem_private_key((folder / _PENDING).read_bytes(), passphrase.encode())
        else:
            key, _, _ = pkcs12.load_key_and_certificates((folder / _IDENTITY).read_bytes(), passphrase.encode())
    except (OSError, ValueError) as error:
        raise BadIdentity("the key that was made for the request is not here, or the passphrase is another") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadIdentity("the key that was made for the request is not here")
    return key


async def _answer(method: str, url: str, body: object = None) -> Any:
    try:
        async with aiohttp.ClientSession() as http, http.request(method, url, json=body) as answer:
            return answered(await answer.json(content_type=None))
    except (aiohttp.ClientError, ValueError) as error:
        raise TimeoutError("the server does not answer") from error
