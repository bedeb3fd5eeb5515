"""Who countersigns looks first: what another signed, or the server made, must be what was seen to happen."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.demo.authority import Authority
from remote_bid.opening.events import (
    BidReadOut,
    BidsClosed,
    ObjectionAnswered,
    ObjectionRaised,
    OpeningScheduled,
    RecordPrepared,
    TimetableSigned,
)
from remote_bid.opening.rules.record import record_hash
from remote_bid.opening.statements import Close, Extension, Schedule
from remote_bid.opening.terms import (
    Cause,
    ExtensionCause,
    LineAnswer,
    ObjectionLine,
    OpeningRecord,
    Outcome,
    RecordLine,
    Role,
)
from remote_bid.participant import before_signing
from remote_bid.participant.checks import Broken
from remote_bid.participant.copy import Copy, E
from remote_bid.participant.identity import Identity, read_identity
from remote_bid.people.certificates import Signed
from remote_bid.seal.canonical import b64
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import Payload, countersign, state, statement_id
from remote_bid.tender.statements import NamedLogKey, Resume, Suspend, Timetable, Windows
from remote_bid.tender.terms import SuspensionCause
from remote_bid.timeline.context import Event
from remote_bid.timeline.entry import Shown
from remote_bid.verify.trust import Trust
from tests.gateway.house import HALL, MEMBERS, TENDER

AUTHORITY, STRANGERS = Authority("Authority"), Authority("Strangers")
TRUST = Trust(roots=[AUTHORITY.pem], log=NamedLogKey(name="log", key=b64(bytes(32))), cosigners=[], quorum=0)
SERVER = KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32))
CLOSE = state(
    Close(session=HALL, timetable="t", tick=1, at="2026-11-22T01:30:00.000Z", lots=[]),
    SERVER,
)
SCHEDULED = Schedule(session=HALL, tender=TENDER, members=MEMBERS)
SHOWN = Shown(line="main", seq=1, prev="", leaf="", event=None, proof=None)


class Seen(Copy):
    """A copy that was shown these events."""

    def __init__(self, *events: Event) -> None:
        super().__init__(HALL)
        self._seen = events

    def events(self, kind: type[E]) -> list[tuple[Shown, E]]:
        return [(SHOWN, event) for event in self._seen if isinstance(event, kind)]


@pytest.fixture(scope="module")
def pens(tmp_path_factory: pytest.TempPathFactory) -> "Pens":
    return Pens(tmp_path_factory.mktemp("people"))


class Pens:
    """Everybody signs; a stranger's authority certifies the same people."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, person: str, authority: Authority = AUTHORITY) -> Identity:
        home = self._folder / authority.root.subject.rfc4514_string() / person
        if not home.exists():
            authority.enrol(home, person, person)
        return read_identity(home)

    def sign(self, told: Payload, *people: str, authority: Authority = AUTHORITY) -> Signed:
        first, *others = (self.of(person, authority) for person in people)
        signed = first.sign(told)
        for other in others:
            signed = Signed(
                statement=countersign(signed.statement, other.signer),
                certificates=[*signed.certificates, other.certificate],
            )
        return signed

    def day(self, *events: Event) -> Seen:
        scheduled = OpeningScheduled(tender=TENDER, members=MEMBERS, signed=self.sign(SCHEDULED, "host-01"))
        return Seen(scheduled, BidsClosed(close=CLOSE), *events)


RESUME = Resume(session=HALL, number=1)
EXTENSION = Extension(session=HALL, close=statement_id(CLOSE), number=1, by_ms=60_000, cause=ExtensionCause.EMERGENCY)
SUSPEND = Suspend(session=HALL, number=1, cause=SuspensionCause.EMERGENCY)


@pytest.mark.parametrize("told", [RESUME, EXTENSION])
def test_what_the_other_of_the_two_has_signed_is_shown_for_signing(told: Payload, pens: Pens) -> None:
    signed = pens.sign(told, "host-01")
    assert before_signing.joint(TRUST, pens.day(), signed, Role.HOST) == told


NOT_THE_OTHERS = {
    "nobody whom we trust": (RESUME, ["host-01"], STRANGERS),
    "somebody else": (RESUME, ["tenderer-01"], AUTHORITY),
    "ourselves": (RESUME, ["supervisor-01"], AUTHORITY),
    "a stranger to the session": (RESUME, ["nobody-01"], AUTHORITY),
    "both already": (RESUME, ["host-01", "supervisor-01"], AUTHORITY),
    "for another session": (Resume(session="KB-2", number=1), ["host-01"], AUTHORITY),
    "for another close": (msgspec.structs.replace(EXTENSION, close="another"), ["host-01"], AUTHORITY),
    "something that one signs alone": (SUSPEND, ["host-01"], AUTHORITY),
}


@pytest.mark.parametrize("how", NOT_THE_OTHERS)
def test_nothing_else_is_signed_as_the_second_of_two(how: str, pens: Pens) -> None:
    told, people, authority = NOT_THE_OTHERS[how]
    with pytest.raises(Broken):
        before_signing.joint(TRUST, pens.day(), pens.sign(told, *people, authority=authority), Role.HOST)


