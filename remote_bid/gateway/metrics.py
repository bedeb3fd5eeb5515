"""Figures of this process for Prometheus: nothing of any session or person, and nothing that side lines hold.

Given only to the networks that the settings name, or to whoever brings the settings' token.
"""

import asyncio
import hmac
import ipaddress
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

import msgspec
import socketio
from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

from remote_bid.gateway.doors import Access, Door
from remote_bid.gateway.health import Alert
from remote_bid.gateway.pace import Network
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Desk, Moved
from remote_bid.timeline.entry import MAIN
from remote_bid.timeline.following import Follower
from remote_bid.timeline.leader import Leader

ROUTE = "/metrics"
METRICS_DOOR = {("GET", ROUTE): Door(Access.ANYBODY)}
"""It looks itself who comes."""
_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BEAT_S = 0.5
_LATE_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)


class MetricsSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who may read the figures: from these networks, as the connection shows them, or with this token."""

    networks: list[str] = []
    token: Annotated[str, msgspec.Meta(pattern=r"^(.{24,})?\Z")] = ""
    """Authorization: Bearer …; empty: nobody by token."""

    def known(self) -> list[Network]:
        """The networks; ValueError when one is none."""
        return [ipaddress.ip_network(network) for network in self.networks]


class Metrics:
    """One process's figures."""

    def __init__(self, settings: MetricsSettings) -> None:
        self._token, self._networks = settings.token, settings.known()
        self._alerts: Mapping[str, Alert] = {}
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        GCCollector(registry=registry)
        self._entries = Counter(
            "remote_bid_entries", "Main-line entries that this process has folded", ["decided"], registry=registry
        )
        self._turns = Histogram(
            "remote_bid_turn_seconds", "From a command to its commit, main line", registry=registry, buckets=_LATE_S
        )
        self._late = Histogram(
            "remote_bid_loop_late_seconds", "How late the process gets to its work", registry=registry, buckets=_LATE_S
        )
        self._alert = Gauge("remote_bid_alert", "1 while something needs somebody", ["name"], registry=registry)
        self._beat: asyncio.Task[None] | None = None

    def watch(
        self,
        desk: Desk,
        leader: Leader,
        follower: Follower,
        sio: socketio.AsyncServer,
        alerts: Mapping[str, Alert],
    ) -> None:
        """From whom the figures come. Said once, before `start`."""
        self._alerts, desk.timed = alerts, self._turns.observe
        desk.listen(self._on_moved)
        self._gauge("sessions", "Sessions held in memory", lambda: desk.sessions)
        self._gauge("sockets", "Open sockets", lambda: len(sio.eio.sockets))
        self._gauge("leads", "1 in the process that keeps the clock", lambda: leader.fence is not None)
        self._gauge("heads_age_seconds", "Since heads were compared", lambda: time.monotonic() - follower.seen_at)

    def _gauge(self, name: str, about: str, tell: Callable[[], float]) -> None:
        Gauge(f"remote_bid_{name}", about, registry=self._registry).set_function(tell)

    def _on_moved(self, moved: Moved) -> None:
        """After each commit: entries of the main line are counted, by which process they were decided."""
        number = sum(entry.line == MAIN for entry in moved.entries)
        if number:
            self._entries.labels("here" if moved.own else "elsewhere").inc(number)

    def start(self) -> None:
        """Begin to measure."""
        self._beat = asyncio.create_task(self._measure(), name="metrics")

    async def close(self) -> None:
        """Stop."""
        if self._beat is not None:
            self._beat.cancel()
            await asyncio.gather(self._beat, return_exceptions=True)

    async def _measure(self) -> None:
        while True:
            due = time.monotonic() + _BEAT_S
            await asyncio.sleep(_BEAT_S)
            self._late.observe(max(0.0, time.monotonic() - due))

    def routes(self) -> Sequence[web.RouteDef]:
        """What is answered over HTTP."""
        return [web.get(ROUTE, self.look)]

    async def look(self, request: web.Request) -> web.Response:
        """All figures as they are now; refused as if there were none to anybody else."""
        if not self._may(request):
            raise Refused("not_allowed", "无权查看运行指标。", "The figures are for the operator.")
        for name, alert in self._alerts.items():
            self._alert.labels(name).set(bool(alert()))
        return web.Response(body=generate_latest(self._registry), headers={"Content-Type": _TYPE})

    def _may(self, request: web.Request) -> bool:
        """By the connection itself: what a proxy says of its clients is not believed here."""
        said = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if self._token and hmac.compare_digest(said, f"Bearer {self._token}".encode()):
            return True
        if "X-Forwarded-For" in request.headers or not request.remote:
            return False
        return any(ipaddress.ip_address(request.remote) in network for network in self._networks)
