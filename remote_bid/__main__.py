"""The command line: remote-bid serve, backup, restore, demo, verify, cosign, tender, price, wire."""

import asyncio
import hashlib
import io
import json
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import msgspec
import structlog
import typer

from remote_bid.app import ROOMS, checked, migrated, serve_forever
from remote_bid.config import BadSettings, office_passphrase, read_settings
from remote_bid.demo.show import Options, show
from remote_bid.evaluation.price import answering
from remote_bid.gateway.fanout.tuning import new_loop
from remote_bid.gateway.wire import openapi
from remote_bid.participant.commandline import commands as participants
from remote_bid.participant.cosigner import cosign_forever
from remote_bid.seal.statements import Statement, said
from remote_bid.tender.standards import NotATender, by_hand, read_tender
from remote_bid.timeline.backup import NoBackup, back_up
from remote_bid.timeline.backup import restore as brought_back
from remote_bid.timeline.context import Refused
from remote_bid.timeline.failpoints import arm_from_environment
from remote_bid.timeline.office import BadKeys, rotate_log_key
from remote_bid.timeline.rotation import BadSuccessor, KeyRotated
from remote_bid.timeline.start import MayNotServe
from remote_bid.verify import NotAZip
from remote_bid.verify import verify as verified
from remote_bid.verify.screen import explain
from remote_bid.verify.trust import BadTrust, read_trust

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(participants)


@app.command()
def serve(
    settings: Annotated[Path, typer.Argument(help="settings file (JSON), see docs/operations.md")],
    data: Annotated[Path, typer.Option(help="folder for database, safe and keys")] = Path("data"),
    host: Annotated[str | None, typer.Option(help="instead of the settings'")] = None,
    port: Annotated[int | None, typer.Option(help="instead of the settings': several processes on one machine")] = None,
) -> None:
    """Run a centre's server until it is told to stop."""
    _log_to_stderr()
    arm_from_environment()
    try:
        asked = {"host": host, "port": port}
        where = {name: value for name, value in asked.items() if value is not None}
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(serve_forever(msgspec.structs.replace(read_settings(settings), **where), data))
    except (BadSettings, BadKeys) as error:
        _give_up(str(error), 2)
    except MayNotServe as error:
        _give_up(str(error), 3)


@app.command("rotate-key")
def rotate_key(
    settings: Annotated[Path, typer.Argument(help="settings file (JSON)")],
    data: Annotated[Path, typer.Option(help="folder for database, safe and keys")] = Path("data"),
) -> None:
    """Give a stopped server's log a new key, which the old one signs for; sessions are told at the next start."""
    try:
        log = read_settings(settings).log
        keys = rotate_log_key(data / "office.json", office_passphrase(), log, datetime.now(UTC))
    except (BadSettings, BadKeys) as error:
        _give_up(str(error), 2)
    now = said(keys.successors[-1], KeyRotated).new
    print(f"{log} signs with {now} from the next start on; it is still known by {keys.log_key}")


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
def backup(
    settings: Annotated[Path, typer.Argument(help="settings file (JSON)")],
    to: Annotated[Path, typer.Argument(help="folder for backups, on another disk")],
    data: Annotated[Path, typer.Option(help="folder for database, safe and keys")] = Path("data"),
) -> None:
    """Copy database and safe while the server goes on. Keys are not in it: keep office.json apart."""
    try:
        print(back_up(read_settings(settings).database, data, to))
    except (BadSettings, NoBackup) as error:
        _give_up(str(error), 2)


@app.command()
def restore(
    settings: Annotated[Path, typer.Argument(help="settings file (JSON)")],
    made: Annotated[Path, typer.Argument(help="one backup")],
    data: Annotated[Path, typer.Option(help="folder for database, safe and keys; office.json is there")] = Path("data"),
) -> None:
    """Bring a backup back into an empty place, and check every record in it. Exit 1: one does not hold."""
    try:
        found = read_settings(settings)
        number = asyncio.run(brought_back(found.database, data, made))
        damaged = asyncio.run(checked(found, data))
    except (BadSettings, BadKeys, NoBackup) as error:
        _give_up(str(error), 2)
    except MayNotServe as error:
        _give_up(str(error), 1)
    for session in damaged:
        print(f"{session}: its record does not hold", file=sys.stderr)
    print(f"{number} sessions, {len(damaged)} damaged; every session has a new epoch")
    sys.exit(1 if damaged else 0)


@app.command()
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


@app.command()
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
        _give_up(str(error), 2)
    except OSError as error:
        _give_up(f"{bundle} cannot be read: {error.strerror}", 2)
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


@app.command()
def cosign(
    name: Annotated[str, typer.Argument(help="this cosigner's name")],
    trust: Annotated[Path, typer.Option(help="trust file that names the log")],
    data: Annotated[Path, typer.Option(help="folder for key and state")],
    port: Annotated[int, typer.Option(help="port to listen on")] = 8081,
) -> None:
    """Run a cosigner: signs a log's checkpoints, each only if it extends the one before."""
    _log_to_stderr()
    arm_from_environment()
    try:
        trusted = read_trust(trust)
        asyncio.run(cosign_forever(name, trusted.log_key(), trusted.authorities(), data, port, trusted.successors))
    except (BadTrust, BadSuccessor) as error:
        _give_up(str(error), 2)


tenders = typer.Typer(no_args_is_help=True, help="Tenders written by hand.")
app.add_typer(tenders, name="tender")


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
        _give_up(f"{file} cannot be read: {error.strerror}", 2)
    except NotATender as error:
        _give_up("\n".join(str(error).split("; ")), 2)
    for lot in found.tender.lots:
        print(f"{found.tender.code}  {lot.lot}  {lot.title}  {lot.ceiling_price} {lot.currency}  ≥ {lot.minimum}")


@app.command()
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
            _give_up("请给出文件，或 --list、--example / give a file, --list or --example", 2)
    except Refused as refusal:
        _give_up(f"{refusal.zh} / {refusal.en}", 2)


def _written(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == Path("-") else file.read_bytes()
    except OSError as error:
        _give_up(f"{file} 无法读取 / {file} cannot be read: {error.strerror}", 2)


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
            structlog.contextvars.merge_contextvars,
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
