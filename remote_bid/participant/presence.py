"""Check-in statements."""

import secrets
from datetime import UTC, datetime

from remote_bid.opening.statements import CheckInStatement
from remote_bid.seal.canonical import b64
from remote_bid.timeline import instant

_VALID_MS = 300_000


def presence(session: str, person: str, role: str) -> CheckInStatement:
    """I am here, now, in this session and role."""
    expires = instant.text(instant.later(datetime.now(UTC), _VALID_MS))
    nonce = b64(secrets.token_bytes(16))
    return CheckInStatement(session=session, person=person, role=role, nonce=nonce, expires=expires)
