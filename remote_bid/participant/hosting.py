"""The host's own commands: schedule, answer, lottery."""

from pathlib import Path
from typing import Annotated

import msgspec
import typer

from remote_bid.opening.terms import Member, Role
from remote_bid.participant.jointly import jointly
from remote_bid.participant.staff import Host
from remote_bid.participant.terminal import DAY_S, HERE, SOON_S, Folder, Lot, NotHere, Seated, Wait, run, say
from remote_bid.tender.standards import NotATender, read_tender
from remote_bid.timeline import durable

hosting = typer.Typer(no_args_is_help=True, help="主持人 The host's acts.")
hosting.add_typer(jointly)


@hosting.callback()
def _as_host(context: typer.Context) -> None:
    context.obj = Role.HOST


@hosting.command()
def schedule(
    tender: Annotated[Path, typer.Argument(help="a tender (JSON): by hand, OCDS 1.1 or openprocurement")],
    members: Annotated[Path, typer.Argument(help="the session's people (JSON): person, name, role, side, deputy_of")],
    folder: Folder = HERE,
    wait: Wait = SOON_S,
) -> None:
    """Open the session of this folder for a tender, and name its people."""

    async def act(me: Seated) -> None:
        try:
            found = read_tender(tender.read_bytes())
            people = msgspec.json.decode(members.read_bytes(), type=list[Member])
        except (NotATender, msgspec.MsgspecError) as error:
            raise NotHere(f"文件有误。 A file cannot be used: {error}") from error
        await Host(me.client, me.identity, me.person, Role.HOST).schedule(found.tender, people)
        say("已安排。", "Scheduled.")

    run(folder, wait, act)


@hosting.command()
def answer(
    number: Annotated[int, typer.Argument(help="the objection's number")],
    text: Annotated[str, typer.Argument(help="the answer")],
    folder: Folder = HERE,
    wait: Wait = DAY_S,
) -> None:
    """Answer an objection or a dispute."""

    async def act(me: Seated) -> None:
        host = await me.staff(Host, Role.HOST)
        await me.client.until(lambda view: number in host.objections())
        await host.answer(host.objections()[number], text)
        say("已答复。", "Answered.")

    run(folder, wait, act)


@hosting.command()
def lottery(
    lot: Lot,
    coefficient: Annotated[str, typer.Argument(help="the coefficient's name")],
    value: Annotated[str, typer.Argument(help="what came out")],
    out: Annotated[Path, typer.Argument(help="the signed statement, for the supervisor")],
    folder: Folder = HERE,
    wait: Wait = DAY_S,
) -> None:
    """Sign what came out when lots were drawn by hand, since no draw envelope could be opened."""

    async def act(me: Seated) -> None:
        host = await me.staff(Host, Role.HOST)
        await me.client.until(lambda view: lot in (view.lotteries or []))
        durable.replace(out, msgspec.json.encode(host.lottery(lot, coefficient, value)))
        say(f"已签署，请交监督人员：{out}", "Signed; give it to the supervisor.")

    run(folder, wait, act)
