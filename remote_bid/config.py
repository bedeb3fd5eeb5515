"""Settings of a server, read once: from the command line, the environment (REMOTE_BID_…) and the data folder."""

import os
from pathlib import Path

import msgspec


class CosignerAt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An outside key that signs checkpoints: its name, Ed25519 key (32 bytes, base64url) and address."""

    name: str
    key: str
    url: str


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a deployment must say. `origin` is the address people type, `log` the name of its log."""

    origin: str
    log: str
    roots: list[str]
    """Certificates (PEM) of the authorities whose people may take part."""
    agencies: list[str]
    """Persons who may schedule sessions."""
    cosigners: list[CosignerAt]
    quorum: int
    host: str = "127.0.0.1"
    port: int = 8080
    database: str = ""
    """postgresql://… ; empty is SQLite in the data folder."""
    cosigners_within_s: float = 30
    """How long a starting server waits for a quorum to sign its log's head; without one it does not serve."""
    serve_without_quorum: bool = False
    """Serve although no quorum signs at the start: an operator's way out, to be taken back afterwards."""
    part_limit: int = 512 << 20
    """Bytes that one sealed part may have."""


def office_passphrase() -> str:
    """What seals the server's keys in the data folder (REMOTE_BID_PASSPHRASE); empty: they lie open to their owner."""
    return os.environ.get("REMOTE_BID_PASSPHRASE", "")


class BadSettings(ValueError):
    """The settings cannot be used; the sentence says why."""


def read_settings(path: Path) -> Settings:
    """The settings in a JSON file."""
    try:
        settings = msgspec.json.decode(path.read_bytes(), type=Settings)
    except OSError as error:
        raise BadSettings(f"{path} cannot be read: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise BadSettings(f"{path} is not a settings file: {error}") from error
    if not 1 <= settings.quorum <= len(settings.cosigners):
        raise BadSettings("the quorum must be at least 1 and no more than there are cosigners")
    return settings
