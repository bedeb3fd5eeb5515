"""Several bid as one: who declares it, who acts for the bid, who learns of it, and what the record tells."""

from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from remote_bid.opening.events import (
    BidReadOut,
    ConsortiumDeclared,
    KeyReleased,
    LineConfirmed,
    LineDisputed,
    ObjectionRaised,
    RecordRefused,
    RecordSigned,
    Said,
    WrongKeyTried,
)
from remote_bid.opening.terms import Phase
from remote_bid.tender.statements import ConsortiumParty
from remote_bid.timeline import instant
from remote_bid.timeline.entry import Who
from tests.given import Act, Past, after, given
from tests.opening.actors import (
    ALPHA,
    BETA,
    BIDDERS,
    DELTA,
    FIRST,
    GAMMA,
    HOST,
    NAMES,
    PUBLIC,
    SECOND,
    SUPERVISOR,
    TENDERER,
    secret_of,
)
from tests.opening.acts import (
    CLOSE_OPENING,
    OPEN_OBJECTIONS,
    PREPARE_RECORD,
    SETTLE,
    bid_of,
    check_in,
    confirm_line,
    publish_key,
    raise_objection,
    read_out,
    refuse_record,
    release,
    say,
    sign_record,
    submit,
    withdraw,
)
from tests.opening.consortia import (
    DECLARED,
    IN_CUSTODY,
    IN_LOBBY,
    ON_ROSTER,
    OPEN_TO_CONSORTIA,
    PARTY_RELEASED,
    RELEASING,
    SLEEPING,
    TOGETHER,
    confirm_for,
    declare,
    keyid,
    party,
    release_for,
)
from tests.opening.day import CONVENED, LOBBY, RELEASE, ROSTER, between, opening
from tests.opening.pages import page, readable
from tests.opening.tender import T0, after_t0

READ: Past = (
    *IN_CUSTODY,
    publish_key(FIRST),
    publish_key(SECOND),
    SETTLE,
    *(read_out(who) for who in BIDDERS),
)
CONFIRMED: Past = (*READ, confirm_for(DELTA), confirm_line(BETA), confirm_line(GAMMA))
RECORD: Past = (*CONFIRMED, OPEN_OBJECTIONS, after(600_000, PREPARE_RECORD))
OVER: Past = (*RECORD, sign_record(DELTA), sign_record(BETA), CLOSE_OPENING)

# ── Declaring ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_lead_declares_its_consortium_in_its_own_side_line() -> None:
    [declared] = given(opening, OPEN_TO_CONSORTIA).when(declare()).then_aside(ALPHA, ConsortiumDeclared)
    assert declared.bidder == ALPHA.person


def test_a_lot_that_is_not_open_to_consortia_takes_none() -> None:
    given(opening, CONVENED).when(declare()).then_refused("no_consortia")
    given(opening, OPEN_TO_CONSORTIA).when(declare(lot="another")).then_refused("no_such_lot")


@pytest.mark.parametrize(
    ("parties", "signers"),
    [
        (TOGETHER, (ALPHA, DELTA)),
        (TOGETHER, (ALPHA, SLEEPING, DELTA)),
        (TOGETHER, (ALPHA, DELTA, SLEEPING, BETA)),
        ((*TOGETHER, party(BETA)), (ALPHA, DELTA, SLEEPING)),
        ((party(ALPHA), party(ALPHA)), (ALPHA, ALPHA)),
        ((party(ALPHA, keyid(ALPHA)), party(DELTA)), (ALPHA, DELTA)),
        ((party(ALPHA), party(DELTA, name="另一家")), (ALPHA, DELTA)),
        ((party(DELTA), party(ALPHA)), (ALPHA, DELTA)),
        ((party(ALPHA), party(TENDERER)), (ALPHA, TENDERER)),
    ],
)
def test_every_party_is_named_once_and_has_signed_as_the_one_that_is_named(
    parties: tuple[ConsortiumParty, ...], signers: tuple[Who, ...]
) -> None:
    given(opening, OPEN_TO_CONSORTIA).when(declare(parties=parties, signers=signers)).then_refused("bad_consortium")


def test_a_declaration_tells_of_a_joint_agreement() -> None:
    given(opening, OPEN_TO_CONSORTIA).when(declare(agreement="none")).then_refused("bad_consortium")


def test_a_party_does_not_declare_for_its_lead() -> None:
    signers = (DELTA, ALPHA, SLEEPING)
    given(opening, OPEN_TO_CONSORTIA).when(declare(signers=signers)).then_refused("not_signed_by_you")


def test_a_later_declaration_names_the_one_that_it_replaces() -> None:
    alone = declare(parties=(party(ALPHA),), signers=(ALPHA,))
    given(opening, DECLARED).when(declare(prev=None, parties=TOGETHER[:2], signers=(ALPHA, DELTA))).then_refused(
        "not_the_latest"
    )
    story = given(opening, (*DECLARED, alone, *between(CONVENED, RELEASE))).story
    assert not page(story, SUPERVISOR).bids[bid_of(story, ALPHA)].consortium  # type: ignore[index]  # there are bids
    given(opening, (*DECLARED, alone, *between(CONVENED, RELEASE))).when(release_for(DELTA)).then_refused(
        "not_your_bid"
    )


