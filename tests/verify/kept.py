"""Days of the rules' own tests as bundles: every phase change cosigned, everybody's keys at hand."""

from functools import cache

from cryptography.hazmat.primitives import serialization

from remote_bid.gateway.bundle import public_bundle
from remote_bid.opening import COSIGNED
from remote_bid.participant.identity import Identity
from remote_bid.seal.signing import KeySigner
from remote_bid.timeline.context import LOG
from remote_bid.verify.trust import Trust
from tests.given import Past, Story, given, handle
from tests.opening.actors import (
    AUTHORITY,
    BIDDERS,
    COSIGNERS,
    CUSTODIANS,
    DEPLOYMENT,
    HOST,
    LOG_NAME,
    OFFICE,
    SUPERVISOR,
    TENDERER,
    certificate_of,
    log_key_of,
)
from tests.opening.acts import record_checkpoint
from tests.opening.authority import key_of
from tests.opening.day import opening
from tests.opening.sealed import SAFE
from tests.verify.forger import Day
from tests.verify.keys import Keys

_COSIGNED = {kind.__name__ for kind in COSIGNED}
TRUST = Trust(
    roots=[AUTHORITY.root.public_bytes(serialization.Encoding.PEM).decode()],
    log=DEPLOYMENT.log,
    cosigners=DEPLOYMENT.cosigners,
    quorum=DEPLOYMENT.quorum,
)


@cache
def bundle_of(past: Past) -> bytes:
    """The public bundle of a day that is over."""
    story = given(opening).story
    for act in past:
        if act.by != LOG:
            story = _cosigned(handle(story, act)[0])
    return public_bundle(story.folded, TRUST, OFFICE, SAFE.open)


def _cosigned(story: Story) -> Story:
    """Every entry that needs a checkpoint has one at once, and what follows from it too."""
    while True:
        wanted = [e.seq for e in story.folded.main if e.type in _COSIGNED and e.seq not in story.state.cosigned]
        if not wanted:
            return story
        seq = wanted[0]
        story = handle(story, record_checkpoint(lambda _story, seq=seq: seq, *[story.at] * 3))[0]  # type: ignore[misc]


def day_of(past: Past) -> Day:
    """The same in the hands of somebody with everybody's keys."""
    people = [HOST, SUPERVISOR, TENDERER, *CUSTODIANS, *BIDDERS]
    keys = Keys(
        log=log_key_of(LOG_NAME),
        cosigners={name: log_key_of(name) for name in COSIGNERS},
        people={who.person: identity_of(who.person) for who in people},
    )
    return Day(bundle_of(past), keys)


def identity_of(person: str) -> Identity:
    """Who can sign as this person."""
    identity = Identity.__new__(Identity)
    identity.signer = KeySigner(key_of(person))
    identity.certificate = next(
        certificate_of(who) for who in [HOST, SUPERVISOR, TENDERER, *CUSTODIANS, *BIDDERS] if who.person == person
    )
    return identity
