"""A day on which one bidder's chair is free: everybody else is played by programs, a browser takes the chair."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from remote_bid.demo.authority import KEY_FILE
from remote_bid.demo.cast import SESSION, Cast, Pace, assemble
from remote_bid.demo.day import answering, open_house, raise_curtain, troupe
from tests.web.hall import until_bids_are_taken
from tests.web.pace import UNHURRIED, all_release

NAME = "东江<script>alert(1)</script>建设"


@dataclass(frozen=True)
class Chair:
    """Where the day is, and who the bidder in the browser is."""

    cast: Cast
    person: str

    @property
    def url(self) -> str:
        """The server's address."""
        return self.cast.url

    @property
    def hall(self) -> str:
        """The page of the opening."""
        return f"{self.url}/hall/{SESSION}"

    def bid_is_in(self) -> None:
        """Tell the tenderer of the play, who postpones the deadline for whoever keeps no receipt in its folder."""
        (self.cast.home(self.person) / "in-the-browser.receipt.json").touch()

    @property
    def key(self) -> Path:
        """The bidder's PKCS#12 file."""
        return self.cast.home(self.person) / KEY_FILE


@asynccontextmanager
async def a_chair(folder: Path, pace: Pace = UNHURRIED) -> AsyncIterator[Chair]:
    """The day from the moment at which bids are taken."""
    programme = all_release()
    contenders = [replace(programme.contenders[0], name=NAME), *programme.contenders[1:]]
    cast = assemble(folder, replace(programme, contenders=contenders), pace)
    person = contenders[0].person
    with troupe() as players:
        open_house(players, cast)
        await answering(cast.url, players)
        raise_curtain(players, cast, absent={person})
        await until_bids_are_taken(cast.url, players)
        yield Chair(cast, person)
