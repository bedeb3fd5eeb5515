"""Who sees what: which words of a rival's bid can be read anywhere by whom and when, and which by nobody."""

import re

import pytest

from remote_bid.opening.terms import ORDER, Phase, Role
from remote_bid.seal.canonical import b64
from remote_bid.timeline.entry import MAIN, Entry, Who
from tests.given import Past, Story, at, given
from tests.opening.actors import (
    ALPHA,
    BETA,
    DELTA,
    FIRST,
    HOST,
    NAMES,
    PUBLIC,
    SECOND,
    SUPERVISOR,
    TENDERER,
    WATCHER,
    WITNESS,
    secret_of,
)
from tests.opening.acts import SETTLE, TICK, check_in, publish_key, read_out, release, submit
from tests.opening.day import (
    ALPHAS_BID,
    BETAS_BID,
    CLOSED,
    CONVENED,
    CUSTODY,
    GAMMAS_BID,
    MISSING,
    OPENS_LOBBY,
    OTHER_LOT,
    PHASES,
    READOUT,
    RECORD,
    RELEASE,
    THREE_BIDS,
    TWO_LOTS,
    WINDOW_CLOSED,
    between,
    opening,
)
from tests.opening.pages import fields_for, readable
from tests.opening.sealed import PRICES, halves_of
from tests.opening.tender import after_t0

ONLOOKERS = [HOST, TENDERER, SUPERVISOR, WITNESS, FIRST, BETA, DELTA, WATCHER, PUBLIC]
"""Everybody but ALPHA, whose bid it is."""

BEFORE_CUSTODY = ORDER.index(Phase.CUSTODY)
TIMES = [*ORDER[:BEFORE_CUSTODY], "WINDOW_CLOSED", *ORDER[BEFORE_CUSTODY:]]
PASTS: dict[str, Past] = {str(phase): past for phase, past in PHASES.items()} | {"WINDOW_CLOSED": WINDOW_CLOSED}

READ_FROM = {
    "bid": "ROSTER",
    "release": "WINDOW_CLOSED",
    "name": "WINDOW_CLOSED",
    "person": "CONFIRM",
    "price": "CONFIRM",
    "half": "RECORD",
    "receipt": "RECORD",
    "upload": "RECORD",
}
"""From when on the session may read each word of a bid; a session that is held or aborted may read none."""


def may_read(word: str, who: Who, time: str) -> bool:
    first = READ_FROM[word]
    if word == "name":
        first = {Role.SUPERVISOR: "ROSTER", Role.WITNESS: "ROSTER", Role.OBSERVER: "READOUT"}.get(Role(who.role), first)
    return time not in ("HELD", "ABORTED") and TIMES.index(time) >= TIMES.index(first)


def words(story: Story) -> dict[str, str]:
    """What tells something of ALPHA's bid."""
    everything = [*story.state.bids.values(), *story.state.returned.values()]
    bid = next(bid for bid in everything if bid.bidder == ALPHA.person)
    return {
        "bid": bid.bid,
        "release": bid.release or "not released yet",
        "name": NAMES[ALPHA.person],
        "person": ALPHA.person,
        "price": PRICES[ALPHA.person],
        "half": b64(halves_of(ALPHA, 1).s_b),
        "receipt": bid.receipts[0].payload,
        "upload": bid.parts[0].upload,
    }


@pytest.mark.parametrize("who", ONLOOKERS, ids=lambda who: f"{who.role} {who.person}")
@pytest.mark.parametrize("time", PASTS)
def test_each_word_of_a_rivals_bid_is_read_when_the_table_says_and_not_before(time: str, who: Who) -> None:
    story = given(opening, PASTS[time]).story
    text = readable(story, who)
    for word, canary in words(story).items():
        assert (canary in text) == may_read(word, who, time), word