@pytest.mark.parametrize("past", [IN_LOBBY, ON_ROSTER])
def test_nothing_is_declared_after_the_deadline(past: Past) -> None:
    code = "too_late" if past == IN_LOBBY else "wrong_phase"
    given(opening, past).when(_another(), at=T0).then_refused(code)


def _another() -> Act:
    return declare(parties=TOGETHER[:2], signers=(ALPHA, DELTA))


# ── Secrecy ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", [BETA, HOST, SUPERVISOR, TENDERER, PUBLIC, DELTA, SLEEPING])
def test_before_the_deadline_not_even_a_party_learns_more_than_if_the_lead_bid_alone(who: Who) -> None:
    alone = (*OPEN_TO_CONSORTIA, *between(CONVENED, LOBBY))
    if who != BETA:  # whose own receipts are new each time
        assert page(given(opening, IN_LOBBY).story, who) == page(given(opening, alone).story, who)
    text = readable(given(opening, IN_LOBBY).story, who)
    assert ALPHA.person not in text
    assert NAMES[DELTA.person] not in text


def test_who_bids_twice_is_not_told_so_before_the_deadline() -> None:
    given(opening, DECLARED).when(submit(DELTA)).then_aside(DELTA, type(_submitted()))
    other = declare(BETA, (party(BETA), party(DELTA, keyid(DELTA))), (BETA, DELTA))
    given(opening, DECLARED).when(other).then_aside(BETA, ConsortiumDeclared)


def _submitted() -> Any:
    return given(opening, CONVENED).when(submit(DELTA)).happened()[0].event  # type: ignore[union-attr]  # it is aside


def test_names_of_the_parties_are_shown_with_the_bidders() -> None:
    for past, who, shown in [
        (ON_ROSTER, SUPERVISOR, True),
        (ON_ROSTER, HOST, False),
        (IN_CUSTODY, HOST, True),
        (IN_CUSTODY, PUBLIC, False),
        (READ, PUBLIC, True),
    ]:
        assert (NAMES[DELTA.person] in readable(given(opening, past).story, who)) is shown


# ── Acting ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_party_releases_confirms_objects_and_speaks_for_the_bid() -> None:
    given(opening, RELEASING).when(release_for(DELTA)).then_aside(DELTA, KeyReleased)
    given(opening, READ).when(confirm_for(DELTA)).then(LineConfirmed)
    given(opening, READ).when(confirm_for(DELTA, dispute="报价有误")).then(LineDisputed)
    given(opening, ON_ROSTER).when(raise_objection(DELTA)).then(ObjectionRaised)
    given(opening, ON_ROSTER).when(say(DELTA)).then(Said)
    given(opening, RECORD).when(sign_record(DELTA)).then(RecordSigned)
    given(opening, RECORD).when(refuse_record(DELTA)).then(RecordRefused)


def test_the_first_valid_statement_counts() -> None:
    given(opening, PARTY_RELEASED).when(release(ALPHA)).then_nothing()
    given(opening, CONFIRMED).when(confirm_line(ALPHA)).then_refused("answered_already")
    given(opening, (*RECORD, sign_record(DELTA))).when(sign_record(ALPHA)).then_nothing()
    given(opening, (*RECORD, refuse_record(DELTA))).when(sign_record(ALPHA)).then_refused("answered_already")


def test_a_party_without_a_listed_key_does_not_act() -> None:
    given(opening, RELEASING).when(release_for(SLEEPING)).then_refused("not_your_bid")
    given(opening, READ).when(confirm_for(SLEEPING)).then_refused("not_your_bid")
    given(opening, ON_ROSTER).when(raise_objection(SLEEPING)).then_refused("not_allowed")
    given(opening, ON_ROSTER).when(say(SLEEPING)).then_refused("not_allowed")
    given(opening, RECORD).when(sign_record(SLEEPING)).then_refused("not_allowed")


def test_a_listed_key_is_not_any_key_of_the_party() -> None:
    other = declare(parties=(party(ALPHA), party(DELTA, keyid(BETA))), signers=(ALPHA, DELTA))
    past = (*OPEN_TO_CONSORTIA, other, *between(CONVENED, RELEASE))
    given(opening, past).when(release_for(DELTA)).then_refused("not_your_bid")


def test_only_the_lead_replaces_or_withdraws_the_bid() -> None:
    given(opening, (*DECLARED, *(submit(who) for who in BIDDERS))).when(withdraw(DELTA)).then_refused("no_such_bid")


def test_nobody_acts_for_another_consortium() -> None:
    given(opening, RELEASING).when(release_for(BETA)).then_refused("not_your_bid")
    given(opening, RELEASING).when(release_for(DELTA, lead=BETA)).then_refused("not_your_bid")


