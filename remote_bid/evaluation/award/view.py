"""Who sees what of an award: who has voted while a round is open; how and why, when it is counted."""

from collections.abc import Collection

import msgspec
from msgspec import UNSET, UnsetType

from remote_bid.evaluation.award.state import Award
from remote_bid.evaluation.award.terms import AwardCandidate, AwardCount, AwardRole, CastAwardVote
from remote_bid.timeline import instant
from remote_bid.timeline.entry import Fields, Who

_MARKS = ("CheckpointCosigned", "LogKeyRotated", "CrlNotedDown")
VEILED = frozenset({"AwardVoted"})


class AwardRound(msgspec.Struct, frozen=True, kw_only=True):
    """A counted round."""

    counts: list[AwardCount]
    votes: list[CastAwardVote]


class AwardView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An award as one person may see it now."""

    session: str
    person: str
    role: AwardRole
    ask: str
    title: str | UnsetType = UNSET
    candidates: list[AwardCandidate] | UnsetType = UNSET
    round: int | UnsetType = UNSET
    ends_at: str | UnsetType = UNSET
    left: list[str] | UnsetType = UNSET
    voted: list[str] | UnsetType = UNSET
    own: CastAwardVote | UnsetType = UNSET
    rounds: dict[str, AwardRound] | UnsetType = UNSET
    awarded: str | UnsetType = UNSET


def see(award: Award, who: Who) -> AwardView:
    """The page of one person; who has no part in it sees nothing."""
    role, order = award.role_of(who.person), award.order
    view = AwardView(session=award.session, person=who.person, role=role, ask="wait")
    if order is None or role is AwardRole.OBSERVER or role != who.role:
        return view
    votes = award.votes.get(award.round, {})
    asked = role is AwardRole.AWARD_MEMBER and not award.awarded and who.person not in votes
    return msgspec.structs.replace(
        view,
        ask="vote_for_award" if asked else "wait",
        title=order.title,
        candidates=order.candidates,
        round=award.round,
        ends_at=instant.text(award.ends_at) if award.ends_at and not award.awarded else UNSET,
        left=list(award.left),
        voted=sorted(votes) or UNSET,
        own=votes.get(who.person, UNSET),
        rounds={str(number): _round(award, number) for number in award.counts} or UNSET,
        awarded=award.awarded or UNSET,
    )


def _round(award: Award, number: int) -> AwardRound:
    return AwardRound(counts=list(award.counts[number]), votes=list(award.votes.get(number, {}).values()))


def show(award: Award, line: str, fields: Fields, who: Who, own: bool) -> Collection[str] | None:
    """The fields of an entry that `who` may read now."""
    if fields["type"] in _MARKS or fields["by"]["person"] == who.person:
        return None
    role = award.role_of(who.person)
    if role is AwardRole.OBSERVER or role != who.role:
        return ()
    if fields["type"] == "AwardVoted" and fields["round"] not in award.counts:
        return ("type", "at", "by", "round", "person")
    return None


def curtain(award: Award) -> object:
    """Changes whenever `show` may."""
    return len(award.counts)
