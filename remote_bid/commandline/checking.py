"""The verifier."""

import hashlib
import io
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from remote_bid.commandline.saying import give_up
from remote_bid.seal.statements import Statement
from remote_bid.verify import NotAZip
from remote_bid.verify import verify as verified
from remote_bid.verify.screen import explain
from remote_bid.verify.trust import BadTrust, read_trust

commands = typer.Typer()


@commands.command()
def verify(
    bundle: Annotated[Path, typer.Argument(help="the bundle of a session")],
    trust: Annotated[Path | None, typer.Option(help="trust file, got by another way than the bundle")] = None,
    receipt: Annotated[list[Path] | None, typer.Option(help="a cosigner's receipt for a lodged release")] = None,
    recordings: Annotated[Path | None, typer.Option(help="folder of a call's recordings")] = None,
) -> None:
    """Check a finished session offline. Exit 0: verified, 1: something does not hold, 2: not a bundle or trust file."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        trusted = read_trust(trust) if trust else None
        with bundle.open("rb") as file:
            report = verified(file, trusted, [_statement(path) for path in receipt or []], _recorded(recordings))
    except (BadTrust, NotAZip, msgspec.MsgspecError) as error:
        give_up(str(error), 2)
    except OSError as error:
        give_up(f"{bundle} cannot be read: {error.strerror}", 2)
    explain(report, trusted is not None)
    sys.exit(0 if report.verified else 1)


def _recorded(folder: Path | None) -> dict[str, str]:
    """The hash of every recording in a folder, by its path there."""
    files = sorted(folder.rglob("*.webm")) if folder is not None else []
    return {str(path.relative_to(folder or path)): _sha256(path) for path in files}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _statement(path: Path) -> Statement:
    return msgspec.json.decode(path.read_bytes(), type=Statement)
