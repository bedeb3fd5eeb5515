"""Who runs and watches an evaluation: agency, trading centre, supervisor, custodian of the draw, site operator."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

import msgspec

from remote_bid.evaluation.commands import (
    CallExpert,
    CommitPools,
    EnrolGate,
    MoveSeat,
    PassGate,
    PublishDrawKey,
    PublishReport,
    RemoveMember,
    ReportSite,
    ScheduleEvaluation,
)
from remote_bid.evaluation.rules.drawing import pool_leaf
from remote_bid.evaluation.statements import (
    Called,
    DrawKey,
    EvaluationOrder,
    GateDevice,
    GatePass,
    Pools,
    Publication,
    Removal,
)
from remote_bid.evaluation.terms import Candidate, Departure, GateCheck, PoolLeaf, PoolRoot
from remote_bid.handover import HandedOver
from remote_bid.participant.client import ServerRefused
from remote_bid.participant.evaluating.line import at_work, ended
from remote_bid.participant.evaluating.official import Official, SeedSealer
from remote_bid.people.certificates import Signed
from remote_bid.seal.canonical import b64
from remote_bid.seal.tree import inclusion_path, leaf_hash, root_of
from remote_bid.seal.xwing import SEED_SIZE, key_id, public_key
from remote_bid.tender.statements import CustodianKey
from remote_bid.tender.terms import DRAW
from remote_bid.timeline import durable

_DRAWN = ("drawn_already", "wrong_phase")
"""Others' keys came while this one was on its way."""


class Agency(SeedSealer):
    """Orders the evaluation, and makes its report public."""

    async def handed_over(self, opening: str, lot: str) -> HandedOver:
        """What a closed opening hands over of one lot."""
        told = await self.line.get(f"/api/sessions/{opening}/handover/{quote(lot, safe='')}")
        return msgspec.convert(told, type=HandedOver)

    async def schedule(self, order: EvaluationOrder, keys: Sequence[Signed]) -> None:
        """Open the session; nothing happens if it is there already."""
        command = ScheduleEvaluation(signed=self.identity.sign(order), custodians=list(keys))
        body = {"session": self.session, "command": msgspec.to_builtins(command)}
        await self.line.post("/api/evaluations", body)

    async def publish(self) -> None:
        """Make the report public once it is asked for; nothing is left to do if the session is void."""
        view = await self.line.until(lambda view: view.me.ask == "publish_report" or ended(view))
        if not ended(view):
            told = Publication(session=self.session, report=view.report_hash or "")
            await self.line.hand_in(PublishReport(signed=self.identity.sign(told)))


class Pool:
    """The candidates of one specialty with a salt for each: who stands where is the centre's secret until drawn."""

    def __init__(self, specialty: str, candidates: Sequence[Candidate]) -> None:
        self.specialty, self._candidates = specialty, candidates
        self._salts = [secrets.token_bytes(32) for _ in candidates]
        self._leaves = [pool_leaf(salt, one) for salt, one in zip(self._salts, candidates, strict=True)]
        self._nodes = [leaf_hash(leaf) for leaf in self._leaves]

    def root(self) -> PoolRoot:
        """What the centre commits to."""
        return PoolRoot(specialty=self.specialty, size=len(self._candidates), root=b64(root_of(self._nodes)))

    def called(self, session: str, place: int, index: int) -> Called:
        """That whoever stands at this number is called."""
        return Called(
            session=session,
            specialty=self.specialty,
            place=place,
            index=index,
            salt=b64(self._salts[index]),
            candidate=self._candidates[index],
        )

    def leaf(self, index: int) -> PoolLeaf:
        """Its leaf, with the path to the root."""
        path = [b64(node) for node in inclusion_path(self._nodes, index)]
        return PoolLeaf(specialty=self.specialty, index=index, leaf=b64(self._leaves[index]), path=path)


