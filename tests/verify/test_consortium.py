"""A day on which a party acts for its consortium: it verifies, and what is changed of it is named."""

from typing import Any

import pytest

from remote_bid.seal.canonical import b64
from tests.given import Past, after
from tests.opening.actors import ALPHA, BETA, BIDDERS, DELTA, GAMMA, HOST, NAMES
from tests.opening.acts import (
    CLOSE_OPENING,
    OPEN_OBJECTIONS,
    PREPARE_RECORD,
    SETTLE,
    check_in,
    confirm_line,
    raise_objection,
    read_out,
    release,
    say,
    sign_record,
    submit,
)
from tests.opening.consortia import (
    AGREEMENT,
    DECLARED,
    SLEEPING,
    TOGETHER,
    confirm_for,
    declare,
    keyid,
    party,
    release_for,
)
from tests.opening.day import ABORTED, CONVENED, LOBBY, RELEASE, RELEASED, UNSEAL, between
from tests.verify.forger import Day
from tests.verify.judging import fails, holds
from tests.verify.kept import day_of, identity_of
from tests.verify.pieces import Payload, again, made_up, payload_of, signed
from tests.verify.told import verified

TO_RELEASE: Past = (
    *DECLARED,
    declare(parties=(party(ALPHA), party(DELTA, keyid(DELTA), work="设计"), party(SLEEPING))),
    *between(CONVENED, LOBBY),
    check_in(DELTA),
    *between(LOBBY, RELEASE),
)
TO_RECORD: Past = (
    say(DELTA),
    raise_objection(ALPHA),
    release_for(DELTA),
    release(BETA),
    release(GAMMA),
    *between(RELEASED, UNSEAL),
    SETTLE,
    *(read_out(who) for who in BIDDERS),
    confirm_for(DELTA, dispute="报价有误"),
    confirm_line(BETA),
    confirm_line(GAMMA),
    OPEN_OBJECTIONS,
    after(1_200_000, PREPARE_RECORD),
)
DAY: Past = (*TO_RELEASE, *TO_RECORD, sign_record(DELTA), sign_record(BETA), sign_record(HOST), CLOSE_OPENING)
TWICE: Past = (
    *DECLARED,
    submit(DELTA),
    *between(CONVENED, RELEASED),
    release(DELTA),
    *between(RELEASED, UNSEAL),
    SETTLE,
    *(read_out(who) for who in (*BIDDERS, DELTA)),
    *(confirm_line(who) for who in (*BIDDERS, DELTA)),
    OPEN_OBJECTIONS,
    after(600_000, PREPARE_RECORD),
    CLOSE_OPENING,
)
"""DELTA bids alone beside its consortium."""


@pytest.fixture
def day() -> Day:
    return day_of(DAY)


def test_a_day_on_which_a_party_acts_for_its_lead_verifies(day: Day) -> None:
    report = verified(DAY)
    assert report.verified, [item for item in report.items if item.verdict == "failed"]
    holds(day)


def test_a_day_on_which_a_party_bids_alone_too_verifies_and_the_record_says_so() -> None:
    report = verified(TWICE)
    assert report.verified, [item for item in report.items if item.verdict == "failed"]
    told = day_of(TWICE).one("RecordPrepared").fields["record"]["lines"]
    flagged = {line["name"]: line["bids_twice"] for line in told if line["bids_twice"]}
    assert flagged == {NAMES[ALPHA.person]: [DELTA.person], NAMES[DELTA.person]: [DELTA.person]}


def test_a_consortium_of_a_lot_with_too_few_bids_stays_untold_and_verifies() -> None:
    alone = declare(BETA, (party(BETA), party(DELTA)), (BETA, DELTA))
    past = (*DECLARED, alone, submit(ALPHA), *ABORTED[len(CONVENED) + 1 :])
    report = verified(past)
    assert report.verified, [item for item in report.items if item.verdict == "failed"]
    declared = [item for item in report.items if item.why == "ConsortiumDeclared"]
    assert [item.verdict for item in declared] == ["withheld", "withheld"]


def test_a_declaration_that_is_hidden_though_its_lead_bid_is_missed(day: Day) -> None:
    declared = day.all("ConsortiumDeclared")[-1]
    declared.withhold(but=("type",))
    fails(day, declared, why="ConsortiumDeclared is withheld, though its bidder took part")


