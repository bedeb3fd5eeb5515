"""Routes that belong to openings: a session of another room is not there for them."""

from aiohttp import web

from remote_bid.timeline.desk import Desk, Folded
from remote_bid.timeline.log import UnknownSession


async def opening_at(desk: Desk, request: web.Request) -> Folded:
    """The opening session that a request names; UnknownSession if there is none of this name."""
    session = request.match_info["session"]
    folded = await desk.look(session)
    if folded.session.room != "opening":
        raise UnknownSession(session)
    return folded
