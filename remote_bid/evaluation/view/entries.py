"""Which fields of an entry an audience may read.

Until the report is public nobody but the auditors reads who somebody is: `by`, `person` and `signed` of a member's act
name it. What a member has found or scored is in `signed` too, and not even auditors read it before it is counted.
"""

from collections.abc import Callable, Collection
from functools import partial

from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import EvaluationPhase, EvaluationRole, come_to
from remote_bid.evaluation.view.who import Eye, eye_of
from remote_bid.timeline.entry import MAIN, Fields, Who

Names = Collection[str] | None
NOTHING: tuple[str, ...] = ()
_BARE = ("type", "at")
_ALIAS = (*_BARE, "alias")

Rule = Callable[[Evaluation, Fields, Eye], Names]

_COMMITTEE, _SUPERVISOR, _AUDITOR, _RUNNER = Eye.COMMITTEE, Eye.SUPERVISOR, Eye.AUDITOR, Eye.RUNNER
_SITE, _CUSTODIAN, _BIDDER = Eye.SITE, Eye.CUSTODIAN, Eye.BIDDER


def curtain(evaluation: Evaluation) -> object:
    """Changes whenever `show` may."""
    return (
        evaluation.phase,
        evaluation.published,
        evaluation.counted,
        bool(evaluation.compared),
        len(evaluation.open_motions()),
        [(member.alias, member.left, bool(member.review)) for member in evaluation.members.values()],
    )


def show(evaluation: Evaluation, line: str, fields: Fields, who: Who, own: bool) -> Names:
    """The fields of an entry that `who` may read now: None is all of them, none is its leaf only.

    `own` says that the entry lies in the viewer's own side line.
    """
    if line != MAIN:
        return None if own else (("type",) if evaluation.published else NOTHING)
    if fields["type"] in OWN and fields["by"]["person"] == who.person:
        return None
    if evaluation.published:
        return _published(evaluation, fields)
    eye = eye_of(evaluation, who)
    if eye is _BIDDER and fields["type"] in _ASKED and _to_bidder(evaluation, fields, who):
        return _all_but(fields, "by", "signed")
    if fields["type"] in _OTHERS_FINDINGS and eye is _COMMITTEE and not _has_reviewed(evaluation, who):
        return _BARE
    rule = RULES.get(fields["type"])
    return rule(evaluation, fields, eye) if rule else NOTHING


_OTHERS_FINDINGS = ("ReviewCounted", "MotionDecided")


def _has_reviewed(evaluation: Evaluation, who: Who) -> bool:
    """Whoever replaces a member comes to its own findings before it reads what the others have found."""
    member = evaluation.member(who.person)
    return member is not None and bool(member.review)


def _published(evaluation: Evaluation, fields: Fields) -> Names:
    """Everything, but how ballots were sealed, who was called and never sat on the committee, and why one left it."""
    member = evaluation.members.get(fields.get("alias", ""))
    never_sat = member is not None and member.left is not None and not member.seated
    match fields["type"]:
        case "BallotCast":
            return _all_but(fields, "sealed")
        case "ExpertCalled" if never_sat:
            return _all_but(fields, "person", "name", "signed")
        case "MemberAccepted" | "MemberLeft" if never_sat and fields["by"]["role"] == EvaluationRole.EXPERT:
            return _all_but(fields, "by", "signed", "reason", "nonce")
        case "GateHeard" if never_sat:
            return _all_but(fields, "statement")
        case "MemberLeft":
            return _all_but(fields, "reason", "nonce")
        case _:
            return None


def _all_but(fields: Fields, *names: str) -> list[str]:
    return [name for name in fields if name not in names]


def _table(evaluation: Evaluation, fields: Fields, eye: Eye, shown: dict[Eye, Names]) -> Names:
    return shown.get(eye, NOTHING)


def by_eye(shown: dict[Eye, Names]) -> Rule:
    """Always the same for each eye; nothing for those who are not named."""
    return partial(_table, shown=shown)


def _content(evaluation: Evaluation, fields: Fields, eye: Eye, opened: Callable[[Evaluation, Fields], bool]) -> Names:
    """That a member has handed something in is progress; what it is, auditors read once it is counted."""
    if eye is _AUDITOR:
        return _all_but(fields, "sealed") if opened(evaluation, fields) else [*_ALIAS, "by"]
    return [*_ALIAS, *(["motion"] if "motion" in fields else [])] if eye in _PROGRESS else NOTHING


_PROGRESS = (_COMMITTEE, _SUPERVISOR, _RUNNER)


def _frozen(evaluation: Evaluation, fields: Fields) -> bool:
    return bool(evaluation.compared) and come_to(evaluation.phase, EvaluationPhase.PRICE)


