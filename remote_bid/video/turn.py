"""Access to the relay (TURN) for one call: a name that says until when, and its password, which coturn recomputes.

The REST convention of coturn's `use-auth-secret` (draft-uberti-behave-turn-rest-00): nothing is stored anywhere, and
what a browser is given is worth nothing when the call is over.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

import msgspec

LONGEST = timedelta(hours=12)


class TurnAccess(msgspec.Struct, frozen=True, kw_only=True):
    """As RTCPeerConnection takes it, one of its `iceServers`."""

    urls: list[str]
    username: str
    credential: str


def turn_access(urls: list[str], secret: bytes, lasts: timedelta, now: datetime) -> TurnAccess:
    """For one person; the name holds chance and no person's name, as it is seen on the way. ValueError if too long."""
    if not timedelta() < lasts <= LONGEST:
        raise ValueError("access to the relay lasts between nothing and twelve hours")
    username = f"{int((now + lasts).timestamp())}:{secrets.token_hex(8)}"
    return TurnAccess(urls=urls, username=username, credential=credential_of(username, secret))


def credential_of(username: str, secret: bytes) -> str:
    """What coturn expects of this name."""
    # SHA-1 is what coturn recomputes; as an HMAC it is sound.
    return base64.b64encode(hmac.new(secret, username.encode(), hashlib.sha1).digest()).decode()
