"""A bidder's part, in a process of its own: what a real bidder's program would do, and what may go wrong with it."""

import asyncio
from collections.abc import Awaitable
from pathlib import Path

from remote_bid.demo.authority import PASSPHRASE
from remote_bid.demo.cast import Cast
from remote_bid.demo.documents import documents_of
from remote_bid.demo.faults import UNOPENED, Unlucky
from remote_bid.demo.programme import Contender, Fault
from remote_bid.demo.stage import alone
from remote_bid.opening.terms import Phase
from remote_bid.participant.bidder import Bidder
from remote_bid.participant.client import Client, ServerRefused
from remote_bid.tender.terms import ReadoutForm

_EXCUSE = "我单位的解密文件打不开，正在排查。"
_OBJECTIONS = {
    True: "我单位因硬盘损坏未能按时解密，请求说明依据何条处理。",
    False: "请求说明本场开标各份投标的处理依据。",
}
"""What is objected, by whether the bidder has lost its key."""
_TOO_LATE = ("too_late", "window_over", "wrong_phase")
_NOT_NOW = (*_TOO_LATE, "held")
_BEFORE_COUNT = (Phase.SCHEDULED, Phase.LOBBY, Phase.CLOSED_FOR_BIDS, Phase.HELD)


def play_bidder(cast: Cast, contender: Contender) -> None:
    """Submits, releases unless the file is lost (of which it complains), confirms its lines, signs the record."""
    alone(cast.home(contender.person) / "log", lambda: _bidder(cast, contender))


async def _bidder(cast: Cast, contender: Contender) -> None:
    home, faults = cast.home(contender.person), contender.faults
    async with (client := Unlucky(cast, contender)).connected():
        bidder = Bidder(client, client.identity, contender.person, cast.trust, home, PASSPHRASE)
        await asyncio.sleep(_until_bidding_s(cast, contender))
        handed_in = []
        for lot, form in contender.forms.items():
            documents = documents_of(cast, contender.person, lot)
            handed_in.append((await _submitted(client, bidder, lot, form, documents), form))
        bids = {bid: form for bid, form in handed_in if bid}
        if Fault.LATE in faults:
            return
        await bidder.check_in()
        for bid in bids:
            await _drilled(bidder, bid)
        await bidder.see_ticked()
        released = {bid: await _released(bidder, bid, home, Fault.LOST_KEY in faults) for bid in bids}
        expected = {bid: form if released[bid] and not faults & UNOPENED else None for bid, form in bids.items()}
        if Fault.LOST_KEY in faults:
            await bidder.say(_EXCUSE)
        await _in_time(bidder.confirm(expected))
        if Fault.OBJECTION in faults:
            await _in_time(bidder.object(_OBJECTIONS[Fault.LOST_KEY in faults]))
        await _in_time(bidder.sign_record(expected))


def _until_bidding_s(cast: Cast, contender: Contender) -> float:
    """On a playable day they come one after the other, the last in the middle of the time: until then it may be you."""
    if not cast.pace.breath_s:
        return 0
    number = cast.contenders.index(contender) + 1
    return cast.pace.until_deadline_ms / 2000 * number / len(cast.contenders)


async def _submitted(client: Client, bidder: Bidder, lot: str, form: ReadoutForm, documents: dict[str, bytes]) -> str:
    """The bid's id; empty if the deadline came first, and was not postponed."""
    while True:
        table = client.copy.view.timetable if client.copy.head else None
        try:
            return await bidder.submit(lot, form, documents)
        except ServerRefused as refusal:
            if refusal.code not in _NOT_NOW:
                raise
        view = await client.until(lambda view, old=table: view.timetable != old or view.phase not in _BEFORE_COUNT)  # type: ignore[misc]  # a lambda with a default
        if view.phase not in _BEFORE_COUNT:
            return ""


async def _drilled(bidder: Bidder, bid: str) -> None:
    """Drill, if the deadline leaves the time: on a slow machine a day of seconds may not."""
    try:
        await bidder.drill(bid)
    except ServerRefused as refusal:
        if refusal.code != "wrong_phase":
            raise


async def _released(bidder: Bidder, bid: str, home: Path, lost: bool) -> bool:
    """Release, unless the file is lost."""
    if lost:
        (home / f"{bid}.release").unlink()
        return False
    return await _in_time(bidder.release(bid))


async def _in_time(act: Awaitable[None]) -> bool:
    """Whether an act was done; whoever is too slow for it learns that from the refusal, and goes on."""
    try:
        await act
    except ServerRefused as refusal:
        if refusal.code not in _TOO_LATE:
            raise
        return False
    return True
