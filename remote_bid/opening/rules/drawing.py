"""The coefficient draw (系数抽取): from seeds sealed before the deadline, so nobody can choose, reveal last or abort.

draw seed = H("sbe/1 draw", close, window_closed, lot, s_B of its opened bids in the order of close,
              seed of the tenderer, seed of the supervisor)             an empty envelope gives no bytes
word      = 8 bytes, in turn, of H("sbe/1 draw stream", draw seed, coefficient, u32be 0), …(u32be 1), …
value     = values[word mod n], after leaving out words ≥ 2^64 − 2^64 mod n
"""

from remote_bid.opening.commands import DrawByLottery, DrawCoefficients, SealDraw
from remote_bid.opening.events import CoefficientDrawn, DrawSealed, LotteryCalled
from remote_bid.opening.rules.guards import deadline, known, require_phase, require_role, require_session
from remote_bid.opening.rules.joint import awaiting
from remote_bid.opening.rules.order import in_order
from remote_bid.opening.rules.revealing import to_readout
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.submitting import custodian_kids
from remote_bid.opening.rules.unsealing import keys_for
from remote_bid.opening.statements import Lottery
from remote_bid.opening.terms import LotDraw, Outcome, Phase, Role
from remote_bid.people.required import refuse, require_clock, says, signed_by_sender, signers
from remote_bid.seal.canonical import b64, labelled_hash, unb64
from remote_bid.seal.statements import id_of, said, statement_id
from remote_bid.tender.sealed_draw import DrawSeed, is_dealt_to, opened_seed, unbiased, words
from remote_bid.tender.statements import DrawEnvelope
from remote_bid.tender.terms import DRAW, Coefficient
from remote_bid.timeline.context import Event, Turn

SEALERS = (Role.TENDERER, Role.SUPERVISOR)
"""Whose seeds go into a draw, in this order."""


def seal_draw(opening: Opening, command: SealDraw, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, *SEALERS)
    envelope, _ = signed_by_sender(turn, command.signed, DrawEnvelope)
    require_session(turn, envelope.session)
    sealed = opening.draw_envelopes.get((envelope.lot, turn.by.person))
    if sealed is not None and statement_id(sealed) == statement_id(command.signed.statement):
        return []
    require_phase(opening, Phase.SCHEDULED, Phase.LOBBY)
    if turn.at >= deadline(opening):
        refuse("too_late", "截止时间已过，不能再封存抽取种子。", "The deadline has passed; no seed is taken any more.")
    if sealed is not None and fits_policy(opening, said(sealed, DrawEnvelope)):
        refuse("sealed_already", "您已封存该标段的抽取种子。", "You have sealed your seed for this lot already.")
    if envelope.person != turn.by.person or not fits_policy(opening, envelope):
        refuse("bad_draw_envelope", "抽取种子不是按本标段规则封存的。", "The seed is not sealed for this lot's draw.")
    return [DrawSealed(person=turn.by.person, lot=envelope.lot, signed=command.signed)]


def fits_policy(opening: Opening, envelope: DrawEnvelope) -> bool:
    """Whether it is dealt to the custodians of its lot's draw, as they are now."""
    found = opening.policy_of(envelope.lot, DRAW)
    return found is not None and is_dealt_to(custodian_kids(opening.current(found[0])), found[1].k, envelope)


def lot_draw(opening: Opening, lot: str) -> LotDraw:
    """What a lot's values are drawn from. Once every bid is settled anybody computes the same."""
    if opening.close is None or opening.window_closed is None:
        raise ValueError("the session is not that far")
    bids = [bid for bid in in_order(opening) if bid.lot == lot and _is_opened(bid.settlement)]
    people = [member.person for role in SEALERS for member in opening.members.values() if member.role is role]
    found = [_seed_of(opening, lot, person) for person in people]
    if all(envelope.fault for envelope, _ in found):
        return LotDraw(bids=[bid.bid for bid in bids], envelopes=[envelope for envelope, _ in found], seed="")
    seed = labelled_hash(
        "sbe/1 draw",
        unb64(id_of(opening.close)),
        unb64(id_of(opening.window_closed)),
        lot.encode(),
        b"".join(unb64(bid.s_b) for bid in bids),
        *(seed for _, seed in found),
    )
    return LotDraw(bids=[bid.bid for bid in bids], envelopes=[envelope for envelope, _ in found], seed=b64(seed))


