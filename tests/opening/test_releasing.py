"""The bidders' window: each hands over its half, nobody else's, in time; the end of it accounts for every bid."""

import msgspec
import pytest

from remote_bid.opening.events import KeyReleased, ReleaseOpened, WindowClosed, WrongKeyTried
from remote_bid.opening.rules.bid import WRONG_TRIES
from remote_bid.opening.statements import Release
from remote_bid.opening.statements import WindowClosed as WindowClosedStatement
from remote_bid.opening.terms import Phase
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.dealing import commitment
from remote_bid.seal.envelope import ctx_of
from remote_bid.seal.statements import id_of, is_signed_by, said, statement_id
from remote_bid.seal.tree import leaf_hash, root_of
from remote_bid.tender.statements import Receipt
from remote_bid.timeline import instant
from remote_bid.timeline.marks import CheckpointCosigned, Ticked
from tests.given import Act, Past, Story, given
from tests.opening.actors import ALPHA, BETA, BIDDERS, DELTA, GAMMA, OFFICE, secret_of
from tests.opening.acts import (
    CLOSE_WINDOW,
    OPEN_RELEASE,
    bid_of,
    cosign_window,
    record_checkpoint,
    release,
)
from tests.opening.day import CUSTODY, RELEASE, RELEASED, ROSTER, WINDOW_CLOSED, opening
from tests.opening.sealed import halves_of
from tests.opening.tender import SESSION, T0, after_t0

MS = 0.001
OPENED_AT = 60
ENDS_AT = OPENED_AT + 1800
OWNER, RIVAL = ALPHA, BETA


def wrong(number: int) -> bytes:
    return secret_of(f"wrong half {number}")


def wrong_tries(number: int) -> Past:
    return tuple(release(OWNER, half=wrong(n)) for n in range(number))


def test_the_host_opens_the_window_for_half_an_hour() -> None:
    happened = ReleaseOpened(ends_at=instant.text(after_t0(ENDS_AT)))
    given(opening, ROSTER).when(OPEN_RELEASE, at=after_t0(OPENED_AT)).then(happened)
    given(opening, RELEASE).when(OPEN_RELEASE, at=after_t0(OPENED_AT + 10)).then_nothing()


def test_a_half_that_matches_is_taken_and_answered() -> None:
    before = given(opening, RELEASE)
    [released] = before.when(release(OWNER)).then_aside(OWNER, KeyReleased)
    assert released.bid == bid_of(before.story, OWNER)
    assert is_signed_by(released.receipt, OFFICE.spki, OFFICE.keyid)
    promised = said(released.receipt, Receipt)
    assert promised.statements == [statement_id(released.signed.statement)]
    assert (promised.session, promised.seq) == (SESSION, 2)
    story = before.when(release(OWNER)).story
    assert story.state.bids[released.bid].s_b == b64(halves_of(OWNER, 1).s_b)
    assert story.turns[-1][0].salt == unb64(promised.salt)


def test_nobody_releases_anothers_bid() -> None:
    stolen = release(RIVAL, half=halves_of(OWNER, 1).s_b, submission=owners_bid())
    given(opening, RELEASE).when(stolen).then_refused("not_your_bid")
    given(opening, RELEASE).when(release(OWNER), by=RIVAL).then_refused("not_signed_by_you")
    given(opening, RELEASE).when(release(DELTA)).then_refused("not_your_bid")


def owners_bid() -> str:
    return bid_of(given(opening, RELEASE).story, OWNER)


def test_ones_own_half_does_not_open_ones_rivals_bid() -> None:
    given(opening, RELEASE).when(release(OWNER, half=halves_of(RIVAL, 1).s_b)).then_aside(OWNER, WrongKeyTried)


def test_the_half_of_a_replaced_version_is_a_wrong_one() -> None:
    """The halves of every version are its own."""
    given(opening, RELEASE).when(release(OWNER, half=halves_of(OWNER, 2).s_b)).then_aside(OWNER, WrongKeyTried)


def test_a_wrong_half_is_evidence_as_its_sender_has_signed_and_is_not_kept() -> None:
    before = given(opening, RELEASE)
    [tried] = before.when(release(OWNER, half=wrong(0))).then_aside(OWNER, WrongKeyTried)
    told = said(tried.signed.statement, Release)
    core = before.story.state.bids[tried.bid].readout_part().header.core
    assert told.c == commitment(ctx_of(core), "B", wrong(0))
    assert tried.left == WRONG_TRIES - 1
    [entry] = before.when(release(OWNER, half=wrong(0))).story.turns[-1]
    assert b64(wrong(0)) not in msgspec.json.encode(entry.fields).decode()
    assert set(entry.fields) == {"type", "at", "by", "bid", "submission", "signed", "left"}


def test_five_wrong_halves_and_no_more() -> None:
    for number in range(WRONG_TRIES):
        before = given(opening, RELEASE, wrong_tries(number))
        [tried] = before.when(release(OWNER, half=wrong(number))).then_aside(OWNER, WrongKeyTried)
        assert tried.left == WRONG_TRIES - 1 - number
    used_up = given(opening, RELEASE, wrong_tries(WRONG_TRIES))
    used_up.when(release(OWNER, half=wrong(9))).then_refused("no_tries_left")
    used_up.when(release(RIVAL)).then_aside(RIVAL, KeyReleased)


