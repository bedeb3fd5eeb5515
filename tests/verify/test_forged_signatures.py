"""Who signed: the wrong person, a stranger, the right person another paper; policies and timetables that the rules
would never have taken.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from remote_bid.demo.authority import Authority
from remote_bid.participant.identity import read_identity
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.statements import Statement, statement_id
from remote_bid.timeline import instant
from tests.verify.forger import Day
from tests.verify.judging import fails, holds
from tests.verify.keys import Keys
from tests.verify.pieces import Loose, Payload, again, payload_of, signed, signed_by
from tests.verify.rebirth import Reborn

SIGNED_BY_ONE = [
    "CustodianKeyOffered",
    "PolicyPublished",
    "TimetableProposed",
    "MemberCheckedIn",
    "BidderCheckedIn",
    "KeyReleased",
    "KeyPublished",
    "RecordSigned",
]


def kind_of(statement: Payload) -> str:
    media_type: str = statement["payloadType"]
    return media_type.removeprefix("application/vnd.sbid.").removesuffix("+json")


def resign(entry: Loose, person: str, keys: Keys) -> None:
    """The same paper, with another person's signature and certificate."""
    statement = entry.fields["signed"]["statement"]
    entry.pinned["signed"] = signed(keys.people[person], kind_of(statement), payload_of(statement))


def somebody_else(entry: Loose, keys: Keys) -> str:
    """Of the same role where there are several."""
    signers = set(entry.fields["signed"]["certificates"])
    like = "custodian" if entry.fields["by"]["role"] == "custodian" else "9"
    others = [name for name, identity in keys.people.items() if identity.certificate not in signers]
    return next((name for name in others if name.startswith(like)), others[0])


# ── The wrong person ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", SIGNED_BY_ONE)
def test_a_paper_signed_by_somebody_else_is_named(lived: Day, keys: Keys, kind: str) -> None:
    entry = lived.all(kind)[-1]
    resign(entry, somebody_else(entry, keys), keys)
    fails(lived, entry)


def test_a_bid_signed_by_a_rival_is_named(lived: Day, keys: Keys) -> None:
    submitted, other = lived.all("BidSubmitted")[:2]
    signer = keys.people[other.fields["bidder"]]
    for part in submitted.fields["parts"]:
        for name in ("submission", "deal"):
            part[name] = signed_by(part[name]["payloadType"], payload_of(part[name]), signer.signer)
    submitted.fields["certificates"] = [signer.certificate]
    fails(lived, submitted, why="not by whom it must be")


def test_a_signature_under_anothers_certificate_is_named(lived: Day, keys: Keys) -> None:
    entry = lived.all("RecordSigned")[0]
    other = somebody_else(entry, keys)
    entry.fields["signed"]["certificates"] = [keys.people[other].certificate]
    fails(lived, entry, why="signatures and certificates do not belong together")


TIMETABLES: dict[str, list[str]] = {
    "the tenderer alone": ["tenderer-01"],
    "the supervisor alone": ["supervisor-01"],
    "the tenderer twice": ["tenderer-01", "tenderer-01"],
    "the host for the supervisor": ["tenderer-01", "host-01"],
    "the other way round": ["supervisor-01", "tenderer-01"],
}


@pytest.mark.parametrize("signers", TIMETABLES.values(), ids=TIMETABLES)
def test_a_timetable_needs_tenderer_and_supervisor(lived: Day, keys: Keys, signers: list[str]) -> None:
    entry = lived.one("TimetableSigned")
    statement = entry.fields["signed"]["statement"]
    people = [keys.people[name] for name in signers]
    again = signed_by(statement["payloadType"], payload_of(statement), *(person.signer for person in people))
    entry.pinned["signed"] = {"statement": again, "certificates": [person.certificate for person in people]}
    fails(lived, entry, why="not by whom it must be")


@pytest.mark.parametrize(("kind", "field"), [("BidSubmitted", "receipt"), ("KeyReleased", "receipt")])
def test_a_receipt_that_is_not_the_logs_is_named(lived: Day, keys: Keys, kind: str, field: str) -> None:
    entry = lived.one(kind)
    receipt = entry.fields[field]
    entry.pinned[field] = signed_by(receipt["payloadType"], payload_of(receipt), keys.people["host-01"].signer)
    fails(lived, entry, why="the receipt is not signed by the log's key")


@pytest.mark.parametrize(("kind", "field"), [("BidsClosed", "close"), ("WindowClosed", "window_closed")])
def test_a_close_or_window_that_is_not_the_logs_is_named(lived: Day, keys: Keys, kind: str, field: str) -> None:
    entry = lived.one(kind)
    statement = entry.fields[field]
    entry.pinned[field] = signed_by(statement["payloadType"], payload_of(statement), keys.people["host-01"].signer)
    fails(lived, entry, why=f"the {field} is not signed by the log's key")