def test_wrong_halves_of_all_parties_count_together() -> None:
    wrong = [secret_of(f"wrong {number}") for number in range(5)]
    first, *rest = [_wrong(DELTA if number % 2 else ALPHA, half) for number, half in enumerate(wrong)]
    given(opening, RELEASING).when(first).then_aside(first.by, WrongKeyTried)
    past = (*RELEASING, first, *rest)
    given(opening, past).when(_wrong(DELTA, secret_of("one more"))).then_refused("no_tries_left")


def _wrong(who: Who, half: bytes) -> Act:
    return Act(release(ALPHA, half=half, signer=who).ask, who)


def test_a_party_sees_the_bid_as_its_own_from_the_roster_on() -> None:
    story = given(opening, ON_ROSTER).story
    assert set(page(story, DELTA).me.bids or {}) == {bid_of(story, ALPHA)}
    assert not page(story, SLEEPING).me.bids
    assert page(given(opening, RELEASING).story, DELTA).me.ask == "release"


def test_lead_and_party_have_one_alias() -> None:
    story = given(opening, (*ON_ROSTER, say(DELTA), say(BETA), say(ALPHA))).story
    assert [page(story, who).me.alias for who in (ALPHA, DELTA, BETA)] == [1, 1, 2]


# ── The record ───────────────────────────────────────────────────────────────────────────────────────────


def test_readout_and_record_name_the_parties_lead_first() -> None:
    story = given(opening, RECORD).story
    [read] = [line for line in story.state.record.lines if line.name == NAMES[ALPHA.person]]
    assert [one.person for one in read.consortium] == [ALPHA.person, DELTA.person, SLEEPING.person]
    [event, *_] = given(opening, READ[:-3]).when(read_out(ALPHA)).then(BidReadOut)
    assert event.consortium == read.consortium


def test_the_first_of_the_parties_to_check_in_counts() -> None:
    past = (*DECLARED, *between(CONVENED, LOBBY), check_in(DELTA), after(1000, check_in(ALPHA)))
    story = given(opening, (*past, *between(LOBBY, ROSTER))).story
    rows = page(story, SUPERVISOR).bids or {}
    assert rows[bid_of(story, ALPHA)].checked_in_at == instant.text(after_t0(-3600))


def test_who_bids_alone_beside_its_consortium_is_flagged_on_both_bids_and_neither_is_refused() -> None:
    story = given(opening, (*DECLARED, submit(DELTA), *between(CONVENED, ROSTER))).story
    assert _flagged(story) == {ALPHA.person: [DELTA.person], DELTA.person: [DELTA.person]}


def test_who_bids_in_two_consortia_is_flagged() -> None:
    other = declare(BETA, (party(BETA), party(SLEEPING)), (BETA, SLEEPING))
    story = given(opening, (*DECLARED, other, *between(CONVENED, ROSTER))).story
    assert _flagged(story) == {ALPHA.person: [SLEEPING.person], BETA.person: [SLEEPING.person]}


def test_a_bid_that_was_withdrawn_makes_no_second_one() -> None:
    story = given(opening, (*DECLARED, submit(DELTA), withdraw(DELTA), *between(CONVENED, ROSTER))).story
    assert _flagged(story) == {}


def _flagged(story: Any) -> dict[str, list[str]]:
    rows = page(story, SUPERVISOR).bids or {}
    return {story.state.bids[bid].bidder: row.bids_twice for bid, row in rows.items() if row.bids_twice}


def test_only_one_of_a_consortium_is_asked_for_its_signature() -> None:
    story = given(opening, OVER).story
    assert story.state.phase is Phase.CLOSED
    closed = story.folded.main[-1]
    assert ALPHA.person not in closed.fields["silent"]
    assert DELTA.person not in closed.fields["silent"]
    assert GAMMA.person in closed.fields["silent"]


COALITIONS = st.lists(
    st.tuples(st.sampled_from(BIDDERS), st.lists(st.sampled_from([*BIDDERS, DELTA, SLEEPING]), max_size=3)), max_size=3
)


@settings(max_examples=40, deadline=None)
@for_all(COALITIONS)
def test_whatever_is_declared_exactly_those_in_two_bids_are_flagged(coalitions: list[tuple[Who, list[Who]]]) -> None:
    groups = {lead: list(dict.fromkeys([lead, *others])) for lead, others in coalitions}
    acts = [declare(lead, tuple(map(party, group)), tuple(group)) for lead, group in groups.items()]
    story = given(opening, (*OPEN_TO_CONSORTIA, *acts, *between(CONVENED, ROSTER))).story
    taking_part = {who: [one.person for one in groups.get(who, [who])] for who in BIDDERS}
    everybody = [person for people in taking_part.values() for person in people]
    twice = {person for person in everybody if everybody.count(person) > 1}
    expected = {who.person: [p for p in people if p in twice] for who, people in taking_part.items()}
    assert _flagged(story) == {bidder: people for bidder, people in expected.items() if people}
