"""How each event changes the state. Never refuses: what happened, happened."""

from collections.abc import Callable
from typing import Any

import msgspec

from remote_bid.evaluation.events import (
    EvaluationOrdered,
    EvaluationPauseCountersigned,
    EvaluationResumed,
    EvaluationSuspended,
    EvaluationVoided,
    ResumptionAwaited,
    SiteLost,
    SiteRestored,
)
from remote_bid.evaluation.rules.course import enter, with_paper
from remote_bid.evaluation.rules.ended import ENDED
from remote_bid.evaluation.rules.gathered import GATHERED
from remote_bid.evaluation.rules.member import Member
from remote_bid.evaluation.rules.progress import vacancies
from remote_bid.evaluation.rules.reviewed import REVIEWED
from remote_bid.evaluation.rules.state import Evaluation, Halted, PhaseCosigned
from remote_bid.evaluation.statements import EvaluationOrder
from remote_bid.evaluation.terms import EvaluationPhase, EvaluationRole
from remote_bid.people.noting import CrlNotedDown
from remote_bid.seal.canonical import unb64
from remote_bid.seal.statements import said, statement_id
from remote_bid.seal.xwing import key_id
from remote_bid.tender.statements import CustodianKey
from remote_bid.tender.terms import Pause
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened
from remote_bid.timeline.marks import CheckpointCosigned, Disclosed, LogKeyRotated, Ticked

replace = msgspec.structs.replace


def evolve(evaluation: Evaluation, happened: Happened) -> Evaluation:
    """The state after one more event."""
    fold: Callable[[Evaluation, Any, Happened], Evaluation] = FOLDS[type(happened.event)]
    return _since_short(fold(evaluation, happened.event, happened), happened)


def _since_short(evaluation: Evaluation, happened: Happened) -> Evaluation:
    """Since when a place is vacant on a committee that was complete once."""
    phases = (EvaluationPhase.SCHEDULED, EvaluationPhase.DRAW)
    short = evaluation.phase not in phases and not evaluation.over and bool(vacancies(evaluation))
    if short and evaluation.short_since is None:
        return replace(evaluation, short_since=happened.at)
    return replace(evaluation, short_since=None) if not short and evaluation.short_since else evaluation


def _ordered(evaluation: Evaluation, event: EvaluationOrdered, happened: Happened) -> Evaluation:
    """The tenderer's representatives are on the committee from the beginning."""
    order = said(event.signed.statement, EvaluationOrder)
    custodians = [o.person for o in order.people if o.role is EvaluationRole.CUSTODIAN]
    keys = [said(signed.statement, CustodianKey).public_key for signed in event.custodians]
    members = {
        f"E{number:02d}": Member(alias=f"E{number:02d}", person=sent.person, name=sent.name, accepted_at=happened.at)
        for number, sent in enumerate(order.representatives, start=1)
    }
    return replace(
        enter(evaluation, EvaluationPhase.SCHEDULED, happened),
        order=order,
        order_id=statement_id(event.signed.statement),
        custodian_keys={person: key_id(unb64(key)) for person, key in zip(custodians, keys, strict=True)},
        members=members,
    )


def _ticked(evaluation: Evaluation, event: Ticked, happened: Happened) -> Evaluation:
    uncosigned = evaluation.uncosigned | {happened.seq: happened.at}
    return replace(evaluation, last_tick_at=happened.at, uncosigned=uncosigned)


def _checkpoint(evaluation: Evaluation, event: CheckpointCosigned, happened: Happened) -> Evaluation:
    evaluation = _phase_cosigned(replace(evaluation, cosigned=evaluation.cosigned | {event.covers}), event)
    if event.covers not in evaluation.uncosigned:
        return evaluation
    left = {seq: at for seq, at in evaluation.uncosigned.items() if seq > event.covers}
    return replace(evaluation, uncosigned=left, cosigned_at=evaluation.uncosigned[event.covers])


def _phase_cosigned(evaluation: Evaluation, event: CheckpointCosigned) -> Evaluation:
    phase = evaluation.marks.get(event.covers)
    if phase is None:
        return evaluation
    marks = {seq: mark for seq, mark in evaluation.marks.items() if seq > event.covers}
    return replace(evaluation, marks=marks, checkpoint=PhaseCosigned(covers=event.covers, note=event.note, phase=phase))


