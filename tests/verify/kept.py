"""Days of the rules' own tests as bundles: every phase change cosigned, everybody's keys at hand."""

from functools import cache

from remote_bid.participant.identity import Identity
from remote_bid.seal.signing import KeySigner
from tests.given import Past
from tests.opening.actors import (
    BIDDERS,
    COSIGNERS,
    CUSTODIANS,
    DELTA,
    HOST,
    LOG_NAME,
    SUPERVISOR,
    TENDERER,
    certificate_of,
    log_key_of,
)
from tests.opening.authority import key_of
from tests.opening.consortia import SLEEPING
from tests.verify.forger import Day
from tests.verify.keys import Keys
from tests.verify.told import TRUST, bundled

__all__ = ["TRUST", "bundle_of", "day_of", "identity_of"]


PEOPLE = [HOST, SUPERVISOR, TENDERER, *CUSTODIANS, *BIDDERS, DELTA, SLEEPING]


@cache
def bundle_of(past: Past) -> bytes:
    """The public bundle of a day that is over."""
    return bundled(past)


def day_of(past: Past) -> Day:
    """The same in the hands of somebody with everybody's keys."""
    keys = Keys(
        log=log_key_of(LOG_NAME),
        cosigners={name: log_key_of(name) for name in COSIGNERS},
        people={who.person: identity_of(who.person) for who in PEOPLE},
    )
    return Day(bundle_of(past), keys)


def identity_of(person: str) -> Identity:
    """Who can sign as this person."""
    identity = Identity.__new__(Identity)
    identity.signer = KeySigner(key_of(person))
    identity.certificate = next(certificate_of(who) for who in PEOPLE if who.person == person)
    return identity
