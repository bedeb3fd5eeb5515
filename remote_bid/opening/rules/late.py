"""What came too late: its sender gets the server's signed word for it, and the attempt is kept in the sender's line."""

from collections.abc import Callable

from remote_bid.opening.events import ReleaseRefused, SubmissionRefused
from remote_bid.opening.rules.guards import cadence, deadline
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.statements import Refusal
from remote_bid.opening.terms import Phase, reached
from remote_bid.people.certificates import Signed
from remote_bid.people.required import signed_by_sender
from remote_bid.seal.statements import Payload, Statement, said, state, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Aside, Event, Refused, Turn

ON_RECORD = 8
"""Attempts of one person that are kept; more are answered alike, and leave no entry."""


CERTIFICATE_REVOKED = "certificate_revoked"

SENTENCES = {
    CERTIFICATE_REVOKED: ("证书已被吊销。", "The certificate has been revoked."),
    "held": ("开标已暂停，待新的时间表公布后再递交。", "The session is held; wait for a new timetable."),
    "window_over": ("解密时限已过。", "The time for releasing keys is over."),
    "too_late": ("投标截止时间已过，递交或撤回无效。", "The submission deadline has passed."),
}


def past_deadline(opening: Opening, turn: Turn) -> bool:
    """Whether T0 of the timetable that holds has come."""
    return opening.timetable is not None and turn.at >= deadline(opening)


def window_over(opening: Opening, turn: Turn) -> bool:
    """Whether the bidders' window was open, and is no longer."""
    if opening.window_closed is not None:
        return True
    return opening.phase is Phase.RELEASE and opening.over(turn.at)


def late_submission(opening: Opening, turn: Turn, offered: list[Signed], kind: type[Payload]) -> Refused:
    """No to a bid or withdrawal at or after T0."""
    for signed in offered:
        signed_by_sender(turn, signed, kind)
    code = "held" if opening.phase is Phase.HELD else "too_late"
    person = turn.by.person
    return on_record(opening, turn, code, offered, lambda told: SubmissionRefused(person=person, refusal=told))


def late_release(opening: Opening, turn: Turn, signed: Signed) -> Refused:
    """No to a release, or to the request for a remedy, after the bidders' window."""
    person = turn.by.person
    return on_record(opening, turn, "window_over", [signed], lambda told: ReleaseRefused(person=person, refusal=told))


def on_record(
    opening: Opening, turn: Turn, code: str, offered: list[Signed], event: Callable[[Statement], Event]
) -> Refused:
    """No, with the server's signed word for it, which `event` keeps in the sender's line."""
    refusal = _refusal(opening, turn, code, offered)
    evidence = [Aside(turn.by.person, event(refusal))] if _kept(opening, turn, refusal) else []
    return Refused(code, *SENTENCES[code], refusal, evidence)


def _refusal(opening: Opening, turn: Turn, code: str, offered: list[Signed]) -> Statement:
    """The server's word; for what was refused before, the same one again."""
    statements = [statement_id(signed.statement) for signed in offered]
    for known in opening.denials.get(turn.by.person, []):
        told = said(known, Refusal)
        if (told.code, told.statements) == (code, statements):
            return known
    refusal = Refusal(session=turn.session, code=code, statements=statements, at=instant.text(turn.at))
    return state(refusal, turn.office)


def _kept(opening: Opening, turn: Turn, refusal: Statement) -> bool:
    """Whether it becomes an entry: the first of its kind, within the quota, while there are side lines to hold it."""
    before = opening.denials.get(turn.by.person, [])
    full = turn.lines.full(turn.line_of(turn.by.person), cadence(opening).slots)
    over = opening.disclosed or reached(opening.phase, Phase.READOUT) or opening.phase is Phase.ABORTED
    return refusal not in before and len(before) < ON_RECORD and not full and not over
