"""A bidder's ways out on the day: leave a release with the cosigners, ask the escrow holders for a lost half."""

from typing import Annotated

import typer

from remote_bid.opening.terms import Phase, reached
from remote_bid.participant.terminal import DAY_S, HERE, Folder, Lot, NotHere, Seated, Wait, run, say

falling_back = typer.Typer(no_args_is_help=True)


@falling_back.command()
def lodge(
    lot: Lot,
    cosigner: Annotated[list[str], typer.Option("--cosigner", help="NAME=ADDRESS; several times")],
    folder: Folder = HERE,
    wait: Wait = DAY_S,
) -> None:
    """Leave your half with the cosigners, where the server does not take it; their receipts are kept in this folder."""
    addresses = dict(_address(item) for item in cosigner)

    async def act(me: Seated) -> None:
        bidder = me.bidder()
        await bidder.lodge(await _bid_in_release(me, lot), addresses)
        say("已寄存，回执已保存。", "Lodged; the cosigners' receipts are checked and kept.")

    run(folder, wait, act)


@falling_back.command("ask-remedy")
def ask_remedy(lot: Lot, folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """Ask the escrow holders for your half, where your release file is lost, while the bidders' window is open."""

    async def act(me: Seated) -> None:
        bidder = me.bidder()
        await bidder.ask_remedy(await _bid_in_release(me, lot))
        say("补救已申请，回执已保存。", "Asked for; the receipt is checked and kept.")

    run(folder, wait, act)


async def _bid_in_release(me: Seated, lot: str) -> str:
    """Our bid on the lot, once its release is asked for."""
    view = await me.client.until(lambda view: reached(view.phase, Phase.RELEASE) and bool(view.me.bids))
    bids = [bid for bid, own in (view.me.bids or {}).items() if own.lot == lot]
    if not bids:
        raise NotHere(f"您在标段 {lot} 没有投标。 You have no bid on lot {lot}.")
    return bids[0]


def _address(item: str) -> tuple[str, str]:
    name, mark, url = item.partition("=")
    if not mark or not url:
        raise typer.BadParameter(f"--cosigner wants NAME=ADDRESS, not {item}")
    return name, url.rstrip("/")
