"""What host and supervisor both may do at the command line: the day's steps, and what the two sign together."""

from typing import Annotated

import typer

from remote_bid.opening.terms import ExtensionCause, Role
from remote_bid.participant import before_signing
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
from remote_bid.participant.two import OneOfTheTwo
from remote_bid.tender.terms import SuspensionCause

jointly = typer.Typer(no_args_is_help=True)

_MINUTE_MS = 60_000


def role_of(context: typer.Context) -> Role:
    """As whom the command was typed: `remote-bid host …` or `remote-bid supervisor …`."""
    return Role(context.obj)


async def _one(me: Seated, context: typer.Context) -> OneOfTheTwo:
    return await me.staff(OneOfTheTwo, role_of(context))


@jointly.command("open-release")
def open_release(context: typer.Context, folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """Ask the bidders for their halves, once the roster is there."""

    async def act(me: Seated) -> None:
        await (await _one(me, context)).open_release()
        say("解密已开始。", "The bidders are asked for their halves.")

    run(folder, wait, act)


@jointly.command("read-out")
def read_out(context: typer.Context, folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """Read out every bid, once all are settled."""

    async def act(me: Seated) -> None:
        count = await (await _one(me, context)).read_out()
        say(f"已唱标 {count} 份。", f"Read out: {count}.")

    run(folder, wait, act)


@jointly.command()
def close(context: typer.Context, folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """End the session, once its record is signed; who has not signed by then is recorded as silent."""

    async def act(me: Seated) -> None:
        await (await _one(me, context)).close()
        say("开标结束。", "The session is closed.")

    run(folder, wait, act)


@jointly.command()
def extend(
    context: typer.Context,
    minutes: Annotated[float, typer.Argument(min=0.01, help="by how much")],
    cause: Annotated[ExtensionCause, typer.Argument(help="why")],
    folder: Folder = HERE,
    wait: Wait = SOON_S,
) -> None:
    """Ask to extend the bidders' window, for all bidders; the other of the two must sign too."""

    async def act(me: Seated) -> None:
        await (await _one(me, context)).extend(round(minutes * _MINUTE_MS), cause)
        say("已请求延长，待对方签署。", "Asked for; the other of the two must sign.")

    run(folder, wait, act)


@jointly.command()
def suspend(
    context: typer.Context,
    cause: Annotated[SuspensionCause, typer.Argument(help="why")],
    folder: Folder = HERE,
    wait: Wait = SOON_S,
) -> None:
    """Stop the clocks at once."""

    async def act(me: Seated) -> None:
        await (await _one(me, context)).suspend(cause)
        say("已中止。", "The clocks stand still.")

    run(folder, wait, act)


@jointly.command()
def resume(context: typer.Context, folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """Ask to let the clocks run again; the other of the two must sign too."""

    async def act(me: Seated) -> None:
        one = await _one(me, context)
        if not me.client.copy.view.suspended:
            raise NotHere("本场未中止。 The session is not suspended.")
        await one.resume()
        say("已请求恢复，待对方签署。", "Asked for; the other of the two must sign.")

    run(folder, wait, act)


@jointly.command("continue-lot")
def continue_lot(
    context: typer.Context,
    lot: Lot,
    ground: Annotated[str, typer.Argument(help="a ground that the lot's policy lists")],
    folder: Folder = HERE,
    wait: Wait = SOON_S,
) -> None:
    """Ask to go on with a lot that has too few bids; the other of the two must sign too."""

    async def act(me: Seated) -> None:
        await (await _one(me, context)).continue_lot(lot, ground)
        say("已请求继续，待对方签署。", "Asked for; the other of the two must sign.")

    run(folder, wait, act)


@jointly.command()
def countersign(context: typer.Context, yes: Yes = False, folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """Sign what the other of the two asks for, after a look at it."""
    other = Role.SUPERVISOR if role_of(context) is Role.HOST else Role.HOST

    async def act(me: Seated) -> None:
        one = await _one(me, context)
        view = await me.client.until(lambda view: view.me.ask == "countersign")
        for signed in (view.awaited or {}).values():
            await agreed(before_signing.joint(me.briefcase.trust, me.client.copy, signed, other), yes)
            await one.sign_too(signed)
        say("已签署。", "Signed by both.")

    run(folder, wait, act)


@jointly.command()
def decline(context: typer.Context, folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """Do not sign what the other of the two asks for."""

    async def act(me: Seated) -> None:
        one = await _one(me, context)
        if not me.client.copy.view.awaited:
            raise NotHere("没有待签署的请求。 Nothing awaits your signature.")
        await one.decline()
        say("已拒绝。", "Declined.")

    run(folder, wait, act)
