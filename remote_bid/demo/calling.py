"""The clarification_call of the demonstration: supervisor, bidder and two experts talk, and a person may join them."""

import asyncio
from contextlib import AsyncExitStack

from remote_bid.demo.cast import Cast
from remote_bid.demo.chairs import TAKEN
from remote_bid.demo.committee import EXPERTS, SUPERVISOR
from remote_bid.demo.media import Talker
from remote_bid.demo.stage import Attendant, alone, identity_of
from remote_bid.participant.calling import CallLine
from remote_bid.participant.evaluating.line import ended
from remote_bid.video.terms import CallRole

_EXPERTS = 2
"""Who of the committee speak; the others listen to their papers."""


def play_call(cast: Cast) -> None:
    """Everybody simulated in the first call that the committee asks for; chairs that people have taken are theirs."""
    alone(cast.home(SUPERVISOR) / "call.log", lambda: _call(cast), yields="")


async def _call(cast: Cast) -> None:
    async with (line := Attendant(cast, SUPERVISOR)).connected():
        view = await line.until(lambda view: bool(view.calls) or ended(view))
        if not view.calls:
            return
        room = next(iter(view.calls.values())).room
    async with AsyncExitStack() as stack:
        people = [SUPERVISOR, *(one.person for one in cast.contenders), *(person for person, _ in EXPERTS)]
        free = [person for person in people if not (cast.home(person) / TAKEN).exists()]
        lines = [await stack.enter_async_context(_line(cast, room, person).connected()) for person in free]
        await talk(lines, cast.pace.call_s)


def _line(cast: Cast, room: str, person: str) -> CallLine:
    return CallLine(cast.url, room, identity_of(cast, person), cast.trusting())


async def talk(lines: list[CallLine], seconds: float) -> None:
    """Until the time is over: then the supervisor ends it. Who has no seat only looks on."""
    views = {line: await line.until(lambda _: True) for line in lines}
    supervisors = [line for line in lines if views[line].role is CallRole.SUPERVISOR]
    bidders = [line for line in lines if views[line].role is CallRole.BIDDER]
    experts = [line for line in lines if views[line].role is CallRole.EXPERT][:_EXPERTS]
    present = [*supervisors, *bidders, *experts]
    admitting = [asyncio.create_task(line.admit_everybody()) for line in supervisors]
    await asyncio.gather(*(line.come() for line in present))
    talkers = [Talker(line, number) for number, line in enumerate(present)]
    await asyncio.gather(*(talker.join() for talker in talkers))
    await asyncio.sleep(seconds)
    for line in supervisors:
        await line.close_call()
    await asyncio.gather(*(talker.stay() for talker in talkers), *admitting)
