"""The set of bids: one deleted, added, dated back, exchanged, taken back for its bidder, or its release lost."""

import msgspec
import pytest

from remote_bid.seal.statements import Statement, statement_id
from remote_bid.timeline import instant
from remote_bid.verify.manifest import envelope_name
from tests.verify.forger import Day
from tests.verify.judging import fails, holds
from tests.verify.keys import Keys
from tests.verify.pieces import Loose, Payload, again, made_up, payload_of, signed

MINUTES = 60_000


def rival(day: Day) -> Loose:
    """A submission whose bidder released its key."""
    bid = day.one("KeyReleased").fields["bid"]
    return day.of("BidSubmitted", bid=bid)


def erase(day: Day) -> None:
    """A bid, and all that would remind of it."""
    submitted = rival(day)
    bid, person = submitted.fields["bid"], submitted.fields["bidder"]
    signed = [entry for entry in day.all("RecordSigned") if entry.fields["person"] == person]
    told = [*(day.of(kind, bid=bid) for kind in ("BidSettled", "DepositNoted", "BidReadOut")), *day.lines_of(bid)]
    day.drop(*day.line_of(person), *told, *signed)
    del day.members[envelope_name(bid)]


def revoke(day: Day, bid: str) -> None:
    """As if the bid's key had never been released."""
    day.of("BidSettled", bid=bid).fields |= {"outcome": "DEEMED_REVOKED", "cause": "not_released", "form": None}
    day.of("BidReadOut", bid=bid).fields |= {"outcome": "DEEMED_REVOKED", "cause": "not_released", "form": None}


def first_tick_after_close(day: Day) -> Loose:
    closed = day.main.index(day.one("BidsClosed"))
    return next(entry for entry in day.main[closed:] if entry.type == "Ticked")


def come_late(day: Day) -> list[Loose]:
    """A bidder's submission and check-in lie in a tick after the close; two bids would have been enough."""
    day.one("OpeningScheduled").fields["tender"]["lots"][0]["minimum"] = 2
    late = [entry for entry in day.line_of(rival(day).fields["bidder"]) if entry.type != "KeyReleased"]
    for entry in late:
        day.move(entry, first_tick_after_close(day))
    tick = first_tick_after_close(day)
    tick.held.sort(key=lambda entry: entry.fields["at"])
    return late


def counting_as_before(day: Day) -> None:
    lots = payload_of(day.one("BidsClosed").fields["close"])["lots"]
    day.lies["close"] = lambda close: close | {"lots": lots}


# ── Deleted ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_bid_that_the_server_deletes_takes_the_cosignatures_with_it(server: Day) -> None:
    checkpoint = server.checkpoint_of(server.tick_of(rival(server)))
    erase(server)
    fails(server, checkpoint, why="lacks the signature of the log or of its cosigners")


def test_a_bid_that_server_and_cosigner_delete_is_missed_by_what_the_others_signed(conspiracy: Day) -> None:
    erase(conspiracy)
    fails(conspiracy)


def test_an_envelope_that_is_gone_from_the_bundle_is_named(server: Day) -> None:
    name = envelope_name(rival(server).fields["bid"])
    del server.members[name]
    fails(server, name, why="arithmetic says DEEMED_WITHDRAWN (envelope_lost)")


# ── Added ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_bid_added_after_the_close_is_none(lived: Day) -> None:
    late = come_late(lived)
    for entry in late:
        entry.fields["at"] = first_tick_after_close(lived).fields["at"]
    fails(lived, late[0], why="BidSubmitted does not belong in")


def test_a_bid_added_after_the_close_is_late_though_it_was_counted(lived: Day) -> None:
    late = come_late(lived)
    for entry in late:
        entry.fields["at"] = first_tick_after_close(lived).fields["at"]
    counting_as_before(lived)
    fails(lived, late[0], why="BidSubmitted does not belong in")


def test_a_bid_that_was_dated_back_lies_in_a_tick_after_the_close(lived: Day) -> None:
    late = come_late(lived)
    counting_as_before(lived)
    fails(lived, late[0], lived.one("BidsClosed"))


def test_a_close_five_minutes_after_the_deadline_is_too_late_though_the_cosigner_was_there(lived: Day) -> None:
    closed = lived.one("BidsClosed")
    for entry in [e for e in lived.entries() if e.fields["at"] >= closed.fields["at"]]:
        entry.fields["at"] = later(entry.fields["at"])
        entry.times = {name: time + 5 * 60 for name, time in entry.times.items()}
    for kind in ("close", "window_closed"):
        lived.lies[kind] = lambda payload: payload | {"at": later(payload["at"])}
    lived.one("ReleaseOpened").fields["ends_at"] = later(lived.one("ReleaseOpened").fields["ends_at"])
    fails(lived, closed)


def later(at: str) -> str:
    return instant.text(instant.later(instant.when(at), 5 * MINUTES))


# ── Counted ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("by", [-1, 1])
def test_a_close_with_another_count_is_not_that_of_the_side_lines(conspiracy: Day, by: int) -> None:
    conspiracy.one("OpeningScheduled").fields["tender"]["lots"][0]["minimum"] = 2
    conspiracy.lies["close"] = lambda close: (
        close | {"lots": [lot | {"count": lot["count"] + by} for lot in close["lots"]]}
    )
    fails(conspiracy, conspiracy.one("BidsClosed"), why="does not count the bids of lot 1")


