"""From outside into a call: notice, lobby, token, joining, leaving."""

from collections.abc import Sequence

from remote_bid.people.required import refuse
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Refused, Turn
from remote_bid.video.commands import AnswerNotice, EnterLobby, IssueToken, LeaveCall, UseToken
from remote_bid.video.events import LobbyEntered, NoticeAnswered, SeatJoined, SeatLeft, TokenIssued, TokenRefused
from remote_bid.video.rules.guards import lives, own_chair, place_of, require_going_on
from remote_bid.video.rules.state import Call
from remote_bid.video.terms import TOKEN_MS, BadToken, CallRole, Chair, Standing


def answer_notice(call: Call, command: AnswerNotice, turn: Turn) -> Sequence[Event]:
    """Whoever does not agree stays outside; it may think again."""
    require_going_on(call)
    chair = own_chair(call, turn)
    place = place_of(call, chair)
    if place.agreed == command.agrees:
        return []
    if place.standing is Standing.IN:
        refuse("in_call", "请先离开通话，再更改答复。", "Leave the call first, then answer otherwise.")
    return [NoticeAnswered(seat=chair.seat, agrees=command.agrees)]


def enter_lobby(call: Call, command: EnterLobby, turn: Turn) -> Sequence[Event]:
    require_going_on(call)
    chair = own_chair(call, turn)
    place = place_of(call, chair)
    if not place.agreed:
        refuse("notice_not_answered", "请先阅读并同意录音录像告知。", "Read and accept the recording notice first.")
    if place.standing is Standing.REMOVED:
        refuse("removed", "您已被监督人员请出本次通话。", "A supervisor has removed you from this call.")
    if chair.role is CallRole.SUPERVISOR or place.standing is not Standing.OUTSIDE:
        return []
    return [LobbyEntered(seat=chair.seat)]


def issue_token(call: Call, command: IssueToken, turn: Turn) -> Sequence[Event]:
    """For who was admitted, and is not in. A supervisor needs nobody to admit it."""
    require_going_on(call)
    chair = own_chair(call, turn)
    place = place_of(call, chair)
    if lives(call, chair):
        refuse("joined_already", "您已在通话中，请先结束原来的连接。", "You are in already; end that connection first.")
    if place.standing is Standing.REMOVED:
        refuse("removed", "您已被监督人员请出本次通话。", "A supervisor has removed you from this call.")
    if not place.agreed:
        refuse("notice_not_answered", "请先阅读并同意录音录像告知。", "Read and accept the recording notice first.")
    if chair.role is not CallRole.SUPERVISOR and place.standing is not Standing.ADMITTED:
        refuse("not_admitted", "请等待监督人员准许进入。", "Wait until a supervisor admits you.")
    if command.hash in call.tokens:
        refuse("bad_token", "入会凭证无效。", "The token was issued before.")
    ends_at = instant.text(instant.later(turn.at, TOKEN_MS))
    return [TokenIssued(seat=chair.seat, hash=command.hash, ends_at=ends_at)]


def use_token(call: Call, command: UseToken, turn: Turn) -> Sequence[Event]:
    """Once, by the person whose it is, while it lasts. Whatever else is tried is kept."""
    require_going_on(call)
    chair = call.chair_of(turn.by.person)
    why = _wrong(call, command.hash, chair, turn)
    if chair is None and why is BadToken.UNKNOWN:
        own_chair(call, turn)
    if chair is None or why is not None:
        found = why or BadToken.FOREIGN
        raise Refused(
            "bad_token",
            "入会凭证无效、已使用或已过期，请重新进入。",
            f"The token is not good here: {found}.",
            evidence=[TokenRefused(hash=command.hash, why=found)],
        )
    return [SeatJoined(seat=chair.seat, hash=command.hash)]


def _wrong(call: Call, name: str, chair: Chair | None, turn: Turn) -> BadToken | None:
    token = call.tokens.get(name)
    if token is None:
        return BadToken.UNKNOWN
    if chair is None or token.seat != chair.seat:
        return BadToken.FOREIGN
    found = {
        BadToken.USED: token.used,
        BadToken.SEAT_TAKEN: lives(call, chair),
        BadToken.REMOVED: place_of(call, chair).standing is Standing.REMOVED,
        BadToken.REPLACED: place_of(call, chair).token != name,
        BadToken.NOT_ADMITTED: not _may_enter(call, chair),
        BadToken.EXPIRED: turn.at >= token.ends_at,
    }
    return next((why for why, holds in found.items() if holds), None)


def _may_enter(call: Call, chair: Chair) -> bool:
    """Still: an answer to the notice may have been taken back since the token was issued."""
    place = place_of(call, chair)
    return bool(place.agreed) and (chair.role is CallRole.SUPERVISOR or place.standing is Standing.ADMITTED)


def leave(call: Call, command: LeaveCall, turn: Turn) -> Sequence[Event]:
    """From the lobby too; who has left it waits anew."""
    chair = own_chair(call, turn)
    waits = (Standing.IN, Standing.LOBBY)
    return [SeatLeft(seat=chair.seat)] if place_of(call, chair).standing in waits else []
