"""What anybody may try on any day, rightly or not: each act signed as its person would sign it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from remote_bid.seal.canonical import b64
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK
from remote_bid.timeline.desk import happening
from remote_bid.timeline.entry import Who
from tests.given import Act, Story
from tests.opening.actors import (
    BETA,
    BIDDERS,
    CUSTODIANS,
    DELTA,
    DEPUTY,
    HOST,
    SUPERVISOR,
    TENDERER,
    WITNESS,
    public_of,
    secret_of,
)
from tests.opening.acts import (
    CLOSE_BIDS,
    CLOSE_OPENING,
    CLOSE_WINDOW,
    HOLD,
    OPEN_LOBBY,
    OPEN_OBJECTIONS,
    OPEN_RELEASE,
    PREPARE_RECORD,
    SETTLE,
    TICK,
    answer_objection,
    check_in,
    confirm_line,
    deal_again,
    entrust_key,
    pass_drill,
    publish_key,
    raise_objection,
    read_out,
    record_checkpoint,
    refuse_record,
    release,
    say,
    sign_record,
    submit,
    withdraw,
)
from tests.opening.course import (
    CARRY_OUT_ABORT,
    END_COUNT_CHECK,
    END_CUSTODY,
    END_PAUSE,
    NOTICE_OUTAGE,
    abort,
    continue_lot,
    decline,
    destroy,
    extend,
    hand_over,
    resume,
    suspend,
)
from tests.opening.day import (
    opening,
)
from tests.opening.draws import (
    DRAW_COEFFICIENTS,
    lottery,
    seal_draw,
    sealed_wrongly,
)
from tests.opening.preparing import (
    countersign_strike,
    countersign_timetable,
    offer_key,
    offered_by,
    propose_strike,
    propose_timetable,
    publish_policy,
    schedule,
    strike,
)
from tests.opening.sealed import halves_of

MANY_BIDDERS = [*BIDDERS, DELTA]


def cosigned(choose: Callable[[list[int]], int], late: tuple[float | None, ...]) -> Act:
    """The log hands in a note over one of the entries that are cosigned, at some distance from the deadline."""

    def covers(story: Story) -> int:
        wanted = [
            entry.seq
            for entry in story.folded.main
            if opening.context.checkpoints(happening(opening.context, entry).event)
        ]
        return choose(wanted)

    def ask(story: Story) -> Any:
        t0 = instant.when(story.state.timetable.deadline)
        times = [None if seconds is None else instant.later(t0, round(seconds * 1000)) for seconds in late]
        return record_checkpoint(covers, *times).asked(story)

    return Act(ask, record_checkpoint(covers).by)


def postponed(hours: int) -> tuple[Act, Act]:
    """A timetable with a deadline some hours from now, proposed and countersigned."""

    def sooner_or_later(make: Callable[..., Act]) -> Act:
        def ask(story: Story) -> Any:
            deadline = instant.text(instant.later(story.at, hours * 3_600_000))
            return make(deadline=deadline).asked(story)

        return Act(ask, make().by)

    return sooner_or_later(propose_timetable), sooner_or_later(countersign_timetable)


BY_BIDDERS: list[Callable[[Who], Act]] = [
    submit,
    withdraw,
    check_in,
    release,
    sign_record,
    refuse_record,
    say,
    raise_objection,
    confirm_line,
    lambda who: confirm_line(who, dispute="报价有误"),
    lambda who: say(who, nonce="another of the nonces"),
    lambda who: release(who, half=secret_of("a wrong half")),
    lambda who: release(who, half=halves_of(BETA, 1).s_b),
    lambda who: submit(who, version=1),
    lambda who: submit(who, core={"bidder": BETA.person}),
    lambda who: submit(who, raw=b"no form at all"),
]
BY_CUSTODIANS: list[Callable[[Who], Act]] = [
    publish_key,
    check_in,
    offer_key,
    lambda who: publish_key(who, seed=b64(bytes(32))),
    destroy,
]
BY_STAFF = [
    OPEN_RELEASE,
    CLOSE_OPENING,
    schedule(),
    publish_policy(),
    *(seal_draw(who) for who in (TENDERER, SUPERVISOR)),
    *(answer_objection(number) for number in (1, 2)),
    *(say(who) for who in (HOST, SUPERVISOR, WITNESS, TENDERER)),
    *(sealed_wrongly(TENDERER), lottery(), lottery(value="1.00")),
    *(read_out(who) for who in MANY_BIDDERS),
    *(sign_record(who) for who in (HOST, SUPERVISOR, WITNESS, TENDERER)),
    *(check_in(who) for who in (HOST, SUPERVISOR, TENDERER)),
    *(act for hours in (-1, 0, 2, 48) for act in postponed(hours)),
]
COURSE = [
    *(act(*by) for act in (extend, resume, continue_lot) for by in ((HOST,), (SUPERVISOR,), (HOST, SUPERVISOR))),
    *(suspend(*by) for by in ((HOST,), (SUPERVISOR,), (HOST, SUPERVISOR))),
    extend(minutes=31),
    abort(),
    decline(HOST),
    decline(SUPERVISOR),
    hand_over(HOST, DEPUTY),
    hand_over(DEPUTY, HOST),
    *(replace(OPEN_RELEASE, by=by) for by in (DEPUTY, SUPERVISOR)),
]
"""What moves or stops the clocks, and who acts instead of whom."""
BY_THE_CLOCK = [
    OPEN_LOBBY,
    TICK,
    CLOSE_BIDS,
    HOLD,
    CLOSE_WINDOW,
    SETTLE,
    DRAW_COEFFICIENTS,
    OPEN_OBJECTIONS,
    PREPARE_RECORD,
    Act(CLOSE_OPENING.ask, CLOCK),
    END_COUNT_CHECK,
    END_CUSTODY,
    END_PAUSE,
    NOTICE_OUTAGE,
    CARRY_OUT_ABORT,
]
LATENESS = [(0, 0, 0), (2, -2, None), (3, 3, 3), (0, None, None), (0, 3, 3), (-3, 0, 0)]

anything = st.one_of(
    st.builds(lambda make, who: make(who), st.sampled_from(BY_BIDDERS), st.sampled_from(MANY_BIDDERS)),
    st.builds(lambda make, who: make(who), st.sampled_from(BY_CUSTODIANS), st.sampled_from(CUSTODIANS)),
    st.sampled_from(BY_STAFF),
    st.sampled_from(COURSE),
    st.sampled_from(BY_THE_CLOCK),
    st.builds(
        lambda number, late: cosigned(lambda seqs: seqs[number % len(seqs)], late),
        st.integers(0, 20),
        st.sampled_from(LATENESS),
    ),
)

ANOTHER = "another key of the same custodian"
"""Where it has offered a second key: for the lot of this name, so that it is a key of its own."""


def offer_another(who: Who, lot: str, part: str) -> Act:
    """A custodian offers a fresh key instead of the one it had."""
    return offer_key(who, lot=lot, part=part, public_key=b64(public_of(who, ANOTHER, part)))


def struck(who: Who, lot: str, part: str, signers: tuple[Who, ...], taken_in_again: bool) -> tuple[Act, Act]:
    """A custodian is taken out of a lot's part, perhaps in favour of the key that it offered last."""

    def ask(make: Callable[..., Act], *by: Who) -> Act:
        def asked(story: Story) -> Any:
            new = [offered_by(story, who, lot, part)] if taken_in_again else []
            stay = strike(story, who, new, lot, part).custodians
            return make(who, *by, lot=lot, part=part, custodians=stay).asked(story)

        return Act(asked, make(who).by)

    return ask(propose_strike), ask(countersign_strike, *signers)


