"""The demonstration."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from remote_bid.demo.show import Options, show

commands = typer.Typer()


@commands.command()
def demo(
    fast: Annotated[bool, typer.Option("--fast", help="a whole day in seconds")] = False,
    out: Annotated[Path | None, typer.Option(help="keep bundle.zip, trust.json and record.json here")] = None,
    bidders: Annotated[
        int | None, typer.Option(min=1, max=200, help="how many bid; 3, or 4 where people take part")
    ] = None,
    stay: Annotated[bool, typer.Option("--serve", help="stay up afterwards, with the hall open")] = False,
    port: Annotated[int, typer.Option(help="port of the server; 0 takes a free one")] = 0,
    tender: Annotated[Path | None, typer.Option(help="a tender (JSON): OCDS 1.1, openprocurement, or by hand")] = None,
    faults: Annotated[bool, typer.Option("--faults", help="with late, wrong and bad bidders, and an outage")] = False,
    https: Annotated[bool, typer.Option("--https", help="for phones: HTTPS at this machine's local address")] = False,
    minutes: Annotated[float, typer.Option(min=0.5, help="until the deadline, where people take part")] = 4,
) -> None:
    """Play a no-show bid opening with real clients against a real server, and verify its record.

    At a terminal, without --fast, anybody may take a participant's chair in a browser; the hall stays open afterwards.
    """
    options = Options(
        fast=fast,
        out=out,
        bidders=bidders,
        stay=stay,
        port=port,
        tender=tender,
        faults=faults,
        https=https,
        minutes=minutes,
        terminal=sys.stdout.isatty(),
    )
    sys.exit(show(options))
