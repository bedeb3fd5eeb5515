"""Who is in the call under test, and what they do."""

from datetime import datetime, timedelta

from remote_bid.seal.canonical import b64
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK
from remote_bid.timeline.entry import Who
from remote_bid.video import commands as c
from remote_bid.video import video as context
from remote_bid.video.facts import VideoFacts
from remote_bid.video.rules.guards import CARRIER, HOUSE
from remote_bid.video.terms import CalledBy, CallKind, CallRole, Chair, Segment
from tests.given import Act, Past, Room
from tests.opening.actors import DEPLOYMENT, LINE_SECRET, OFFICE, secret_of

SESSION = "call-3f2a9c"
BEGINS = datetime(2026, 11, 23, 2, tzinfo=instant.when("2026-11-23T02:00:00.000Z").tzinfo)


def who(person: str, role: CallRole) -> Who:
    return Who(person=person, role=role)


SUPERVISOR = who("supervisor-01", CallRole.SUPERVISOR)
EXPERT = who("expert-zhang", CallRole.EXPERT)
COLLEAGUE = who("expert-li", CallRole.EXPERT)
BIDDER = who("91330000000000001A", CallRole.BIDDER)
AGENCY = who("agency-01", CallRole.AGENCY)
AUDITOR = who("auditor-01", CallRole.AUDITOR)
STRANGER = who("somebody", CallRole.OBSERVER)
HOST = who("host-01", CallRole.HOST)
EVERYBODY = (SUPERVISOR, EXPERT, COLLEAGUE, BIDDER, AGENCY, AUDITOR, STRANGER)

CHAIRS = [
    Chair(seat="S01", person=SUPERVISOR.person, name="王监督", role=CallRole.SUPERVISOR),
    Chair(seat="S02", person=BIDDER.person, name="甲公司", role=CallRole.BIDDER),
    Chair(seat="S03", person=AGENCY.person, name="代理公司", role=CallRole.AGENCY),
    Chair(seat="S04", person=COLLEAGUE.person, name="李专家", role=CallRole.EXPERT, alias="E02"),
    Chair(seat="S05", person=EXPERT.person, name="张专家", role=CallRole.EXPERT, alias="E01"),
]
SEAT = {chair.person: chair.seat for chair in CHAIRS}
CALLED = CalledBy(session="evaluation-1", seq=40, leaf=b64(secret_of("the request")))
ENDS_AT = instant.text(BEGINS + timedelta(hours=2))

room = Room(
    context=context,
    facts=VideoFacts(DEPLOYMENT),
    session=SESSION,
    begins=BEGINS,
    office=OFFICE,
    line_secret=LINE_SECRET,
)

OPEN_CALL = c.OpenCall(
    kind=CallKind.CLARIFICATION_CALL,
    called=CALLED,
    title="澄清",
    bid="a bid",
    chairs=CHAIRS,
    watchers=[AUDITOR.person],
    ends_at=ENDS_AT,
)
OPEN = Act(OPEN_CALL, HOUSE)
END = Act(c.EndCall(), CLOCK)
CLOSE = Act(c.CloseCall(), SUPERVISOR)
READY = Act(c.NoteRecorder(healthy=True), CARRIER)
FULL = Act(c.NoteRecorder(healthy=False, cause="disk_full"), CARRIER)
ALIVE = Act(c.NoteSupervisor(seat=SEAT[SUPERVISOR.person], alive=True), CARRIER)
SILENT = Act(c.NoteSupervisor(seat=SEAT[SUPERVISOR.person], alive=False), CARRIER)
SEGMENT = Segment(
    seat="S05",
    kind="audio",
    number=0,
    path="call%2D3f2a9c/S05-audio-00000.webm",
    sha256=b64(secret_of("sound")),
    size=1000,
    began=instant.text(BEGINS),
    seconds="10.0",
)
RECORDED = Act(c.NoteSegment(segment=SEGMENT), CARRIER)


def token(person: Who, number: int = 1) -> str:
    """The hash of somebody's token."""
    return b64(secret_of(f"token {number} of {person.person}"))


def agree(person: Who, agrees: bool = True) -> Act:
    return Act(c.AnswerNotice(agrees=agrees), person)


def wait(person: Who) -> Act:
    return Act(c.EnterLobby(), person)


def admit(person: Who, by: Who = SUPERVISOR) -> Act:
    return Act(c.Admit(seat=SEAT[person.person]), by)


def ask_token(person: Who, number: int = 1) -> Act:
    return Act(c.IssueToken(hash=token(person, number)), person)


def use(person: Who, number: int = 1, whose: Who | None = None) -> Act:
    return Act(c.UseToken(hash=token(whose or person, number)), person)


def mute(person: Who, by: Who = SUPERVISOR) -> Act:
    return Act(c.MuteSeat(seat=SEAT[person.person]), by)


def unmute(person: Who, by: Who = SUPERVISOR) -> Act:
    return Act(c.UnmuteSeat(seat=SEAT[person.person]), by)


def remove(person: Who, by: Who = SUPERVISOR) -> Act:
    return Act(c.RemoveSeat(seat=SEAT[person.person]), by)


def leave(person: Who) -> Act:
    return Act(c.LeaveCall(), person)


def lose(person: Who) -> Act:
    return Act(c.NoteLost(seat=SEAT[person.person]), CARRIER)


def waiting(person: Who) -> Past:
    return (agree(person), wait(person))


def admitted(person: Who) -> Past:
    return (agree(person),) if person is SUPERVISOR else (*waiting(person), admit(person))


def joined(person: Who, number: int = 1) -> Past:
    return (*admitted(person), ask_token(person, number), use(person, number))


SUPERVISED: Past = (OPEN, READY, *joined(SUPERVISOR), ALIVE)
TALKING: Past = (*SUPERVISED, *joined(EXPERT), *joined(BIDDER))
