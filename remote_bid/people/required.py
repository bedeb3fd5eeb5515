"""What the rules of every room ask first. Each refusal has a stable code and a sentence in Chinese and English."""

from datetime import datetime
from typing import NoReturn

from remote_bid.people.certificates import Certified, Signed
from remote_bid.seal.statements import BadStatement, P, said, statement_id
from remote_bid.timeline.context import CLOCK, LOG, Refused, Turn


def refuse(code: str, zh: str, en: str) -> NoReturn:
    """Say no."""
    raise Refused(code, zh, en)


def require_clock(turn: Turn) -> None:
    """Only the server's clock hands this in."""
    if turn.by != CLOCK:
        refuse("not_allowed", "此事由系统时钟办理。", "Only the clock does this.")


def require_log(turn: Turn) -> None:
    """Only the keeper of the log hands this in."""
    if turn.by != LOG:
        refuse("not_allowed", "此事由日志办理。", "Only the log does this.")


def require_due(turn: Turn, at: datetime | None) -> None:
    """The clock is not early."""
    if at is None or turn.at < at:
        refuse("not_yet", "时间未到。", "It is not time yet.")


def says(signed: Signed, kind: type[P]) -> P:
    """What a statement says, or a refusal."""
    try:
        return said(signed.statement, kind)
    except BadStatement as error:
        raise Refused("malformed_statement", "签署内容格式有误。", str(error)) from error


def signers(turn: Turn, signed: Signed) -> list[Certified]:
    """Who signed, as facts have checked certificates and signatures."""
    checked: dict[str, list[Certified]] = getattr(turn.known, "signers", {})
    return checked.get(statement_id(signed.statement), [])


def signed_by_sender(turn: Turn, signed: Signed, kind: type[P]) -> tuple[P, Certified]:
    """What the sender signed, and as whom."""
    people = signers(turn, signed)
    if [person.person for person in people] != [turn.by.person]:
        refuse("not_signed_by_you", "签名不是本人的。", "The statement is not signed by you.")
    return says(signed, kind), people[0]
