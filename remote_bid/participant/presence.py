"""Checking in."""

import secrets
from datetime import UTC, datetime

from remote_bid.opening.commands import CheckIn
from remote_bid.opening.terms import Phase, reached
from remote_bid.participant.client import Client, ServerRefused
from remote_bid.participant.identity import Identity
from remote_bid.seal.canonical import b64
from remote_bid.tender.statements import CheckInStatement
from remote_bid.timeline import instant

_VALID_MS = 300_000


def presence(session: str, person: str, role: str) -> CheckInStatement:
    """I am here, now, in this session and role."""
    expires = instant.text(instant.later(datetime.now(UTC), _VALID_MS))
    nonce = b64(secrets.token_bytes(16))
    return CheckInStatement(session=session, person=person, role=role, nonce=nonce, expires=expires)


_OPEN = (Phase.LOBBY, Phase.COUNT_CHECK, Phase.ROSTER, Phase.RELEASE)


def _over(phase: Phase) -> bool:
    return phase is Phase.ABORTED or reached(phase, Phase.CUSTODY)


async def come(client: Client, identity: Identity, person: str, role: str) -> bool:
    """Check in, from the lobby on; again behind the close if that came in between. False if it has become too late."""
    while True:
        view = await client.until(lambda view: view.phase in _OPEN or _over(view.phase))
        if view.phase not in _OPEN:
            return False
        try:
            await client.hand_in(CheckIn(signed=identity.sign(presence(client.copy.session, person, role))))
            return True
        except ServerRefused as refusal:
            if refusal.code == "too_late":
                return False
            if refusal.code != "wrong_phase":
                raise
        await client.until(lambda now, then=view.phase: now.phase is not then)  # type: ignore[misc]  # a lambda with a default
