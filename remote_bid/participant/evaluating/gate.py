"""A gate: a device of its site that reads a card and tells the server, under its own key, whom it has let in."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.evaluation.rules.gates import token_of
from remote_bid.evaluation.statements import GateDevice, GateTold
from remote_bid.evaluation.terms import GateOutcome
from remote_bid.participant.client import Line
from remote_bid.seal.canonical import b64
from remote_bid.seal.signing import KeySigner, spki_of
from remote_bid.seal.statements import state
from remote_bid.timeline import durable, instant

_KEY, _NUMBER = "gate.key", "gate.number"


class Gate:
    """One device in one session; key and number of its last event are kept in its folder."""

    def __init__(self, line: Line[Any], device: str, site: str, folder: Path) -> None:
        self._line, self._device, self._site, self._folder = line, device, site, folder
        self._key = _kept_key(folder / _KEY)

    def offer(self) -> GateDevice:
        """What the centre signs to enrol it."""
        key = b64(spki_of(self._key.public_key()))
        return GateDevice(session=self._line.copy.session, device=self._device, site=self._site, key=key)

    async def tell(self, person: str, outcome: GateOutcome = GateOutcome.ENTERED) -> None:
        """Somebody stood before it. ServerRefused where this is not believed: then it is told anew, not again."""
        session = self._line.copy.session
        told = GateTold(
            session=session,
            device=self._device,
            number=self._next(),
            token=token_of(session, person),
            at=instant.text(datetime.now(UTC)),
            outcome=outcome,
        )
        statement = state(told, KeySigner(self._key))
        await self._line.post(f"/api/evaluations/{session}/gates", msgspec.to_builtins(statement))

    def _next(self) -> int:
        """The number of the next event, on the disk before it is used."""
        path = self._folder / _NUMBER
        number = int(path.read_text()) + 1 if path.exists() else 1
        durable.replace(path, str(number).encode())
        return number


def _kept_key(path: Path) -> ed25519.Ed25519PrivateKey:
    """The device's key: made on first use."""
    if not path.exists():
        made = ed25519.Ed25519PrivateKey.generate()
        raw, none = serialization.Encoding.Raw, serialization.NoEncryption()
        durable.replace(path, made.private_bytes(raw, serialization.PrivateFormat.Raw, none), 0o600)
    return ed25519.Ed25519PrivateKey.from_private_bytes(path.read_bytes())
