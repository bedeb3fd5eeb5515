"""Halves left with cosigners, as their keepers would tell of them, honestly or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from remote_bid.opening.facts import Facts
from remote_bid.opening.lodging import KeptRelease, LodgingsAnswer, item_of, sealed_half
from remote_bid.opening.statements import LodgedRelease, LodgingList, LodgingReceipt
from remote_bid.people.certificates import Signed
from remote_bid.seal.envelope import ctx_of
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import said, state, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.entry import Who
from tests.given import Given, Past, Story, given
from tests.opening.actors import AUTHORITY, COSIGNERS, DEPLOYMENT, log_key_of, signed
from tests.opening.acts import bid_of, close_of
from tests.opening.day import opening
from tests.opening.sealed import SAFE, halves_of
from tests.opening.tender import LOT, SESSION, T0, after_t0

KEEPER = COSIGNERS[0]


@dataclass(frozen=True)
class Lodging:
    """Who lodged a half of whose bid, when; by default its own, in time."""

    who: Who
    at: datetime
    half: bytes | None = None
    signer: Who | None = None
    changes: Mapping[str, str] | None = None


def lodged(story: Story, lodging: Lodging) -> Signed:
    """The statement that is left with a cosigner."""
    bid = story.state.bids[bid_of(story, lodging.who)]
    header = bid.readout_part().header
    half = lodging.half or halves_of(lodging.who, bid.version, LOT).s_b
    kid, sealed = sealed_half(ctx_of(header.core), half, story.state.policies[header.core.policy].lodging_key)
    release = LodgedRelease(session=SESSION, submission=bid.bid, close=close_of(story), kid=kid, sealed=sealed)
    changed = msgspec.structs.replace(release, **(lodging.changes or {}))
    return signed(changed, lodging.signer or lodging.who)


def receipted(signed_: Signed, keeper: str, at: datetime) -> KeptRelease:
    """The same with the keeper's receipt."""
    told = said(signed_.statement, LodgedRelease)
    receipt = LodgingReceipt(
        session=told.session,
        submission=told.submission,
        lodging=statement_id(signed_.statement),
        cosigner=keeper,
        at=instant.text(at),
    )
    return KeptRelease(signed=signed_, receipt=state(receipt, KeySigner(log_key_of(keeper))))


def told(keeper: str, kept: Sequence[KeptRelease], close: str, at: datetime) -> LodgingsAnswer:
    """A keeper's signed list."""
    items = [item_of(said(release.receipt, LodgingReceipt)) for release in kept]
    said_ = LodgingList(session=SESSION, close=close, cosigner=keeper, at=instant.text(at), lodgings=items)
    return LodgingsAnswer(told=state(said_, KeySigner(log_key_of(keeper))), kept=list(kept))


def given_lodged(past: Past, *lodgings: Lodging, keepers: Sequence[str] = (KEEPER,)) -> Given:
    """A session in which these were lodged with every one of `keepers`; the other cosigners are away."""
    story = given(opening, past).story
    statements = [(lodged(story, lodging), lodging.at) for lodging in lodgings]

    async def ask(_session: str, close: str, ends_at: datetime) -> Mapping[str, LodgingsAnswer]:
        return {
            keeper: told(keeper, [receipted(item, keeper, at) for item, at in statements], close, ends_at)
            for keeper in keepers
        }

    facts = Facts(SAFE, [AUTHORITY.root], DEPLOYMENT, lambda: T0, ask_lodgings=ask)
    return Given(replace(story, room=replace(opening, facts=facts)))


IN_TIME = after_t0(600)
ENDED = after_t0(1860)
"""The end of the bidders' window."""