# ── A stranger ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "kind", ["CustodianKeyOffered", "PolicyPublished", "MemberCheckedIn", "KeyReleased", "RecordSigned"]
)
def test_a_person_certified_by_another_authority_is_a_stranger(
    lived: Day, keys: Keys, tmp_path: Path, kind: str
) -> None:
    entry = lived.all(kind)[-1]
    person = entry.fields["by"]["person"]
    Authority("另一家认证机构").enrol(tmp_path, person, person)
    statement = entry.fields["signed"]["statement"]
    entry.pinned["signed"] = signed(read_identity(tmp_path), kind_of(statement), payload_of(statement))
    fails(lived, entry, why="not one of a trusted authority")


def test_a_certificate_that_is_none_is_named(lived: Day) -> None:
    entry = lived.all("RecordSigned")[0]
    entry.fields["signed"]["certificates"] = [b64(b"no certificate")]
    fails(lived, entry, why="not one of a trusted authority")


def test_a_certificate_with_a_byte_flipped_is_named(lived: Day) -> None:
    entry = lived.all("RecordSigned")[0]
    raw = bytearray(unb64(entry.fields["signed"]["certificates"][0]))
    raw[-10] ^= 1
    entry.fields["signed"]["certificates"] = [b64(bytes(raw))]
    fails(lived, entry, why="not one of a trusted authority")


def test_before_its_certificate_was_issued_nobody_signs(lived: Day) -> None:
    for entry in lived.entries():
        entry.fields["at"] = "2001" + entry.fields["at"][4:]
    received = [noted.fields["deposit"]["received_at"] for noted in lived.all("DepositNoted")]
    lived.renamed |= {at: "2001" + at[4:] for at in received}
    fails(lived, lived.one("OpeningScheduled"), why="not one of a trusted authority")


# ── Another paper ────────────────────────────────────────────────────────────────────────────────────────

PAPERS = {
    "CustodianKeyOffered": "custodian_key",
    "PolicyPublished": "policy",
    "TimetableSigned": "timetable",
    "KeyReleased": "release",
    "KeyPublished": "custody",
}


@pytest.mark.parametrize("kind", PAPERS)
def test_another_paper_in_the_place_of_the_right_one_is_no_such_statement(lived: Day, keys: Keys, kind: str) -> None:
    entry = lived.one(kind)
    presence = lived.one("MemberCheckedIn").fields["signed"]["statement"]
    by = keys.people[entry.fields["by"]["person"]]
    entry.pinned["signed"] = signed(by, "check_in", payload_of(presence))
    fails(lived, entry, why=f"a {PAPERS[kind]} statement is expected")


def test_a_check_in_is_no_signature_of_the_record(conspiracy: Day) -> None:
    entry = next(e for e in conspiracy.all("RecordSigned") if e.fields["person"] == "host-01")
    entry.fields["signed"] = conspiracy.of("MemberCheckedIn", person="host-01").fields["signed"]
    fails(conspiracy, entry)


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("record_signature", "record"),
        ("record_signature", "session"),
        ("record_signature", "person"),
        ("release", "close"),
        ("release", "session"),
        ("custody", "close"),
        ("custody", "window_closed"),
        ("custody", "session"),
        ("close", "timetable"),
        ("receipt", "session"),
        ("receipt", "line"),
        ("receipt", "salt"),
        ("timetable", "session"),
        ("check_in", "session"),
        ("check_in", "person"),
        ("check_in", "role"),
        ("close", "session"),
        ("window_closed", "session"),
        ("window_closed", "timetable"),
    ],
)
def test_a_paper_that_names_another_thing_proves_nothing_here(lived: Day, kind: str, field: str) -> None:
    lived.lies[kind] = lambda payload: payload | {field: b64(bytes(32))}
    fails(lived, "timeline.json entry", "lines.json")


# ── Policies ─────────────────────────────────────────────────────────────────────────────────────────────

OTHER_KEY = {"name": "log.elsewhere", "key": b64(bytes(32))}


def one_side(policy: Payload) -> Payload:
    return policy | {"custodians": [custodian | {"side": "tenderer"} for custodian in policy["custodians"]]}


POLICIES: dict[str, Callable[[Payload], Payload]] = {
    "another log": lambda policy: policy | {"log": OTHER_KEY},
    "another cosigner": lambda policy: policy | {"cosigners": [OTHER_KEY]},
    "another quorum": lambda policy: policy | {"quorum": 0},
    "another suite": lambda policy: policy | {"suites": ["none"]},
    "one side holds k": one_side,
}


def test_a_policy_that_names_other_authorities_is_named(lived: Day) -> None:
    lived.lies["policy"] = lambda policy: policy | {"authorities": [b64(bytes(32))]}
    fails(lived, "policy of lot 1", why="other authorities")


