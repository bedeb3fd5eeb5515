"""What was noted of the bid deposits: changed, dropped, replayed, or noted by somebody else."""

from remote_bid.seal.canonical import b64
from tests.verify.forger import Day
from tests.verify.judging import fails, holds
from tests.verify.keys import Keys
from tests.verify.pieces import again, payload_of, signed

NOT_RECEIVED = {"status": "not_received", "form": None, "amount": None, "received_at": None}


def test_another_amount_than_was_signed_is_named(lived: Day) -> None:
    noted = lived.one("DepositNoted")
    noted.pinned["deposit"] = noted.fields["deposit"] | {"amount": "1.00"}
    fails(lived, noted, why="does not follow from what came before it")


def test_a_note_for_another_bid_than_was_signed_is_named(lived: Day) -> None:
    first, second, *_ = lived.all("DepositNoted")
    first.pinned["bid"] = second.fields["bid"]
    fails(lived, first, why="does not follow from what came before it")


def test_a_note_that_is_left_out_is_missed_when_its_bid_is_read_out(conspiracy: Day) -> None:
    noted = conspiracy.one("DepositNoted")
    conspiracy.drop(noted)
    fails(conspiracy, str(noted.fields["bid"]), why="it was read out otherwise than it was opened")


def test_what_was_not_noted_is_not_read_out(lived: Day) -> None:
    read = lived.one("BidReadOut")
    read.pinned["deposit"] = NOT_RECEIVED
    fails(lived, str(read.fields["bid"]), why="it was read out otherwise than it was opened")


def test_a_note_of_a_bid_that_is_read_out_comes_too_late(lived: Day) -> None:
    noted = lived.one("DepositNoted")
    read = lived.of("BidReadOut", bid=noted.fields["bid"])
    late = again(noted)
    lived.put_after(read, late)
    fails(lived, late, why="does not follow from what came before it")


def test_a_note_before_names_are_shown_is_too_early(lived: Day) -> None:
    noted = lived.one("DepositNoted")
    lived.main.remove(noted)
    noted.fields["at"] = lived.one("ReleaseOpened").fields["at"]
    lived.put_after(lived.one("ReleaseOpened"), noted)
    fails(lived, noted)


def test_an_old_note_is_not_put_back(lived: Day) -> None:
    noted = lived.one("DepositNoted")
    second = again(noted)
    lived.put_after(noted, second)
    fails(lived, second, why="does not follow from what came before it")


def test_a_note_signed_by_the_supervisor_is_not_the_hosts(lived: Day, keys: Keys) -> None:
    noted = lived.one("DepositNoted")
    told = payload_of(noted.fields["signed"]["statement"])
    noted.pinned["signed"] = signed(keys.people["supervisor-01"], "deposit_note", told)
    fails(lived, noted, why="not by whom it must be")


def test_nobody_but_host_and_tenderer_notes_deposits(lived: Day, keys: Keys) -> None:
    noted = lived.one("DepositNoted")
    told = payload_of(noted.fields["signed"]["statement"])
    noted.pinned["signed"] = signed(keys.people["supervisor-01"], "deposit_note", told)
    noted.fields["by"] = {"person": "supervisor-01", "role": "supervisor"}
    fails(lived, noted, why="is not brought about by a supervisor")


def test_a_note_of_another_session_is_named(lived: Day) -> None:
    lived.lies["deposit_note"] = lambda told: told | {"session": "another"}
    fails(lived, lived.one("DepositNoted"))


def test_a_note_that_follows_one_that_never_was_is_named(lived: Day) -> None:
    lived.lies["deposit_note"] = lambda told: told | {"prev": b64(bytes(32))}
    fails(lived, lived.one("DepositNoted"))


def test_the_day_as_it_was_holds(lived: Day) -> None:
    assert len(lived.all("DepositNoted")) == len(lived.all("BidReadOut"))
    holds(lived)