def test_a_close_over_another_set_is_not_that_of_the_side_lines(conspiracy: Day) -> None:
    root = conspiracy.one("Ticked").fields["root"]
    conspiracy.lies["close"] = lambda close: close | {"lots": [lot | {"root": root} for lot in close["lots"]]}
    fails(conspiracy, conspiracy.one("BidsClosed"), why="does not count the bids of lot 1")


def test_a_close_that_leaves_a_lot_out_does_not_account_for_its_releases(lived: Day) -> None:
    lived.lies["close"] = lambda close: close | {"lots": []}
    lived.lies["window_closed"] = lambda window: window | {"lots": []}
    fails(lived, lived.one("BidsClosed"), why="does not count every lot of the tender")


def test_a_roster_that_shows_another_close_is_named(server: Day) -> None:
    roster = server.one("RosterPublished")
    close = payload_of(roster.fields["close"])
    other = close | {"lots": [lot | {"count": 9} for lot in close["lots"]]}
    roster.pinned["close"] = server.restated(roster.fields["close"], other)
    fails(server, roster, why="another close")


# ── Released ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_release_that_the_server_drops_takes_the_cosignatures_with_it(server: Day) -> None:
    release = server.one("KeyReleased")
    checkpoint = server.checkpoint_of(server.tick_of(release))
    server.drop(release)
    revoke(server, release.fields["bid"])
    fails(server, checkpoint, why="lacks the signature of the log or of its cosigners")


def test_a_release_that_server_and_cosigner_drop_is_missed_by_the_custodians_statements(conspiracy: Day) -> None:
    release = conspiracy.one("KeyReleased")
    conspiracy.drop(release)
    revoke(conspiracy, release.fields["bid"])
    fails(conspiracy)


def test_a_bid_called_not_released_though_its_release_is_there(lived: Day) -> None:
    bid = lived.one("KeyReleased").fields["bid"]
    revoke(lived, bid)
    fails(lived, envelope_name(bid), why="arithmetic says OPENED")


def test_a_window_that_calls_a_released_bid_missing_is_named(conspiracy: Day) -> None:
    def none_released(window: Payload) -> Payload:
        lots = [lot | {"released": [], "missing": [r["submission"] for r in lot["released"]]} for lot in window["lots"]]
        return window | {"lots": lots}

    conspiracy.lies["window_closed"] = none_released
    fails(conspiracy, conspiracy.one("WindowClosed"), why="the releases are not those of the side lines")


def test_a_half_that_does_not_match_is_no_release(lived: Day) -> None:
    first, second = lived.all("KeyReleased")[:2]
    first.pinned["s_b"] = second.fields["s_b"]
    fails(lived, first, why="does not match its commitment")


def test_a_half_that_was_not_signed_for_is_no_release(lived: Day) -> None:
    first, second = lived.all("KeyReleased")[:2]
    other = payload_of(second.fields["signed"]["statement"])["c"]
    mine = first.fields["bid"]
    lived.lies["release"] = lambda release: release | ({"c": other} if release["submission"] == mine else {})
    fails(lived, first, why="does not match its commitment")


def test_a_release_for_another_bid_is_none_for_this(lived: Day) -> None:
    first, second = (entry.fields["bid"] for entry in lived.all("KeyReleased")[:2])
    lived.lies["release"] = lambda release: release | ({"submission": second} if release["submission"] == first else {})
    fails(lived, lived.one("KeyReleased"))


@pytest.mark.parametrize("ms", [-1000, MINUTES])
def test_a_window_of_another_length_than_the_timetables_is_named(lived: Day, ms: int) -> None:
    opened = lived.one("ReleaseOpened")
    opened.fields["ends_at"] = instant.text(instant.later(instant.when(opened.fields["ends_at"]), ms))
    fails(lived, opened, lived.one("WindowClosed"))


def test_a_window_that_closed_early_though_bids_were_missing_is_named(lived: Day) -> None:
    opened = lived.one("ReleaseOpened")
    opened.fields["ends_at"] = instant.text(instant.later(instant.when(opened.fields["ends_at"]), MINUTES))
    lived.lies["timetable"] = a_minute_longer
    fails(lived, lived.one("WindowClosed"), why="before the window's end")


def a_minute_longer(table: Payload) -> Payload:
    return table | {"windows": table["windows"] | {"release_ms": table["windows"]["release_ms"] + MINUTES}}


# ── Taken back, replaced, renamed ────────────────────────────────────────────────────────────────────────


def leave_out(day: Day, submitted: Loose) -> None:
    """What became of a bid that is no longer there."""
    bid, person = submitted.fields["bid"], submitted.fields["bidder"]
    signed = [entry for entry in day.all("RecordSigned") if entry.fields["person"] == person]
    of_bid = ("DrillPassed", "KeyReleased", "PartReleased", "BidSettled", "DepositNoted", "BidReadOut")
    told = [entry for kind in of_bid for entry in day.all(kind) if entry.fields["bid"] == bid]
    day.drop(*told, *day.lines_of(bid), *signed)
    del day.members[envelope_name(bid)]