class Centre(SeedSealer):
    """The trading centre: keeps the pools, calls whom the draw has put next."""

    async def commit_pools(self, pools: Mapping[str, Pool]) -> None:
        """Before any seed is sealed."""
        view = await self.now()
        roots = [pool.root() for pool in pools.values()]
        told = Pools(session=self.session, order=view.order_id or "", pools=roots)
        await self.line.hand_in(CommitPools(signed=self.identity.sign(told)))

    async def enrol(self, gate: GateDevice) -> None:
        """A gate of a site may tell by itself who has come."""
        await self.line.hand_in(EnrolGate(signed=self.identity.sign(gate)))

    async def keep_calling(self, pools: Mapping[str, Pool], ring: Callable[[Candidate], Awaitable[None]]) -> None:
        """Fill every place that is or falls vacant; `ring` reaches whoever is called."""
        while True:
            view = await self.line.until(lambda view: view.me.ask == "call_expert" or not at_work(view))
            if not at_work(view):
                return
            for specialty, row in (view.vacant or {}).items():
                if isinstance(row.index, int):
                    await self._call(pools[specialty], row.place, row.index, ring)
            await self.line.until(lambda now, then=view.vacant: now.vacant != then or not at_work(now))  # type: ignore[misc]  # a lambda with a default

    async def _call(self, pool: Pool, place: int, index: int, ring: Callable[[Candidate], Awaitable[None]]) -> None:
        told = pool.called(self.session, place, index)
        await self.line.hand_in(CallExpert(leaf=pool.leaf(index), signed=self.identity.sign(told)))
        await ring(told.candidate)


class EvaluationSupervisor(SeedSealer):
    """The supervisor: sees every room, and takes a member off the committee."""

    async def remove(self, alias: str, cause: Departure, reason: str) -> None:
        """A member leaves; its work is void and kept."""
        told = Removal(session=self.session, alias=alias, cause=cause, reason=reason)
        await self.line.hand_in(RemoveMember(signed=self.identity.sign(told)))


def draw_seed(folder: Path, session: str) -> bytes:
    """A custodian's key for the draw of one session's experts: made on first use, kept in its folder."""
    path = folder / f"{session}.draw-seed"
    if not path.exists():
        durable.replace(path, secrets.token_bytes(SEED_SIZE), 0o600)
    return path.read_bytes()


def draw_offer(session: str, lot: str, seed: bytes) -> CustodianKey:
    """What a custodian signs beforehand; its agency hands it in with the order."""
    return CustodianKey(session=session, lot=lot, part=DRAW, public_key=b64(public_key(seed)))


class DrawCustodian(Official):
    """A custodian of the expert draw."""

    async def publish(self, seed: bytes) -> None:
        """Publish the key once every seed is sealed; nothing to do if others came first."""
        view = await self.line.until(
            lambda view: view.me.ask == "publish_draw_key" or bool(view.draw and view.draw.seed) or ended(view)
        )
        if view.me.ask == "publish_draw_key" and view.draw:
            kid = key_id(public_key(seed))
            told = DrawKey(session=self.session, pools=view.draw.pools_id, kid=kid, seed=b64(seed))
            try:
                await self.line.hand_in(PublishDrawKey(signed=self.identity.sign(told)))
            except ServerRefused as refusal:
                if refusal.code not in _DRAWN:
                    raise


class SiteOperator(Official):
    """Lets the experts of one site in, and sees to its seats and network."""

    async def let_in(self, alias: str, site: str) -> None:
        """Who was called has come, was compared, and carries no phone."""
        told = GatePass(session=self.session, alias=alias, site=site, checks=list(GateCheck), phone_clean=True)
        await self.line.hand_in(PassGate(signed=self.identity.sign(told)))

    async def move(self, alias: str) -> None:
        """Give a member another seat."""
        await self.line.hand_in(MoveSeat(alias=alias))

    async def report(self, site: str, up: bool) -> None:
        """The site has lost its network, or has it again."""
        await self.line.hand_in(ReportSite(site=site, up=up))
