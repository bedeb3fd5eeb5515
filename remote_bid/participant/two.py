"""Host and supervisor: what either may begin, and both must sign."""

import asyncio

from remote_bid.opening.commands import (
    CloseOpening,
    ContinueLot,
    DeclineRequest,
    ExtendWindow,
    OpenRelease,
    ReadOut,
    ResumeOpening,
    SuspendOpening,
)
from remote_bid.opening.events import BidsClosed
from remote_bid.opening.statements import BelowMinimum, Extension
from remote_bid.opening.terms import ExtensionCause, Phase, reached
from remote_bid.opening.view import OpeningView
from remote_bid.participant.checks import Broken
from remote_bid.participant.member import Staff
from remote_bid.people.certificates import Signed
from remote_bid.seal.statements import media_type, statement_id
from remote_bid.tender.statements import Resume, Suspend
from remote_bid.tender.terms import SuspensionCause


class OneOfTheTwo(Staff):
    """Host or supervisor: takes the day's steps, moves and stops its clocks, mostly together with the other."""

    async def open_release(self) -> None:
        """Ask the bidders for their halves, from the roster on."""
        await self.client.until(lambda view: over(view) or reached(view.phase, Phase.ROSTER))
        await self.client.hand_in(OpenRelease())

    async def read_out(self, pause_s: float = 0.0) -> int:
        """Read out every bid in its order, resting before each; how many there are."""
        view = await self.client.until(lambda view: over(view) or reached(view.phase, Phase.READOUT))
        bids = sorted((view.bids or {}).items(), key=lambda item: item[1].number)
        for bid, _ in bids:
            await asyncio.sleep(pause_s)
            await self.client.hand_in(ReadOut(bid=bid))
        return len(bids)

    async def close(self) -> None:
        """End the session, once its record is there to be signed."""
        await self.client.until(lambda view: over(view) or reached(view.phase, Phase.RECORD))
        await self.client.hand_in(CloseOpening())

    async def extend(self, by_ms: int, cause: ExtensionCause) -> None:
        """Ask to extend the bidders' window."""
        view, close = await self._now(), self._close()
        number = (view.extensions or 0) + 1
        extension = Extension(session=self.client.copy.session, close=close, number=number, by_ms=by_ms, cause=cause)
        await self.client.hand_in(ExtendWindow(signed=self.identity.sign(extension)))

    async def suspend(self, cause: SuspensionCause) -> None:
        """Stop the clocks."""
        view = await self._now()
        told = Suspend(session=self.client.copy.session, number=len(view.pauses or []) + 1, cause=cause)
        await self.client.hand_in(SuspendOpening(signed=self.identity.sign(told)))

    async def resume(self) -> None:
        """Ask to let the clocks run again."""
        view = await self._now()
        if not view.suspended:
            raise Broken("the session is not suspended")
        told = Resume(session=self.client.copy.session, number=view.suspended.number)
        await self.client.hand_in(ResumeOpening(signed=self.identity.sign(told)))

    async def continue_lot(self, lot: str, ground: str) -> None:
        """Ask to go on with a lot that has too few bids."""
        told = BelowMinimum(session=self.client.copy.session, close=self._close(), lot=lot, ground=ground)
        await self.client.hand_in(ContinueLot(signed=self.identity.sign(told)))

    async def countersign(self) -> None:
        """Sign what the other of the two has signed and asks for."""
        view = await self.client.until(lambda view: view.me.ask == "countersign")
        for signed in (view.awaited or {}).values():
            await self.sign_too(signed)

    async def sign_too(self, signed: Signed) -> None:
        """Sign one thing that the other has signed."""
        both = self._with_ours(signed)
        await self.client.hand_in(_JOINT[signed.statement.payload_type](signed=both))

    async def decline(self) -> None:
        """Say no to all that awaits our signature."""
        view = await self._now()
        for statement in view.awaited or {}:
            await self.client.hand_in(DeclineRequest(statement=statement))

    def _with_ours(self, signed: Signed) -> Signed:
        return self.identity.countersign(signed)

    async def _now(self) -> OpeningView:
        return await self.client.until(lambda view: True)

    def _close(self) -> str:
        closed = self.client.copy.last(BidsClosed)
        if closed is None:
            raise Broken("the close was not shown")
        return statement_id(closed.close)


def over(view: OpeningView) -> bool:
    """Whether nothing more will happen."""
    return view.phase in (Phase.CLOSED, Phase.ABORTED)


_JOINT: dict[str, type[ExtendWindow] | type[ResumeOpening] | type[ContinueLot]] = {
    media_type(Extension): ExtendWindow,
    media_type(Resume): ResumeOpening,
    media_type(BelowMinimum): ContinueLot,
}
"""How a statement that both sign is handed in."""
