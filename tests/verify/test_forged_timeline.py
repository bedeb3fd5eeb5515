"""Order and time: ticks, side lines, checkpoints, cosigners' clocks, phases, the tail."""

import io
from collections.abc import Iterator, Sequence

import pytest

from remote_bid.seal.canonical import b64, jcs, parse_jcs
from remote_bid.timeline import instant
from remote_bid.timeline.entry import MAIN
from remote_bid.timeline.sideline import TickTree
from remote_bid.verify import container, history
from tests.unmended import unmended
from tests.verify.forger import Day, Loose, again, made_up, payload_of
from tests.verify.judging import fails, failures, judged
from tests.verify.keys import Keys

COSIGNED = [
    "OpeningScheduled",
    "TimetableSigned",
    "LobbyOpened",
    "Ticked",
    "BidsClosed",
    "RosterPublished",
    "ReleaseOpened",
    "WindowClosed",
    "CustodyOpened",
    "ReadoutOpened",
    "RecordPrepared",
    "OpeningClosed",
]
PHASES = ["LobbyOpened", "RosterPublished", "ReleaseOpened", "CustodyOpened", "ReadoutOpened"]


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


@unmended("how many slots a tick has, and when it falls, is not held against the timetable")
def test_a_tick_that_did_not_fall_is_missed(lived: Day) -> None:
    before, after = lived.all("Ticked")[:2]
    after.held[:0] = before.held
    before.held.clear()
    lived.drop(before)
    fails(lived)


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


@pytest.mark.parametrize("kind", ["BidSubmitted", "BidderCheckedIn", "KeyReleased"])
def test_what_belongs_in_a_side_line_is_not_on_the_main_line(lived: Day, kind: str) -> None:
    entry = lived.all(kind)[-1]
    tick = lived.tick_of(entry)
    assert entry is lived.line_of(entry.fields["by"]["person"])[-1] or kind != "KeyReleased"
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


# ── Checkpoints ──────────────────────────────────────────────────────────────────────────────────────────


def every(day: Day) -> Iterator[Loose]:
    """Everything that must be cosigned."""
    yield from (entry for entry in day.main if entry.type in COSIGNED)


def test_a_checkpoint_that_was_removed_is_missed_by_what_it_covered(bundle: bytes, keys: Keys) -> None:
    kinds = set()
    for number, entry in enumerate(every(Day(bundle, keys))):
        if entry.type in kinds:
            continue
        kinds.add(entry.type)
        day = Day(bundle, keys)
        uncovered = list(every(day))[number]
        day.drop(day.checkpoint_of(uncovered))
        fails(day, uncovered, why="no cosigned checkpoint covers it")
    assert kinds == set(COSIGNED)


def test_a_checkpoint_for_another_entry_does_not_hold_it(lived: Day) -> None:
    first, second = lived.all("CheckpointCosigned")[:2]
    lived.bundle()
    first.pinned |= {"covers": second.fields["covers"]}
    fails(lived, first, why="does not hold entry")


@pytest.mark.parametrize("who", ["log", "cosigner"])
def test_a_note_that_lacks_a_signature_is_named(lived: Day, who: str) -> None:
    checkpoint = lived.all("CheckpointCosigned")[3]
    lived.bundle()
    body, lines = checkpoint.fields["note"].split("\n\n")
    name = {"log": lived.trust.log.name, "cosigner": lived.trust.cosigners[0].name}[who]
    kept = [line for line in lines.splitlines() if f"— {name} " not in line]
    checkpoint.pinned["note"] = body + "\n\n" + "".join(f"{line}\n" for line in kept)
    fails(lived, checkpoint, why="lacks the signature of the log or of its cosigners")


def test_a_note_of_another_tree_does_not_hold_the_session(lived: Day) -> None:
    first, second = lived.all("CheckpointCosigned")[:2]
    lived.bundle()
    second.pinned["note"] = first.fields["note"]
    fails(lived, second, why="the checkpoint's tree does not hold the session's head")


def test_a_platform_log_that_shrinks_is_named(lived: Day) -> None:
    first, second = (entry for entry in lived.all("CheckpointCosigned")[3:5])
    one, other = lived.main.index(first), lived.main.index(second)
    lived.bundle()
    for entry in (first, second):
        entry.pinned |= {name: entry.fields[name] for name in ("note", "index", "path", "covers", "head")}
    lived.main[one], lived.main[other] = second, first
    if second.fields["covers"] < first.fields["covers"]:
        raise AssertionError("later checkpoints cover later entries")
    fails(lived)


SECONDS_OFF = [-300, -3, 4, 300]


@pytest.mark.parametrize("seconds", SECONDS_OFF)
def test_a_close_cosigned_at_another_time_is_not_in_time(conspiracy: Day, seconds: int) -> None:
    closed = conspiracy.one("BidsClosed")
    checkpoint = conspiracy.checkpoint_of(closed)
    checkpoint.times = {name: time + seconds for name, time in checkpoint.times.items()}
    fails(conspiracy, closed, checkpoint)


