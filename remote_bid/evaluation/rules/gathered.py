"""How the committee's coming about changes the state."""

from collections.abc import Callable
from typing import Any

import msgspec

from remote_bid.evaluation.events import (
    BallotCast,
    BallotsCounted,
    CheckInOpened,
    DrawKeyPublished,
    DrawOrderFound,
    ElectionFailed,
    ElectionOpened,
    ExpertCalled,
    ExpertDrawOpened,
    GatePassed,
    GateRefused,
    LeaderDeposed,
    LeaderPhaseOpened,
    MemberAccepted,
    MemberLeft,
    PoolsCommitted,
    SeatMoved,
    SeatTaken,
    SeedSealed,
    UndertakingOpened,
    UndertakingSigned,
)
from remote_bid.evaluation.rules.course import change, enter
from remote_bid.evaluation.rules.electing import most_votes
from remote_bid.evaluation.rules.member import Member
from remote_bid.evaluation.rules.state import Election, Evaluation
from remote_bid.evaluation.statements import DrawKey, Pools
from remote_bid.evaluation.terms import EvaluationPhase
from remote_bid.seal.statements import said, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened

replace = msgspec.structs.replace


def _pools(evaluation: Evaluation, event: PoolsCommitted, happened: Happened) -> Evaluation:
    pools, name = said(event.signed.statement, Pools), statement_id(event.signed.statement)
    return replace(evaluation, pools=pools, pools_id=name, ends_at=instant.when(event.ends_at))


def _sealed(evaluation: Evaluation, event: SeedSealed, happened: Happened) -> Evaluation:
    return replace(evaluation, seeds=evaluation.seeds | {event.person: event.signed.statement})


def _draw_opened(evaluation: Evaluation, event: ExpertDrawOpened, happened: Happened) -> Evaluation:
    return enter(evaluation, EvaluationPhase.DRAW, happened)


def _key(evaluation: Evaluation, event: DrawKeyPublished, happened: Happened) -> Evaluation:
    told = said(event.signed.statement, DrawKey)
    return replace(evaluation, draw_keys=evaluation.draw_keys | {told.kid: told.seed})


def _drawn(evaluation: Evaluation, event: DrawOrderFound, happened: Happened) -> Evaluation:
    return replace(evaluation, seed=event.seed, envelopes=event.envelopes)


def _called(evaluation: Evaluation, event: ExpertCalled, happened: Happened) -> Evaluation:
    member = Member(alias=event.alias, person=event.person, name=event.name, specialty=event.leaf.specialty)
    return replace(evaluation, members=evaluation.members | {event.alias: member})


def _accepted(evaluation: Evaluation, event: MemberAccepted, happened: Happened) -> Evaluation:
    return change(evaluation, event.alias, event.signed, accepted_at=happened.at)


def _left(evaluation: Evaluation, event: MemberLeft, happened: Happened) -> Evaluation:
    """Whoever led is not the leader any more; a step that was overdue for its sake has time again."""
    evaluation = change(evaluation, event.alias, event.signed, left=event.cause)
    if evaluation.leader != event.alias:
        return evaluation
    return replace(evaluation, leader="", leader_since=None, tied=())


def _check_in(evaluation: Evaluation, event: CheckInOpened, happened: Happened) -> Evaluation:
    """Ticks begin: from now on there may be side lines."""
    return replace(enter(evaluation, EvaluationPhase.CHECK_IN, happened), last_tick_at=happened.at)


def _gate(evaluation: Evaluation, event: GatePassed, happened: Happened) -> Evaluation:
    return change(evaluation, event.alias, gate=event.site)


def _not_let_in(evaluation: Evaluation, event: GateRefused, happened: Happened) -> Evaluation:
    return evaluation


def _seated(evaluation: Evaluation, event: SeatTaken, happened: Happened) -> Evaluation:
    return change(evaluation, event.alias, event.signed, site=event.site, seat=event.seat, seated_at=happened.at)


def _moved(evaluation: Evaluation, event: SeatMoved, happened: Happened) -> Evaluation:
    return change(evaluation, event.alias, seat=event.seat)


def _undertaking(evaluation: Evaluation, event: UndertakingOpened, happened: Happened) -> Evaluation:
    return enter(evaluation, EvaluationPhase.UNDERTAKING, happened)


def _undertaken(evaluation: Evaluation, event: UndertakingSigned, happened: Happened) -> Evaluation:
    return change(evaluation, event.alias, event.signed, undertaken_at=happened.at)


def _leader_phase(evaluation: Evaluation, event: LeaderPhaseOpened, happened: Happened) -> Evaluation:
    return enter(evaluation, EvaluationPhase.LEADER, happened)


def _election(evaluation: Evaluation, event: ElectionOpened, happened: Happened) -> Evaluation:
    election = Election(round=event.round, key=event.key, among=tuple(event.among), ends_at=instant.when(event.ends_at))
    return replace(evaluation, election=election, rounds=event.round)


def _cast(evaluation: Evaluation, event: BallotCast, happened: Happened) -> Evaluation:
    if evaluation.election is None:
        return evaluation
    election = replace(evaluation.election, cast=evaluation.election.cast | {event.alias: event.sealed})
    return change(replace(evaluation, election=election), event.alias, event.signed)


def _counted(evaluation: Evaluation, event: BallotsCounted, happened: Happened) -> Evaluation:
    """Elected, or tied: then those who are tied stand again."""
    tied = () if event.leader else tuple(most_votes(event.ballots))
    since = happened.at if event.leader else None
    return replace(evaluation, election=None, leader=event.leader or "", leader_since=since, tied=tied)


def _failed(evaluation: Evaluation, event: ElectionFailed, happened: Happened) -> Evaluation:
    return replace(evaluation, election=None)


def _deposed(evaluation: Evaluation, event: LeaderDeposed, happened: Happened) -> Evaluation:
    return replace(evaluation, leader="", leader_since=None, tied=())


GATHERED: dict[type[Event], Callable[[Evaluation, Any, Happened], Evaluation]] = {
    PoolsCommitted: _pools,
    SeedSealed: _sealed,
    ExpertDrawOpened: _draw_opened,
    DrawKeyPublished: _key,
    DrawOrderFound: _drawn,
    ExpertCalled: _called,
    MemberAccepted: _accepted,
    MemberLeft: _left,
    CheckInOpened: _check_in,
    GatePassed: _gate,
    GateRefused: _not_let_in,
    SeatTaken: _seated,
    SeatMoved: _moved,
    UndertakingOpened: _undertaking,
    UndertakingSigned: _undertaken,
    LeaderPhaseOpened: _leader_phase,
    ElectionOpened: _election,
    BallotCast: _cast,
    BallotsCounted: _counted,
    ElectionFailed: _failed,
    LeaderDeposed: _deposed,
}
"""One fold for every event of the committee's coming about."""