def _reviewed(evaluation: Evaluation, fields: Fields) -> bool:
    return bool(evaluation.counted) and come_to(evaluation.phase, EvaluationPhase.DETAILED)


def _decided(evaluation: Evaluation, fields: Fields) -> bool:
    motion = evaluation.motions.get(fields["motion"])
    return motion is not None and motion.carried is not None


def _never(evaluation: Evaluation, fields: Fields) -> bool:
    return False


def _materials(evaluation: Evaluation, fields: Fields, eye: Eye) -> Names:
    """Whose a blind volume is, nobody reads before the sheets are frozen."""
    if eye in (_COMMITTEE, _AUDITOR):
        return None if _frozen(evaluation, fields) else (*_BARE, "codes")
    return _BARE if eye in _PROGRESS else NOTHING


def _question(evaluation: Evaluation, fields: Fields, eye: Eye) -> Names:
    """The bidder reads what it is asked, never who asks; others outside only that there is a question."""
    if eye is _AUDITOR:
        return None
    if eye in (_COMMITTEE, _SUPERVISOR):
        return _all_but(fields, "by", "signed")
    return (*_BARE, "number") if eye is _RUNNER else NOTHING


_ASKED = ("QuestionAsked", "CallRequested", "QuestionAnswered", "QuestionLapsed")


def _to_bidder(evaluation: Evaluation, fields: Fields, who: Who) -> bool:
    return any(bid.bid == fields.get("bid") for bid in evaluation.bids_of(who.person))


def _at_the_end(evaluation: Evaluation, fields: Fields, eye: Eye, before: Names) -> Names:
    """Results: the committee's at once, outside it when the evaluation is closed."""
    if eye is _AUDITOR:
        return None
    if eye is _COMMITTEE:
        return _all_but(fields, "by", "signed", "reviews", "sheets")
    if eye not in _PROGRESS:
        return NOTHING
    return _all_but(fields, "by", "signed") if evaluation.phase is EvaluationPhase.CLOSED else before


def _halt(evaluation: Evaluation, fields: Fields, eye: Eye) -> Names:
    if eye in (_SUPERVISOR, _RUNNER, _AUDITOR):
        return None
    return _all_but(fields, "by", "signed") if eye in (_COMMITTEE, _SITE) else NOTHING


def _void(evaluation: Evaluation, fields: Fields, eye: Eye) -> Names:
    return None if eye in (_SUPERVISOR, _RUNNER, _AUDITOR) else _all_but(fields, "by", "signed")


def _step(evaluation: Evaluation, fields: Fields, eye: Eye) -> Names:
    """Phase changes and what everybody of the session may know; who did it may be a member."""
    if eye is _AUDITOR:
        return None
    return _all_but(fields, "by") if eye in (*_PROGRESS, _SITE) else NOTHING


def _tick(evaluation: Evaluation, fields: Fields, eye: Eye) -> Names:
    return (*_BARE, "by", "slots", "root")