@pytest.mark.parametrize("kind", ["Ticked", "WindowClosed", "RosterPublished", "OpeningClosed"])
def test_what_was_cosigned_five_minutes_before_it_happened_is_named(conspiracy: Day, kind: str) -> None:
    checkpoint = conspiracy.checkpoint_of(conspiracy.one(kind))
    checkpoint.times = {name: time - 300 for name, time in checkpoint.times.items()}
    fails(conspiracy, checkpoint, why="cosigned before it happened")


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


# ── Phases ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_roster_after_the_release_goes_back(lived: Day) -> None:
    roster, release = lived.one("RosterPublished"), lived.one("ReleaseOpened")
    one, other = lived.main.index(roster), lived.main.index(release)
    lived.main[one], lived.main[other] = release, roster
    roster.fields["at"], release.fields["at"] = release.fields["at"], roster.fields["at"]
    fails(lived, release, why="the session went from CLOSED_FOR_BIDS to RELEASE")


@pytest.mark.parametrize("kind", ["LobbyOpened", "RosterPublished", "ReleaseOpened", "ReadoutOpened"])
def test_a_phase_that_comes_again_goes_back(lived: Day, kind: str) -> None:
    entry, end = lived.one(kind), lived.one("OpeningClosed")
    second = again(entry)
    second.fields["at"] = end.fields["at"]
    lived.put_before(end, second, lived.cover(second))
    fails(lived, second)


ONCE = [
    "OpeningScheduled",
    "RosterPublished",
    "ReleaseOpened",
    "WindowClosed",
    "CustodyOpened",
    "KeyPublished",
    "ReadoutOpened",
    "RecordPrepared",
    "RecordSigned",
    "OpeningClosed",
]


@pytest.mark.parametrize("kind", ONCE)
def test_what_happens_once_does_not_happen_again(lived: Day, kind: str) -> None:
    entry = lived.one(kind)
    second = again(entry)
    lived.put_after(entry, second)
    if kind in COSIGNED:
        lived.put_after(second, lived.cover(second))
    fails(lived, second)


def test_the_people_of_a_session_are_not_exchanged_later(lived: Day) -> None:
    scheduled, signed = lived.one("OpeningScheduled"), lived.one("TimetableSigned")
    second = again(scheduled)
    second.fields |= {"at": signed.fields["at"]}
    second.fields["members"] = [
        member | {"name": "别的监督人员"} if member["role"] == "supervisor" else member
        for member in scheduled.fields["members"]
    ]
    lived.put_after(signed, second, lived.cover(second))
    fails(lived, second)


def test_a_key_released_after_the_window_was_closed_is_too_late(lived: Day) -> None:
    window = lived.one("WindowClosed")
    tick = lived.main[lived.main.index(window) - 1]
    release = lived.all("KeyReleased")[-1]
    lived.tick_of(release).held.remove(release)
    tick.held.append(release)
    release.fields["at"] = tick.fields["at"]
    at = lived.main.index(tick)
    lived.main[at : at + 2] = [window, tick]
    fails(lived, release, window)


@pytest.mark.parametrize("kind", PHASES)
def test_a_phase_that_was_skipped_is_missed(lived: Day, kind: str) -> None:
    lived.drop(lived.one(kind))
    fails(lived)


@pytest.mark.parametrize("after", ["ReleaseOpened", "CustodyOpened", "ReadoutOpened"])
def test_after_the_roster_nothing_is_held(lived: Day, after: str) -> None:
    entry = lived.one(after)
    back = again(entry)
    held = made_up(entry, "OpeningHeld", cause="not_cosigned_in_time")
    lived.put_after(entry, held, lived.cover(held), back, lived.cover(back))
    fails(lived, held, back)


def test_a_held_session_does_not_go_on_without_a_new_timetable(lived: Day) -> None:
    closed = lived.one("BidsClosed")
    held = made_up(closed, "OpeningHeld", cause="not_cosigned_in_time")
    lived.put_after(closed, held, lived.cover(held))
    fails(lived, held, lived.one("RosterPublished"))


def test_the_last_event_is_the_end(lived: Day) -> None:
    lived.drop(lived.one("OpeningClosed"))
    fails(lived, "timeline.json", why="the session is not over: RECORD")


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
    return instant.text(instant.later(instant.when(at), 300_000))


@unmended("the order of side-line entries is not looked at")
def test_side_lines_in_another_order_than_disclosed_are_named(server: Day) -> None:
    told = parse_jcs(server.members["lines.json"])
    found = failures(judged(server.listed(server.members | {"lines.json": jcs(told[::-1])}), server.trust))
    assert found, "verified"


@unmended("what no struct of an entry knows is passed over")
@pytest.mark.parametrize("place", ["entry", "proof"])
def test_an_entry_with_a_word_too_many_is_named(server: Day, place: str) -> None:
    told = parse_jcs(server.members["timeline.json"])
    if place == "entry":
        told[0]["remark"] = "unsigned"
    else:
        told[0]["proof"]["remark"] = "unsigned"
    found = failures(judged(server.listed(server.members | {"timeline.json": jcs(told)}), server.trust))
    assert found, "verified"