def test_what_a_party_without_a_listed_key_signs_is_not_the_bids(day: Day) -> None:
    released = day.of("KeyReleased", by={"person": DELTA.person, "role": "bidder"})
    told = payload_of(released.fields["signed"]["statement"])
    released.pinned["signed"] = signed(identity_of(SLEEPING.person), "release", told)
    fails(day, released, why="not by whom it must be")


def test_a_party_whose_key_is_not_listed_signs_no_record(day: Day) -> None:
    day.lies["consortium"] = lambda told: told | {"parties": [one | {"keys": []} for one in told["parties"]]}
    fails(day, day.of("RecordSigned", person=DELTA.person), why="does not follow from what came before it")


def test_a_declaration_that_a_party_has_not_signed_is_named(day: Day) -> None:
    declared = day.all("ConsortiumDeclared")[-1]
    paper = declared.fields["signed"]
    paper["certificates"] = paper["certificates"][:2]
    paper["statement"]["signatures"] = paper["statement"]["signatures"][:2]
    fails(day, declared, why="signed by others than the parties")


def test_a_party_made_up_after_the_signatures_is_named(day: Day) -> None:
    def more(told: Payload) -> Payload:
        return told | {"parties": [*told["parties"], {"person": BETA.person, "name": "x", "work": "x", "keys": []}]}

    day.lies["consortium"] = more
    fails(day, *day.all("ConsortiumDeclared"), why="signed by others than the parties")


@pytest.mark.parametrize(
    "lie",
    [{"prev": b64(bytes(32))}, {"session": "another"}, {"lot": "another"}, {"agreement": "none"}],
    ids=str,
)
def test_a_declaration_that_does_not_follow_is_named(day: Day, lie: Payload) -> None:
    day.lies["consortium"] = lambda told: told | lie
    fails(day, *day.all("ConsortiumDeclared"), why="does not follow from what came before it")


def test_a_declaration_that_comes_again_is_named(day: Day) -> None:
    declared = day.all("ConsortiumDeclared")[0]
    held = day.tick_of(declared).held
    twice = again(declared)
    held.append(twice)
    fails(day, twice, why="does not follow from what came before it")


def test_a_declaration_after_the_deadline_is_too_late(day: Day) -> None:
    declared = day.all("ConsortiumDeclared")[-1]
    closed = day.one("BidsClosed")
    last = next(tick for tick in reversed(day.main[: day.main.index(closed)]) if tick.type == "Ticked")
    day.move(declared, last)
    declared.fields["at"] = closed.fields["at"]
    fails(day, declared)


def test_a_party_left_out_of_the_readout_is_named(day: Day) -> None:
    read = day.of("BidReadOut", name="甲方圆建设集团有限公司")
    read.pinned["consortium"] = read.fields["consortium"][:1]
    fails(day, str(read.fields["bid"]), why="it was read out otherwise than it was opened")


def test_a_record_that_tells_of_no_consortium_is_named(day: Day) -> None:
    prepared = day.one("RecordPrepared")
    lines = [line | {"consortium": []} for line in prepared.fields["record"]["lines"]]
    prepared.pinned["record"] = prepared.fields["record"] | {"lines": lines}
    fails(day, prepared, why="the record is not what the events say")


def test_a_consortium_signs_the_record_once(day: Day) -> None:
    signature = day.of("RecordSigned", person=DELTA.person)
    told = payload_of(signature.fields["signed"]["statement"]) | {"person": ALPHA.person}
    paper = signed(identity_of(ALPHA.person), "record_signature", told)
    second = made_up(signature, "RecordSigned", person=ALPHA.person, name="甲方圆建设集团有限公司", signed=paper)
    second.fields["by"] = {"person": ALPHA.person, "role": "bidder"}
    day.put_after(signature, second)
    fails(day, second, why="does not follow from what came before it")


def test_an_alias_of_its_own_for_a_party_is_named(day: Day) -> None:
    objection: Any = day.one("ObjectionRaised")
    objection.pinned["alias"] = 2
    fails(day, objection, why="not what was said")


def test_agreement_and_work_are_what_was_signed(day: Day) -> None:
    told = payload_of(day.all("ConsortiumDeclared")[-1].fields["signed"]["statement"])
    assert told["agreement"] == AGREEMENT
    assert [one["work"] for one in told["parties"]] == ["施工", "设计", TOGETHER[2].work]
