"""What is played: a tender and its bidders, our own or from a public document."""

import hashlib
import random
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from msgspec import structs

from remote_bid.tender.standards import Found, FoundBid
from remote_bid.tender.terms import (
    READOUT_FORM,
    Coefficient,
    Draw,
    FieldKind,
    FormField,
    Lot,
    LotPart,
    ReadoutForm,
    Tender,
)


class Fault(StrEnum):
    """What goes wrong with a bidder."""

    LOST_KEY = "lost_key"
    """It loses its release files."""
    OBJECTION = "objection"
    """It objects."""
    WRONG_HALF = "wrong_half"
    """It releases a wrong half before the right one."""
    BAD_DEAL = "bad_deal"
    """A share that it deals does not open."""
    LATE = "late"
    """It hands in after the deadline."""


@dataclass(frozen=True)
class Contender:
    """A bidder of the demonstration: who it is, what it offers on which lots, what goes wrong with it."""

    person: str
    name: str
    forms: dict[str, ReadoutForm]
    faults: frozenset[Fault] = frozenset()


@dataclass(frozen=True)
class Programme:
    """A tender and those who bid; `seeded` says how many amounts the document did not tell."""

    tender: Tender
    contenders: list[Contender]
    seeded: int = 0


_DRAW = Draw(coefficients=[Coefficient(name="评标基准价系数", values=["0.95", "0.96", "0.97", "0.98", "0.99"])])
_TENDER = Tender(
    code="QXZB-2026-0107",
    title="青溪县河道综合整治工程施工",
    trading_center="青溪县公共资源交易中心",
    tenderer="青溪县水利局",
    lots=[
        Lot(
            lot="1",
            title="施工一标段",
            ceiling_price="12800000.00",
            bid_deposit="250000.00",
            draw=_DRAW,
            parts=[LotPart(part=part, opened_here=True) for part in (READOUT_FORM, "technical", "business")],
        )
    ],
)
_PLACES = ("东江", "中泽", "长垣", "云岭", "临川", "海宁", "平湖", "清源", "石桥", "南浦", "望山", "金河")
_TRADES = ("建设集团有限公司", "水利工程有限公司", "市政建设有限公司", "路桥工程有限公司", "建筑安装有限公司")
_MANAGERS = ("陈立", "赵文", "林远", "何平", "郑海", "吴越", "许安", "高峰", "方正", "唐宁")
_SIMULATED = 3
_SPREAD = Decimal("0.1")
"""A seeded amount lies within this share of the lot's value."""


def own_programme(bidders: int, seed: int) -> Programme:
    """A county's river works; one of the bidders loses its release file."""
    contenders = [simulated(_TENDER, number, seed) for number in range(bidders)]
    loser = min(1, bidders - 1)
    contenders[loser] = replace(contenders[loser], faults=frozenset({Fault.LOST_KEY, Fault.OBJECTION}))
    return Programme(_TENDER, contenders)


def found_programme(found: Found, seed: int) -> Programme:
    """The tender of a document with its bids; three simulated bidders where it knows of none."""
    if not found.bids:
        return Programme(found.tender, [simulated(found.tender, number, seed) for number in range(_SIMULATED)])
    offers: dict[str, dict[str, FoundBid]] = {}
    for bid in found.bids:
        offers.setdefault(bid.bidder, {})[bid.lot] = bid
    contenders = [_found(found.tender, bidder, bids, seed) for bidder, bids in offers.items()]
    return Programme(found.tender, contenders, seeded=sum(bid.amount is None for bid in found.bids))


def _found(tender: Tender, bidder: str, bids: dict[str, FoundBid], seed: int) -> Contender:
    person = "B" + hashlib.sha256(bidder.encode()).hexdigest()[:17].upper()
    forms = {lot.lot: _found_form(tender, lot, person, seed, bids[lot.lot]) for lot in tender.lots if lot.lot in bids}
    return Contender(person=person, name=next(iter(bids.values())).name, forms=forms)


def simulated(tender: Tender, number: int, seed: int) -> Contender:
    """Bidder number so and so, from 0, of our own invention, on every lot."""
    place, trade = _PLACES[number % len(_PLACES)], _TRADES[number // len(_PLACES) % len(_TRADES)]
    person = f"91330{100_000 + number:06d}MA2{number % 10}X"
    suffix = "" if number < len(_PLACES) * len(_TRADES) else f"{number}"
    forms = {lot.lot: _form(tender, lot, person, seed, None, below=True) for lot in tender.lots}
    return Contender(person=person, name=place + trade + suffix, forms=forms)


def _found_form(tender: Tender, lot: Lot, person: str, seed: int, bid: FoundBid) -> ReadoutForm:
    """An amount that is told keeps its currency."""
    form = _form(tender, lot, person, seed, bid.amount)
    return structs.replace(form, currency=bid.currency) if bid.amount and bid.currency else form


def _form(tender: Tender, lot: Lot, person: str, seed: int, amount: str | None, below: bool = False) -> ReadoutForm:
    """Every field that the tender declares; the usual ones as people write them."""
    dice = random.Random(f"{seed}/{person}/{lot.lot}")  # noqa: S311 - figures of a play
    factor = 1 + _SPREAD * Decimal(dice.randrange(-1000, -20 if below else 1001)) / 1000
    seeded = (Decimal(lot.ceiling_price) * factor).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return ReadoutForm(
        price=amount or str(seeded),
        currency=lot.currency,
        fields={field.field: _said(field, dice) for field in tender.form},
    )


def _said(field: FormField, dice: random.Random) -> str | int | bool:
    match field.kind:
        case FieldKind.DAYS:
            return dice.randrange(160, 200)
        case FieldKind.AMOUNT:
            return f"{dice.randrange(1000, 100_000)}.00"
        case FieldKind.CHOICE:
            return dice.choice(field.choices)
        case FieldKind.BOOLEAN:
            return True
        case FieldKind.TEXT:
            return dice.choice(_MANAGERS) if field.field == "project_manager" else "合格"
