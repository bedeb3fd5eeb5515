"""The parts of those who run and watch the evaluation, each in a process of its own."""

import asyncio
from pathlib import Path
from typing import TypeVar

import msgspec

from remote_bid.demo.cast import SESSION, Cast
from remote_bid.demo.chairs import EVALUATION_TAKEN, TAKEN
from remote_bid.demo.committee import (
    AGENCY,
    CANDIDATES,
    CENTRE,
    CUSTODIANS,
    EVALUATION,
    EXPERTS,
    MAIN_SITE,
    OPERATORS,
    SUPERVISOR,
    order_for,
)
from remote_bid.demo.stage import Attendant, alone, identity_of, until_given_up
from remote_bid.evaluation.events import EvaluationOrdered
from remote_bid.evaluation.statements import EvaluationOrder, GateDevice
from remote_bid.evaluation.terms import Candidate, EvaluationPhase, come_to
from remote_bid.evaluation.view import EvaluationView
from remote_bid.participant.checks import Broken
from remote_bid.participant.client import ServerRefused
from remote_bid.participant.evaluating.answerer import AskedBidder
from remote_bid.participant.evaluating.gate import Gate
from remote_bid.participant.evaluating.line import at_work, ended
from remote_bid.participant.evaluating.official import SeedSealer
from remote_bid.participant.evaluating.officials import (
    Agency,
    Centre,
    DrawCustodian,
    EvaluationSupervisor,
    Pool,
    SiteOperator,
    draw_offer,
    draw_seed,
)
from remote_bid.people.certificates import Signed
from remote_bid.seal.statements import said
from remote_bid.tender.terms import Lot
from remote_bid.timeline import durable

T = TypeVar("T")

RUNG = "rung"
"""In somebody's folder: its telephone rings, because it was drawn or is asked something."""
_OFFER = "draw-offer.json"
_GATE_OFFER = "gate-offer.json"
_AT_GATE = "at-gate"
_LOOK_S, _AGAIN_S = 0.1, 0.5
_TOO_EARLY = ("unknown_device", "no_such_member", "wrong_phase", "suspended")
_ANSWER = "施工总工期与进度计划表3.2的关键线路一致，均为投标函所载日历天。"


def play_agency(cast: Cast, lot: Lot) -> None:
    """Orders the evaluation of what was opened, seals a seed, makes the report public."""
    alone(cast.home(AGENCY) / "log", lambda: _agency(cast, lot), yields="")


async def _agency(cast: Cast, lot: Lot) -> None:
    async with (line := Attendant(cast, AGENCY)).connected():
        agency = Agency(line, line.identity, AGENCY)
        offers = [await _handed_over(cast.home(person) / _OFFER, Signed) for person in CUSTODIANS]
        await agency.schedule(order_for(cast.tender, lot, await agency.handed_over(SESSION, lot.lot)), offers)
        await until_given_up(_scheduled(agency), cast.home(AGENCY), EVALUATION_TAKEN)


async def _scheduled(agency: Agency) -> None:
    """What a person may take over: there is no session to come to before it has its order."""
    await agency.seal_seed()
    await asyncio.gather(agency.publish(), _keep_resuming(agency, first=True))


async def _handed_over(path: Path, kind: type[T]) -> T:
    """What somebody has handed over on a disk."""
    while not await asyncio.to_thread(path.exists):  # noqa: ASYNC110 - another process writes it
        await asyncio.sleep(_LOOK_S)
    return msgspec.json.decode(await asyncio.to_thread(path.read_bytes), type=kind)


async def _keep_resuming(sealer: SeedSealer, first: bool) -> None:
    """Whenever the clocks stand still the agency asks to go on, and the supervisor signs with it."""
    while True:
        view = await sealer.line.until(lambda view: ended(view) or _to_resume(view, first))
        if ended(view):
            return
        await sealer.resume()
        await sealer.line.until(lambda view: not _to_resume(view, first))


def _to_resume(view: EvaluationView, first: bool) -> bool:
    return bool(view.suspended) and bool(view.awaited) is not first


def play_overseer(cast: Cast) -> None:
    """Seals a seed, watches, lets a bidder know that it is asked."""
    alone(cast.home(SUPERVISOR) / "log", lambda: _overseer(cast), yields=EVALUATION_TAKEN)


async def _overseer(cast: Cast) -> None:
    async with (line := Attendant(cast, SUPERVISOR)).connected():
        supervisor = EvaluationSupervisor(line, line.identity, SUPERVISOR)
        await supervisor.seal_seed()
        await asyncio.gather(_keep_resuming(supervisor, first=False), _keep_telling(cast, line))


async def _keep_telling(cast: Cast, line: Attendant) -> None:
    """A question's bidder learns that it is asked; by whom, nobody tells it."""
    told: set[str] = set()
    while True:
        view = await line.until(lambda view, known=frozenset(told): bool(_asked_of(view) - known) or ended(view))  # type: ignore[misc]  # a lambda with a default
        if ended(view):
            return
        bidders = {bid.bid: bid.bidder for bid in _ordered(line).bids}
        for row in (view.questions or {}).values():
            ring(cast, bidders[row.bid])
        told |= _asked_of(view)


def _asked_of(view: EvaluationView) -> set[str]:
    return set(view.questions or {})


