"""A session whose policy names three escrow holders, any two of whom help a bidder that has lost its half."""

from collections.abc import Callable
from typing import Any

import msgspec

from remote_bid.opening import commands as c
from remote_bid.opening.statements import EscrowShare, RemedyRequest
from remote_bid.opening.terms import Member, Role
from remote_bid.seal.canonical import b64
from remote_bid.seal.dealing import BadDeal, opened_share
from remote_bid.seal.envelope import ctx_of
from remote_bid.seal.statements import id_of, said
from remote_bid.seal.xwing import key_id
from remote_bid.tender.statements import Custodian, Deal, Escrow
from remote_bid.timeline.context import CLOCK, Command
from remote_bid.timeline.entry import Who
from tests.given import Act, Past, Story, at
from tests.opening.actors import ALPHA, BETA, CUSTODIANS, FIRST, GAMMA, MEMBERS, SECOND, public_of, seed_of, signed
from tests.opening.acts import (
    CLOSE_BIDS,
    CLOSE_WINDOW,
    OPEN_RELEASE,
    bid_of,
    close_of,
    cosign_close,
    cosign_window,
    publish_key,
    release,
    submit,
)
from tests.opening.day import OPENS_LOBBY
from tests.opening.preparing import countersign_timetable, offer_key, propose_timetable, publish_policy, schedule
from tests.opening.tender import LOT, SESSION, T0, after_t0

HOLDERS = [Who(person=f"holder-{side}", role=Role.CUSTODIAN) for side in ("x", "y", "z")]
X, Y, Z = HOLDERS
CLOSE_CUSTODY = Act(c.CloseCustody(), CLOCK)
WINDOW_ENDS, CUSTODY_ENDS = after_t0(1860), after_t0(4000)


def escrow(story: Story, k: int = 2, holders: list[Who] = HOLDERS) -> Escrow:
    """The holders with the keys that they have offered."""
    offers = story.state.offers
    return Escrow(
        holders=[
            Custodian(person=w.person, side=w.person[-1], proof=offers[f"{w.person}/{LOT}/readout_form"])
            for w in holders
        ],
        k=k,
    )


def policy_with(make: Callable[[Story], Escrow]) -> Act:
    """The tenderer's policy, with escrow holders."""
    return Act(lambda story: publish_policy(escrow=make(story)).asked(story), publish_policy().by)


def _members() -> list[Member]:
    held = [Member(person=w.person, name=w.person, role=Role.CUSTODIAN, side=w.person[-1]) for w in HOLDERS]
    return [*MEMBERS, *held]


KEYS_OFFERED: Past = (schedule(members=_members()), *(offer_key(who) for who in [*CUSTODIANS, *HOLDERS]))
CONVENED: Past = (*KEYS_OFFERED, policy_with(escrow), propose_timetable(), countersign_timetable())


def day_of(**alphas: Any) -> Past:
    """Up to the bidders' window; BETA and GAMMA release, ALPHA's bid is made as a test likes."""
    return (
        *CONVENED,
        submit(ALPHA, **alphas),
        submit(BETA),
        submit(GAMMA),
        OPENS_LOBBY,
        at(T0, CLOSE_BIDS),
        cosign_close(),
        at(after_t0(60), OPEN_RELEASE),
        release(BETA),
        release(GAMMA),
    )


RELEASE: Past = day_of()


def ask_remedy(who: Who, signer: Who | None = None, **changes: Any) -> Act:
    def ask(story: Story) -> Command:
        request = RemedyRequest(session=SESSION, submission=bid_of(story, who), close=close_of(story))
        return c.AskRemedy(signed=signed(msgspec.structs.replace(request, **changes), signer or who))

    return Act(ask, who)


def share(holder: Who, whose: Who = ALPHA, signer: Who | None = None, **changes: Any) -> Act:
    """An escrow holder's share of a bid's half, or its word that there is none."""

    def ask(story: Story) -> Command:
        bid = story.state.bids[bid_of(story, whose)]
        deal = said(bid.readout_part().deal, Deal)
        try:
            mine = b64(opened_share(ctx_of(bid.readout_part().header.core), "B", deal.escrow, seed_of(holder)))
        except BadDeal:
            mine = ""
        window = id_of(story.state.window_closed) if story.state.window_closed else "no window"
        told = EscrowShare(
            session=SESSION, submission=bid.bid, window_closed=window, kid=key_id(public_of(holder)), share=mine
        )
        return c.PublishEscrowShare(signed=signed(msgspec.structs.replace(told, **changes), signer or holder))

    return Act(ask, holder)


def to_custody(before: Past) -> Past:
    """The window ends, with a bid missing."""
    return (*before, at(WINDOW_ENDS, CLOSE_WINDOW), cosign_window())


ASKED: Past = to_custody((*RELEASE, ask_remedy(ALPHA)))
KEYS: Past = (publish_key(FIRST), publish_key(SECOND))