def test_a_suspension_is_the_hosts(pens: Pens) -> None:
    assert before_signing.suspension(TRUST, pens.day(), pens.sign(SUSPEND, "host-01")) == SUSPEND
    with pytest.raises(Broken, match="not the host's alone"):
        before_signing.suspension(TRUST, pens.day(), pens.sign(SUSPEND, "supervisor-01"))


# ── Timetables ───────────────────────────────────────────────────────────────────────────────────────────

FIRST = Timetable(
    session=HALL, policies=[], prev=None, deadline="2126-11-22T01:30:00.000Z", windows=Windows(), lobby_ms=1000
)


def follow(signed: Signed, **changes: Any) -> Timetable:
    return msgspec.structs.replace(FIRST, prev=statement_id(signed.statement), **changes)


def test_a_timetable_is_signed_that_follows_the_one_that_holds(pens: Pens) -> None:
    signed = pens.sign(FIRST, "tenderer-01")
    assert before_signing.timetable(TRUST, pens.day(), signed) == FIRST
    day = pens.day(TimetableSigned(signed=signed))
    later = follow(signed, deadline="2126-11-22T02:30:00.000Z")
    assert before_signing.timetable(TRUST, day, pens.sign(later, "tenderer-01")) == later


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"deadline": "2126-11-22T01:29:59.999Z"}, "earlier than the one that holds"),
        ({"deadline": "2020-01-01T00:00:00.000Z"}, "over by our own clock"),
        ({"prev": None}, "does not follow"),
        ({"policies": ["unseen"]}, "policies that were published"),
        ({"session": "KB-2"}, "another session"),
    ],
)
def test_a_timetable_is_not_signed_that_does_not(changes: dict[str, Any], why: str, pens: Pens) -> None:
    signed = pens.sign(FIRST, "tenderer-01")
    told = msgspec.structs.replace(follow(signed), **changes)
    with pytest.raises(Broken, match=why):
        before_signing.timetable(TRUST, pens.day(TimetableSigned(signed=signed)), pens.sign(told, "tenderer-01"))


# ── The record ───────────────────────────────────────────────────────────────────────────────────────────

READ = BidReadOut(
    bid="b",
    name="Ann",
    lot="1",
    outcome=Outcome.DEEMED_REVOKED,
    cause=Cause.NOT_RELEASED,
    form=None,
    deposit=None,
    consortium=[],
)
LINE = RecordLine(
    bid="b",
    lot="1",
    name="Ann",
    submitted_at="2026-11-22T01:00:00.000Z",
    checked_in_at=None,
    released_at=None,
    outcome=READ.outcome,
    cause=READ.cause,
    form=None,
    deposit=READ.deposit,
    consortium=READ.consortium,
    bids_twice=[],
    answer=LineAnswer.SILENT,
)
RAISED = ObjectionLine(number=1, name="Ann", at="", bid=None, text="why", answer="so", answered_at="")
RECORD = OpeningRecord(
    session=HALL,
    tender=TENDER,
    members=MEMBERS,
    deadline=FIRST.deadline,
    window_closed_at="",
    keys_published=[],
    aborted=[],
    draws=[],
    lines=[LINE],
    objections=[RAISED],
)


def prepared(**changes: Any) -> RecordPrepared:
    record = msgspec.structs.replace(RECORD, **changes)
    return RecordPrepared(record=record, hash=record_hash(record), ends_at="")


def heard(pens: Pens) -> Seen:
    """The day on which that was read out, raised and answered."""
    signed = pens.sign(FIRST, "tenderer-01")
    raised = ObjectionRaised(number=1, alias=1, person="ann", name="Ann", text="why", signed=signed)
    answered = ObjectionAnswered(number=1, text="so", signed=signed)
    return pens.day(TimetableSigned(signed=signed), READ, raised, answered)


def test_a_record_is_signed_that_says_what_was_seen(pens: Pens) -> None:
    before_signing.record(heard(pens), prepared())


CHANGED: dict[str, dict[str, Any]] = {
    "a bid left out": {"lines": []},
    "a bid twice": {"lines": [LINE, LINE]},
    "another name": {"lines": [msgspec.structs.replace(LINE, name="Bob")]},
    "another outcome": {"lines": [msgspec.structs.replace(LINE, outcome=Outcome.DEEMED_WITHDRAWN)]},
    "another cause": {"lines": [msgspec.structs.replace(LINE, cause=Cause.GARBAGE)]},
    "another deadline": {"deadline": "2026-11-22T01:30:00.000Z"},
    "another session": {"session": "KB-2"},
    "an objection left out": {"objections": []},
    "an objection reworded": {"objections": [msgspec.structs.replace(RAISED, text="oh")]},
    "an answer left out": {"objections": [msgspec.structs.replace(RAISED, answer=None)]},
    "an answer reworded": {"objections": [msgspec.structs.replace(RAISED, answer="well")]},
}


@pytest.mark.parametrize("what", CHANGED)
def test_a_record_is_not_signed_that_says_something_else(what: str, pens: Pens) -> None:
    with pytest.raises(Broken):
        before_signing.record(heard(pens), prepared(**CHANGED[what]))


def test_a_record_is_not_signed_under_anothers_hash(pens: Pens) -> None:
    other = msgspec.structs.replace(prepared(), hash=record_hash(prepared(session="KB-2").record))
    with pytest.raises(Broken, match="hash"):
        before_signing.record(heard(pens), other)
