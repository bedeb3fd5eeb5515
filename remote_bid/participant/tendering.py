"""The tenderer's commands: policy, timetable and postponing, striking a custodian, a seed for the draws."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from remote_bid.opening.terms import Role
from remote_bid.participant import before_signing
from remote_bid.participant.staff import Tenderer
from remote_bid.participant.terminal import (
    DAY_S,
    HERE,
    SOON_S,
    Folder,
    Lot,
    NotHere,
    Seated,
    Wait,
    Yes,
    agreed,
    run,
    say,
)
from remote_bid.tender.statements import StrikeCause, Timetable
from remote_bid.tender.terms import READOUT_FORM
from remote_bid.timeline import instant

tendering = typer.Typer(no_args_is_help=True, help="招标人 The tenderer's acts.")

Part = Annotated[str, typer.Option(help="the part of the bid, or: draw")]


@tendering.command()
def policy(
    lot: Lot,
    k: Annotated[int, typer.Option(min=2, help="how many custodians open together")],
    part: Part = READOUT_FORM,
    escrow: Annotated[list[str] | None, typer.Option(help="a holder of shares for the remedy; several times")] = None,
    escrow_k: Annotated[int, typer.Option(help="how many holders give a half back together")] = 0,
    folder: Folder = HERE,
    wait: Wait = DAY_S,
) -> None:
    """Publish what seals of a lot and part bind to, once every custodian has offered its key. It never changes."""

    async def act(me: Seated) -> None:
        tenderer = await me.staff(Tenderer, Role.TENDERER)
        await tenderer.publish_policy(me.briefcase.trust, lot, part, k, escrow or (), escrow_k)
        say("招标规则已公布。", "The policy is published.")

    run(folder, wait, act)


@tendering.command()
def timetable(
    deadline: Annotated[datetime, typer.Argument(formats=["%Y-%m-%dT%H:%M:%S%z"], help="2026-12-01T09:30:00+0800")],
    windows: Annotated[Path | None, typer.Option(help="JSON: windows, ticks, pauses … that are not the usual")] = None,
    yes: Yes = False,
    folder: Folder = HERE,
    wait: Wait = SOON_S,
) -> None:
    """Propose when everything happens, or a later T0; the supervisor must sign too."""

    async def act(me: Seated) -> None:
        tenderer = await me.staff(Tenderer, Role.TENDERER)
        table = tenderer.following(_table(deadline, windows))
        before_signing.require_timetable(me.client.copy, table)
        await agreed(table, yes)
        await tenderer.hand_in_timetable(table)
        say("已提交，待监督人员签署。", "Handed in; the supervisor must sign.")

    run(folder, wait, act)


@tendering.command()
def strike(
    lot: Lot,
    person: Annotated[str, typer.Argument(help="the custodian")],
    cause: Annotated[StrikeCause, typer.Argument(help="why")],
    part: Part = READOUT_FORM,
    replacement: Annotated[list[str] | None, typer.Option(help="who has offered a key instead; several times")] = None,
    folder: Folder = HERE,
    wait: Wait = SOON_S,
) -> None:
    """Propose that a custodian be taken out before the deadline; the supervisor must sign too."""

    async def act(me: Seated) -> None:
        tenderer = await me.staff(Tenderer, Role.TENDERER)
        await tenderer.strike(lot, part, person, cause, replacement or ())
        say("已提交，待监督人员签署。", "Handed in; the supervisor must sign.")

    run(folder, wait, act)


@tendering.command("seal-draw")
def seal_draw(lot: Lot, folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """Give a seed to a lot's draw, sealed to the custodians."""

    async def act(me: Seated) -> None:
        await (await me.staff(Tenderer, Role.TENDERER)).seal_draw(lot)
        say("已封存。", "Sealed; nobody keeps the seed.")

    run(folder, wait, act)


def _table(deadline: datetime, windows: Path | None) -> Timetable:
    """A timetable for any session; what the file does not name is as usual."""
    try:
        told: dict[str, Any] = msgspec.json.decode(windows.read_bytes(), type=dict[str, Any]) if windows else {}
        whole = {"windows": {}, **told, "deadline": instant.text(deadline), "session": "", "policies": [], "prev": None}
        return msgspec.convert(whole, type=Timetable)
    except msgspec.MsgspecError as error:
        raise NotHere(f"文件有误。 The file cannot be used: {error}") from error
