"""Price scores."""

import io
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from remote_bid.commandline.saying import give_up
from remote_bid.evaluation.price import answering
from remote_bid.timeline.context import Refused

commands = typer.Typer()


@commands.command()
def price(
    file: Annotated[
        Path | None, typer.Argument(help="formula and bids (JSON), see docs/price.md; - reads stdin")
    ] = None,
    methods: Annotated[bool, typer.Option("--list", help="show the catalogue of methods")] = False,
    example: Annotated[str | None, typer.Option(help="print an input of this method to begin from")] = None,
) -> None:
    """Price scores with their derivation, exact to the last digit. Exit 2: the input is at fault."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    try:
        if methods:
            print("\n".join(answering.catalogue()))
        elif example is not None:
            print(json.dumps(answering.example(example), indent=2, ensure_ascii=False))
        elif file is not None:
            print(json.dumps(answering.answer(_written(file)), indent=2, ensure_ascii=False))
        else:
            give_up("请给出文件，或 --list、--example / give a file, --list or --example", 2)
    except Refused as refusal:
        give_up(f"{refusal.zh} / {refusal.en}", 2)


def _written(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == Path("-") else file.read_bytes()
    except OSError as error:
        give_up(f"{file} 无法读取 / {file} cannot be read: {error.strerror}", 2)
