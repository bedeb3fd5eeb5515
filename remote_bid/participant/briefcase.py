"""What a participant brings to every command: where the session is, whom to trust, with what to sign.

A folder with `participant.json` and the trust file, made once by `remote-bid join`; release files, receipts and
custodian keys are kept beside them.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from remote_bid.participant.client import Client
from remote_bid.participant.identity import BadIdentity, Identity, read_pkcs12
from remote_bid.participant.token import TokenAt, token_identity
from remote_bid.people.certificates import Certified, NotTrusted, identify
from remote_bid.timeline import durable
from remote_bid.verify.trust import Trust, read_trust

PARTICIPANT, TRUST, JOURNAL = "participant.json", "trust.json", "journal"

Ask = Callable[[str], str]
"""Asks the person at the keyboard for a secret, by its name."""


class BadBriefcase(ValueError):
    """The folder is not that of a participant; the sentence says what is wrong."""


class Kept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """participant.json: the server, the session, and the key: a PKCS#12 file or a token."""

    server: str
    session: str
    key: str | TokenAt


class Briefcase:
    """One participant's folder for one session."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            self.kept = msgspec.json.decode((folder / PARTICIPANT).read_bytes(), type=Kept)
        except OSError as error:
            raise BadBriefcase(f"{folder} is no participant's folder; make one with: remote-bid join") from error
        except msgspec.MsgspecError as error:
            raise BadBriefcase(f"{folder / PARTICIPANT} cannot be read: {error}") from error
        self.trust: Trust = read_trust(folder / TRUST)

    @contextmanager
    def identity(self, ask: Ask) -> Iterator[Identity]:
        """Who we are, for as long as the context lasts: a token stays open that long."""
        if isinstance(self.kept.key, TokenAt):
            with token_identity(self.kept.key, ask("PIN")) as identity:
                yield identity
        else:
            yield read_pkcs12(self.folder / self.kept.key, ask("passphrase"))

    def client(self, identity: Identity | None) -> Client:
        """A line to the session; every leaf that it brings is written to the journal."""
        return Client(self.kept.server, self.kept.session, identity, self.folder / JOURNAL)

    def person(self, identity: Identity) -> str:
        """Who the certificate says we are; BadIdentity if no trusted authority says so."""
        return self.certified(identity).person

    def certified(self, identity: Identity) -> Certified:
        """The same, with name and key; BadIdentity."""
        try:
            return identify(identity.certificate, self.trust.authorities(), datetime.now(UTC))
        except NotTrusted as error:
            raise BadIdentity(f"the certificate is not from an authority in the trust file: {error}") from error


def packed(folder: Path, kept: Kept, trust: Path) -> Briefcase:
    """A new folder; a key file is taken along."""
    folder.mkdir(parents=True, exist_ok=True)
    read_trust(trust)
    if trust.resolve() != (folder / TRUST).resolve():
        shutil.copyfile(trust, folder / TRUST)
    if isinstance(kept.key, str):
        own = folder / "key.p12"
        if Path(kept.key).resolve() != own.resolve():
            durable.replace(own, Path(kept.key).read_bytes(), 0o600)
        kept = msgspec.structs.replace(kept, key=own.name)
    durable.replace(folder / PARTICIPANT, msgspec.json.format(msgspec.json.encode(kept)))
    return Briefcase(folder)
