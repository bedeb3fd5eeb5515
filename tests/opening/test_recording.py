"""Readout, the opening record and its signatures, the end."""

import pytest
from msgspec.structs import replace

from remote_bid.opening.commands import ReadOut
from remote_bid.opening.events import (
    BidReadOut,
    ConfirmationOpened,
    OpeningClosed,
    RecordPrepared,
    RecordRefused,
    RecordSigned,
)
from remote_bid.opening.rules.record import opening_record, record_hash
from remote_bid.opening.terms import AbortCause, Cause, LotEnd, Outcome
from remote_bid.seal.canonical import b64
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK
from remote_bid.timeline.desk import fold, unfolded
from remote_bid.timeline.entry import Who
from remote_bid.timeline.log import Session
from tests.given import Act, Past, given
from tests.opening.actors import (
    ALPHA,
    BETA,
    BIDDERS,
    DELTA,
    FIRST,
    GAMMA,
    HOST,
    NAMES,
    SECOND,
    SUPERVISOR,
    TENDERER,
    THIRD,
    WITNESS,
)
from tests.opening.acts import (
    CLOSE_OPENING,
    PREPARE_RECORD,
    SETTLE,
    bid_of,
    check_in,
    confirm_line,
    publish_key,
    read_out,
    refuse_record,
    release,
    sign_record,
    submit,
)
from tests.opening.day import (
    CLOSED,
    CONVENED,
    CUSTODY,
    KEYS_OFFERED,
    LOBBY,
    MISSING,
    OBJECTION,
    READOUT,
    RECORD,
    RELEASE,
    RELEASED,
    THREE_BIDS,
    UNSEAL,
    between,
    opening,
)
from tests.opening.preparing import countersign_timetable, offer_key, publish_policy, schedule
from tests.opening.sealed import form_of
from tests.opening.tender import LOT, SESSION, TENDER

ENDS_MS, CONFIRM_MS = 600_000, 300_000


def test_the_host_reads_out_bid_after_bid_in_any_order() -> None:
    before = given(opening, READOUT)
    [read] = before.when(read_out(GAMMA)).then(BidReadOut)
    assert (read.bid, read.name) == (bid_of(before.story, GAMMA), NAMES[GAMMA.person])
    assert (read.outcome, read.cause, read.form) == (Outcome.OPENED, Cause.OPENED, form_of(GAMMA))
    given(opening, READOUT, read_out(GAMMA)).when(read_out(ALPHA)).then(BidReadOut)


def test_what_is_not_there_or_not_settled_is_not_read_out() -> None:
    given(opening, READOUT).when(Act(ReadOut(bid="another"), HOST)).then_refused("no_such_bid")
    given(opening, UNSEAL).when(read_out(ALPHA)).then_refused("no_such_bid")


def test_a_bid_is_read_out_once() -> None:
    given(opening, READOUT, read_out(ALPHA)).when(read_out(ALPHA)).then_nothing()
    given(opening, CLOSED).when(read_out(ALPHA)).then_nothing()


def test_bids_that_failed_are_read_out_too_without_a_form() -> None:
    [read] = given(opening, MISSING, SETTLE).when(read_out(ALPHA)).then(BidReadOut)
    assert (read.outcome, read.cause, read.form) == (Outcome.DEEMED_REVOKED, Cause.NOT_RELEASED, None)


def test_a_lot_of_which_nothing_was_opened_is_read_out_and_recorded_all_the_same() -> None:
    _, *nobody = between(RELEASE, MISSING)
    past = (*RELEASE, *nobody, SETTLE, *between(READOUT, RECORD))
    record = given(opening, past).story.state.record
    assert [line.outcome for line in record.lines] == [Outcome.DEEMED_REVOKED] * 3
    assert record.aborted == [LotEnd(lot=LOT, cause=AbortCause.NONE_OPENED)]


LAST_READ: Past = (*READOUT, read_out(ALPHA), read_out(BETA))


def test_after_the_last_one_the_bidders_are_asked_to_confirm() -> None:
    _, asked = given(opening, LAST_READ).when(read_out(GAMMA)).then(BidReadOut, ConfirmationOpened)
    at = given(opening, LAST_READ).story.at
    assert asked.ends_at == instant.text(instant.later(at, CONFIRM_MS))


def test_after_the_objections_the_record_is_ready() -> None:
    at = given(opening, RECORD).story.at
    [prepared] = given(opening, OBJECTION).when(PREPARE_RECORD, at=at).then(RecordPrepared)
    assert prepared.ends_at == instant.text(instant.later(at, ENDS_MS))
    assert prepared.hash == record_hash(prepared.record)


def test_the_record_tells_who_bid_what_when_and_what_became_of_it() -> None:
    story = given(opening, LOBBY, check_in(BETA), between(LOBBY, RECORD)).story
    record = story.state.record
    assert (record.session, record.tender, record.aborted) == (SESSION, TENDER, [])
    assert record.deadline == story.state.timetable.deadline
    assert record.keys_published == [FIRST.person, "custodian-b"]
    assert {line.name for line in record.lines} == {NAMES[who.person] for who in BIDDERS}
    [line] = [line for line in record.lines if line.name == NAMES[BETA.person]]
    assert line.form == form_of(BETA)
    assert line.submitted_at == instant.text(opening.begins)
    assert line.checked_in_at is not None
    assert all(other.checked_in_at is None for other in record.lines if other is not line)
    assert line.released_at is not None