STRIKERS: list[tuple[Who, ...]] = [(), (), (TENDERER,), (SUPERVISOR, TENDERER), (TENDERER, HOST)]
"""Who signs a strike: mostly both who must."""

IN_A_LOT: list[Callable[[Who, str], Act]] = [
    lambda who, lot: submit(who, lot=lot),
    lambda who, lot: withdraw(who, lot=lot),
    lambda who, lot: deal_again(who, lot=lot),
    lambda who, lot: deal_again(who, lot=lot, secret=secret_of("a wrong half")),
    lambda who, lot: deal_again(who, lot=lot, prev=None),
    lambda who, lot: deal_again(who, BETA, lot=lot),
    lambda who, lot: pass_drill(who, lot),
    lambda who, lot: read_out(who, lot),
    lambda who, lot: confirm_line(who, lot=lot),
]
IN_A_PART: list[Callable[[Who, str, str], Act]] = [
    lambda who, lot, part: release(who, lot=lot, part=part),
    lambda who, lot, part: release(who, half=secret_of("a wrong half"), lot=lot, part=part),
    lambda who, lot, part: publish_key(who, lot=lot, part=part),
    lambda who, lot, part: entrust_key(who, part, lot),
    lambda who, lot, part: offer_key(who, lot=lot, part=part),
    offer_another,
]