@pytest.mark.parametrize("what", ["deal", "check-in"])
def test_a_bid_is_not_withdrawn_by_something_else_that_its_bidder_signed(lived: Day, what: str) -> None:
    submitted = rival(lived)
    fields = submitted.fields
    deal = {"statement": fields["parts"][0]["deal"], "certificates": fields["certificates"]}
    check_in = lived.of("BidderCheckedIn", person=fields["bidder"]).fields["signed"]
    said = {"deal": deal, "check-in": check_in}[what]
    withdrawn = made_up(submitted, "BidWithdrawn", bidder=fields["bidder"], lot=fields["lot"], signed=said)
    held = lived.tick_of(submitted).held
    held.insert(held.index(submitted) + 1, withdrawn)
    leave_out(lived, submitted)
    fails(lived, withdrawn)


def test_a_bid_withdrawn_by_its_bidder_is_not_in_the_close(lived: Day, keys: Keys) -> None:
    lived.one("OpeningScheduled").fields["tender"]["lots"][0]["minimum"] = 2
    submitted = rival(lived)
    bidder, bid, lot = (submitted.fields[name] for name in ("bidder", "bid", "lot"))
    submissions = [statement_id(msgspec.convert(p["submission"], type=Statement)) for p in submitted.fields["parts"]]
    assert bid in submissions
    said = {"session": lived.session, "bidder": bidder, "version": 1, "submissions": submissions}
    by = signed(keys.people[bidder], "withdraw", said)
    withdrawn = made_up(submitted, "BidWithdrawn", bidder=bidder, lot=lot, signed=by)
    held = lived.tick_of(submitted).held
    held.insert(held.index(submitted) + 1, withdrawn)
    leave_out(lived, submitted)
    holds(lived)


def test_a_version_that_was_submitted_already_does_not_come_again(lived: Day) -> None:
    submitted = rival(lived)
    second = again(submitted)
    lived.tick_of(lived.line_of(submitted.fields["bidder"])[1]).held.append(second)
    fails(lived, second)


def test_two_bidders_names_exchanged_are_not_those_of_their_certificates(lived: Day) -> None:
    first, second = lived.all("BidSubmitted")[:2]
    first.fields["name"], second.fields["name"] = second.fields["name"], first.fields["name"]
    names = {submitted.fields["bid"]: submitted.fields["name"] for submitted in lived.all("BidSubmitted")}
    for read in lived.all("BidReadOut"):
        read.fields["name"] = names[read.fields["bid"]]
    fails(lived, first, second)


def test_a_bid_given_to_another_bidder_is_not_signed_by_it(lived: Day) -> None:
    submitted = rival(lived)
    lived.drop(lived.of("RecordSigned", person=submitted.fields["bidder"]))
    submitted.fields["bidder"] = "91330999999MA29X"
    fails(lived, submitted, why="not by whom it must be")


def test_envelopes_exchanged_are_not_those_that_were_signed_for(server: Day) -> None:
    first, second = (envelope_name(entry.fields["bid"]) for entry in server.all("KeyReleased")[:2])
    members = server.members
    members[first], members[second] = members[second], members[first]
    fails(server, first, second, why="the envelope is not the one submitted")


@pytest.mark.parametrize(
    "cause",
    ["opened", "not_released"],
)
def test_an_envelope_with_a_byte_flipped_is_not_the_one_that_was_signed_for(server: Day, cause: str) -> None:
    name = envelope_name(server.of("BidSettled", cause=cause).fields["bid"])
    raw = server.members[name]
    server.members[name] = raw[:-1] + bytes([raw[-1] ^ 1])
    fails(server, name)


def test_a_deal_that_needs_more_custodians_than_the_policy_is_the_bidders_fault(lived: Day) -> None:
    bid = lived.one("KeyReleased").fields["bid"]
    bidder = lived.of("BidSubmitted", bid=bid).fields["bidder"]
    lived.lies["deal"] = lambda deal: deal | ({"k": 4} if deal["bidder"] == bidder else {})
    lost = {"outcome": "DEEMED_WITHDRAWN", "cause": "envelope_lost", "form": None}
    lived.of("BidSettled", bid=bid).fields |= lost | {"detail": "too_few_keys"}
    lived.of("BidReadOut", bid=bid).fields |= lost
    fails(lived, lived.of("BidSubmitted", bid=bid), envelope_name(bid))


def test_a_submission_sealed_as_another_version_is_named(lived: Day) -> None:
    submitted = rival(lived)
    submitted.fields["version"] = 2
    fails(lived, submitted, why="does not follow from what came before it")


@pytest.mark.parametrize("half", ["B", "T"])
def test_a_header_that_was_not_signed_is_named(lived: Day, half: str) -> None:
    first, second = (entry.fields["parts"][0]["header"] for entry in lived.all("BidSubmitted")[:2])
    first[half] = second[half]
    fails(lived, lived.one("BidSubmitted"), why="header or deal is not the one signed")