_OPEN_DRAW = by_eye({_COMMITTEE: None, _SUPERVISOR: None, _RUNNER: None, _AUDITOR: None, _CUSTODIAN: None})
_MEMBERS_ACT = by_eye({_COMMITTEE: _ALIAS, _SUPERVISOR: _ALIAS, _RUNNER: _ALIAS, _SITE: _ALIAS, _AUDITOR: None})
_CAUSE = (*_ALIAS, "cause")
_PLACE = (*_BARE, "by", "alias", "place", "leaf")
_GATE = (*_BARE, "by", "alias", "site", "signed")
_HEARD = (*_ALIAS, "by", "site", "device", "number", "outcome")
_SEAT = (*_ALIAS, "site", "seat")
RULES: dict[str, Rule] = {
    "CheckpointCosigned": lambda evaluation, fields, eye: None,
    "LogKeyRotated": lambda evaluation, fields, eye: None,
    "CrlNotedDown": lambda evaluation, fields, eye: None,
    "Ticked": _tick,
    "EvaluationOrdered": by_eye({_SUPERVISOR: None, _RUNNER: None, _AUDITOR: None}),
    "PoolsCommitted": _OPEN_DRAW,
    "SeedSealed": _OPEN_DRAW,
    "ExpertDrawOpened": _OPEN_DRAW,
    "DrawKeyPublished": _OPEN_DRAW,
    "DrawOrderFound": _OPEN_DRAW,
    "ExpertCalled": by_eye({_COMMITTEE: _ALIAS, _SUPERVISOR: _PLACE, _RUNNER: _PLACE, _AUDITOR: None}),
    "MemberAccepted": _MEMBERS_ACT,
    "MemberLeft": by_eye({_COMMITTEE: _ALIAS, _SUPERVISOR: _CAUSE, _RUNNER: _CAUSE, _SITE: _ALIAS, _AUDITOR: None}),
    "GateEnrolled": by_eye({_SUPERVISOR: None, _RUNNER: None, _SITE: None, _AUDITOR: None}),
    "GateHeard": by_eye({_COMMITTEE: _ALIAS, _SUPERVISOR: _HEARD, _RUNNER: _ALIAS, _SITE: _HEARD, _AUDITOR: None}),
    "GatePassed": by_eye({_COMMITTEE: _ALIAS, _SUPERVISOR: _GATE, _RUNNER: _ALIAS, _SITE: _GATE, _AUDITOR: None}),
    "GateRefused": by_eye({_SUPERVISOR: _GATE, _SITE: _GATE, _AUDITOR: None}),
    "SeatTaken": by_eye({_COMMITTEE: _ALIAS, _SUPERVISOR: _SEAT, _RUNNER: _ALIAS, _SITE: _SEAT, _AUDITOR: None}),
    "SeatMoved": by_eye({_COMMITTEE: _ALIAS, _SUPERVISOR: _SEAT, _RUNNER: _ALIAS, _SITE: _SEAT, _AUDITOR: None}),
    "UndertakingSigned": _MEMBERS_ACT,
    "CheckInOpened": _step,
    "UndertakingOpened": _step,
    "LeaderPhaseOpened": _step,
    "ReviewOpened": _step,
    "DetailedOpened": _step,
    "StepOverdue": _step,
    "LeaderDeposed": _step,
    "EvaluationClosed": by_eye(dict.fromkeys((*_PROGRESS, _SITE), _BARE) | {_AUDITOR: None}),
    "ElectionOpened": by_eye(
        {_COMMITTEE: None, _SUPERVISOR: None, _RUNNER: (*_BARE, "round", "ends_at"), _AUDITOR: None}
    ),
    "BallotCast": partial(_content, opened=_never),
    "BallotsCounted": by_eye(
        {
            _COMMITTEE: None,
            _SUPERVISOR: (*_BARE, "round", "leader", "drawn"),
            _RUNNER: (*_BARE, "round", "leader", "drawn"),
            _AUDITOR: None,
        }
    ),
    "ElectionFailed": _step,
    "MaterialsOpened": _materials,
    "ReviewSubmitted": partial(_content, opened=_reviewed),
    "SheetSubmitted": partial(_content, opened=_frozen),
    "VoteCast": partial(_content, opened=_decided),
    "OutlierAnswered": partial(_content, opened=_frozen),
    "ReportAnswered": _MEMBERS_ACT,
    "QuestionAsked": _question,
    "CallRequested": _question,
    "QuestionAnswered": _question,
    "QuestionLapsed": _question,
    "MotionPut": _question,
    "MotionDecided": _question,
    "ReviewCounted": partial(_at_the_end, before=_BARE),
    "OutliersFound": by_eye(
        {_COMMITTEE: (*_BARE, "ends_at"), _SUPERVISOR: (*_BARE, "ends_at"), _RUNNER: (*_BARE, "ends_at")}
    ),
    "OutliersClosed": by_eye(dict.fromkeys((*_PROGRESS, _AUDITOR), _BARE)),
    "PricesScored": partial(_at_the_end, before=_BARE),
    "SummaryOpened": partial(_at_the_end, before=_BARE),
    "SummaryConfirmed": partial(_at_the_end, before=_BARE),
    "ReportOpened": partial(_at_the_end, before=(*_BARE, "ends_at")),
    "EvaluationSuspended": _halt,
    "EvaluationPauseCountersigned": _halt,
    "ResumptionAwaited": _halt,
    "EvaluationResumed": _halt,
    "SiteLost": _halt,
    "SiteRestored": _halt,
    "EvaluationVoided": _void,
}
"""What each eye reads of an entry before the report is public; of what is not listed, nothing."""

OWN = frozenset(
    {
        "EvaluationOrdered",
        "PoolsCommitted",
        "SeedSealed",
        "DrawKeyPublished",
        "ExpertCalled",
        "MemberAccepted",
        "MemberLeft",
        "GateEnrolled",
        "GatePassed",
        "GateRefused",
        "SeatTaken",
        "UndertakingSigned",
        "BallotCast",
        "ReviewSubmitted",
        "QuestionAnswered",
        "VoteCast",
        "SheetSubmitted",
        "OutlierAnswered",
        "SummaryConfirmed",
        "ReportAnswered",
        "ReportPublished",
    }
)
"""What its author reads whole, being what it signed."""

VEILED = frozenset({*RULES, "Disclosed", "ReportPublished"}) - {
    "CheckpointCosigned",
    "LogKeyRotated",
    "CrlNotedDown",
}
"""Entries of the main line that show more, or to somebody who leaves less, as the work goes on."""
