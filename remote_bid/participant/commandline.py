"""remote-bid for the people of a session: join, watch, check-in, release, withdraw, custodian, enrol.

Exit codes: 0 done; 2 the command cannot be used so; 3 the server refused (its code is said); 4 the server broke a
promise: keep the folder as it is and call the supervisor; 5 not done in time.
"""

import asyncio
import getpass
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from remote_bid.opening.commands import CheckIn
from remote_bid.opening.terms import Phase, reached
from remote_bid.participant import enrolment
from remote_bid.participant.bidder import Bidder
from remote_bid.participant.briefcase import BadBriefcase, Briefcase, Kept, packed
from remote_bid.participant.checks import Broken
from remote_bid.participant.client import Client, ServerRefused
from remote_bid.participant.custodian import Custodian
from remote_bid.participant.identity import BadIdentity, Identity
from remote_bid.participant.presence import presence
from remote_bid.participant.release_file import CannotRead
from remote_bid.participant.token import TokenAt
from remote_bid.participant.watching import watched
from remote_bid.timeline.entry import Mismatch
from remote_bid.verify.trust import BadTrust

commands = typer.Typer(no_args_is_help=True)
custodian = typer.Typer(no_args_is_help=True, help="Keys of a custodian.")
commands.add_typer(custodian, name="custodian")
enrol = typer.Typer(no_args_is_help=True, help="A certificate of the centre's own authority.")
commands.add_typer(enrol, name="enrol")

UNUSABLE, REFUSED, BROKEN, LATE = 2, 3, 4, 5

Folder = Annotated[
    Path, typer.Option("--folder", "-C", envvar="REMOTE_BID_FOLDER", help="your folder for this session")
]
Wait = Annotated[float, typer.Option("--wait", help="seconds to wait until it can be done")]
Lot = Annotated[str, typer.Argument(help="the lot")]
Part = Annotated[str, typer.Option(help="the part of the bid")]

HERE = Path()
SOON_S, DAY_S = 60.0, 86_400.0


@dataclass(frozen=True)
class Seated:
    """Somebody at the keyboard, connected to the session."""

    briefcase: Briefcase
    identity: Identity
    person: str
    client: Client


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
        _give_up("give either --key, or --module with --token and --label", UNUSABLE)
    signing = str(key) if key is not None else TokenAt(module=module, token=token, label=label)
    try:
        packed(folder, Kept(server=server.rstrip("/"), session=session, key=signing), trust)
    except (BadTrust, BadBriefcase) as error:
        _give_up(str(error), UNUSABLE)
    except OSError as error:
        _give_up(f"{error.filename}: {error.strerror}", UNUSABLE)
    _done(f"{folder / 'participant.json'}")


@commands.command()
def watch(folder: Folder = HERE) -> None:
    """Follow the session as the public sees it, until it is over; every entry is checked against its chain."""

    async def follow() -> None:
        async with Briefcase(folder).client(None).connected() as client:
            await watched(client, Console())

    _tried(lambda: asyncio.run(follow()))


@commands.command("check-in")
def check_in(folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """Sign that you are present, as soon as the lobby opens."""

    async def act(me: Seated) -> None:
        view = await me.client.until(lambda view: reached(view.phase, Phase.LOBBY))
        signed = me.identity.sign(presence(me.client.copy.session, me.person, view.me.role))
        await me.client.hand_in(CheckIn(signed=signed))

    _run(folder, wait, act)


@commands.command()
def release(folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """Release your half of every bid in this folder, once you have seen each of them in the close."""

    async def act(me: Seated) -> None:
        bidder = _bidder(me, _ask("passphrase of the release files"))
        for file in sorted(folder.glob("*.release")):
            await bidder.release(file.stem)

    _run(folder, wait, act)


@enrol.command("request")
def request_certificate(
    server: Annotated[str, typer.Argument(help="the server's address, https://…")],
    person: Annotated[str, typer.Argument(help="your number: social credit code, or the id that the centre gave you")],
    name: Annotated[str, typer.Argument(help="your name")],
    folder: Folder = HERE,
) -> None:
    """Make a key on this machine and ask for a certificate for it; a clerk of the centre decides."""
    asking = enrolment.request(server.rstrip("/"), person, name, folder, _ask("passphrase for the key"))
    _tried(lambda: _done(f"tell the centre that this request is yours: {asyncio.run(asking)}"))


@enrol.command("fetch")
def fetch_certificate(
    server: Annotated[str, typer.Argument(help="the server's address, https://…")], folder: Folder = HERE
) -> None:
    """Take the certificate, if it was granted; with its key it is a PKCS#12 file for `join --key`."""
    fetching = enrolment.fetch(server.rstrip("/"), folder, _ask("passphrase for the key"))
    _tried(lambda: _done(str(asyncio.run(fetching))))


@custodian.command("keygen")
def keygen(lot: Lot, part: Part = "readout_form", folder: Folder = HERE, wait: Wait = SOON_S) -> None:
    """Make a fresh key on this machine and offer its public half."""
    _run(folder, wait, lambda me: _custodian(me).offer_key(lot, part))


@custodian.command()
def publish(lot: Lot, part: Part = "readout_form", folder: Folder = HERE, wait: Wait = DAY_S) -> None:
    """Publish the key, after checking close, window and cosignatures for yourself."""
    _run(folder, wait, lambda me: _custodian(me).publish(lot, part))


def _bidder(me: Seated, passphrase: str) -> Bidder:
    return Bidder(me.client, me.identity, me.person, me.briefcase.trust, me.briefcase.folder, passphrase)


def _custodian(me: Seated) -> Custodian:
    return Custodian(me.client, me.identity, me.briefcase.trust, me.briefcase.folder)


def _run(folder: Path, wait_s: float, act: Callable[[Seated], Awaitable[None]]) -> None:
    """Do one act as oneself, within the time given."""

    async def acted(briefcase: Briefcase, identity: Identity) -> None:
        person = briefcase.person(identity)
        async with asyncio.timeout(wait_s), briefcase.client(identity).connected() as client:
            await act(Seated(briefcase, identity, person, client))

    def sitting() -> None:
        briefcase = Briefcase(folder)
        with briefcase.identity(_ask) as identity:
            asyncio.run(acted(briefcase, identity))

    _tried(sitting)
    _done("done")


def _tried(act: Callable[[], None]) -> None:
    try:
        act()
    except (BadBriefcase, BadIdentity, BadTrust, CannotRead) as error:
        _give_up(str(error), UNUSABLE)
    except ServerRefused as error:
        _give_up(str(error), REFUSED)
    except (Broken, Mismatch) as error:
        _give_up(f"{error}. Keep this folder as it is and call the supervisor.", BROKEN)
    except enrolment.NotYet as error:
        _give_up(str(error), LATE)
    except TimeoutError:
        _give_up("not done in time; try again, a repetition changes nothing", LATE)


def _ask(what: str) -> str:
    """A secret from the environment (REMOTE_BID_PASSPHRASE, REMOTE_BID_PIN), else typed unseen."""
    name = "REMOTE_BID_PIN" if what == "PIN" else "REMOTE_BID_PASSPHRASE"
    return os.environ.get(name) or getpass.getpass(f"{what}: ")


def _done(sentence: str) -> None:
    print(sentence)


def _give_up(sentence: str, code: int) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(code)
