"""What became of the bids: keys exchanged, outcomes turned, prices read out otherwise, another record."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from remote_bid.opening.rules.record import record_hash
from remote_bid.opening.terms import OpeningRecord
from remote_bid.seal.canonical import b64, jcs, parse_jcs
from remote_bid.seal.xwing import public_key
from remote_bid.timeline.entry import Fields
from remote_bid.verify.manifest import RECORD, envelope_name
from tests.verify.forger import Day
from tests.verify.judging import fails, failures, judged
from tests.verify.keys import Keys
from tests.verify.pieces import Loose, Payload, again, made_up, payload_of, signed
from tests.verify.rebirth import Reborn


def opened(day: Day) -> Loose:
    """A bid that was opened, as it was settled."""
    return day.of("BidSettled", outcome="OPENED")


def envelope_of(entry: Loose) -> str:
    return envelope_name(entry.fields["bid"])


# ── Keys ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_custodians_key_exchanged_for_another_is_not_the_one_offered(lived: Day) -> None:
    published = lived.one("KeyPublished")
    kid = payload_of(published.fields["signed"]["statement"])["kid"]
    lived.lies["custody"] = lambda custody: custody | ({"seed": b64(bytes(32))} if custody["kid"] == kid else {})
    fails(lived, published, why="not the one that this custodian offered")


def test_a_key_offered_otherwise_than_the_policy_has_it_is_named(lived: Day, keys: Keys) -> None:
    offered = lived.one("CustodianKeyOffered")
    said = payload_of(offered.fields["signed"]["statement"]) | {"public_key": b64(public_key(bytes(32)))}
    offered.pinned["signed"] = signed(keys.people[offered.fields["person"]], "custodian_key", said)
    fails(lived, "policy of lot 1", why=f"the key of {offered.fields['person']} is not the one offered")


def test_a_policy_with_a_key_that_nobody_offered_is_named(reborn: Reborn) -> None:
    def with_another_key(policy: Payload) -> Payload:
        *rest, last = policy["custodians"]
        said = payload_of(last["proof"]["statement"]) | {"public_key": b64(public_key(bytes(32)))}
        proof = signed(reborn.keys.people[last["person"]], "custodian_key", said)
        return policy | {"custodians": [*rest, last | {"proof": proof}]}

    reborn.lies["policy"] = with_another_key
    fails(reborn, "policy of lot 1", why="is not the one offered")


def test_with_fewer_than_k_keys_nothing_is_opened(lived: Day) -> None:
    lived.drop(lived.one("KeyPublished"))
    fails(lived, lived.one("BidSettled"), why="BidSettled does not belong in CUSTODY")


def test_a_custodian_who_publishes_anothers_key_is_named(lived: Day, keys: Keys) -> None:
    first = lived.one("KeyPublished")
    person = "custodian-02"
    first.fields["signed"] = signed(keys.people[person], "custody", payload_of(first.fields["signed"]["statement"]))
    first.fields["person"] = person
    fails(lived, first)


def test_keys_published_while_bidders_still_release_are_too_early(lived: Day) -> None:
    tick = lived.main[lived.main.index(lived.one("WindowClosed")) - 1]
    early = lived.all("KeyPublished")
    lived.drop(lived.one("CustodyOpened"))
    for entry in early:
        lived.main.remove(entry)
        entry.fields["at"] = tick.fields["at"]
    lived.put_before(tick, *early)
    fails(lived, early[0], why="KeyPublished does not belong in RELEASE")


# ── Outcomes ─────────────────────────────────────────────────────────────────────────────────────────────

TURNED: list[Fields] = [
    {"outcome": "DEEMED_REVOKED", "cause": "not_released", "form": None},
    {"outcome": "DEEMED_REVOKED", "cause": "bad_deal", "form": None},
    {"outcome": "DEEMED_REVOKED", "cause": "garbage", "form": None},
    {"outcome": "DEEMED_REVOKED", "cause": "invalid_form", "form": None},
    {"outcome": "DEEMED_WITHDRAWN", "cause": "envelope_lost", "form": None},
]


@pytest.mark.parametrize("turned", TURNED, ids=lambda turned: turned["cause"])
def test_an_opened_bid_turned_into_a_failed_one_is_opened_by_arithmetic(lived: Day, turned: Fields) -> None:
    bid = opened(lived).fields["bid"]
    lived.of("BidSettled", bid=bid).fields |= turned
    lived.of("BidReadOut", bid=bid).fields |= turned
    fails(lived, envelope_name(bid), why="arithmetic says OPENED (opened)")


@pytest.mark.parametrize(("outcome", "cause"), [("OPENED", "opened"), ("REMEDIED", "remedied")])
def test_a_revoked_bid_turned_into_an_opened_one_was_not_released(lived: Day, outcome: str, cause: str) -> None:
    form = opened(lived).fields["form"]
    bid = lived.of("BidSettled", cause="not_released").fields["bid"]
    turned = {"outcome": outcome, "cause": cause, "form": form}
    lived.of("BidSettled", bid=bid).fields |= turned
    lived.of("BidReadOut", bid=bid).fields |= turned
    fails(lived, envelope_name(bid), why="arithmetic says DEEMED_REVOKED (not_released)")


FORMS: list[Fields] = [
    {"price": "9.99"},
    {"currency": "USD"},
    {"fields": {"duration_days": 1, "quality": "合格", "project_manager": "别人"}},
]


@pytest.mark.parametrize("other", FORMS, ids=lambda other: next(iter(other)))
def test_a_bid_read_out_otherwise_than_it_was_sealed_is_named(lived: Day, other: Fields) -> None:
    read = lived.of("BidReadOut", bid=opened(lived).fields["bid"])
    read.fields["form"] = read.fields["form"] | other
    fails(lived, envelope_of(read), why="read out otherwise")


@pytest.mark.parametrize(
    "lie",
    [
        {"name": "别的公司"},
        {"outcome": "DEEMED_REVOKED", "form": None},
        {"form": None},
        {"cause": "garbage"},
        {"lot": "2"},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_a_bid_read_out_as_something_else_is_named(lived: Day, lie: Fields) -> None:
    read = lived.of("BidReadOut", bid=opened(lived).fields["bid"])
    read.fields |= lie
    fails(lived, envelope_of(read), read)


@pytest.mark.parametrize("lie", [{"bidder": "91330999999MA29X"}, {"lot": "2"}], ids=lambda lie: next(iter(lie)))
def test_a_bid_settled_for_somebody_else_is_named(lived: Day, lie: Fields) -> None:
    settled = opened(lived)
    settled.fields |= lie
    fails(lived, settled, envelope_of(settled))


@pytest.mark.parametrize("kind", ["BidReadOut", "BidSettled"])
def test_a_bid_told_of_twice_is_named(lived: Day, kind: str) -> None:
    told = lived.of(kind, bid=opened(lived).fields["bid"])
    before = again(told)
    before.fields["form"] = told.fields["form"] | {"price": "1.00"}
    lived.put_before(told, before)
    fails(lived, told, why="has happened already")


def test_a_bid_that_was_never_read_out_is_named(lived: Day) -> None:
    read = lived.of("BidReadOut", bid=opened(lived).fields["bid"])
    lived.drop(read)
    fails(lived, envelope_of(read), why="read out otherwise")


def test_a_lot_with_opened_bids_did_not_end_for_want_of_them(lived: Day) -> None:
    ended = made_up(lived.one("BidSettled"), "LotAborted", lot="1", cause="none_opened")
    lived.put_before(lived.one("Disclosed"), ended)
    fails(lived, "timeline.json", why="aborted for it")


def test_a_lot_does_not_end_for_too_few_bids_after_its_close_counted_enough(lived: Day) -> None:
    lived.one("OpeningScheduled").fields["tender"]["lots"][0]["minimum"] = 4
    ended = made_up(lived.all("KeyPublished")[-1], "LotAborted", lot="1", cause="too_few_bids")
    told = [entry for kind in ("BidSettled", "DepositNoted", "BidReadOut") for entry in lived.all(kind)]
    lived.put_before(lived.one("BidSettled"), ended)
    lived.drop(*told)
    fails(lived, ended)


# ── The record ───────────────────────────────────────────────────────────────────────────────────────────


def with_line(record: Fields, **changes: Any) -> Fields:
    first, *rest = record["lines"]
    return record | {"lines": [first | changes, *rest]}


RECORDS: dict[str, Callable[[Fields], Fields]] = {
    "a price": lambda record: with_line(record, form={**_form(record), "price": "1.00"}),
    "a name": lambda record: with_line(record, name="别的公司"),
    "an instant": lambda record: with_line(record, submitted_at=record["deadline"]),
    "a line less": lambda record: record | {"lines": record["lines"][1:]},
    "the order": lambda record: record | {"lines": record["lines"][::-1]},
    "the deadline": lambda record: record | {"deadline": record["window_closed_at"]},
    "who published": lambda record: record | {"keys_published": record["keys_published"][:1]},
    "a member": lambda record: record | {"members": record["members"][1:]},
}


def _form(record: Fields) -> Fields:
    form: Fields = next(line["form"] for line in record["lines"] if line["form"])
    return form


@pytest.mark.parametrize("change", RECORDS.values(), ids=RECORDS)
def test_a_record_that_says_something_else_is_not_what_the_events_say(
    lived: Day, change: Callable[[Fields], Fields]
) -> None:
    prepared = lived.one("RecordPrepared")
    record = change(prepared.fields["record"])
    prepared.pinned |= {"record": record, "hash": record_hash(msgspec.convert(record, type=OpeningRecord))}
    fails(lived, prepared, why="the record is not what the events say")


def test_a_record_under_another_hash_is_not_what_the_events_say(lived: Day) -> None:
    lived.one("RecordPrepared").pinned["hash"] = b64(bytes(32))
    fails(lived, lived.one("RecordPrepared"), why="the record is not what the events say")


def test_another_record_beside_the_true_entries_is_named(server: Day) -> None:
    record = parse_jcs(server.members[RECORD])
    forged = server.listed(server.members | {RECORD: jcs(with_line(record, name="别的公司"))})
    found = failures(judged(forged, server.trust))
    assert [item.what for item in found] == [RECORD]


# ── What is said of it ───────────────────────────────────────────────────────────────────────────────────


def test_every_bid_that_does_not_hold_is_named(server: Day) -> None:
    names = [name for name in server.members if name.startswith("envelopes/")]
    for name in names:
        server.members[name] = server.members[name][:-1] + bytes([server.members[name][-1] ^ 1])
    found = failures(judged(server.bundle(), server.trust))
    assert {item.what.split()[0] for item in found} == set(names)


def test_what_follows_from_a_day_that_is_none_is_not_judged(lived: Day) -> None:
    lived.drop(lived.one("OpeningClosed"))
    after = [item for item in judged(lived.bundle(), lived.trust).items if item.step > 6]
    assert {(item.verdict, item.why) for item in after} == {("withheld", "not judged: step 6 failed")}
