"""An authority that revokes ALPHA's certificate while the bidders' window is open, and what it says of it then."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any

from cryptography.x509 import ReasonFlags

from remote_bid.opening.facts import Facts
from remote_bid.opening.known import Known
from remote_bid.people.noting import NoteCrl
from remote_bid.people.revocation import Crls, read_crl
from remote_bid.seal.canonical import b64
from remote_bid.timeline.context import LOG
from remote_bid.timeline.entry import Who
from tests.given import Act, Past, after, at
from tests.opening.actors import ALPHA, AUTHORITY, BETA, BIDDERS, DEPLOYMENT, FIRST, GAMMA, SECOND, TSA, certificate_of
from tests.opening.acts import (
    CLOSE_OPENING,
    CLOSE_WINDOW,
    OPEN_OBJECTIONS,
    PREPARE_RECORD,
    SETTLE,
    confirm_line,
    cosign_window,
    publish_key,
    read_out,
    release,
)
from tests.opening.day import RELEASE, opening
from tests.opening.sealed import SAFE
from tests.opening.tender import after_t0

LISTS: dict[str, bytes] = {}
"""Every list that the authority has published in these tests, by its hash."""


def published(seconds: float, *revoked: tuple[Who, ReasonFlags | None], ends: datetime | None = None) -> Act:
    """The authority publishes a list so long after T0, and the session notes it."""
    held = [(certificate_of(who), reason) for who, reason in revoked]
    raw = AUTHORITY.list_of(after_t0(seconds), *held, **({"ends": ends} if ends else {}))
    LISTS[b64(hashlib.sha256(raw).digest())] = raw
    return at(after_t0(seconds), Act(NoteCrl(crl=read_crl(raw, [AUTHORITY.root]).noted), LOG))


def _facts(seconds: float) -> Any:
    """Look-ups of a server that holds exactly the lists that the session has noted, and those before them."""

    async def look_up(state: Any, command: Any, by: Who) -> Known:
        crls = Crls([AUTHORITY.root])
        for raw in sorted(LISTS.values(), key=lambda raw: read_crl(raw, [AUTHORITY.root]).this_update):
            found = read_crl(raw, [AUTHORITY.root])
            noted = state.crls.get(found.noted.authority)
            if noted is not None and found.noted.this_update <= noted.this_update and _of_this(state, found.noted):
                crls.take(raw, after_t0(seconds))
        facts = Facts(SAFE, [AUTHORITY.root], DEPLOYMENT, lambda: after_t0(seconds), crls, tsa=[TSA.root])
        return await facts(state, command, by)

    return look_up


def _of_this(state: Any, noted: Any) -> bool:
    """Another test's list of the same instant is none of this session's."""
    now = state.crls[noted.authority]
    return noted == now or noted.hash in {h.crl for bid in state.bids.values() for h in bid.hindered}


room = replace(opening, facts=_facts(2000))


def hindered(reason: ReasonFlags | None) -> Past:
    """ALPHA's certificate comes onto the list while the window is open, and its release is refused."""
    return (*RELEASE, published(120, (ALPHA, reason)))


def to_the_end(*then: Act) -> Past:
    """The others release; `then` happens before custody; the day goes on to its end."""
    return (
        release(BETA),
        release(GAMMA),
        at(after_t0(1860), CLOSE_WINDOW),
        *then,
        cosign_window(),
        publish_key(FIRST),
        publish_key(SECOND),
        SETTLE,
        *(read_out(who) for who in BIDDERS),
        *(confirm_line(who) for who in (BETA, GAMMA)),
        after(300_000, OPEN_OBJECTIONS),
        after(600_000, PREPARE_RECORD),
        after(600_000, CLOSE_OPENING),
    )
