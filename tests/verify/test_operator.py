"""What whoever runs the server might try with the help of one who signs: acts that the rules would never have taken."""

from pathlib import Path

import msgspec
import pytest

from remote_bid.demo.authority import Authority
from remote_bid.participant.identity import read_identity
from remote_bid.seal.statements import Statement, statement_id
from remote_bid.timeline import instant
from remote_bid.verify.manifest import envelope_name
from tests.verify.forger import Day, end_at_close
from tests.verify.judging import fails, holds
from tests.verify.keys import Keys
from tests.verify.pieces import Loose, Payload, again, made_up, payload_of, signed


def replaced(day: Day, keys: Keys, prev: str | None) -> Loose:
    """A bidder's second version of its bid, which names `prev` as the one that it replaces."""
    first = day.one("BidSubmitted")
    second = again(first)
    second.fields |= {"version": 2}
    person = keys.people[first.fields["bidder"]]
    parts = [
        part
        | {
            name: signed(person, name, payload_of(part[name]) | {"version": 2, "prev": prev})["statement"]
            for name in ("submission", "deal")
        }
        for part in first.fields["parts"]
    ]
    (form,) = [part for part in parts if part["part"] == "readout_form"]
    second.pinned = {"version": 2, "parts": parts, "bid": id_of(form["submission"])}
    held = day.tick_of(first).held
    held.insert(held.index(first) + 1, second)
    return second


def id_of(statement: Payload) -> str:
    return statement_id(msgspec.convert(statement, type=Statement))


def test_a_version_that_does_not_name_the_one_it_replaces_is_named(lived: Day, keys: Keys) -> None:
    fails(lived, replaced(lived, keys, None), why="does not follow from what came before it")


def test_a_second_policy_for_a_lot_is_named(lived: Day) -> None:
    policy = lived.one("PolicyPublished")
    second = again(policy)
    second.fields["at"] = lived.one("TimetableSigned").fields["at"]
    lived.put_after(policy, second)
    fails(lived, second)


def test_a_policy_after_the_timetable_is_named(lived: Day) -> None:
    policy, table = lived.one("PolicyPublished"), lived.one("TimetableSigned")
    lived.main.remove(policy)
    policy.fields["at"] = table.fields["at"]
    lived.put_after(table, policy)
    fails(lived, policy, why="does not follow from what came before it")


def test_a_custodian_whose_side_is_told_otherwise_is_named(lived: Day) -> None:
    scheduled = lived.one("OpeningScheduled")
    scheduled.fields["members"] = [
        member | {"side": "tenderer"} if member["role"] == "custodian" else member
        for member in scheduled.fields["members"]
    ]
    fails(lived, "policy of lot 1", why="is not a custodian for")


@pytest.mark.parametrize("minutes", [-30, 60])
def test_a_check_in_made_for_another_hour_is_named(lived: Day, minutes: int) -> None:
    came = lived.one("BidderCheckedIn")
    expires = instant.text(instant.later(instant.when(came.fields["at"]), minutes * 60_000))
    lived.lies["check_in"] = lambda told: (
        told | ({"expires": expires} if told["person"] == came.fields["person"] else {})
    )
    fails(lived, came)


def test_whoever_did_not_bid_does_not_sign_the_record(lived: Day, tmp_path: Path) -> None:
    last = lived.all("RecordSigned")[-1]
    stranger = made_up(last, "RecordSigned", person="passer-by", name="路人", signed=last.fields["signed"])
    stranger.fields["by"] = {"person": "passer-by", "role": "bidder"}
    lived.put_after(last, stranger)
    Authority("认证机构").enrol(tmp_path, "passer-by", "路人")
    stranger.pinned["signed"] = signed(
        read_identity(tmp_path), "record_signature", payload_of(last.fields["signed"]["statement"])
    )
    fails(lived, stranger, why="does not follow from what came before it")


def test_a_record_signed_after_the_end_is_named(lived: Day) -> None:
    last, end = lived.all("RecordSigned")[-1], lived.one("OpeningClosed")
    lived.main.remove(last)
    last.fields["at"] = end.fields["at"]
    lived.put_after(end, last)
    fails(lived, last, why="does not belong in CLOSED")


def test_the_clock_does_not_end_the_signing_early(lived: Day) -> None:
    end = lived.one("OpeningClosed")
    end.fields["by"] = {"person": "clock", "role": "clock"}
    fails(lived, end, why="does not follow from what came before it")


@pytest.mark.parametrize("kind", ["RosterPublished", "CustodyOpened"])
def test_what_waits_for_the_cosigners_does_not_come_before_them(lived: Day, kind: str) -> None:
    entry = lived.one(kind)
    seen = lived.main[lived.main.index(entry) - 1]
    assert seen.type == "CheckpointCosigned"
    lived.main.remove(seen)
    lived.put_after(entry, seen)
    fails(lived, entry, why="does not follow from what came before it")


def test_a_statement_handed_in_by_another_is_named(lived: Day) -> None:
    entry = lived.one("KeyPublished")
    entry.fields["by"] = {"person": "custodian-02", "role": "custodian"}
    fails(lived, entry, why="not by whom it must be")


def test_another_paper_in_the_bundle_is_named(server: Day) -> None:
    server.members["envelopes/notes.pdf"] = b"%PDF"
    fails(server, "envelopes/notes.pdf", why="none of this session's")


def test_envelopes_of_a_lot_with_too_few_bids_stay_where_they_are(lived: Day) -> None:
    lived.one("OpeningScheduled").fields["tender"]["lots"][0]["minimum"] = 4
    name = envelope_name(lived.one("BidSubmitted").fields["bid"])
    raw = lived.members[name]
    end_at_close(lived)
    lived.members[name] = raw
    fails(lived, "envelopes/", why="none of this session's")


def test_a_day_with_all_this_in_order_holds(lived: Day) -> None:
    holds(lived)
