"""Brings in the authorities' lists of revoked certificates, keeps each in a file; every open session notes them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from pathlib import Path

import aiohttp
import msgspec
import structlog

from remote_bid.gateway.outside import at_most
from remote_bid.people.noting import NoteCrl
from remote_bid.people.revocation import BadCrl, Crl, Crls
from remote_bid.timeline import durable
from remote_bid.timeline.context import LOG, Refused
from remote_bid.timeline.desk import Desk, Moved

NOTING = ("opening", "evaluation", "assessment", "award")
"""Rooms whose sessions note the lists in force."""

_LOG = structlog.get_logger("crls")
_TIMEOUT = aiohttp.ClientTimeout(total=20)
_MOST = 16 << 20
"""Bytes that a list may have."""

Own = Callable[[], Awaitable[bytes]]
"""Makes the list of the centre's own authority as it is now."""


class CrlAt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where an authority's list is: its fingerprint, and a file or an http(s) address."""

    authority: str
    at: str


class CrlKeeper:
    """Refreshes the lists; whatever an authority does, the last good list stays."""

    def __init__(
        self,
        crls: Crls,
        sources: Sequence[CrlAt],
        folder: Path,
        desk: Desk,
        now: Callable[[], datetime],
        changed: Callable[[], None],
    ) -> None:
        self._crls, self._sources, self._folder, self._desk = crls, sources, folder, desk
        self._now, self._changed = now, changed
        self.own: Own | None = None
        self.notes: Callable[[], bool] = lambda: True
        """Whether this process has the sessions note the lists: of several the leader does."""
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._noting: asyncio.Future[None] | None = None
        desk.listen(self._on_moved)

    def remembered(self) -> None:
        """Take what was kept before the server stopped: an authority may be down now."""
        for path in sorted(self._folder.glob("*.crl"), key=lambda path: path.stat().st_mtime):
            self._believed(path.read_bytes(), "", path.name)

    def start(self, http: aiohttp.ClientSession, every_s: float) -> None:
        """Begin to refresh."""
        self._task = asyncio.create_task(self._run(http, every_s), name="crls")

    def wake(self) -> None:
        """Refresh now."""
        self._wake.set()

    async def close(self) -> None:
        """Stop; what is being noted is noted."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._noting is not None:
            await asyncio.gather(self._noting, return_exceptions=True)

    async def refresh(self, http: aiohttp.ClientSession) -> None:
        """Ask every authority once, all at a time, and have the sessions note what is new."""
        got = await asyncio.gather(*(self._fetched(source, http) for source in self._sources))
        taken = [
            self._believed(raw, source.authority, source.at) for source, raw in zip(self._sources, got, strict=True)
        ]
        if self.own is not None:
            taken.append(self._believed(await self.own(), "", "own"))
        if any(taken):
            self._changed()
        if self.notes():
            self._noting = asyncio.ensure_future(self._note())
            await asyncio.shield(self._noting)

    def read(self, name: str) -> bytes:
        """A list that a session has noted, by its hash; KeyError if it is not here."""
        try:
            return (self._folder / f"{name}.crl").read_bytes()
        except OSError as error:
            raise KeyError(name) from error

    async def _run(self, http: aiohttp.ClientSession, every_s: float) -> None:
        while True:
            self._wake.clear()
            try:
                await self.refresh(http)
            except Exception:
                _LOG.exception("lists not refreshed")
            try:
                async with asyncio.timeout(every_s):  # wait_for may lose a cancellation
                    await self._wake.wait()
            except TimeoutError:
                continue

    def _on_moved(self, moved: Moved) -> None:
        """A new session has noted nothing yet; the registry may have taken a certificate back."""
        revoked = any(entry.type == "CertificateRevoked" for entry in moved.entries)
        if not moved.before.head or revoked:
            self._wake.set()

    async def _fetched(self, source: CrlAt, http: aiohttp.ClientSession) -> bytes:
        try:
            if not source.at.startswith(("http://", "https://")):
                return await asyncio.to_thread(Path(source.at).read_bytes)
            async with http.get(source.at, timeout=_TIMEOUT) as answer:
                answer.raise_for_status()
                return await at_most(_MOST, answer.content)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            _LOG.warning("authority away", authority=source.authority, why=str(error) or type(error).__name__)
            return b""

    def _believed(self, raw: bytes, authority: str, where: str) -> Crl | None:
        if not raw:
            return None
        try:
            crl = self._crls.take(raw, self._now(), authority)
        except BadCrl as error:
            _LOG.warning("list not believed", authority=authority, where=where, why=str(error))
            return None
        if crl is not None:
            self._keep(crl)
        return crl

    def _keep(self, crl: Crl) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{crl.noted.hash}.crl"
        if not path.exists():
            durable.replace(path, crl.raw)

    async def _note(self) -> None:
        for folded in await self._desk.load():
            if folded.session.room not in NOTING or not folded.head:
                continue
            for crl in self._crls.current():
                try:
                    await self._desk.handle(folded.session.id, NoteCrl(crl=crl.noted), LOG)
                except Refused as refusal:
                    _LOG.info("list not noted", session=folded.session.id, code=refusal.code)
