"""What a server with the log's key may not show: leaves and checkpoints stay as they are, only fields are missing.
A public bundle of a session that was closed shows its main line and its live bidders' side lines whole.
"""

import pytest

from remote_bid.seal.canonical import b64
from remote_bid.verify.manifest import envelope_name
from tests.given import at
from tests.opening.acts import CLOSE_BIDS, OPEN_RELEASE
from tests.opening.day import OPENS_LOBBY, THREE_BIDS, TWO_LOTS
from tests.opening.tender import T0, after_t0
from tests.verify.forger import Day, end_at_close
from tests.verify.judging import fails, failures, holds, judged
from tests.verify.pieces import Loose, made_up
from tests.verify.test_course import REST
from tests.verify.told import verified

MAIN_LINE = [
    "OpeningScheduled",
    "CustodianKeyOffered",
    "DrillDealt",
    "CustodianDrilled",
    "PolicyPublished",
    "TimetableProposed",
    "TimetableSigned",
    "LobbyOpened",
    "MemberCheckedIn",
    "Ticked",
    "BidsClosed",
    "CheckpointCosigned",
    "RosterPublished",
    "ReleaseOpened",
    "WindowClosed",
    "CustodyOpened",
    "KeyPublished",
    "BidSettled",
    "Disclosed",
    "ReadoutOpened",
    "BidReadOut",
    "RecordPrepared",
    "RecordSigned",
    "OpeningClosed",
]
SIDE_LINES = ["BidSubmitted", "DrillPassed", "BidderCheckedIn", "KeyReleased"]


def deny(entry: Loose) -> None:
    """Show but its type, and make what follows fit as if it had not happened."""
    entry.withhold(but=("type",))
    entry.denied = True


def forget(day: Day, bid: str, person: str) -> None:
    """All that the main line tells of a bid."""
    told = [day.of(kind, bid=bid) for kind in ("BidSettled", "DepositNoted", "BidReadOut")]
    day.drop(*told, *day.lines_of(bid), day.of("RecordSigned", person=person))
    del day.members[envelope_name(bid)]


@pytest.mark.parametrize("kind", MAIN_LINE)
def test_an_entry_of_the_main_line_is_not_withheld(server: Day, kind: str) -> None:
    """Neither with the checkpoint that covers it."""
    entry = server.one(kind)
    entry.withhold()
    for checkpoint in (other for other in server.main if other.covered is entry):
        checkpoint.withhold()
    fails(server, entry, why="hides nothing of its main line")


@pytest.mark.parametrize("kind", ["MemberCheckedIn", "Ticked", "CheckpointCosigned", "BidReadOut"])
@pytest.mark.parametrize("name", ["type", "at", "by"])
def test_a_single_field_of_the_main_line_is_not_withheld(server: Day, kind: str, name: str) -> None:
    entry = server.one(kind)
    entry.withheld = frozenset({name})
    fails(server, entry, why="hides nothing of its main line")


@pytest.mark.parametrize("kind", SIDE_LINES)
def test_an_entry_of_a_live_bidder_is_not_withheld(server: Day, kind: str) -> None:
    server.one(kind).withhold(but=("type",))
    fails(server)


def test_a_release_that_is_withheld_and_denied_is_still_there(lived: Day) -> None:
    release = lived.one("KeyReleased")
    deny(release)
    revoked = {"outcome": "DEEMED_REVOKED", "cause": "not_released", "form": None}
    for kind in ("BidSettled", "BidReadOut"):
        lived.of(kind, bid=release.fields["bid"]).fields |= revoked
    fails(lived, release, envelope_name(release.fields["bid"]))


def test_a_bid_whose_whole_line_is_withheld_and_denied_is_still_there(lived: Day) -> None:
    release = lived.one("KeyReleased")
    bid, person = release.fields["bid"], release.fields["by"]["person"]
    submitted = lived.of("BidSubmitted", bid=bid)
    for entry in lived.line_of(person):
        deny(entry)
    forget(lived, bid, person)
    fails(lived, submitted)