def _ordered(line: Attendant) -> EvaluationOrder:
    ordered = line.copy.last(EvaluationOrdered)
    if ordered is None:
        raise Broken("the order was not shown")
    return said(ordered.signed.statement, EvaluationOrder)


def ring(cast: Cast, person: str) -> None:
    """Somebody's telephone rings."""
    (cast.home(person) / RUNG).touch()


def play_centre(cast: Cast) -> None:
    """Commits to the pools, seals a seed, calls whom the draw has put next."""
    alone(cast.home(CENTRE) / "log", lambda: _centre(cast))


async def _centre(cast: Cast) -> None:
    async def call(candidate: Candidate) -> None:
        ring(cast, candidate.person)

    async with (line := Attendant(cast, CENTRE)).connected():
        centre = Centre(line, line.identity, CENTRE)
        pools = {specialty: Pool(specialty, candidates) for specialty, candidates in CANDIDATES.items()}
        await centre.commit_pools(pools)
        for person in OPERATORS:
            await centre.enrol(await _handed_over(cast.home(person) / _GATE_OFFER, GateDevice))
        await centre.seal_seed()
        await centre.keep_calling(pools, call)


def play_draw_custodian(cast: Cast, person: str, lot: str) -> None:
    """Offers a key for the draw; publishes it when every seed is sealed."""
    alone(cast.home(person) / "log", lambda: _custodian(cast, person, lot), yields="")


async def _custodian(cast: Cast, person: str, lot: str) -> None:
    seed = draw_seed(cast.home(person), EVALUATION)
    offer = identity_of(cast, person).sign(draw_offer(EVALUATION, lot, seed))
    durable.replace(cast.home(person) / _OFFER, msgspec.json.encode(offer))
    async with (line := Attendant(cast, person)).connected():
        await DrawCustodian(line, line.identity, person).publish(seed)


def play_site(cast: Cast, person: str) -> None:
    """A site's gate, which lets in whoever is expected; its operator watches."""
    alone(cast.home(person) / "log", lambda: _site(cast, person))


async def _site(cast: Cast, person: str) -> None:
    site, home = OPERATORS[person], cast.home(person)
    async with (line := Attendant(cast, person)).connected():
        gate = Gate(line, f"gate_{site}", site, home)
        durable.replace(home / _GATE_OFFER, msgspec.json.encode(gate.offer()))
        await line.until(lambda view: not at_work(view) or _come_to_check_in(view))
        working = [asyncio.ensure_future(_guard(cast, gate, site))]
        if cast.pace.site_lost and site != MAIN_SITE:
            working.append(asyncio.ensure_future(_lose(SiteOperator(line, line.identity, person), site)))
        try:
            await line.until(lambda view: not at_work(view))
        finally:
            for work in working:
                work.cancel()
            await asyncio.gather(*working, return_exceptions=True)


async def _lose(operator: SiteOperator, site: str) -> None:
    """The site's network fails when scoring begins, and is back when somebody elsewhere has scored meanwhile."""
    await operator.line.until(lambda view: view.phase is EvaluationPhase.DETAILED or not at_work(view))
    try:
        await operator.report(site, up=False)
    except ServerRefused as refusal:
        if refusal.code != "wrong_phase":
            raise
        return
    await operator.line.until(lambda view: _scored_elsewhere(view, site) or not at_work(view))
    await operator.report(site, up=True)


def _scored_elsewhere(view: EvaluationView, site: str) -> bool:
    return any(row.site != site and "sheet" in (row.done or []) for row in (view.members or {}).values())


def _come_to_check_in(view: EvaluationView) -> bool:
    return bool(view.phase and come_to(view.phase, EvaluationPhase.CHECK_IN))


async def _guard(cast: Cast, gate: Gate, site: str) -> None:
    """Who stands before the gate is told of, again if it was not believed: it may be too early."""
    waiting = {person for person, _ in EXPERTS}
    while True:
        for person in sorted(waiting):
            if stands_before(cast, person) == site and await _believed(gate, person):
                waiting.remove(person)
        await asyncio.sleep(_LOOK_S)


async def _believed(gate: Gate, person: str) -> bool:
    try:
        await gate.tell(person)
    except ServerRefused as refusal:
        if refusal.code not in _TOO_EARLY:
            raise
        await asyncio.sleep(_AGAIN_S)
        return False
    return True


def come_to_gate(cast: Cast, person: str, site: str) -> None:
    """Somebody has come to a site."""
    (cast.home(person) / _AT_GATE).write_text(site)


def stands_before(cast: Cast, person: str) -> str:
    """Before which site's gate somebody stands; empty while it is nowhere. Who has taken an expert's chair is at the
    main one.
    """
    home = cast.home(person)
    if (home / TAKEN).exists():
        return MAIN_SITE
    return (home / _AT_GATE).read_text() if (home / _AT_GATE).exists() else ""


def play_asked(cast: Cast, person: str) -> None:
    """A bidder that is asked in writing answers."""
    alone(cast.home(person) / "log", lambda: _asked(cast, person), yields=EVALUATION_TAKEN)


async def _asked(cast: Cast, person: str) -> None:
    async with (line := Attendant(cast, person)).connected():
        bidder = AskedBidder(line, line.identity, person)
        for number, row in (await bidder.asked()).items():
            await bidder.answer(number, row, _ANSWER)
