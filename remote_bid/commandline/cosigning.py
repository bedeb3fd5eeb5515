"""A cosigner of its own."""

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from remote_bid.commandline.saying import give_up, log_to_stderr
from remote_bid.participant.cosigner import cosign_forever
from remote_bid.timeline.failpoints import arm_from_environment
from remote_bid.timeline.rotation import BadSuccessor
from remote_bid.verify.trust import BadTrust, read_trust

commands = typer.Typer()


@commands.command()
def cosign(
    name: Annotated[str, typer.Argument(help="this cosigner's name")],
    trust: Annotated[Path, typer.Option(help="trust file that names the log")],
    data: Annotated[Path, typer.Option(help="folder for key and state")],
    port: Annotated[int, typer.Option(help="port to listen on")] = 8081,
) -> None:
    """Run a cosigner: signs a log's checkpoints, each only if it extends the one before."""
    log_to_stderr()
    arm_from_environment()
    try:
        trusted = read_trust(trust)
        asyncio.run(cosign_forever(name, trusted.log_key(), trusted.authorities(), data, port, trusted.successors))
    except OSError as error:
        give_up(f"{error.filename or f'port {port}'}: {error.strerror or error}", 2)
    except (BadTrust, BadSuccessor, ValueError, msgspec.MsgspecError) as error:
        give_up(f"{data} or {trust} cannot be used: {error}", 2)