def test_after_four_wrong_ones_the_right_one_is_taken() -> None:
    given(opening, RELEASE, wrong_tries(WRONG_TRIES - 1)).when(release(OWNER)).then_aside(OWNER, KeyReleased)


def test_a_half_that_was_not_signed_for_costs_no_try() -> None:
    given(opening, RELEASE).when(release(OWNER, s_b=b64(wrong(0)))).then_refused("other_half")


@pytest.mark.parametrize("s_b", ["", "AAAA", "no base64url!", b64(bytes(31)), b64(bytes(33))])
def test_what_is_no_half_at_all_costs_no_try(s_b: str) -> None:
    given(opening, RELEASE).when(release(OWNER, s_b=s_b)).then_refused("malformed_key")


def test_a_release_names_this_close() -> None:
    for close in ("", "another", b64(bytes(32))):
        given(opening, RELEASE).when(release(OWNER, close=close)).then_refused("other_close")


def test_what_is_released_is_released() -> None:
    given(opening, RELEASE, release(OWNER)).when(release(OWNER)).then_nothing()
    given(opening, RELEASE, release(OWNER)).when(release(OWNER, half=wrong(0))).then_refused("released_already")


@pytest.mark.parametrize("seconds", [OPENED_AT, ENDS_AT - MS])
def test_until_its_last_millisecond_the_window_is_open(seconds: float) -> None:
    given(opening, RELEASE).when(release(OWNER), at=after_t0(seconds)).then_aside(OWNER, KeyReleased)


@pytest.mark.parametrize("seconds", [ENDS_AT, ENDS_AT + MS])
def test_after_its_end_nothing_is_taken_even_if_the_clock_is_slow(seconds: float) -> None:
    given(opening, RELEASE).when(release(OWNER), at=after_t0(seconds)).then_refused("window_over")


def test_once_the_window_is_closed_nothing_is_taken() -> None:
    closed = (*RELEASE, release(RIVAL), at_end(CLOSE_WINDOW))
    given(opening, closed).when(release(OWNER)).then_refused("window_over")
    given(opening, closed, cosign_window()).when(release(OWNER)).then_refused("window_over")


def at_end(act: Act) -> Act:
    return Act(act.ask, act.by, after_t0(ENDS_AT))


def test_while_a_bid_is_missing_the_window_stays_open_to_its_end() -> None:
    missing = (*RELEASE, release(OWNER), release(RIVAL))
    given(opening, missing).when(CLOSE_WINDOW, at=after_t0(ENDS_AT - MS)).then_refused("not_yet")
    given(opening, missing).when(CLOSE_WINDOW, at=after_t0(ENDS_AT)).then(Ticked, WindowClosed)


def test_when_all_have_released_it_closes_at_once() -> None:
    given(opening, RELEASED).when(CLOSE_WINDOW).then(Ticked, WindowClosed)
    given(opening, WINDOW_CLOSED).when(CLOSE_WINDOW).then_nothing()


@pytest.mark.parametrize("released", [(), (BETA,), (ALPHA, GAMMA), (ALPHA, BETA, GAMMA)], ids=len)
def test_released_and_missing_together_are_exactly_the_leaves_of_the_close(released: tuple[object, ...]) -> None:
    before = given(opening, RELEASE, *(release(who) for who in BIDDERS if who in released))
    _, closed = before.when(at_end(CLOSE_WINDOW)).then(Ticked, WindowClosed)
    assert is_signed_by(closed.window_closed, OFFICE.spki, OFFICE.keyid)
    window, state = said(closed.window_closed, WindowClosedStatement), before.story.state
    assert (window.session, window.close, window.timetable) == (SESSION, id_of(state.close), state.timetable_id)
    assert window.at == instant.text(after_t0(ENDS_AT))
    [lot] = window.lots
    assert {item.submission for item in lot.released} == {
        bid_of(before.story, who) for who in BIDDERS if who in released
    }
    leaves = sorted(unb64(name) for name in [*(item.submission for item in lot.released), *lot.missing])
    assert b64(root_of([leaf_hash(raw) for raw in leaves])) == state.close.lots[0].root
    for item in lot.released:
        assert state.bids[item.submission].release == item.release


def test_the_last_releases_are_in_a_tick_when_the_window_closes() -> None:
    story = given(opening, RELEASED).when(CLOSE_WINDOW).story
    assert story.folded.lines.pending == ()
    assert [entry.type for entry in story.folded.lines.ticks[-1].entries] == ["KeyReleased"] * 3


def test_custody_waits_until_the_end_of_the_window_is_cosigned() -> None:
    assert given(opening, WINDOW_CLOSED).story.state.phase is Phase.RELEASE
    given(opening, WINDOW_CLOSED).when(cosign_window(None, 0, None)).then_refused("not_cosigned")
    story = given(opening, CUSTODY).story
    assert story.state.phase is Phase.CUSTODY
    assert story.state.ends_at == instant.later(story.at, 1_800_000)


def test_no_other_checkpoint_opens_custody() -> None:
    other = record_checkpoint(lambda story: int(story.state.close_seq), T0, T0, T0)
    given(opening, WINDOW_CLOSED).when(other).then_nothing()
    given(opening, RELEASE).when(other).then_nothing()


def test_a_checkpoint_of_nothing_opens_nothing() -> None:
    def nothing(story: Story) -> int:
        return 0

    given(opening, RELEASE).when(record_checkpoint(nothing, T0, T0, T0)).then(CheckpointCosigned)
