"""How a committee comes about: order, pools, sealed seeds, draw, calls, arrival, undertakings, its leader."""

from remote_bid.evaluation.terms import BallotLine, Departure, PoolLeaf
from remote_bid.people.certificates import Signed
from remote_bid.tender.sealed_draw import DrawSeed
from remote_bid.timeline.context import Event


class EvaluationOrdered(Event, frozen=True):
    """An evaluation is opened by this order; `custodians` are the keys of those who hold the seeds of its draw."""

    signed: Signed
    custodians: list[Signed]


class PoolsCommitted(Event, frozen=True):
    """The pools can change no more: seeds are sealed from now until `ends_at`."""

    signed: Signed
    ends_at: str


class SeedSealed(Event, frozen=True):
    """A seed for the expert draw, sealed to the custodians."""

    person: str
    signed: Signed


class ExpertDrawOpened(Event, frozen=True):
    """No seed is taken any more: the custodians publish their keys."""


class DrawKeyPublished(Event, frozen=True):
    """A custodian's key is public."""

    person: str
    signed: Signed


class DrawOrderFound(Event, frozen=True):
    """The seed that orders every pool, from the sealed seeds that k keys have opened."""

    seed: str
    envelopes: list[DrawSeed]


class ExpertCalled(Event, frozen=True):
    """Whoever stands at the next drawn `place` of its pool is called, under an alias; `signed` tells auditors who."""

    alias: str
    place: int
    leaf: PoolLeaf
    person: str
    name: str
    signed: Signed


class MemberAccepted(Event, frozen=True):
    """Who was called comes."""

    alias: str
    signed: Signed


class MemberLeft(Event, frozen=True):
    """Who was called does not come, or a member leaves: its work is void, and kept. Unsigned: the server saw it. A
    recusal's `reason` is for auditors.
    """

    alias: str
    cause: Departure
    signed: Signed | None
    reason: str = ""
    nonce: str = ""


class CheckInOpened(Event, frozen=True):
    """The committee is complete: its members come to their sites."""


class GatePassed(Event, frozen=True):
    """A member is inside the evaluation zone."""

    alias: str
    site: str
    signed: Signed


class GateRefused(Event, frozen=True):
    """Somebody was not let in: a comparison is missing, or a phone was found."""

    alias: str
    site: str
    signed: Signed


class SeatTaken(Event, frozen=True):
    """A member has checked in, and this seat of its site was drawn for it."""

    alias: str
    site: str
    seat: str
    signed: Signed


class SeatMoved(Event, frozen=True):
    """A member goes on at another seat of its site."""

    alias: str
    site: str
    seat: str


class UndertakingOpened(Event, frozen=True):
    """All are in: they learn who bids."""


class UndertakingSigned(Event, frozen=True):
    """A member knows of no reason to stand back."""

    alias: str
    signed: Signed


class LeaderPhaseOpened(Event, frozen=True):
    """All have signed: they elect their leader."""


class ElectionOpened(Event, frozen=True):
    """Ballots of this round are sealed to `key` (1216 bytes), whose secret half lives in memory only; `among` may be
    chosen.
    """

    round: int
    key: str
    among: list[str]
    ends_at: str


class BallotCast(Event, frozen=True):
    """A member has voted; its `sealed` ballot is shown to nobody, ever."""

    alias: str
    round: int
    signed: Signed
    sealed: str


class BallotsCounted(Event, frozen=True):
    """The ballots of a round, sorted by their trackers; `spoiled` could not be read. A second tie is `drawn`."""

    round: int
    ballots: list[BallotLine]
    spoiled: int
    leader: str | None
    drawn: bool


class ElectionFailed(Event, frozen=True):
    """Nobody voted, or the key was lost with the server's memory: another round follows."""

    round: int


class LeaderDeposed(Event, frozen=True):
    """The leader was silent too long: another is elected."""

    alias: str
