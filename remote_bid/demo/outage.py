"""An outage while bidders release: the server is killed, stays away, and comes back to a session that it suspends."""

import asyncio
from dataclasses import replace
from multiprocessing.process import BaseProcess

import msgspec

from remote_bid.demo.cast import SESSION, Cast, Pace
from remote_bid.demo.day import Troupe, enter_server
from remote_bid.opening.terms import Phase, reached
from remote_bid.participant.client import Client

_LIMIT_MS = 1500
"""Of what the server may miss; a machine that is slower than that is suspended more often, and goes on likewise."""
_RELEASE_MS = 2000
"""More time for the bidders' window, so that it is open when the server is killed."""
_FIRST_RELEASES_S = 0.4
_MORE_S = 0.3


def with_outage(pace: Pace) -> Pace:
    """The same pace with time for an outage in the bidders' window, and a short limit for it; in the evaluation a site
    loses its network.
    """
    return replace(
        pace,
        site_lost=True,
        windows=msgspec.structs.replace(pace.windows, release_ms=pace.windows.release_ms + _RELEASE_MS),
        pauses=msgspec.structs.replace(pace.pauses, outage_ms=_LIMIT_MS),
    )


async def outage(cast: Cast, players: Troupe, server: BaseProcess) -> None:
    """Kill the server once the bidders' window is open, and let it come back when its next tick is overdue."""
    async with Client(cast.url, SESSION, None, tls=cast.trusting()).connected() as client:
        view = await client.until(lambda view: reached(view.phase, Phase.RELEASE))
    if view.phase is not Phase.RELEASE:
        return
    await asyncio.sleep(_FIRST_RELEASES_S)
    players.kill(server)
    await asyncio.sleep((cast.pace.ticks.every_ms + cast.pace.pauses.outage_ms) / 1000 + _MORE_S)
    enter_server(players, cast)
