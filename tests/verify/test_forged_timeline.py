"""Ticks, side lines, whose line is whose, the chain and its tail, and what lies beside the chain."""

import io
from collections.abc import Sequence

import pytest

from remote_bid.seal.canonical import b64, jcs, parse_jcs
from remote_bid.timeline import instant
from remote_bid.timeline.entry import MAIN
from remote_bid.timeline.sideline import TickTree
from remote_bid.verify import container, history
from tests.verify.forger import Day
from tests.verify.judging import fails, failures, holds, judged
from tests.verify.keys import Keys
from tests.verify.pieces import Loose, again, made_up, payload_of


def busy_tick(day: Day) -> Loose:
    """A tick that holds something."""
    return next(tick for tick in day.all("Ticked") if tick.held)


def next_tick(day: Day, entry: Loose) -> Loose:
    """The first tick after an entry of the main line."""
    return next(tick for tick in day.main[day.main.index(entry) + 1 :] if tick.type == "Ticked")


# ── Ticks ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_slot_slipped_into_a_tick_is_neither_entry_nor_pad(lived: Day) -> None:
    tick = busy_tick(lived)
    tick.smuggled.append(b"\1" * 32)
    fails(lived, tick, why="neither a disclosed entry nor a pad")


def test_a_slot_taken_out_of_a_tick_is_neither_entry_nor_pad(server: Day) -> None:
    tick = busy_tick(server)
    tick.pinned["root"] = tick.fields["root"]
    server.drop(*server.line_of(server.one("BidSubmitted").fields["bidder"]))
    fails(server, tick, why="neither a disclosed entry nor a pad")


@pytest.mark.parametrize("name", ["seed", "root"])
def test_a_tick_with_another_seed_or_root_is_named(lived: Day, name: str) -> None:
    tick = busy_tick(lived)
    tick.pinned[name] = b64(bytes(32))
    fails(lived, tick)


def test_a_tick_with_fewer_slots_is_named(lived: Day) -> None:
    tick = busy_tick(lived)
    tick.pinned["slots"] = 1
    fails(lived, tick)


def test_a_tick_of_another_size_than_the_timetables_is_named(lived: Day) -> None:
    tick = busy_tick(lived)
    tick.fields["slots"] = 16
    fails(lived, tick)


def test_a_tick_of_the_timetables_other_size_is_named(lived: Day) -> None:
    tick = busy_tick(lived)
    tick.fields["slots"] = 4096
    lived.lies["timetable"] = lambda table: table | {"ticks": SMALL, "lobby_ticks": SMALL}
    holds(lived)
    tick.fields["slots"] = 256
    lived.lies["timetable"] = lambda table: table | {"ticks": LARGE, "lobby_ticks": LARGE}
    fails(lived, next(iter(lived.all("Ticked"))), why="a tick has 4096 slots here")


SMALL, LARGE = ({"every_ms": 1000, "slots": slots} for slots in (256, 4096))


def test_a_tick_before_its_time_is_named(lived: Day) -> None:
    lived.lies["timetable"] = lambda table: table | {"ticks": SMALL, "lobby_ticks": SMALL | {"every_ms": 60_000}}
    fails(lived, next_tick(lived, lived.one("LobbyOpened")), why="before its time")


def test_a_tick_that_did_not_fall_while_the_server_took_bids_is_missed(lived: Day) -> None:
    tick = next(tick for tick in lived.all("Ticked") if len(tick.held) > 1)
    here = lived.main.index(tick)
    before = next(entry for entry in reversed(lived.main[:here]) if entry.type in ("Ticked", "TimetableSigned"))
    for entry in lived.main[: lived.main.index(before) + 1]:
        for each in (entry, *entry.held):
            each.fields["at"] = moved(each.fields["at"], -60_000)
    tick.held[0].fields["at"] = moved(tick.held[0].fields["at"], -40_000)
    fails(lived, why="a tick that was due before this entry is missing")


def moved(at: str, ms: int) -> str:
    return instant.text(instant.later(instant.when(at), ms))


