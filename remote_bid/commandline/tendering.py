"""Tenders written by hand: tender new, schema, check."""

import json
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from remote_bid.commandline.saying import give_up
from remote_bid.tender.standards import NotATender, by_hand, read_tender

commands = typer.Typer()


tenders = typer.Typer(no_args_is_help=True, help="Tenders written by hand.")
commands.add_typer(tenders, name="tender")


@tenders.command("new")
def new_tender() -> None:
    """Print a tender to begin from."""
    print(msgspec.json.format(msgspec.json.encode(by_hand.EXAMPLE), indent=2).decode())


@tenders.command("schema")
def tender_schema() -> None:
    """Print the JSON Schema of a tender, for editors."""
    print(json.dumps(by_hand.json_schema(), indent=2, ensure_ascii=False))


@tenders.command("check")
def check_tender(
    file: Annotated[Path, typer.Argument(help="a tender (JSON): by hand, OCDS 1.1 or openprocurement")],
) -> None:
    """Say what is wrong with a tender. Exit 0: it can be opened, 2: it cannot."""
    try:
        found = read_tender(file.read_bytes())
    except OSError as error:
        give_up(f"{file} cannot be read: {error.strerror}", 2)
    except NotATender as error:
        give_up("\n".join(str(error).split("; ")), 2)
    for lot in found.tender.lots:
        print(f"{found.tender.code}  {lot.lot}  {lot.title}  {lot.ceiling_price} {lot.currency}  ≥ {lot.minimum}")
