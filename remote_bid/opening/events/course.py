"""What may happen in any phase: extension, suspension, abort, offices handed over, marks of the outside."""

from remote_bid.opening.terms import AbortCause, RequestRefusal, Role
from remote_bid.people.certificates import Signed
from remote_bid.tender.terms import SuspensionCause
from remote_bid.timeline.context import Event


class LotAborted(Event, frozen=True):
    """A lot ends without an award; with too few bids they stay sealed and are returned."""

    lot: str
    cause: AbortCause


class OpeningAborted(Event, frozen=True):
    """Every lot has ended before anything was opened."""

    cause: AbortCause


class SignatureAwaited(Event, frozen=True):
    """Host or supervisor has signed what both must sign; the other's signature is awaited."""

    signed: Signed


class RequestRefused(Event, frozen=True):
    """What host or supervisor asked for by this statement (its id) did not come about."""

    statement: str
    cause: RequestRefusal
    signed: Signed | None = None


class WindowExtended(Event, frozen=True):
    """The bidders' window is open until `ends_at`, for all."""

    signed: Signed
    ends_at: str


class OpeningSuspended(Event, frozen=True):
    """The clocks stand still as of `since`; the host's suspension ends by itself at `ends_at`. Unsigned it is the
    server's.
    """

    number: int
    cause: SuspensionCause
    since: str
    ends_at: str | None
    signed: Signed | None


class SuspensionCountersigned(Event, frozen=True):
    """The supervisor has signed the host's suspension too: it does not end by itself."""

    signed: Signed


class OpeningResumed(Event, frozen=True):
    """The clocks run again; the phase's window ends at `ends_at`. Unsigned: the host's time was over."""

    number: int
    ends_at: str | None
    signed: Signed | None


class AbortOrdered(Event, frozen=True):
    """The session will be aborted as soon as every entry is held by a tick. Unsigned: it was suspended too long."""

    cause: AbortCause
    signed: Signed | None


class RoleHandedOver(Event, frozen=True):
    """An office is another person's now."""

    role: Role
    to: str
    signed: Signed


class CustodianKeysDestroyed(Event, frozen=True):
    """A custodian has destroyed its keys of an aborted session."""

    person: str
    signed: Signed


class StampTaken(Event, frozen=True):
    """An authority of time has signed at `stamped_at` that entry `covers` was there; `token` is its answer."""

    covers: int
    stamped_at: str
    token: str
