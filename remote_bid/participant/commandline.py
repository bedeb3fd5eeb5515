"""remote-bid for the people of a session: enrol, join, watch, check-in, everybody's own commands, custodian."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from remote_bid.participant import enrolment
from remote_bid.participant.bidding import bidding
from remote_bid.participant.briefcase import Briefcase, Kept, packed
from remote_bid.participant.consorting import consortium
from remote_bid.participant.custodian import Custodian
from remote_bid.participant.custody_file import read_custody, write_custody
from remote_bid.participant.evaluating.commandline import evaluating
from remote_bid.participant.falling_back import falling_back
from remote_bid.participant.hosting import hosting
from remote_bid.participant.presence import come
from remote_bid.participant.speaking import speaking
from remote_bid.participant.supervising import supervising
from remote_bid.participant.tendering import tendering
from remote_bid.participant.terminal import (
    DAY_S,
    HERE,
    SOON_S,
    UNUSABLE,
    Folder,
    Lot,
    NotHere,
    Seated,
    Wait,
    ask,
    give_up,
    run,
    tried,
)
from remote_bid.participant.token import TokenAt
from remote_bid.participant.watching import watched

commands = typer.Typer(no_args_is_help=True)
for everybodys in (bidding, falling_back, speaking):
    commands.add_typer(everybodys)
for office, its_commands in (("host", hosting), ("supervisor", supervising), ("tenderer", tendering)):
    commands.add_typer(its_commands, name=office)
commands.add_typer(consortium, name="consortium")
commands.add_typer(evaluating, name="evaluation")
custodian = typer.Typer(no_args_is_help=True, help="Keys of a custodian.")
commands.add_typer(custodian, name="custodian")
enrol = typer.Typer(no_args_is_help=True, help="A certificate of the centre's own authority.")
commands.add_typer(enrol, name="enrol")

Part = Annotated[str, typer.Option(help="the part of the bid")]


@commands.command()
def join(
    server: Annotated[str, typer.Argument(help="the server's address, https://…")],
    session: Annotated[str, typer.Argument(help="the session's id")],
    trust: Annotated[Path, typer.Option(help="trust file, got by another way than from the server")],
    key: Annotated[Path | None, typer.Option(help="your key and certificate: a PKCS#12 file")] = None,
    module: Annotated[str, typer.Option(help="the PKCS#11 library of your token")] = "",
    token: Annotated[str, typer.Option(help="the token's label")] = "",
    label: Annotated[str, typer.Option(help="the label of key and certificate on the token")] = "",
    folder: Folder = HERE,
) -> None:
    """Make a folder for one session: where it is, whom you trust, with what you sign."""
    if (key is None) == (not (module and token and label)):
        give_up("give either --key, or --module with --token and --label", UNUSABLE)
    signing = str(key) if key is not None else TokenAt(module=module, token=token, label=label)
    kept = Kept(server=server.rstrip("/"), session=session, key=signing)
    tried(lambda: print(packed(folder, kept, trust).folder / "participant.json"))


@commands.command()
def watch(folder: Folder = HERE) -> None:
    """Follow the session as the public sees it, until it is over; every entry is checked against its chain."""

    async def follow() -> None:
        async with Briefcase(folder).client(None).connected() as client:
            await watched(client, Console())

    tried(lambda: asyncio.run(follow()))


@commands.command("check-in")
def check_in(folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """Sign that you are present, as soon as the lobby opens."""

    async def act(me: Seated) -> None:
        view = await me.client.until(lambda view: True)
        if not await come(me.client, me.identity, me.person, view.me.role):
            raise NotHere("it is too late to check in: the bidders' window is over")
        print("checked in")

    run(folder, wait, act)


@enrol.command("request")
def request_certificate(
    server: Annotated[str, typer.Argument(help="the server's address, https://…")],
    person: Annotated[str, typer.Argument(help="your number: social credit code, or the id that the centre gave you")],
    name: Annotated[str, typer.Argument(help="your name")],
    folder: Folder = HERE,
) -> None:
    """Make a key on this machine and ask for a certificate for it; a clerk of the centre decides."""
    asking = enrolment.request(server.rstrip("/"), person, name, folder, ask("passphrase for the key"))
    tried(lambda: print(f"tell the centre that this request is yours: {asyncio.run(asking)}"))


@enrol.command("fetch")
def fetch_certificate(
    server: Annotated[str, typer.Argument(help="the server's address, https://…")], folder: Folder = HERE
) -> None:
    """Take the certificate, if it was granted; with its key it is a PKCS#12 file for `join --key`."""
    fetching = enrolment.fetch(server.rstrip("/"), folder, ask("passphrase for the key"))
    tried(lambda: print(asyncio.run(fetching)))


@custodian.command()
def keygen(lot: Lot, part: Part = "readout_form", folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """Make a fresh key on this machine and offer its public half."""

    async def act(me: Seated) -> None:
        await _custodian(me).offer_key(lot, part)
        print("offered; the key stays in this folder")

    run(folder, wait, act)


@custodian.command("drill")
def custodian_drill(lot: Lot, part: Part = "readout_form", folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """Show that the key in this folder opens what is sealed to it, on a dummy."""

    async def act(me: Seated) -> None:
        await _custodian(me).drill(lot, part)
        print("the key opens")

    run(folder, wait, act)


@custodian.command("save")
def save_keys(
    file: Annotated[Path, typer.Argument(help="the .custody file to write")],
    folder: Folder = HERE,
    wait: Wait = SOON_S,
) -> None:
    """Put the keys of this folder into one file under a passphrase: a copy to keep, or for the page."""

    async def act(me: Seated) -> None:
        await me.client.until(lambda view: bool(view.tender))
        seeds = _custodian(me).kept()
        if not seeds:
            raise NotHere("this folder has no keys for this session")
        write_custody(file, me.client.copy.session, seeds, ask("passphrase for the key file"))
        print(file)

    run(folder, wait, act)


@custodian.command("load")
def load_keys(
    file: Annotated[Path, typer.Argument(help="a .custody file, of this program or of the page")],
    folder: Folder = HERE,
    wait: Wait = SOON_S,
) -> None:
    """Take the keys from a file into this folder."""

    async def act(me: Seated) -> None:
        await me.client.until(lambda view: bool(view.tender))
        session, seeds = read_custody(file, ask("passphrase of the key file"))
        if session != me.client.copy.session:
            raise NotHere(f"the keys are for session {session}")
        _custodian(me).take(seeds)
        print("the keys are in this folder")

    run(folder, wait, act)


@custodian.command()
def publish(lot: Lot, part: Part = "readout_form", folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """Publish the key, after checking close, window and cosignatures for yourself."""

    async def act(me: Seated) -> None:
        await _custodian(me).publish(lot, part)
        print("published")

    run(folder, wait, act)


@custodian.command("publish-share")
def publish_share(lot: Lot, part: Part = "readout_form", folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """As an escrow holder: give your share of each half whose bidder asks for the remedy; your key stays here."""

    async def act(me: Seated) -> None:
        await _custodian(me).publish_shares(lot, part)
        print("given, where a bidder asks")

    run(folder, wait, act)


@custodian.command()
def destroy(folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """Of an aborted session: destroy your keys in this folder, and sign that they are gone."""

    async def act(me: Seated) -> None:
        await _custodian(me).destroy()
        print("destroyed")

    run(folder, wait, act)


def _custodian(me: Seated) -> Custodian:
    return Custodian(me.client, me.identity, me.briefcase.trust, me.briefcase.folder)
