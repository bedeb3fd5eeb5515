"""Somebody at a keyboard: what every participant's command shares.

Exit codes: 0 done; 2 the command cannot be used so; 3 the server refused (its code is said); 4 the server broke a
promise: keep the folder as it is and call the supervisor; 5 not done in time.
"""

import asyncio
import getpass
import logging
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import structlog
import typer

from remote_bid.opening.terms import Role
from remote_bid.participant.bidder import Bidder
from remote_bid.participant.briefcase import BadBriefcase, Briefcase
from remote_bid.participant.checks import Broken
from remote_bid.participant.client import Client, ServerRefused
from remote_bid.participant.enrolment import NotYet
from remote_bid.participant.identity import BadIdentity, Identity
from remote_bid.participant.member import Staff
from remote_bid.participant.passphrase import CannotRead
from remote_bid.participant.recovery_code import BadCode
from remote_bid.seal.canonical import jcs
from remote_bid.seal.envelope import BadEnvelope
from remote_bid.seal.statements import Payload
from remote_bid.tender.terms import InvalidForm
from remote_bid.timeline.entry import Mismatch
from remote_bid.verify.trust import BadTrust

S = TypeVar("S", bound=Staff)

UNUSABLE, REFUSED, BROKEN, LATE = 2, 3, 4, 5

Folder = Annotated[
    Path, typer.Option("--folder", "-C", envvar="REMOTE_BID_FOLDER", help="your folder for this session")
]
Wait = Annotated[float, typer.Option("--wait", help="seconds to wait until it can be done")]
Lot = Annotated[str, typer.Argument(help="the lot")]

Yes = Annotated[bool, typer.Option("--yes", help="sign without being asked again")]

HERE = Path()
SOON_S, DAY_S = 60.0, 86_400.0
_UNREACHED_S = 5.0
"""After which a command that has not reached the server says so."""


class NotHere(ValueError):
    """What the command needs is not in the folder, or not in the session; the sentence says what."""


@dataclass(frozen=True)
class Seated:
    """Somebody at the keyboard, connected to the session."""

    briefcase: Briefcase
    identity: Identity
    person: str
    client: Client

    async def staff(self, kind: type[S], *roles: Role) -> S:
        """As somebody of these roles; NotHere if the session knows us as something else."""
        view = await self.client.until(lambda view: True)
        if roles and view.me.role not in roles:
            raise NotHere(f"您在本场的身份是 {view.me.role}。 In this session you are its {view.me.role}.")
        return kind(self.client, self.identity, self.person, view.me.role)

    def bidder(self) -> Bidder:
        """As a bidder, with the passphrase of the release files."""
        passphrase = ask("passphrase of the release files")
        briefcase = self.briefcase
        return Bidder(self.client, self.identity, self.person, briefcase.trust, briefcase.folder, passphrase)


def run(folder: Path, wait_s: float, act: Callable[[Seated], Awaitable[None]]) -> None:
    """Do one act as oneself, within the time given."""

    async def acted(briefcase: Briefcase, identity: Identity) -> None:
        person = briefcase.person(identity)
        async with asyncio.timeout(wait_s), briefcase.client(identity).connected() as client:
            telling = asyncio.get_running_loop().call_later(_UNREACHED_S, _tell_unreached, client)
            try:
                await act(Seated(briefcase, identity, person, client))
            finally:
                telling.cancel()

    def sitting() -> None:
        briefcase = Briefcase(folder)
        with briefcase.identity(ask) as identity:
            asyncio.run(acted(briefcase, identity))

    tried(sitting)


def _tell_unreached(client: Client) -> None:
    """Once, to whoever looks at a command that waits."""
    if not client.signed_in:
        print(f"尚未连上服务器，继续重试。 {client.url} cannot be reached yet; trying again.", file=sys.stderr)


def tried(act: Callable[[], None]) -> None:
    """Whatever goes wrong ends in one sentence and its exit code. What is printed is the command's alone."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )
    try:
        act()
    except (BadBriefcase, BadIdentity, BadTrust, BadCode, BadEnvelope, CannotRead, InvalidForm, NotHere) as error:
        give_up(str(error), UNUSABLE)
    except ServerRefused as error:
        give_up(str(error), REFUSED)
    except (Broken, Mismatch) as error:
        give_up(f"{error}. Keep this folder as it is and call the supervisor.", BROKEN)
    except NotYet as error:
        give_up(str(error), LATE)
    except TimeoutError:
        give_up("not done in time; try again, a repetition changes nothing", LATE)
    except OSError as error:
        give_up(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "), UNUSABLE)


def say(zh: str, en: str) -> None:
    """What was done, in both languages."""
    print(f"{zh} {en}")


async def agreed(told: Payload, yes: bool) -> None:
    """Show what is about to be signed; NotHere unless `yes`, or the person at the keyboard says so."""
    print(jcs(told).decode())
    try:
        signs = yes or await asyncio.to_thread(typer.confirm, "签署？ Sign this?")
    except typer.Abort:
        signs = False
    if not signs:
        raise NotHere("未签署。 Not signed.")


def ask(what: str) -> str:
    """A secret from the environment (REMOTE_BID_PASSPHRASE, REMOTE_BID_PIN), else typed unseen."""
    name = "REMOTE_BID_PIN" if what == "PIN" else "REMOTE_BID_PASSPHRASE"
    return os.environ.get(name) or getpass.getpass(f"{what}: ")


def give_up(sentence: str, code: int) -> NoReturn:
    """Say why, and end."""
    print(sentence, file=sys.stderr)
    sys.exit(code)