def test_the_record_follows_from_the_events_alone() -> None:
    """Folded again from what the log holds, up to the last reading, anybody makes the same record."""
    story = given(opening, RECORD).story
    again = unfolded(Session(opening.session, opening.context.name, ""), opening.context)
    for version, entries in enumerate(story.turns, start=1):
        kept = [entry for entry in entries if entry.type != "RecordPrepared"]
        again = fold(again, version, kept)
    assert opening_record(again.state) == story.state.record
    assert record_hash(opening_record(again.state)) == story.state.record_hash


@pytest.mark.parametrize("past", [UNSEAL, KEYS_OFFERED])
def test_before_everything_is_settled_there_is_no_record(past: Past) -> None:
    with pytest.raises(ValueError, match="not"):
        opening_record(given(opening, past).story.state)


@pytest.mark.parametrize("who", [HOST, SUPERVISOR, WITNESS, *BIDDERS], ids=lambda who: who.person)
def test_host_supervisor_witness_and_bidders_sign_the_record(who: Who) -> None:
    [signed] = given(opening, RECORD).when(sign_record(who)).then(RecordSigned)
    assert signed.person == who.person
    given(opening, RECORD, sign_record(who)).when(sign_record(who)).then_nothing()


@pytest.mark.parametrize("who", [TENDERER, FIRST, DELTA], ids=lambda who: who.person)
def test_nobody_else_signs_it(who: Who) -> None:
    given(opening, RECORD).when(sign_record(who)).then_refused("not_allowed")


@pytest.mark.parametrize("who", [HOST, SUPERVISOR, WITNESS, *BIDDERS], ids=lambda who: who.person)
def test_whoever_is_asked_may_refuse_and_say_why(who: Who) -> None:
    [refused] = given(opening, RECORD).when(refuse_record(who)).then(RecordRefused)
    assert (refused.person, refused.reason) == (who.person, "记录有遗漏")
    given(opening, RECORD).when(refuse_record(DELTA)).then_refused("not_allowed")
    given(opening, RECORD).when(refuse_record(ALPHA, record="")).then_refused("other_record")


def test_a_refusal_has_a_reason_in_plain_words() -> None:
    for reason in ("", " ", "字" * 2001, "a\u202eb", "two\nlines"):
        given(opening, RECORD).when(refuse_record(ALPHA, reason=reason)).then_refused("malformed_statement")


def test_one_answers_the_record_once() -> None:
    given(opening, RECORD, refuse_record(ALPHA)).when(sign_record(ALPHA)).then_refused("answered_already")
    given(opening, RECORD, sign_record(ALPHA)).when(refuse_record(ALPHA)).then_refused("answered_already")


def test_whoever_gave_no_answer_is_named_when_the_session_closes() -> None:
    past = (*RECORD, sign_record(HOST), sign_record(ALPHA), refuse_record(BETA))
    [closed] = given(opening, past).when(CLOSE_OPENING).then(OpeningClosed)
    assert set(closed.silent) == {SUPERVISOR.person, WITNESS.person, GAMMA.person}


def test_what_is_signed_is_this_record_by_oneself() -> None:
    for wrong in ({"record": b64(bytes(32))}, {"record": ""}, {"person": BETA.person}):
        given(opening, RECORD).when(sign_record(ALPHA, **wrong)).then_refused("other_record")


def test_the_host_closes_the_session_or_the_clock_when_the_time_for_signing_is_over() -> None:
    given(opening, RECORD).when(CLOSE_OPENING).then(OpeningClosed)
    at = given(opening, RECORD).story.at
    given(opening, RECORD).when(CLOSE_OPENING, CLOCK, instant.later(at, ENDS_MS - 1)).then_refused("not_yet")
    given(opening, RECORD).when(CLOSE_OPENING, CLOCK, instant.later(at, ENDS_MS)).then(OpeningClosed)
    given(opening, RECORD).when(CLOSE_OPENING, SUPERVISOR).then_refused("not_yet")


def test_what_is_closed_is_closed() -> None:
    given(opening, CLOSED).when(CLOSE_OPENING).then_nothing()
    given(opening, CLOSED).when(CLOSE_OPENING, CLOCK).then_nothing()
    given(opening, CLOSED).when(sign_record(ALPHA)).then_refused("wrong_phase")


def test_whoever_has_signed_may_sign_again_afterwards_to_no_effect() -> None:
    given(opening, RECORD, sign_record(ALPHA), CLOSE_OPENING).when(sign_record(ALPHA)).then_nothing()


FIRST_LOT, SECOND_LOT = "一标段", "二标段"
IN_CHINESE: Past = (
    schedule(tender=replace(TENDER, lots=[replace(TENDER.lots[0], lot=lot) for lot in (FIRST_LOT, SECOND_LOT)])),
    *(offer_key(who, lot=lot) for who in (FIRST, SECOND, THIRD) for lot in (FIRST_LOT, SECOND_LOT)),
    *(publish_policy(lot=lot) for lot in (FIRST_LOT, SECOND_LOT)),
    countersign_timetable(),
    *(submit(who, lot=FIRST_LOT) for who in BIDDERS),
    *between((*CONVENED, *THREE_BIDS), RELEASE),
    *(release(who, lot=FIRST_LOT) for who in BIDDERS),
    *between(RELEASED, CUSTODY),
    *(publish_key(who, lot=FIRST_LOT) for who in (FIRST, SECOND)),
    SETTLE,
)


def test_a_lot_may_have_a_chinese_name_and_end_without_an_award() -> None:
    reads = (read_out(who, lot=FIRST_LOT) for who in BIDDERS)
    confirms = (confirm_line(who, lot=FIRST_LOT) for who in BIDDERS)
    story = given(opening, IN_CHINESE, *reads, *confirms, *between(OBJECTION[:-1], RECORD)).story
    assert story.state.record.aborted == [LotEnd(lot=SECOND_LOT, cause=AbortCause.TOO_FEW_BIDS)]
