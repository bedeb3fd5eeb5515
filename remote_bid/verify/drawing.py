"""Step 11, second half: every coefficient drawn again from the same seeds."""

from remote_bid.opening.events import CoefficientDrawn, DrawSealed, LotteryCalled
from remote_bid.opening.rules.drawing import coefficient_of, drawn_value, lot_draw
from remote_bid.opening.statements import Lottery
from remote_bid.opening.terms import LotDraw, Outcome, Phase, reached
from remote_bid.seal.statements import said
from remote_bid.tender.sealed_draw import is_dealt_to
from remote_bid.tender.statements import DrawEnvelope
from remote_bid.tender.terms import DRAW
from remote_bid.timeline.entry import Shown
from remote_bid.verify.case import Case, Failed, entry_name
from remote_bid.verify.deals import held


def draw(case: Case) -> None:
    """What was drawn is what the sealed seeds give, for every declared coefficient of every opened lot."""
    for shown, sealed in case.happened(DrawSealed):
        _envelope(case, shown, sealed)
    events = case.happened(CoefficientDrawn)
    declared = _declared(case) if reached(case.state.phase, Phase.READOUT) else []
    if sorted((event.lot, event.coefficient) for _, event in events) != sorted(declared):
        raise Failed("timeline.json", "what was drawn is not what the tender declares")
    draws = {lot: lot_draw(case.state, lot) for lot in sorted({lot for lot, _ in declared})}
    for shown, event in events:
        _drawn(case, shown, event, draws[event.lot])
        case.report.holds(11, f"{event.coefficient} of lot {event.lot}", event.value)
    _lotteries(case, draws)


def _envelope(case: Case, shown: Shown, event: DrawSealed) -> None:
    told = said(event.signed.statement, DrawEnvelope)
    if (told.session, told.lot, told.person) != (case.session, event.lot, event.person):
        raise Failed(entry_name(shown), "the seed is sealed for another draw")
    found = case.state.policy_of(event.lot, DRAW)
    lists = held(case, shown, found[0]) if found else []
    if found is None or not any(is_dealt_to(kids, found[1].k, told) for kids in lists):
        raise Failed(entry_name(shown), "the seed is not sealed to the policy's custodians")


def _declared(case: Case) -> list[tuple[str, str]]:
    bids = case.state.bids.values()
    opened = {bid.lot for bid in bids if bid.settlement and bid.settlement.outcome is Outcome.OPENED}
    lots = case.state.tender.lots if case.state.tender else []
    return [(lot.lot, c.name) for lot in lots if lot.draw and lot.lot in opened for c in lot.draw.coefficients]


def _drawn(case: Case, shown: Shown, event: CoefficientDrawn, found: LotDraw) -> None:
    coefficient = coefficient_of(case.state, event.lot, event.coefficient)
    if event.envelopes != found.envelopes or event.seed != found.seed or coefficient is None:
        raise Failed(entry_name(shown), "the seed is not what the sealed seeds and the bids give")
    if event.lottery is not None:
        told = said(event.lottery.statement, Lottery)
        signed = (told.session, told.lot, told.coefficient, told.value)
        if found.seed or signed != (case.session, event.lot, event.coefficient, event.value):
            raise Failed(entry_name(shown), "lots were drawn by hand without need, or something else came out")
        if event.value not in coefficient.values:
            raise Failed(entry_name(shown), "the tender does not declare such a value")
    elif event.bids != found.bids or not found.seed or event.value != drawn_value(found.seed, coefficient):
        raise Failed(entry_name(shown), "the value is not the one that its seed gives")


def _lotteries(case: Case, draws: dict[str, LotDraw]) -> None:
    for shown, called in case.happened(LotteryCalled):
        found = draws.get(called.lot)
        if found is None or found.seed or called.envelopes != found.envelopes:
            raise Failed(entry_name(shown), "a lottery was called though a sealed seed could be opened")
