"""The supervisor's own commands: countersigning, aborting, a seed for the draws."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from remote_bid.opening.events import OpeningSuspended, StrikeProposed, TimetableProposed
from remote_bid.opening.statements import Abort
from remote_bid.opening.terms import Role
from remote_bid.participant import before_signing
from remote_bid.participant.jointly import jointly
from remote_bid.participant.staff import Supervisor
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
from remote_bid.people.certificates import Signed

supervising = typer.Typer(no_args_is_help=True, help="监督人员 The supervisor's acts.")
supervising.add_typer(jointly)


@supervising.callback()
def _as_supervisor(context: typer.Context) -> None:
    context.obj = Role.SUPERVISOR


@supervising.command("countersign-timetable")
def countersign_timetable(yes: Yes = False, folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """Sign the timetable that the tenderer proposes, after a look at it: from then on it holds."""

    async def act(me: Seated) -> None:
        supervisor = await me.staff(Supervisor, Role.SUPERVISOR)
        await me.client.until(lambda view: view.me.ask == "countersign_timetable")
        signed = _shown(me.client.copy.last(TimetableProposed))
        await agreed(before_signing.timetable(me.briefcase.trust, me.client.copy, signed), yes)
        await supervisor.sign_timetable(signed)
        say("时间表已生效。", "The timetable holds.")

    run(folder, wait, act)


@supervising.command("countersign-strike")
def countersign_strike(yes: Yes = False, folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """Sign the strike that the tenderer proposes, after a look at who stays."""

    async def act(me: Seated) -> None:
        supervisor = await me.staff(Supervisor, Role.SUPERVISOR)
        await me.client.until(lambda view: view.me.ask == "countersign_strike")
        signed = _shown(me.client.copy.last(StrikeProposed))
        told, policy = before_signing.strike(me.briefcase.trust, me.client.copy, signed)
        print(f"{policy.lot} {policy.part}: {', '.join(custodian.person for custodian in policy.custodians)}")
        await agreed(told, yes)
        await supervisor.sign_strike(signed)
        say("保管人已剔除。", "The custodian is struck; bidders deal again where too few remain.")

    run(folder, wait, act)


@supervising.command("countersign-suspension")
def countersign_suspension(yes: Yes = False, folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """Let the host's suspension last until both resume."""

    async def act(me: Seated) -> None:
        supervisor = await me.staff(Supervisor, Role.SUPERVISOR)
        stopped = me.client.copy.last(OpeningSuspended)
        if not me.client.copy.view.suspended or stopped is None or stopped.signed is None:
            raise NotHere("主持人没有中止本场。 The host has not suspended the session.")
        await agreed(before_signing.suspension(me.briefcase.trust, me.client.copy, stopped.signed), yes)
        await supervisor.sign_suspension(stopped.signed)
        say("中止已确认。", "The suspension lasts.")

    run(folder, wait, act)


@supervising.command()
def abort(yes: Yes = False, folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """End a session that has been suspended for too long."""

    async def act(me: Seated) -> None:
        supervisor = await me.staff(Supervisor, Role.SUPERVISOR)
        now = me.client.copy.view.suspended
        if not now:
            raise NotHere("本场未中止。 The session is not suspended.")
        await agreed(Abort(session=me.client.copy.session, number=now.number), yes)
        await supervisor.abort()
        say("已终止。", "The session is aborted.")

    run(folder, wait, act)


@supervising.command("seal-draw")
def seal_draw(lot: Lot, folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """Give a seed to a lot's draw, sealed to the custodians."""

    async def act(me: Seated) -> None:
        await (await me.staff(Supervisor, Role.SUPERVISOR)).seal_draw(lot)
        say("已封存。", "Sealed; nobody keeps the seed.")

    run(folder, wait, act)


@supervising.command()
def lottery(
    file: Annotated[Path, typer.Argument(help="what the host has signed")],
    yes: Yes = False,
    folder: Folder = HERE,
    wait: Wait = DAY_S,
) -> None:
    """Sign what the host says came out when lots were drawn by hand, and hand it in."""

    async def act(me: Seated) -> None:
        supervisor = await me.staff(Supervisor, Role.SUPERVISOR)
        await me.client.until(lambda view: view.me.ask == "draw_by_lottery")
        try:
            signed = msgspec.json.decode(file.read_bytes(), type=Signed)
        except msgspec.MsgspecError as error:
            raise NotHere(f"文件有误。 The file cannot be used: {error}") from error
        await agreed(before_signing.lottery(me.briefcase.trust, me.client.copy, signed), yes)
        await supervisor.draw_by_lottery(signed)
        say("摇号结果已记录。", "What came out is recorded.")

    run(folder, wait, act)


def _shown(proposed: TimetableProposed | StrikeProposed | None) -> Signed:
    if proposed is None:
        raise NotHere("没有待签署的提议。 Nothing is proposed.")
    return proposed.signed
