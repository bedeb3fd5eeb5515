"""What somebody looks at before signing too what another has signed, or what the server has made: against the own copy
of the timeline and the own trust file. Broken where it does not hold.
"""

from datetime import UTC, datetime

from remote_bid.opening.events import (
    BidReadOut,
    BidsClosed,
    LineDisputed,
    ObjectionAnswered,
    ObjectionRaised,
    OpeningScheduled,
    PolicyPublished,
    RecordPrepared,
    TimetableSigned,
)
from remote_bid.opening.rules.record import as_read_out, record_hash
from remote_bid.opening.statements import BelowMinimum, Extension, Lottery
from remote_bid.opening.terms import Role
from remote_bid.participant.checks import Broken, after_strike
from remote_bid.participant.copy import Copy
from remote_bid.participant.policies import current_policy
from remote_bid.people.certificates import NotTrusted, Signed, signers
from remote_bid.seal.statements import BadStatement, P, media_type, said, statement_id
from remote_bid.tender.statements import Policy, Resume, Strike, Suspend, Timetable
from remote_bid.timeline import instant
from remote_bid.verify.trust import Trust

Joint = Extension | Resume | BelowMinimum
"""What host and supervisor sign together at their desks."""

_JOINT: dict[str, type[Joint]] = {media_type(kind): kind for kind in (Extension, Resume, BelowMinimum)}


def joint(trust: Trust, copy: Copy, signed: Signed, other: Role) -> Joint:
    """What the `other` of the two asks us to sign: of this session, and of the close that we saw."""
    kind = _JOINT.get(signed.statement.payload_type)
    if kind is None:
        raise Broken("what awaits a signature is nothing that host and supervisor sign together")
    told = _of_one(trust, copy, signed, kind, other)
    closed = copy.last(BidsClosed)
    _require(told.session == copy.session, "the statement is for another session")
    if not isinstance(told, Resume):
        _require(closed is not None and told.close == statement_id(closed.close), "the statement is for another close")
    return told


def suspension(trust: Trust, copy: Copy, signed: Signed) -> Suspend:
    """The host's suspension."""
    told = _of_one(trust, copy, signed, Suspend, Role.HOST)
    _require(told.session == copy.session, "the suspension is for another session")
    return told


def lottery(trust: Trust, copy: Copy, signed: Signed) -> Lottery:
    """What the host says came out when lots were drawn."""
    told = _of_one(trust, copy, signed, Lottery, Role.HOST)
    _require(told.session == copy.session, "the lottery is for another session")
    return told


def timetable(trust: Trust, copy: Copy, signed: Signed) -> Timetable:
    """The tenderer's timetable: for the policies that we saw, after the one that holds, with a T0 still ahead."""
    told = _of_one(trust, copy, signed, Timetable, Role.TENDERER)
    require_timetable(copy, told)
    return told


def require_timetable(copy: Copy, told: Timetable) -> None:
    """It follows what we have seen, and its T0 lies ahead by our own clock and is no earlier than before."""
    published = sorted(statement_id(event.signed.statement) for _, event in copy.events(PolicyPublished))
    holds = copy.last(TimetableSigned)
    before = said(holds.signed.statement, Timetable).deadline if holds else ""
    follows = statement_id(holds.signed.statement) if holds else None
    _require(told.session == copy.session, "the timetable is for another session")
    _require(told.policies == published, "the timetable is not for the policies that were published")
    _require(told.prev == follows, "the timetable does not follow the one that holds")
    _require(instant.when(told.deadline) > datetime.now(UTC), "its deadline is over by our own clock")
    _require(told.deadline >= before, "its deadline is earlier than the one that holds")


def strike(trust: Trust, copy: Copy, signed: Signed) -> tuple[Strike, Policy]:
    """The tenderer's strike, and the policy as it would leave it."""
    told = _of_one(trust, copy, signed, Strike, Role.TENDERER)
    for _, event in copy.events(PolicyPublished):
        if statement_id(event.signed.statement) == told.policy:
            named = said(event.signed.statement, Policy)
            _, now, prev = current_policy(copy, named.lot, named.part)
            _require(told.prev == prev, "the strike does not follow the one before it")
            return told, after_strike(copy, now, told)
    raise Broken("the strike is for a policy that was not shown")


def record(copy: Copy, prepared: RecordPrepared) -> None:
    """The opening record says what was read out, raised and answered before our eyes."""
    told = prepared.record
    _require(record_hash(told) == prepared.hash, "the hash is not that of the record")
    _require(told.session == copy.session, "the record is of another session")
    shown = {event.bid: as_read_out(event) for _, event in copy.events(BidReadOut)}
    _require(
        shown == {line.bid: as_read_out(line) for line in told.lines} and len(shown) == len(told.lines),
        "the record's lines are not those that were read out",
    )
    table = copy.last(TimetableSigned)
    deadline = said(table.signed.statement, Timetable).deadline if table else ""
    _require(told.deadline == deadline, "the record tells another deadline")
    raised: dict[int, tuple[str | None, str]] = {e.number: (None, e.text) for _, e in copy.events(ObjectionRaised)}
    raised |= {event.number: (event.bid, event.text) for _, event in copy.events(LineDisputed)}
    kept = {line.number: (line.bid, line.text) for line in told.objections}
    _require(raised == kept, "the record leaves an objection out, or words it otherwise")
    answers = {event.number: event.text for _, event in copy.events(ObjectionAnswered)}
    _require(
        answers == {line.number: line.answer for line in told.objections if line.answer is not None},
        "the record leaves an answer out, or words it otherwise",
    )


def _of_one(trust: Trust, copy: Copy, signed: Signed, kind: type[P], role: Role) -> P:
    """What is said, if one person of this role has signed it, and nobody else."""
    try:
        told = said(signed.statement, kind)
        people = [one.person for one in signers(signed, trust.authorities(), datetime.now(UTC))]
    except (NotTrusted, BadStatement) as error:
        raise Broken(f"what awaits a signature cannot be trusted: {error}") from error
    scheduled = copy.last(OpeningScheduled)
    roles = {member.person: member.role for member in (scheduled.members if scheduled else [])}
    _require([roles.get(person) for person in people] == [role], f"what awaits a signature is not the {role}'s alone")
    return told


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Broken(otherwise)
