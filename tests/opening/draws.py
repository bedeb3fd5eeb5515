"""A lot whose tender leaves a coefficient to a draw, and who seals what for it."""

from typing import Any

from msgspec.structs import replace

from remote_bid.opening import commands as c
from remote_bid.opening.statements import Lottery
from remote_bid.seal.canonical import b64
from remote_bid.seal.dealing import commitment, deal
from remote_bid.tender.sealed_draw import COMMITTED
from remote_bid.tender.statements import DrawEnvelope, draw_ctx
from remote_bid.tender.terms import DRAW, Coefficient, Draw
from remote_bid.timeline.context import CLOCK, Command
from remote_bid.timeline.entry import Who
from tests.given import Act, Past, Story, at
from tests.opening.actors import BIDDERS, CUSTODIANS, FIRST, HOST, SECOND, SUPERVISOR, TENDERER, secret_of, signed
from tests.opening.acts import (
    CLOSE_BIDS,
    CLOSE_WINDOW,
    OPEN_LOBBY,
    OPEN_RELEASE,
    SETTLE,
    cosign_close,
    cosign_window,
    publish_key,
    read_out,
    release,
    submit,
)
from tests.opening.preparing import countersign_timetable, offer_key, publish_policy, schedule
from tests.opening.sealed import publics_of
from tests.opening.tender import LOT, SESSION, T0, TENDER, after_t0

NAME = "评标基准价系数"
VALUES = ["0.95", "0.96", "0.97", "0.98", "0.99"]
DRAW_TENDER = replace(
    TENDER,
    lots=[replace(TENDER.lots[0], draw=Draw(coefficients=[Coefficient(name=NAME, values=VALUES)]))],
)

DRAW_COEFFICIENTS = Act(c.DrawCoefficients(), CLOCK)


def seed_for(who: Who, lot: str = LOT) -> bytes:
    """The seed that somebody seals for a lot's draw."""
    return secret_of(f"draw seed of {who.person} for {lot}")


def seal_draw(who: Who, signer: Who | None = None, **changes: Any) -> Act:
    """An honest draw envelope, or one changed against all care."""

    def ask(story: Story) -> Command:
        found = story.state.policy_of(LOT, DRAW)
        publics, k = (publics_of(story.state.current(found[0])), found[1].k) if found else ([], 0)
        nonce = b64(secret_of(f"draw nonce of {who.person}"))
        ctx = draw_ctx(SESSION, LOT, who.person, nonce)
        envelope = DrawEnvelope(
            session=SESSION,
            lot=LOT,
            person=who.person,
            nonce=nonce,
            D=commitment(ctx, COMMITTED, seed_for(who)),
            k=k,
            shares=deal(ctx, seed_for(who), k, publics, group=COMMITTED) if found else [],
        )
        return c.SealDraw(signed=signed(replace(envelope, **changes), signer or who))

    return Act(ask, who)


def sealed_wrongly(who: Who) -> Act:
    """A draw envelope whose shares give another seed than it commits to: it will not open."""
    return seal_draw(who, D=commitment(b"another", COMMITTED, bytes(32)))


def lottery(*signers: Who, **changes: Any) -> Act:
    """Host and supervisor state what came out of the drum."""
    told = replace(Lottery(session=SESSION, lot=LOT, coefficient=NAME, value="0.97"), **changes)
    return Act(lambda story: c.DrawByLottery(signed=signed(told, *(signers or (HOST, SUPERVISOR)))), SUPERVISOR)


def lottery_proposed(**changes: Any) -> Act:
    """The host alone says so first."""
    told = replace(Lottery(session=SESSION, lot=LOT, coefficient=NAME, value="0.97"), **changes)
    return Act(lambda story: c.DrawByLottery(signed=signed(told, HOST)), HOST)


POLICIES: Past = (
    schedule(tender=DRAW_TENDER),
    *(offer_key(who) for who in CUSTODIANS),
    *(offer_key(who, part=DRAW) for who in CUSTODIANS),
    publish_policy(),
    publish_policy(part=DRAW),
)
DRAW_CONVENED: Past = (*POLICIES, countersign_timetable())
BOTH_SEALED: Past = (seal_draw(TENDERER), seal_draw(SUPERVISOR))


def until_unsealed(*sealed: Act, keys: tuple[Who, ...] = (FIRST, SECOND)) -> Past:
    """The day up to the moment at which everything can be settled; `sealed` are the draw envelopes, `keys` of whose
    custodians are published.
    """
    return (
        *DRAW_CONVENED,
        *(submit(who) for who in BIDDERS),
        *sealed,
        at(after_t0(-3600), OPEN_LOBBY),
        at(T0, CLOSE_BIDS),
        cosign_close(),
        at(after_t0(60), OPEN_RELEASE),
        *(release(who) for who in BIDDERS),
        CLOSE_WINDOW,
        cosign_window(),
        *(publish_key(who, part=DRAW) for who in keys),
        *(publish_key(who) for who in (FIRST, SECOND)),
    )


def until_drawing(*sealed: Act) -> Past:
    """The day up to the phase DRAW."""
    return (*until_unsealed(*sealed), SETTLE)


DRAWING: Past = until_drawing(*BOTH_SEALED)
"""Both have sealed a seed."""
NOBODY_SEALED: Past = (*until_drawing(), DRAW_COEFFICIENTS)
"""Lots must be drawn by hand."""

ALL_READ: Past = tuple(read_out(who) for who in BIDDERS)
