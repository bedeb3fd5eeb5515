"""The commands of whoever runs a server: serve, rotate-key, migrate, backup, restore, wire."""

import asyncio
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from remote_bid.app import ROOMS, checked, migrated, serve_forever
from remote_bid.commandline.saying import give_up, log_to_stderr
from remote_bid.config import BadSettings, office_passphrase, read_settings
from remote_bid.gateway.fanout.tuning import new_loop
from remote_bid.gateway.wire import openapi
from remote_bid.seal.statements import said
from remote_bid.timeline.backup import NoBackup, back_up
from remote_bid.timeline.backup import restore as brought_back
from remote_bid.timeline.failpoints import arm_from_environment
from remote_bid.timeline.office import BadKeys, rotate_log_key
from remote_bid.timeline.rotation import KeyRotated
from remote_bid.timeline.start import MayNotServe

commands = typer.Typer()


@commands.command()
def serve(
    settings: Annotated[Path, typer.Argument(help="settings file (JSON), see docs/operations.md")],
    data: Annotated[Path, typer.Option(help="folder for database, safe and keys")] = Path("data"),
    host: Annotated[str | None, typer.Option(help="instead of the settings'")] = None,
    port: Annotated[int | None, typer.Option(help="instead of the settings': several processes on one machine")] = None,
) -> None:
    """Run a centre's server until it is told to stop."""
    log_to_stderr()
    arm_from_environment()
    try:
        asked = {"host": host, "port": port}
        where = {name: value for name, value in asked.items() if value is not None}
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(serve_forever(msgspec.structs.replace(read_settings(settings), **where), data))
    except (BadSettings, BadKeys) as error:
        give_up(str(error), 2)
    except MayNotServe as error:
        give_up(str(error), 3)


@commands.command("rotate-key")
def rotate_key(
    settings: Annotated[Path, typer.Argument(help="settings file (JSON)")],
    data: Annotated[Path, typer.Option(help="folder for database, safe and keys")] = Path("data"),
) -> None:
    """Give a stopped server's log a new key, which the old one signs for; sessions are told at the next start."""
    try:
        log = read_settings(settings).log
        keys = rotate_log_key(data / "office.json", office_passphrase(), log, datetime.now(UTC))
    except (BadSettings, BadKeys) as error:
        give_up(str(error), 2)
    now = said(keys.successors[-1], KeyRotated).new
    print(f"{log} signs with {now} from the next start on; it is still known by {keys.log_key}")


@commands.command()
def migrate(settings: Annotated[Path, typer.Argument(help="settings file (JSON)")]) -> None:
    """Bring the tables of the PostgreSQL database in the settings up to date."""
    try:
        database = read_settings(settings).database
    except BadSettings as error:
        give_up(str(error), 2)
    if not database:
        give_up("the settings name no database; SQLite is brought up to date when the server starts", 2)
    asyncio.run(migrated(database))


@commands.command()
def backup(
    settings: Annotated[Path, typer.Argument(help="settings file (JSON)")],
    to: Annotated[Path, typer.Argument(help="folder for backups, on another disk")],
    data: Annotated[Path, typer.Option(help="folder for database, safe and keys")] = Path("data"),
) -> None:
    """Copy database and safe while the server goes on. Keys are not in it: keep office.json apart."""
    try:
        print(back_up(read_settings(settings).database, data, to))
    except (BadSettings, NoBackup) as error:
        give_up(str(error), 2)


@commands.command()
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
        give_up(str(error), 2)
    except MayNotServe as error:
        give_up(str(error), 1)
    for session in damaged:
        print(f"{session}: its record does not hold", file=sys.stderr)
    print(f"{number} sessions, {len(damaged)} damaged; every session has a new epoch")
    sys.exit(1 if damaged else 0)


@commands.command()
def wire() -> None:
    """Print the wire's messages as OpenAPI components, from which the pages' types are generated."""
    print(json.dumps(openapi(ROOMS), indent=1, ensure_ascii=False))