def _disclosed(evaluation: Evaluation, event: Disclosed, happened: Happened) -> Evaluation:
    return replace(evaluation, disclosed=True)


def _crl(evaluation: Evaluation, event: CrlNotedDown, happened: Happened) -> Evaluation:
    return replace(evaluation, crls=evaluation.crls | {event.crl.authority: event.crl})


def _rotated(evaluation: Evaluation, event: LogKeyRotated, happened: Happened) -> Evaluation:
    return replace(evaluation, rotations=(*evaluation.rotations, statement_id(event.statement)))


def _suspended(evaluation: Evaluation, event: EvaluationSuspended, happened: Happened) -> Evaluation:
    now = Halted(
        number=event.number,
        cause=event.cause,
        since=instant.when(event.since),
        statement=statement_id(event.signed.statement) if event.signed else "",
        ends_at=instant.when(event.ends_at) if event.ends_at else None,
    )
    return replace(with_paper(evaluation, event.signed), suspension=now)


def _countersigned(evaluation: Evaluation, event: EvaluationPauseCountersigned, happened: Happened) -> Evaluation:
    if evaluation.suspension is None:
        return evaluation
    return replace(evaluation, suspension=replace(evaluation.suspension, ends_at=None))


def _awaited(evaluation: Evaluation, event: ResumptionAwaited, happened: Happened) -> Evaluation:
    return replace(evaluation, resumption=event.signed)


def _resumed(evaluation: Evaluation, event: EvaluationResumed, happened: Happened) -> Evaluation:
    """What remained of the step's time still remains; so it does of an open election's, and of open questions'."""
    now, stood_still = evaluation.suspension, evaluation.stood_still(happened.at)
    if now is None:
        return evaluation
    pause = Pause(since=instant.text(now.since), until=instant.text(happened.at), cause=now.cause)
    election = evaluation.election
    questions = {
        number: replace(asked, answer_by=asked.answer_by + stood_still) if asked.open else asked
        for number, asked in evaluation.questions.items()
    }
    return replace(
        with_paper(evaluation, event.signed),
        suspension=None,
        resumption=None,
        pauses=[*evaluation.pauses, pause],
        ends_at=instant.when(event.ends_at) if event.ends_at else None,
        election=replace(election, ends_at=election.ends_at + stood_still) if election else None,
        leader_since=evaluation.leader_since + stood_still if evaluation.leader_since else None,
        questions=questions,
    )


def _site_lost(evaluation: Evaluation, event: SiteLost, happened: Happened) -> Evaluation:
    return replace(evaluation, sites_lost=evaluation.sites_lost | {event.site: happened.at})


def _site_restored(evaluation: Evaluation, event: SiteRestored, happened: Happened) -> Evaluation:
    lost = {site: since for site, since in evaluation.sites_lost.items() if site != event.site}
    return replace(evaluation, sites_lost=lost, ends_at=instant.when(event.ends_at) if event.ends_at else None)


def _voided(evaluation: Evaluation, event: EvaluationVoided, happened: Happened) -> Evaluation:
    ended = enter(evaluation, EvaluationPhase.VOID, happened)
    return replace(with_paper(ended, event.signed), void=event.cause, suspension=None, election=None)


FOLDS: dict[type[Event], Callable[[Evaluation, Any, Happened], Evaluation]] = {
    EvaluationOrdered: _ordered,
    **GATHERED,
    **REVIEWED,
    **ENDED,
    Ticked: _ticked,
    CheckpointCosigned: _checkpoint,
    Disclosed: _disclosed,
    CrlNotedDown: _crl,
    LogKeyRotated: _rotated,
    EvaluationSuspended: _suspended,
    EvaluationPauseCountersigned: _countersigned,
    ResumptionAwaited: _awaited,
    EvaluationResumed: _resumed,
    SiteLost: _site_lost,
    SiteRestored: _site_restored,
    EvaluationVoided: _voided,
}
"""One fold for every event of the room."""
