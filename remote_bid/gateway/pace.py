"""How often one address or account may do what: a flood is refused, and everybody else is served."""

import ipaddress
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from typing import Annotated

import msgspec
from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from remote_bid.timeline.context import Refused

Rate = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{0,8}/(second|minute|hour)\Z")]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is too often. Whole companies and halls share one address, so addresses may do much more than accounts."""

    requests: Rate = "12000/minute"
    """HTTP requests from one address, whatever they ask for."""
    nonces: Rate = "1000/minute"
    """Nonces to sign in with, for one address."""
    sign_ins: Rate = "1000/minute"
    """Tries to sign in, from one address."""
    account_sign_ins: Rate = "60/minute"
    """Sign-ins of one person."""
    enrolments: Rate = "60/hour"
    """Requests for certificates, from one address."""
    gates: Rate = "600/minute"
    """Events of gates, from one address."""
    uploads: Rate = "600/minute"
    """Requests that bring files, of one person."""
    reads: Rate = "6000/minute"
    """Pieces of bids' documents, for one person."""
    commands: Rate = "600/minute"
    """Commands of one person."""
    joins: Rate = "3000/minute"
    """Sessions joined from one address."""
    connects: Rate = "3000/minute"
    """Sockets opened from one address."""
    sockets: int = 3000
    """Sockets that one address may have open."""
    account_sockets: int = 32
    """Sockets that one person may have open."""


class TooMany(Refused):
    """Too often; `retry_s` seconds later it may be tried again."""

    def __init__(self, retry_s: int) -> None:
        super().__init__(
            "too_many_requests",
            f"请求过于频繁，请在 {retry_s} 秒后重试。",
            f"Too many requests; try again in {retry_s} s.",
        )
        self.retry_s = retry_s


_LINES_RETRY_S = 30


class Pace:
    """Counts in the memory of this process: each process of a deployment counts for itself."""

    def __init__(self, limits: Limits, proxies: Sequence[Network]) -> None:
        self._rates = {name: parse(rate) for name, rate in msgspec.structs.asdict(limits).items() if "/" in str(rate)}
        self._limits, self._proxies = limits, proxies
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._open: Counter[str] = Counter()

    async def spend(self, what: str, whose: str) -> None:
        """Count one more of `what` for an address or account; TooMany if it has had its share."""
        rate = self._rates[what]
        if not await self._limiter.hit(rate, what, whose):
            window = await self._limiter.get_window_stats(rate, what, whose)
            raise TooMany(max(1, ceil(window.reset_time - time.time())))

    @contextmanager
    def line(self, address: str) -> Iterator[None]:
        """A socket of this address is open for the time of the context."""
        with self._among(f"address {address}", self._limits.sockets):
            yield

    @contextmanager
    def account_line(self, person: str) -> Iterator[None]:
        """A socket of this person is open for the time of the context."""
        with self._among(f"account {person}", self._limits.account_sockets):
            yield

    @contextmanager
    def _among(self, whose: str, most: int) -> Iterator[None]:
        if self._open[whose] >= most:
            raise TooMany(_LINES_RETRY_S)
        self._open[whose] += 1
        try:
            yield
        finally:
            self._open[whose] -= 1
            if not self._open[whose]:
                del self._open[whose]

    def address(self, peer: str | None, forwarded: str) -> str:
        """From where somebody comes: its address, or its network (/64) where a household has millions of them.

        `forwarded` (X-Forwarded-For) is believed only as far as our own proxies wrote it: read from its end.
        """
        seen = [part.strip() for part in forwarded.split(",")] if forwarded else []
        here = _ip(peer or "")
        while here is not None and seen and self._is_ours(here):
            here = _ip(seen.pop())
        if here is None:
            return "unknown"
        return str(ipaddress.ip_network((here, 64), strict=False)) if here.version == 6 else str(here)

    def _is_ours(self, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
        return any(address in network for network in self._proxies)


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