def _is_opened(settlement: object) -> bool:
    return getattr(settlement, "outcome", None) is Outcome.OPENED


def _seed_of(opening: Opening, lot: str, person: str) -> tuple[DrawSeed, bytes]:
    """Somebody's seed from the published keys; one that is missing or does not open is empty, and its sealer named."""
    statement, policy = opening.draw_envelopes.get((lot, person)), opening.policy_of(lot, DRAW)
    if statement is None or policy is None:
        return DrawSeed(person=person, envelope="", fault="missing"), b""
    return opened_seed(person, statement, keys_for(opening, policy[0], said(statement, DrawEnvelope).shares))


def drawn_value(seed: str, coefficient: Coefficient) -> str:
    """The value that a lot's seed gives this coefficient."""
    return coefficient.values[unbiased(words(unb64(seed), coefficient.name), len(coefficient.values))]


def coefficient_of(opening: Opening, lot: str, name: str) -> Coefficient | None:
    """What the tender declares under this name."""
    declared = opening.lot(lot)
    coefficients = declared.draw.coefficients if declared and declared.draw else []
    return next((coefficient for coefficient in coefficients if coefficient.name == name), None)


def draw_coefficients(opening: Opening, command: DrawCoefficients, turn: Turn) -> list[Event]:
    require_clock(turn)
    require_phase(opening, Phase.DRAW)
    if opening.lotteries:
        return []
    draws, places = known(turn).draws, opening.undrawn()
    if set(draws) != {lot for lot, _ in places}:
        refuse("not_drawn", "尚有系数未能抽取。", "Some coefficients are not drawn yet.")
    events: list[Event] = [_drawn(opening, lot, name, draws[lot]) for lot, name in places if draws[lot].seed]
    called = [LotteryCalled(lot=lot, envelopes=draw.envelopes) for lot, draw in sorted(draws.items()) if not draw.seed]
    return [*events, *called] if called else to_readout(opening, turn, events)


def _drawn(opening: Opening, lot: str, name: str, draw: LotDraw) -> CoefficientDrawn:
    coefficient = coefficient_of(opening, lot, name)
    return CoefficientDrawn(
        lot=lot,
        coefficient=name,
        value=drawn_value(draw.seed, coefficient) if coefficient else "",
        seed=draw.seed,
        bids=draw.bids,
        envelopes=draw.envelopes,
        lottery=None,
    )


def draw_by_lottery(opening: Opening, command: DrawByLottery, turn: Turn) -> list[Event]:
    """The host signs first what came out; with the supervisor's signature beside it counts."""
    require_role(opening, turn.by, Role.HOST, Role.SUPERVISOR)
    lottery, people = says(command.signed, Lottery), signers(turn, command.signed)
    require_session(turn, lottery.session)
    place = (lottery.lot, lottery.coefficient)
    drawn = opening.drawn.get(place)
    if people and drawn is not None and drawn.lottery and drawn.value == lottery.value:
        return []
    require_phase(opening, Phase.DRAW)
    if turn.by.person not in [person.person for person in people]:
        refuse("not_signed_by_you", "签名不是本人的。", "The statement is not signed by you.")
    signed = [opening.role_of(person.person) for person in people]
    first = turn.by.role == Role.HOST and signed == [Role.HOST]
    if not first and (turn.by.role != Role.SUPERVISOR or signed != [Role.HOST, Role.SUPERVISOR]):
        refuse(
            "two_signatures", "摇号结果须由主持人和监督人员签署。", "Host and supervisor both must sign what was drawn."
        )
    coefficient = coefficient_of(opening, *place)
    if lottery.lot not in opening.lotteries or place not in opening.undrawn() or coefficient is None:
        refuse("no_lottery", "该系数不由人工摇号产生。", "No lots are drawn by hand for this.")
    if lottery.value not in coefficient.values:
        refuse("not_a_value", "摇号结果不在招标文件规定的取值之内。", "The tender does not declare such a value.")
    if first:
        return awaiting(opening, command.signed)
    event = CoefficientDrawn(
        lot=lottery.lot,
        coefficient=lottery.coefficient,
        value=lottery.value,
        seed="",
        bids=[],
        envelopes=opening.lotteries[lottery.lot],
        lottery=command.signed,
    )
    return to_readout(opening, turn, [event]) if opening.undrawn() == [place] else [event]