def test_a_bid_is_secret_until_it_is_read_out_whatever_was_read_before() -> None:
    story = given(opening, READOUT, read_out(BETA)).story
    for who in ONLOOKERS:
        assert PRICES[BETA.person] in readable(story, who)
        assert PRICES[ALPHA.person] not in readable(story, who)


@pytest.mark.parametrize("who", [*ONLOOKERS, ALPHA], ids=lambda who: f"{who.role} {who.person}")
def test_what_was_not_released_is_never_read(who: Who) -> None:
    """Of a bid that was not opened the half, the form and the custodians' half stay secret; its outcome does not."""
    tried = release(ALPHA, half=secret_of("a wrong half"))
    past = (*RELEASE, tried, *between(RELEASE, MISSING), SETTLE, *between(READOUT, RECORD))
    text = readable(given(opening, past).story, who)
    assert "not_released" in text
    halves = halves_of(ALPHA, 1)
    for secret in (b64(halves.s_b), b64(halves.s_t), b64(secret_of("a wrong half")), PRICES[ALPHA.person]):
        assert secret not in text


@pytest.mark.parametrize("who", [*ONLOOKERS, ALPHA], ids=lambda who: f"{who.role} {who.person}")
def test_of_a_lot_with_too_few_bids_only_the_lot_is_told(who: Who) -> None:
    """Also when all is over, and also of somebody whose other bid was read out: its returned bid stays its own."""
    past = (*TWO_LOTS, *THREE_BIDS, submit(ALPHA, lot=OTHER_LOT))
    late = (*between((*CONVENED, *THREE_BIDS), CUSTODY), publish_key(FIRST), publish_key(SECOND), SETTLE)
    story = given(opening, past, late, between(READOUT, CLOSED)).story
    [returned] = story.state.returned.values()
    shown = [fields_for(story, entry, who) for turn in story.turns for entry in turn if about(entry, OTHER_LOT)]
    assert [None if names is None else set(names) for names in shown] == [None if who == ALPHA else {"type", "lot"}]
    text = readable(story, who)
    for word in (returned.receipts[0].payload, returned.parts[0].upload):
        assert (word in text) == (who == ALPHA)


def about(entry: Entry, lot: str) -> bool:
    return entry.line != MAIN and entry.fields.get("lot") == lot


def blurred(text: str) -> str:
    """Hashes and salts are as good as random: only their length tells something."""
    return re.sub(r"[A-Za-z0-9_-]{43}", "#", text)


def crowd(bids: int) -> Past:
    """So many bidders besides ALPHA, some of whom change their minds and come early."""
    many = [Who(person=f"9132000MA0{n:05}X", role=Role.BIDDER) for n in range(bids)]
    busy = [submit(who) for who in many]
    again = [submit(who) for who in many[: bids // 3]]
    lobby = [at(after_t0(-7200), TICK), OPENS_LOBBY]
    return (*CONVENED, ALPHAS_BID, *busy, *again, *lobby, *(check_in(who) for who in many[: bids // 2]))


CROWDS = {bids: (*crowd(bids), at(after_t0(-60), TICK)) for bids in (0, 3, 30)}


@pytest.mark.parametrize("who", [*ONLOOKERS, ALPHA], ids=lambda who: f"{who.role} {who.person}")
def test_before_the_deadline_everything_looks_the_same_with_0_3_or_30_rivals(who: Who) -> None:
    """Not only what is said: every byte but the hashes', for the host, a rival and the public alike."""
    texts = {blurred(readable(given(opening, past).story, who)) for past in CROWDS.values()}
    assert len(texts) == 1


@pytest.mark.parametrize("who", ONLOOKERS, ids=lambda who: f"{who.role} {who.person}")
def test_a_session_that_is_held_has_counted_nothing(who: Who) -> None:
    few = tuple(act for act in PHASES[Phase.HELD] if act not in (BETAS_BID, GAMMAS_BID))
    texts = {blurred(readable(given(opening, past).story, who)) for past in (few, PHASES[Phase.HELD])}
    assert len(texts) == (2 if who == BETA else 1)