def test_a_tick_of_a_thousand_million_slots_is_refused_unseen(lived: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    class Small(TickTree):
        def __init__(self, seed: bytes, slots: int, leaves: Sequence[bytes]) -> None:
            assert slots <= 4096, "worked out"
            super().__init__(seed, slots, leaves)

    lived.bundle()
    busy_tick(lived).fields["slots"] = 10**9
    bundle = lived.listed(lived.members | {"timeline.json": lived.shown(lived.main), "lines.json": lived.lines()})
    monkeypatch.setattr(history, "TickTree", Small)
    assert not any("worked out" in item.why for item in failures(judged(bundle, lived.trust)))


# ── Side lines ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_side_line_entry_that_is_not_disclosed_is_in_no_tick(lived: Day) -> None:
    disclosed = lived.one("Disclosed")
    lived.bundle()
    ticks = disclosed.fields["ticks"]
    last = next(tick for tick in reversed(ticks) if tick["entries"])
    disclosed.pinned["ticks"] = [tick | {"entries": []} if tick is last else tick for tick in ticks]
    fails(lived, lived.main[last["tick"] - 1], why="neither a disclosed entry nor a pad")


@pytest.mark.parametrize("which", [0, 1])
def test_a_side_line_entry_that_is_gone_from_the_lines_is_named(server: Day, which: int) -> None:
    gone = server.line_of(server.one("BidSubmitted").fields["bidder"])[which]
    server.bundle()
    members = server.members | {"timeline.json": server.shown(server.main)}
    lines = [side for tick in server.main for side in tick.held if side is not gone]
    found = failures(judged(server.listed(members | {"lines.json": server.shown(lines)}), server.trust))
    assert found[0].what == f"lines.json {gone.line} entry {gone.seq}"


def test_a_side_line_without_its_first_entry_has_a_gap(lived: Day) -> None:
    first, second, *_ = lived.line_of(lived.one("BidSubmitted").fields["bidder"])
    first.lost = True
    fails(lived, second, why="a fork or a gap")


def test_a_side_line_that_forks_is_named(lived: Day) -> None:
    _, second, *_ = lived.line_of(lived.one("BidSubmitted").fields["bidder"])
    other = again(second)
    other.forks = True
    lived.tick_of(second).held.append(other)
    fails(lived, other)


def test_a_side_line_entry_of_another_type_than_disclosed_is_named(lived: Day) -> None:
    disclosed = lived.one("Disclosed")
    lived.bundle()
    ((first, *_),) = [tick["entries"] for tick in disclosed.fields["ticks"] if tick["entries"]][:1]
    told = disclosed.fields["ticks"]
    other = first | {"type": "BidderCheckedIn"}
    disclosed.pinned["ticks"] = [
        tick | {"entries": [other if entry is first else entry for entry in tick["entries"]]} for tick in told
    ]
    fails(lived, f"lines.json {first['line']} entry 1", why="the disclosed type is not what the leaf commits to")


def test_an_entry_moved_to_another_tick_changes_both(server: Day) -> None:
    entry, tick = server.one("BidSubmitted"), server.tick_of(server.one("BidSubmitted"))
    later = next_tick(server, tick)
    for each in (tick, later):
        each.pinned["root"] = each.fields["root"]
    server.tick_of(entry).held.remove(entry)
    later.held.insert(0, entry)
    fails(server, tick, why="neither a disclosed entry nor a pad")


def test_an_entry_moved_to_another_tick_with_the_cosigners_help_is_dated_before_it(conspiracy: Day) -> None:
    entry = conspiracy.one("BidSubmitted")
    tick = conspiracy.tick_of(entry)
    later = next_tick(conspiracy, tick)
    tick.held.remove(entry)
    later.held.insert(0, entry)
    fails(conspiracy, entry, later)


@pytest.mark.parametrize("ticks", [slice(1, None), slice(0, -1), slice(0, 0)], ids=["first", "last", "all"])
def test_a_tick_that_is_not_explained_is_missed(lived: Day, ticks: slice) -> None:
    disclosed = lived.one("Disclosed")
    lived.bundle()
    disclosed.pinned["ticks"] = disclosed.fields["ticks"][ticks]
    fails(lived, disclosed, why="not every tick is explained")


def test_without_disclosure_nothing_is_explained(lived: Day) -> None:
    lived.drop(lived.one("Disclosed"))
    fails(lived, "timeline.json", why="not disclosed exactly once")


def test_disclosed_twice_is_once_too_often(lived: Day) -> None:
    disclosed = lived.one("Disclosed")
    lived.put_after(disclosed, again(disclosed))
    fails(lived, "timeline.json", why="not disclosed exactly once")


# ── Lines ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", ["MemberCheckedIn", "CustodianKeyOffered", "TimetableProposed"])
def test_what_belongs_on_the_main_line_is_not_in_a_side_line(lived: Day, kind: str) -> None:
    entry = lived.all(kind)[-1]
    tick = next_tick(lived, entry)
    line = lived.one("BidSubmitted").line
    lived.main.remove(entry)
    entry.line = line
    tick.held.append(entry)
    fails(lived, entry)


@pytest.mark.parametrize("kind", ["BidSubmitted", "BidderCheckedIn", "PartReleased"])
def test_what_belongs_in_a_side_line_is_not_on_the_main_line(lived: Day, kind: str) -> None:
    entry = lived.all(kind)[-1]
    tick = lived.tick_of(entry)
    tick.held.remove(entry)
    entry.line = MAIN
    entry.fields["at"] = tick.fields["at"]
    lived.put_before(tick, entry)
    fails(lived, entry)


def test_an_entry_in_a_rivals_line_is_named(lived: Day) -> None:
    first, second = lived.all("BidderCheckedIn")[:2]
    first.line = second.line
    fails(lived, first)


def test_a_second_close_in_a_side_line_is_not_the_close(lived: Day) -> None:
    """It would have the cosignatures of the main-line entry of the same number."""
    closed = lived.one("BidsClosed")
    number, tick = lived.main.index(closed) + 1, lived.main[lived.main.index(closed) - 1]
    entry = lived.one("BidderCheckedIn")
    tick.held += [again(entry) for _ in range(number - 1 - len(lived.line_of(entry.fields["person"])))]
    other = made_up(entry, "BidsClosed", close=closed.fields["close"])
    tick.held.append(other)
    tick.held.sort(key=lambda side: side is not other and side.type == "KeyReleased")
    fails(lived, other)


# ── The chain ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_entry_dated_before_the_one_before_it_is_named(lived: Day) -> None:
    entry = lived.one("RosterPublished")
    entry.fields["at"] = lived.one("OpeningScheduled").fields["at"]
    fails(lived, entry, why="dated before the one before it")


def test_a_tail_that_was_cut_off_anywhere_is_missed(bundle: bytes, keys: Keys) -> None:
    length = len(Day(bundle, keys).main)
    for keep in {*range(1, length, 9), *range(length - 4, length)}:
        day = Day(bundle, keys)
        del day.main[keep:]
        assert any(item.what.startswith("timeline.json") for item in failures(judged(day.bundle(), day.trust))), keep


def test_without_its_last_checkpoint_the_end_is_not_cosigned(server: Day) -> None:
    end = server.one("OpeningClosed")
    server.drop(server.checkpoint_of(end))
    fails(server, end, why="no cosigned checkpoint covers it")


def test_a_main_line_entry_left_out_of_the_chain_is_missed(server: Day) -> None:
    server.bundle()
    gone = server.main.index(server.one("RosterPublished"))
    members = server.members | {"lines.json": server.members["lines.json"]}
    members["timeline.json"] = server.shown(server.main[:gone] + server.main[gone + 1 :])
    found = failures(judged(server.listed(members), server.trust))
    assert (found[0].what, found[0].why) == (f"timeline.json entry {gone + 2}", f"entry {gone + 1} is expected here")


def test_entries_exchanged_are_not_chained(server: Day) -> None:
    server.bundle()
    main = list(server.main)
    main[4], main[5] = main[5], main[4]
    found = failures(judged(server.listed(server.members | {"timeline.json": server.shown(main)}), server.trust))
    assert (found[0].what, found[0].why) == ("timeline.json entry 6", "entry 5 is expected here")


def test_a_day_under_another_sessions_name_begins_elsewhere(server: Day) -> None:
    server.bundle()
    server.session = "KB-2026-9999"
    found = failures(judged(server.listed(server.members), server.trust))
    assert (found[0].what, found[0].why) == ("timeline.json entry 1", "the entry is not chained to the one before it")


# ── Beside the chain ─────────────────────────────────────────────────────────────────────────────────────


def test_a_side_line_entry_of_a_number_that_is_there_already_is_named(server: Day) -> None:
    server.bundle()
    told = parse_jcs(server.members["lines.json"])
    false = told[0] | {"event": told[0]["event"] | {"name": "别的公司"}}
    members = server.members | {"lines.json": jcs([false, *told])}
    assert failures(judged(server.listed(members), server.trust)), "verified"


def test_a_close_five_minutes_late_does_not_hide_behind_one_that_is_in_no_tick(lived: Day) -> None:
    """The false one has the number of a tick that was cosigned in time, and of a true entry of its line."""
    closed = lived.one("BidsClosed")
    tick = lived.main[lived.main.index(closed) - 1]
    on_time = again(tick)
    for entry in lived.main[lived.main.index(closed) :]:
        entry.fields["at"] = five_minutes_after(entry.fields["at"])
        entry.times = {name: time + 300 for name, time in entry.times.items()}
        for side in entry.held:
            side.fields["at"] = five_minutes_after(side.fields["at"])
    lived.put_after(tick, on_time, lived.cover(on_time))
    number = lived.main.index(on_time) + 1
    lived.lies["close"] = lambda close: close | {"tick": number - 1}
    came = lived.one("BidderCheckedIn")
    tick.held += [again(came) for _ in range(number)]
    members, _ = container.read(io.BytesIO(lived.bundle()))
    false = made_up(closed, "BidsClosed", close=closed.fields["close"])
    false.fields["at"] = payload_of(closed.fields["close"])["at"]
    false.line, false.seq = came.line, number
    lines = lived.shown([false, *(side for entry in lived.main for side in entry.held)])
    found = failures(judged(lived.listed(members | {"lines.json": lines}), lived.trust))
    assert found, "verified"


def five_minutes_after(at: str) -> str:
    return moved(at, 300_000)


def test_side_lines_in_another_order_than_disclosed_are_named(server: Day) -> None:
    told = parse_jcs(server.members["lines.json"])
    found = failures(judged(server.listed(server.members | {"lines.json": jcs(told[::-1])}), server.trust))
    assert [item.what for item in found] == ["lines.json"]


@pytest.mark.parametrize("place", ["entry", "proof"])
def test_an_entry_with_a_word_too_many_is_named(server: Day, place: str) -> None:
    told = parse_jcs(server.members["timeline.json"])
    if place == "entry":
        told[0]["remark"] = "unsigned"
    else:
        told[0]["proof"]["remark"] = "unsigned"
    found = failures(judged(server.listed(server.members | {"timeline.json": jcs(told)}), server.trust))
    assert found, "verified"
