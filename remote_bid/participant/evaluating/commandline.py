"""remote-bid evaluation: what custodians of the draw type, and a gate that a site tries or has no device for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec
import typer

from remote_bid.evaluation.terms import GateOutcome
from remote_bid.participant.briefcase import Briefcase
from remote_bid.participant.evaluating.gate import Gate
from remote_bid.participant.evaluating.line import EvaluationLine
from remote_bid.participant.evaluating.officials import DrawCustodian, draw_offer, draw_seed
from remote_bid.participant.identity import Identity
from remote_bid.participant.terminal import DAY_S, HERE, SOON_S, Folder, Lot, NotHere, Wait, ask, say, tried

evaluating = typer.Typer(no_args_is_help=True, help="An evaluation: keys of its draw, a site's gate.")

Device = Annotated[str, typer.Argument(help="the gate's name, as the centre enrols it")]
Site = Annotated[str, typer.Argument(help="the site, as the order names it")]
_JOURNAL = "evaluation.journal"


@evaluating.command("draw-offer")
def offer(lot: Lot, folder: Folder = HERE) -> None:
    """Make your key for the draw of the experts, and print its public half, signed: for the agency's order."""

    def offered() -> None:
        briefcase = Briefcase(folder)
        with briefcase.identity(ask) as identity:
            seed = draw_seed(folder, briefcase.kept.session)
            print(msgspec.json.encode(identity.sign(draw_offer(briefcase.kept.session, lot, seed))).decode())

    tried(offered)


@evaluating.command("draw-publish")
def publish(folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """Publish the key, once the pools are fixed and every seed is sealed."""

    async def act(line: EvaluationLine, briefcase: Briefcase, identity: Identity | None) -> None:
        if identity is not None and (folder / f"{briefcase.kept.session}.draw-seed").exists():
            seed = draw_seed(folder, briefcase.kept.session)
            await DrawCustodian(line, identity, briefcase.person(identity)).publish(seed)
            say("抽取密钥已公布，或已无需公布。", "The draw's key is published, or none is needed any more.")
        else:
            raise NotHere("this folder has no key for the draw of this session")

    def sitting() -> None:
        briefcase = Briefcase(folder)
        with briefcase.identity(ask) as identity:
            asyncio.run(_seated(briefcase, identity, wait, act))

    tried(sitting)


@evaluating.command("gate-offer")
def offer_gate(device: Device, site: Site, folder: Folder = HERE) -> None:
    """Make the device's key in this folder, and print what the centre signs to enrol it."""

    def offered() -> None:
        briefcase = Briefcase(folder)
        gate = Gate(_line(briefcase, None), device, site, folder)
        print(msgspec.json.encode(gate.offer()).decode())

    tried(offered)


@evaluating.command("gate")
def tell(
    device: Device,
    site: Site,
    person: Annotated[str, typer.Argument(help="who stands before it, as the card reads")],
    turned_away: Annotated[bool, typer.Option("--turned-away", help="it was not let in")] = False,
    folder: Folder = HERE,
    wait: Wait = SOON_S,
) -> None:
    """Tell under the device's own key whom the gate has let in, as an enrolled device does."""

    async def act(line: EvaluationLine, briefcase: Briefcase, identity: Identity | None) -> None:
        outcome = GateOutcome.TURNED_AWAY if turned_away else GateOutcome.ENTERED
        await Gate(line, device, site, folder).tell(person, outcome)
        say("门禁事件已记录。", "The gate's event is recorded.")

    tried(lambda: asyncio.run(_seated(Briefcase(folder), None, wait, act)))


def _line(briefcase: Briefcase, identity: Identity | None) -> EvaluationLine:
    kept = briefcase.kept
    return EvaluationLine(kept.server, kept.session, identity, briefcase.folder / _JOURNAL)


async def _seated(
    briefcase: Briefcase,
    identity: Identity | None,
    wait_s: float,
    act: Callable[[EvaluationLine, Briefcase, Identity | None], Awaitable[None]],
) -> None:
    async with asyncio.timeout(wait_s), _line(briefcase, identity).connected() as line:
        await act(line, briefcase, identity)