def test_a_withdrawal_that_is_withheld_and_denied_is_still_there(lived: Day) -> None:
    bid = lived.of("BidSettled", cause="not_released").fields["bid"]
    submitted = lived.of("BidSubmitted", bid=bid)
    fields = submitted.fields
    by = {"statement": fields["parts"][0]["deal"], "certificates": fields["certificates"]}
    withdrawn = made_up(submitted, "BidWithdrawn", bidder=fields["bidder"], lot=fields["lot"], signed=by)
    deny(withdrawn)
    held = lived.tick_of(submitted).held
    held.insert(held.index(submitted) + 1, withdrawn)
    fails(lived, withdrawn)


def test_a_bidder_that_is_said_not_to_have_come_did_come(lived: Day) -> None:
    came = lived.one("BidderCheckedIn")
    deny(came)
    fails(lived, came)


def test_withdrawn_bids_may_be_shown_by_their_type_alone(lived: Day) -> None:
    report = judged(lived.bundle(), lived.trust)
    assert not failures(report)
    assert not [item for item in report.items if item.verdict == "withheld" and "not read out" not in item.why]


def test_a_tick_that_is_neither_shown_nor_disclosed_is_missed(lived: Day) -> None:
    """And with it a bid that only it held."""
    bid = lived.one("KeyReleased").fields["bid"]
    person = lived.of("BidSubmitted", bid=bid).fields["bidder"]
    line, last = lived.line_of(person), lived.all("Ticked")[0]
    hidden = made_up(last, "Ticked", **{name: last.fields[name] for name in ("slots", "root", "seed")})
    lived.put_after(last, hidden, lived.cover(hidden))
    for entry in line:
        lived.move(entry, hidden)
        entry.lost = entry.denied = True
    hidden.lost = hidden.denied = True
    hidden.withhold()
    lived.checkpoint_of(hidden).withhold()
    forget(lived, bid, person)
    fails(lived, hidden)


# ── Too few ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_lot_with_too_few_bids_is_aborted(lived: Day) -> None:
    lived.one("OpeningScheduled").fields["tender"]["lots"][0]["minimum"] = 4
    end_at_close(lived)
    holds(lived)


def test_a_lot_is_not_aborted_for_too_few_bids_when_the_close_counts_enough(lived: Day) -> None:
    closed = end_at_close(lived)
    fails(lived, closed, why="aborted for too few bids, yet it has 3")


def test_a_lot_is_not_aborted_for_too_few_bids_when_the_side_lines_hold_enough(lived: Day) -> None:
    lived.lies["close"] = lambda close: close | {"lots": [lot | {"count": 2} for lot in close["lots"]]}
    fails(lived, end_at_close(lived))


def test_a_lot_with_too_few_bids_is_not_opened(lived: Day) -> None:
    scheduled = lived.one("OpeningScheduled")
    scheduled.fields["tender"]["lots"][0]["minimum"] = 4
    fails(lived, lived.one("RosterPublished"), lived.one("BidsClosed"))


def another_lot_stopped(day: Day) -> None:
    """A second lot, of which nobody wanted anything."""
    scheduled, closed = day.one("OpeningScheduled"), day.one("BidsClosed")
    (lot,) = scheduled.fields["tender"]["lots"]
    scheduled.fields["tender"] |= {"lots": [lot, lot | {"lot": "2", "draw": None}]}
    seen = day.checkpoint_of(closed)
    day.put_after(seen, made_up(seen, "LotAborted", lot="2", cause="too_few_bids"))


def test_a_day_of_which_one_lot_stopped_holds() -> None:
    closed = (*TWO_LOTS, *THREE_BIDS, OPENS_LOBBY, at(T0, CLOSE_BIDS))
    report = verified((*closed, at(after_t0(60), OPEN_RELEASE), *REST))
    assert report.verified, failures(report)
    assert any("lot-2" in item.what for item in report.items if item.verdict == "withheld")


def test_a_live_bidder_is_not_withheld_because_another_lot_stopped(lived: Day) -> None:
    another_lot_stopped(lived)
    came = lived.one("BidderCheckedIn")
    came.withhold(but=("type",))
    fails(lived, came, why="its bidder took part")


def test_somebody_who_came_without_a_bid_may_be_withheld(lived: Day) -> None:
    came = lived.one("BidderCheckedIn")
    other = made_up(came, "BidderCheckedIn", person="passer-by", name="路人", signed=came.fields["signed"])
    other.line = b64(bytes(16))
    lived.tick_of(came).held.append(other)
    deny(other)
    holds(lived)
