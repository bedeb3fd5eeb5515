"""ALPHA bids together with DELTA, who may act for the bid, and a sleeping partner, who may not."""

from dataclasses import replace as changed
from typing import Any

from msgspec.structs import replace

from remote_bid.opening import commands as c
from remote_bid.seal.canonical import b64
from remote_bid.seal.signing import KeySigner
from remote_bid.tender.statements import Consortium, ConsortiumParty
from remote_bid.timeline.context import Command
from remote_bid.timeline.entry import Who
from tests.given import Act, Past, Story
from tests.opening.actors import ALPHA, BETA, BIDDERS, DELTA, GAMMA, NAMES, secret_of, signed
from tests.opening.acts import confirm_line, release, submit
from tests.opening.authority import key_of
from tests.opening.day import (
    CONVENED,
    CUSTODY,
    LOBBY,
    RELEASE,
    ROSTER,
    SCHEDULED,
    between,
)
from tests.opening.preparing import schedule
from tests.opening.tender import LOT, SESSION, TENDER

SLEEPING = Who(person="91610000MA0EEEEE5E", role="bidder")
AGREEMENT = b64(secret_of("the joint agreement"))


def party(who: Who, *keys: str, **changes: Any) -> ConsortiumParty:
    """One of a consortium, by default without a key that may act."""
    named = ConsortiumParty(person=who.person, name=NAMES.get(who.person, who.person), work="施工", keys=list(keys))
    return replace(named, **changes)


def keyid(who: Who) -> str:
    """The id of somebody's key."""
    return KeySigner(key_of(who.person)).keyid


TOGETHER = (party(ALPHA), party(DELTA, keyid(DELTA)), party(SLEEPING))


def declare(
    lead: Who = ALPHA,
    parties: tuple[ConsortiumParty, ...] = TOGETHER,
    signers: tuple[Who, ...] = (ALPHA, DELTA, SLEEPING),
    lot: str = LOT,
    **changes: Any,
) -> Act:
    """A lead declares who bids with it, after what it declared before."""

    def ask(story: Story) -> Command:
        before = story.state.consortia.get((lot, lead.person))
        told = Consortium(
            session=SESSION,
            lot=lot,
            prev=before.statement if before else None,
            agreement=AGREEMENT,
            parties=list(parties),
        )
        return c.DeclareConsortium(signed=signed(replace(told, **changes), *signers))

    return Act(ask, lead)


def release_for(who: Who, lead: Who = ALPHA) -> Act:
    """A party hands over the lead's half."""
    return changed(release(lead, signer=who), by=who)


def confirm_for(who: Who, lead: Who = ALPHA, **changes: Any) -> Act:
    """A party confirms or disputes the lead's line."""
    return changed(confirm_line(lead, signer=who, person=who.person, **changes), by=who)


OPEN_TO_CONSORTIA: Past = (
    schedule(tender=replace(TENDER, lots=[replace(TENDER.lots[0], consortia=True)])),
    *CONVENED[len(SCHEDULED) :],
)
DECLARED: Past = (*OPEN_TO_CONSORTIA, declare())
BIDS: Past = tuple(submit(who) for who in BIDDERS)
IN_LOBBY: Past = (*DECLARED, *between(CONVENED, LOBBY))
ON_ROSTER: Past = (*DECLARED, *between(CONVENED, ROSTER))
RELEASING: Past = (*DECLARED, *between(CONVENED, RELEASE))
PARTY_RELEASED: Past = (*RELEASING, release_for(DELTA), release(BETA), release(GAMMA))
IN_CUSTODY: Past = (*PARTY_RELEASED, *CUSTODY[-2:])
