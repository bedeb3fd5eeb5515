"""A day of many bidders, lived by the rules alone in memory: what a large bundle is made of."""

from collections.abc import Callable, Iterator

from remote_bid.gateway.bundle import public_bundle
from remote_bid.opening.terms import Role
from remote_bid.tender.statements import Cadence
from remote_bid.timeline.context import event_of
from remote_bid.timeline.entry import Who
from tests.given import Act, Story, after, at, given, handle
from tests.opening.actors import CUSTODIANS, FIRST, HOST, OFFICE, SECOND, SUPERVISOR
from tests.opening.acts import (
    CLOSE_BIDS,
    CLOSE_OPENING,
    CLOSE_WINDOW,
    OPEN_LOBBY,
    OPEN_OBJECTIONS,
    OPEN_RELEASE,
    PREPARE_RECORD,
    SETTLE,
    check_in,
    publish_key,
    read_out,
    record_checkpoint,
    release,
    sign_record,
    submit,
)
from tests.opening.day import opening
from tests.opening.preparing import countersign_timetable, offer_key, propose_timetable, publish_policy, schedule
from tests.opening.sealed import SAFE
from tests.opening.tender import T0, after_t0
from tests.verify.told import TRUST, no_crl

_DAILY = Cadence(every_ms=86_400_000, slots=4096)


def crowded_bundle(bidders: int) -> bytes:
    """The public bundle of a day on which so many bid; the last of them does not release."""
    story = given(opening).story
    for act in _day([Who(person=f"9133{number:014d}", role=Role.BIDDER) for number in range(bidders)]):
        story = _cosigned(handle(story, act)[0], story.folded.head)
    return public_bundle(story.folded, TRUST, OFFICE, SAFE.open, no_crl)


def _day(crowd: list[Who]) -> Iterator[Act]:
    yield schedule()
    yield from (offer_key(who) for who in CUSTODIANS)
    yield publish_policy()
    yield propose_timetable(ticks=_DAILY, lobby_ticks=_DAILY)
    yield countersign_timetable(ticks=_DAILY, lobby_ticks=_DAILY)
    yield from (submit(who) for who in crowd)
    yield at(after_t0(-3600), OPEN_LOBBY)
    yield from (check_in(who) for who in crowd)
    yield at(T0, CLOSE_BIDS)
    yield at(after_t0(60), OPEN_RELEASE)
    yield from (release(who) for who in crowd[:-1])
    yield at(after_t0(60 + 1800), CLOSE_WINDOW)
    yield from (publish_key(FIRST), publish_key(SECOND), SETTLE)
    yield from (read_out(who) for who in crowd)
    yield from (after(300_000, OPEN_OBJECTIONS), after(600_000, PREPARE_RECORD))
    yield from (sign_record(who) for who in (HOST, SUPERVISOR, *crowd))
    yield CLOSE_OPENING


def _cosigned(story: Story, before: int) -> Story:
    """Whatever must be of what came after entry `before` is cosigned at once, and what that brings about."""
    context = story.room.context
    while True:
        new = story.folded.main[before:]
        wanted = [entry.seq for entry in new if context.checkpoints(event_of(context, entry.fields))]
        open_ones = [seq for seq in wanted if seq not in story.state.cosigned]
        if not open_ones:
            return story
        story = handle(story, record_checkpoint(_the(open_ones[0]), story.at, story.at, story.at))[0]


def _the(seq: int) -> Callable[[Story], int]:
    return lambda _: seq
