"""What everybody of a session may do at the command line: speak, object, answer for a line, sign the record."""

from pathlib import Path
from typing import Annotated

import typer

from remote_bid.opening.events import RecordPrepared
from remote_bid.opening.terms import OFFICES, Phase, ReadoutLine, Role, reached
from remote_bid.participant import before_signing
from remote_bid.participant.bidder import Bidder
from remote_bid.participant.member import Staff
from remote_bid.participant.terminal import DAY_S, HERE, SOON_S, Folder, Lot, NotHere, Seated, Wait, run
from remote_bid.participant.terminal import say as tell
from remote_bid.tender.terms import readout_form

speaking = typer.Typer(no_args_is_help=True)

Text = Annotated[str, typer.Argument(help="the words")]


@speaking.command()
def say(text: Text, folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """Say something in the hall; it is part of the record."""

    async def act(me: Seated) -> None:
        await (await me.staff(Staff)).say(text)
        tell("已发言。", "Said.")

    run(folder, wait, act)


@speaking.command("object")
def object_(text: Text, folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """Raise an objection, as a bidder; the host must answer."""

    async def act(me: Seated) -> None:
        await _own(me).object(text)
        tell("异议已提出。", "The objection is raised.")

    run(folder, wait, act)


@speaking.command()
def confirm(
    lot: Lot,
    form: Annotated[Path, typer.Argument(help="the readout form that you sealed")],
    folder: Folder = HERE,
    wait: Wait = DAY_S,
) -> None:
    """Confirm your line if it was read out as you sealed it; otherwise nothing is signed."""

    async def act(me: Seated) -> None:
        line = await _line(me, lot)
        tender = me.client.copy.view.tender
        if line.form != readout_form(form.read_bytes(), tender.form if tender else ()):
            raise NotHere("唱标内容与开标一览表不符，未确认。 It was read out otherwise; say so with: dispute")
        await _own(me).answer_line(line, None)
        tell("已确认。", "Confirmed.")

    run(folder, wait, act)


@speaking.command()
def dispute(lot: Lot, text: Text, folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """Say what is wrong with your line as it was read out; the host must answer."""

    async def act(me: Seated) -> None:
        await _own(me).answer_line(await _line(me, lot), text)
        tell("异议已提出。", "The line is disputed.")

    run(folder, wait, act)


@speaking.command("sign-record")
def sign_record(folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """Sign the opening record, if it says what was read out, raised and answered before your eyes."""

    async def act(me: Seated) -> None:
        person = await me.staff(Staff)
        before_signing.record(me.client.copy, await _record(me))
        await person.sign_record()
        tell("已签署开标记录。", "The record is signed.")

    run(folder, wait, act)


@speaking.command("refuse-record")
def refuse_record(text: Text, folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """Do not sign the opening record, and say why."""

    async def act(me: Seated) -> None:
        await (await me.staff(Staff)).refuse_record(text)
        tell("已拒签，理由已记录。", "Refused; the reason is recorded.")

    run(folder, wait, act)


@speaking.command("hand-over")
def hand_over(
    to: Annotated[str, typer.Argument(help="your deputy, or whom you stand in for")],
    folder: Folder = HERE,
    wait: Wait = SOON_S,
) -> None:
    """Hand your office over: from then on the other acts, and you do not."""

    async def act(me: Seated) -> None:
        person = await me.staff(Staff, *OFFICES)
        members = me.client.copy.view.members or {}
        if to not in members or members[to].role != me.client.copy.view.me.role:
            raise NotHere(f"{to} 不是该职责的指定替补。 {to} is no deputy of this office.")
        await person.hand_over(to)
        tell("已交接。", "Handed over.")

    run(folder, wait, act)


async def _record(me: Seated) -> RecordPrepared:
    await me.client.until(lambda view: reached(view.phase, Phase.RECORD))
    prepared = me.client.copy.last(RecordPrepared)
    if prepared is None:
        raise NotHere("没有开标记录。 There is no record.")
    return prepared


async def _line(me: Seated, lot: str) -> ReadoutLine:
    """Our line on a lot, as it was read out."""
    view = await me.client.until(lambda view: reached(view.phase, Phase.CONFIRM))
    if view.me.role is not Role.BIDDER:
        raise NotHere("只有投标人确认唱标内容。 Only a bidder answers for its line.")
    for bid, own in (view.me.bids or {}).items():
        if own.lot == lot and (line := _own(me).line(bid)) is not None:
            return line
    raise NotHere(f"您在标段 {lot} 没有唱标内容。 No bid of yours on lot {lot} was read out.")


def _own(me: Seated) -> Bidder:
    """As a bidder who opens no release file."""
    return Bidder(me.client, me.identity, me.person, me.briefcase.trust, me.briefcase.folder, "")