@pytest.mark.parametrize("change", POLICIES.values(), ids=POLICIES)
def test_a_policy_that_the_rules_would_not_have_taken_is_named(
    reborn: Reborn, change: Callable[[Payload], Payload]
) -> None:
    reborn.lies["policy"] = change
    fails(reborn, "policy of lot 1", reborn.one("PolicyPublished"))


@pytest.mark.parametrize("field", ["session", "tender"])
def test_a_policy_of_another_day_is_named(reborn: Reborn, field: str) -> None:
    reborn.lies["policy"] = lambda policy: policy | {field: "another"}
    fails(reborn, "policy of lot 1", reborn.one("PolicyPublished"))


@pytest.mark.parametrize("field", ["session", "lot", "part"])
def test_a_key_offered_for_something_else_is_named(reborn: Reborn, field: str) -> None:
    reborn.lies["custodian_key"] = lambda offer: offer | {field: "another"}
    fails(reborn, "policy of lot 1", reborn.one("CustodianKeyOffered"))


def test_without_such_lies_the_day_played_again_holds(reborn: Reborn) -> None:
    holds(reborn)


TIMETABLE_LIES: dict[str, Payload] = {
    "other policies": {"policies": [b64(bytes(32))]},
    "not the latest": {"prev": b64(bytes(32))},
    "a deadline gone by": {"deadline": "2020-01-01T00:00:00.000Z"},
    "a window without length": {"windows": {"release_ms": 0, "custody_ms": 1, "record_ms": 1}},
    "ticks too fast": {"ticks": {"every_ms": 99, "slots": 256}},
}


@pytest.mark.parametrize("lie", TIMETABLE_LIES.values(), ids=TIMETABLE_LIES)
def test_a_timetable_that_the_rules_would_not_have_taken_is_named(lived: Day, lie: Payload) -> None:
    lived.lies["timetable"] = lambda table: table | lie
    fails(lived, lived.one("TimetableSigned"))


def test_a_timetable_that_moves_the_deadline_forward_is_named(lived: Day, keys: Keys) -> None:
    second = lived.one("TimetableSigned")
    table = payload_of(second.fields["signed"]["statement"])
    both = [keys.people[person] for person in ("tenderer-01", "supervisor-01")]
    signers, certificates = [person.signer for person in both], [person.certificate for person in both]

    def by_both(payload: Payload) -> Payload:
        media_type = "application/vnd.sbid.timetable+json"
        return {"statement": signed_by(media_type, payload, *signers), "certificates": certificates}

    first = again(second)
    hour_later = instant.text(instant.later(instant.when(table["deadline"]), 3_600_000))
    first.pinned["signed"] = by_both(table | {"deadline": hour_later})
    prev = statement_id(msgspec.convert(first.pinned["signed"]["statement"], type=Statement))
    lived.lies["timetable"] = lambda payload: payload | {"prev": prev}
    lived.put_before(second, first, lived.cover(first))
    fails(lived, second, why="never moves earlier")


# ── The schedule ─────────────────────────────────────────────────────────────────────────────────────────


def test_roles_are_not_the_servers_word(conspiracy: Day) -> None:
    scheduled = conspiracy.one("OpeningScheduled")
    scheduled.fields["members"] = [
        member | {"person": "friend"} if member["role"] == "supervisor" else member
        for member in scheduled.fields["members"]
    ]
    fails(conspiracy, scheduled, conspiracy.one("TimetableSigned"))


def test_the_minimum_of_a_lot_is_not_the_servers_word(conspiracy: Day) -> None:
    scheduled = conspiracy.one("OpeningScheduled")
    scheduled.fields["tender"]["lots"][0]["minimum"] = 1
    fails(conspiracy, scheduled, why="says something else than its entry")


SCHEDULES: dict[str, Callable[[Payload], Payload]] = {
    "two supervisors": lambda plan: with_member(plan, role="supervisor"),
    "a bidder": lambda plan: with_member(plan, role="bidder"),
    "somebody twice": lambda plan: with_member(plan, person="custodian-01"),
    "a lot twice": lambda plan: plan | {"tender": plan["tender"] | {"lots": plan["tender"]["lots"] * 2}},
}


def with_member(plan: Payload, **changes: str) -> Payload:
    member = {"person": "friend", "name": "朋友", "role": "observer", "side": ""} | changes
    return plan | {"members": [*plan["members"], member]}


@pytest.mark.parametrize("change", SCHEDULES.values(), ids=SCHEDULES)
def test_a_schedule_that_the_rules_would_not_have_taken_fails(lived: Day, change: Callable[[Payload], Payload]) -> None:
    """Named, or what comes to grief with it."""
    scheduled = lived.one("OpeningScheduled")
    scheduled.fields |= change({name: scheduled.fields[name] for name in ("tender", "members")})
    fails(lived)
