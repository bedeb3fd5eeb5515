"""An award as its rules see it: folded from its events."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec

from remote_bid.evaluation.award.events import Awarded, AwardOpened, AwardRoundCounted, AwardRoundOverdue, AwardVoted
from remote_bid.evaluation.award.statements import AwardOrder, AwardVote
from remote_bid.evaluation.award.terms import AwardCount, AwardRole, CastAwardVote
from remote_bid.people.noting import CrlNotedDown
from remote_bid.people.revocation import CrlNoted
from remote_bid.seal.statements import said, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened
from remote_bid.timeline.marks import CheckpointCosigned, LogKeyRotated

replace = msgspec.structs.replace


class Award(msgspec.Struct, frozen=True, kw_only=True):
    """The whole state of one session."""

    session: str
    order: AwardOrder | None = None
    order_id: str = ""
    round: int = 0
    since: datetime | None = None
    ends_at: datetime | None = None
    left: tuple[str, ...] = ()
    """The candidates of the open round."""
    votes: dict[int, dict[str, CastAwardVote]] = {}
    """By round and person."""
    ids: dict[int, tuple[str, ...]] = {}
    """By round: the statements by which was voted."""
    counts: dict[int, tuple[AwardCount, ...]] = {}
    awarded: str = ""
    cosigned: frozenset[int] = frozenset()
    crls: dict[str, CrlNoted] = {}
    rotations: tuple[str, ...] = ()

    def role_of(self, person: str) -> AwardRole:
        """What a person who proved who it is may be here."""
        if self.order is None:
            return AwardRole.OBSERVER
        if person in {member.person for member in self.order.members}:
            return AwardRole.AWARD_MEMBER
        offices = {self.order.tenderer.person: AwardRole.TENDERER, self.order.supervisor.person: AwardRole.SUPERVISOR}
        return offices.get(person, AwardRole.OBSERVER)

    def missing(self) -> list[str]:
        """Who has not voted in the open round."""
        voted = self.votes.get(self.round, {})
        return [member.person for member in (self.order.members if self.order else []) if member.person not in voted]


def evolve(award: Award, happened: Happened) -> Award:
    """The state after one more event. Never refuses."""
    fold: Callable[[Award, Any, Happened], Award] = FOLDS[type(happened.event)]
    return fold(award, happened.event, happened)


def _opened(award: Award, event: AwardOpened, happened: Happened) -> Award:
    order = said(event.signed.statement, AwardOrder)
    return replace(
        award,
        order=order,
        order_id=statement_id(event.signed.statement),
        round=1,
        since=happened.at,
        ends_at=instant.when(event.ends_at),
        left=tuple(candidate.bid for candidate in order.candidates),
    )


def _voted(award: Award, event: AwardVoted, happened: Happened) -> Award:
    vote = said(event.signed.statement, AwardVote)
    cast = CastAwardVote(person=event.person, bid=vote.bid, reason=vote.reason)
    ids = (*award.ids.get(event.round, ()), statement_id(event.signed.statement))
    votes = award.votes.get(event.round, {}) | {event.person: cast}
    return replace(award, votes=award.votes | {event.round: votes}, ids=award.ids | {event.round: ids})


def _counted(award: Award, event: AwardRoundCounted, happened: Happened) -> Award:
    return replace(
        award,
        counts=award.counts | {event.round: tuple(event.counts)},
        round=event.round + 1,
        since=happened.at,
        ends_at=instant.when(event.ends_at),
        left=tuple(event.left),
    )


def _overdue(award: Award, event: AwardRoundOverdue, happened: Happened) -> Award:
    return replace(award, ends_at=instant.when(event.ends_at))


def _awarded(award: Award, event: Awarded, happened: Happened) -> Award:
    counts = award.counts | {event.round: tuple(event.counts)}
    return replace(award, awarded=event.bid, counts=counts, left=(event.bid,))


def _checkpoint(award: Award, event: CheckpointCosigned, happened: Happened) -> Award:
    return replace(award, cosigned=award.cosigned | {event.covers})


def _crl(award: Award, event: CrlNotedDown, happened: Happened) -> Award:
    return replace(award, crls=award.crls | {event.crl.authority: event.crl})


def _rotated(award: Award, event: LogKeyRotated, happened: Happened) -> Award:
    return replace(award, rotations=(*award.rotations, statement_id(event.statement)))


FOLDS: dict[type[Event], Callable[[Award, Any, Happened], Award]] = {
    AwardOpened: _opened,
    AwardVoted: _voted,
    AwardRoundCounted: _counted,
    AwardRoundOverdue: _overdue,
    Awarded: _awarded,
    CheckpointCosigned: _checkpoint,
    CrlNotedDown: _crl,
    LogKeyRotated: _rotated,
}
"""One fold for every event of the room."""
