"""The command line: remote-bid serve, demo, verify, cosign, wire."""

import asyncio
import io
import json
import logging
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import structlog
import typer

from remote_bid.app import ROOMS, migrated, serve_forever
from remote_bid.config import BadSettings, read_settings
from remote_bid.demo.show import Options, show
from remote_bid.gateway.wire import openapi
from remote_bid.participant.cosigner import cosign_forever
from remote_bid.seal.statements import Statement
from remote_bid.verify import NotAZip
from remote_bid.verify import verify as verified
from remote_bid.verify.screen import explain
from remote_bid.verify.trust import BadTrust, read_trust

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def serve(
    settings: Annotated[Path, typer.Argument(help="settings file (JSON), see docs/operations.md")],
    data: Annotated[Path, typer.Option(help="folder for database, safe and keys")] = Path("data"),
) -> None:
    """Run a centre's server until it is told to stop."""
    _log_to_stderr()
    try:
        asyncio.run(serve_forever(read_settings(settings), data))
    except BadSettings as error:
        _give_up(str(error), 2)


@app.command()
def migrate(settings: Annotated[Path, typer.Argument(help="settings file (JSON)")]) -> None:
    """Bring the tables of the PostgreSQL database in the settings up to date."""
    try:
        database = read_settings(settings).database
    except BadSettings as error:
        _give_up(str(error), 2)
    if not database:
        _give_up("the settings name no database; SQLite is brought up to date when the server starts", 2)
    asyncio.run(migrated(database))


@app.command()
def demo(
    fast: Annotated[bool, typer.Option("--fast", help="a whole day in seconds")] = False,
    out: Annotated[Path | None, typer.Option(help="keep bundle.zip, trust.json and record.json here")] = None,
    bidders: Annotated[int, typer.Option(min=1, max=200, help="how many bid")] = 3,
    stay: Annotated[bool, typer.Option("--serve", help="stay up afterwards, with the hall open")] = False,
    port: Annotated[int, typer.Option(help="port of the server; 0 takes a free one")] = 0,
    tender: Annotated[Path | None, typer.Option(help="an OCDS 1.1 or openprocurement JSON file")] = None,
) -> None:
    """Play a no-show bid opening with real clients against a real server, and verify its record."""
    sys.exit(show(Options(fast=fast, out=out, bidders=bidders, stay=stay, port=port, tender=tender)))


@app.command()
def verify(
    bundle: Annotated[Path, typer.Argument(help="the bundle of a session")],
    trust: Annotated[Path | None, typer.Option(help="trust file, got by another way than the bundle")] = None,
    receipt: Annotated[list[Path] | None, typer.Option(help="a cosigner's receipt for a lodged release")] = None,
) -> None:
    """Check a finished session offline. Exit 0: verified, 1: something does not hold, 2: not a bundle or trust file."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        trusted = read_trust(trust) if trust else None
        with bundle.open("rb") as file:
            report = verified(file, trusted, [_statement(path) for path in receipt or []])
    except (BadTrust, NotAZip, msgspec.MsgspecError) as error:
        _give_up(str(error), 2)
    except OSError as error:
        _give_up(f"{bundle} cannot be read: {error.strerror}", 2)
    explain(report, trusted is not None)
    sys.exit(0 if report.verified else 1)


def _statement(path: Path) -> Statement:
    return msgspec.json.decode(path.read_bytes(), type=Statement)


@app.command()
def cosign(
    name: Annotated[str, typer.Argument(help="this cosigner's name")],
    trust: Annotated[Path, typer.Option(help="trust file that names the log")],
    data: Annotated[Path, typer.Option(help="folder for key and state")],
    port: Annotated[int, typer.Option(help="port to listen on")] = 8081,
) -> None:
    """Run a cosigner: signs a log's checkpoints, each only if it extends the one before."""
    _log_to_stderr()
    try:
        trusted = read_trust(trust)
        asyncio.run(cosign_forever(name, trusted.log_key(), trusted.authorities(), data, port))
    except BadTrust as error:
        _give_up(str(error), 2)


@app.command()
def wire() -> None:
    """Print the wire's messages as OpenAPI components, from which the pages' types are generated."""
    print(json.dumps(openapi(ROOMS), indent=1, ensure_ascii=False))


@app.callback()
def _about() -> None:
    """Remote bid opening and evaluation: an open, self-hosted server."""


def _give_up(sentence: str, code: int) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(code)


def _log_to_stderr() -> None:
    logging.basicConfig(level=logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
