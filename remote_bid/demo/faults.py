"""What goes wrong on a day with faults: which bidder it befalls, and what that bidder's program hands in instead."""

import secrets
from dataclasses import replace

import msgspec

from remote_bid.demo.cast import Cast
from remote_bid.demo.programme import Contender, Fault, Programme, simulated
from remote_bid.demo.stage import Visitor
from remote_bid.opening.commands import OfferedPart, ReleaseKey, SubmitBid
from remote_bid.opening.events import BidSubmitted
from remote_bid.opening.statements import Release
from remote_bid.opening.terms import Phase, reached
from remote_bid.participant.identity import Identity
from remote_bid.people.certificates import Signed
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.dealing import SECRET_SIZE, commitment
from remote_bid.seal.envelope import ctx_of
from remote_bid.seal.statements import said, statement_id
from remote_bid.tender.statements import Deal
from remote_bid.timeline.context import Command

UNOPENED = frozenset({Fault.LOST_KEY, Fault.BAD_DEAL})
"""With one of these a bid is not read out."""


def with_faults(programme: Programme, seed: int) -> Programme:
    """One bidder releases a wrong half first and one deals badly, if so many have no fault yet; one objects, and one
    more comes too late.
    """
    contenders = list(programme.contenders)
    sound = [place for place, contender in enumerate(contenders) if not contender.faults]
    for place in sound[:1]:
        contenders[place] = _with(contenders[place], Fault.WRONG_HALF)
    for place in sound[1:][-1:]:
        contenders[place] = _with(contenders[place], Fault.BAD_DEAL)
    if not any(Fault.OBJECTION in contender.faults for contender in contenders):
        contenders[0] = _with(contenders[0], Fault.OBJECTION)
    return replace(programme, contenders=[*contenders, _late(programme, seed)])


def _with(contender: Contender, fault: Fault) -> Contender:
    return replace(contender, faults=contender.faults | {fault})


def _late(programme: Programme, seed: int) -> Contender:
    """A bidder on the first lot, whom the tender does not know."""
    invented = simulated(programme.tender, len(programme.contenders), seed)
    first = programme.tender.lots[0].lot
    return replace(invented, forms={first: invented.forms[first]}, faults=frozenset({Fault.LATE}))


class Unlucky(Visitor):
    """A bidder's line to the server, on which its faults befall what it hands in."""

    def __init__(self, cast: Cast, contender: Contender) -> None:
        super().__init__(cast, contender.person)
        self._faults = contender.faults

    async def hand_in(self, command: Command) -> list[str]:
        """As a visitor does, but too late, badly dealt, or wrong before it is right."""
        match command:
            case SubmitBid() if Fault.LATE in self._faults:
                await self.until(lambda view: reached(view.phase, Phase.ROSTER))
            case SubmitBid(parts=[first, *others]) if Fault.BAD_DEAL in self._faults:
                spoiled = badly_dealt(first, self.identity)
                command = msgspec.structs.replace(command, parts=[spoiled, *others])
            case ReleaseKey(signed=signed) if Fault.WRONG_HALF in self._faults:
                await super().hand_in(with_wrong_half(signed, self._ctx(signed), self.identity))
                await self.until(lambda view: bool(view.pauses) or reached(view.phase, Phase.CUSTODY))
        return await super().hand_in(command)

    def _ctx(self, signed: Signed) -> bytes:
        """Of the envelope whose half is released."""
        name = said(signed.statement, Release).submission
        parts = [part for _, event in self.copy.events(BidSubmitted) for part in event.parts]
        return next(ctx_of(part.header.core) for part in parts if statement_id(part.submission) == name)


def badly_dealt(offered: OfferedPart, identity: Identity) -> OfferedPart:
    """The same part, but the first custodian's share does not open: noise of the same length, properly signed."""
    dealt = said(offered.deal.statement, Deal)
    first, *others = dealt.shares
    noise = msgspec.structs.replace(first, hpke=b64(secrets.token_bytes(len(unb64(first.hpke)))))
    deal = msgspec.structs.replace(dealt, shares=[noise, *others])
    return msgspec.structs.replace(offered, deal=identity.sign(deal))


def with_wrong_half(signed: Signed, ctx: bytes, identity: Identity) -> ReleaseKey:
    """The same release with another half, properly signed."""
    release, half = said(signed.statement, Release), secrets.token_bytes(SECRET_SIZE)
    wrong = identity.sign(msgspec.structs.replace(release, c=commitment(ctx, "B", half)))
    return ReleaseKey(signed=wrong, s_b=b64(half))
