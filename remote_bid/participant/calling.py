"""A participant's line to one call: the way in, signs of life, and what a supervisor does there."""

import asyncio
import ssl
from contextlib import suppress
from typing import Any

from remote_bid.participant.client import Line
from remote_bid.participant.copy import CopyOf
from remote_bid.participant.identity import Identity
from remote_bid.participant.refusals import ServerRefused
from remote_bid.video.commands import Admit, AnswerNotice, CloseCall, EnterLobby
from remote_bid.video.events import VideoEvent
from remote_bid.video.terms import Standing
from remote_bid.video.view import CallView

_BEAT_S = 0.4


class CallLine(Line[CallView]):
    """One participant in a call."""

    def __init__(self, url: str, session: str, identity: Identity, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(url, CopyOf(CallView, VideoEvent, session, None), identity, tls)

    async def come(self) -> None:
        """Agree to be recorded, wait in the lobby, until the call may be joined."""
        await self.hand_in(AnswerNotice(agrees=True))
        await self.hand_in(EnterLobby())
        await self.until(lambda view: view.ask == "join" or bool(view.closed))

    async def join(self, offer: str) -> tuple[str, str]:
        """The answer to an offer, and the name of the line by which signs of life are given."""
        path = f"/api/calls/{self.copy.session}"
        token = (await self.post(f"{path}/token", {}))["token"]
        joined = await self.post(f"{path}/join", {"token": token, "offer": offer})
        return joined["answer"], joined["line"]

    async def live(self, line: str) -> None:
        """Give signs of life until cancelled."""
        body: dict[str, Any] = {"session": self.copy.session, "line": line}
        while True:
            await self._ask("alive", body)
            await asyncio.sleep(_BEAT_S)

    async def admit_everybody(self) -> None:
        """The supervisor's: whoever comes to the lobby is let in, until the call is over."""
        while not (view := await self.until(lambda view: bool(view.closed) or bool(_waiting(view)))).closed:
            for seat in _waiting(view):
                with suppress(ServerRefused):  # it has left meanwhile
                    await self.hand_in(Admit(seat=seat))

    async def close_call(self) -> None:
        """The supervisor's: the call is over."""
        await self.hand_in(CloseCall())


def _waiting(view: CallView) -> list[str]:
    return [seat for seat, row in (view.seats or {}).items() if row.standing is Standing.LOBBY]
