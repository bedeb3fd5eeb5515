"""The experts' parts: each draws up its review and its sheet alone; what goes otherwise than smoothly goes by alias."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from decimal import Decimal

from remote_bid.demo.cast import Cast
from remote_bid.demo.committee import MAIN_SITE
from remote_bid.demo.offices import come_to_gate
from remote_bid.demo.stage import Attendant, alone
from remote_bid.evaluation.terms import ScoreItem
from remote_bid.evaluation.view import EvaluationView
from remote_bid.participant.client import ServerRefused
from remote_bid.participant.evaluating.expert import Expert, Fails, share_of
from remote_bid.participant.evaluating.line import ended, left

RECUSES, DISSENTS, FAR_OFF, ALONE = "E03", "E04", "E05", "E01"
"""Who stands back, who does not sign, whose score lies far from the mean, and who finds no fault with a bid."""

_KIN = "投标人的项目经理是我的亲属。"
_DISSENT = "对技术标评分办法的理解与多数成员不同，保留意见。"
_QUESTION = "请说明施工总工期与投标文件第三章进度计划的对应关系。"
_LICENCE = ("licence", "资质等级低于招标文件要求")
_OVERTAKEN = ("wrong_phase", "no_election", "no_motion", "voted_already", "answered_already", "not_allowed")
"""The session went on meanwhile: what is asked next shows on the page."""

Act = Callable[["Player", EvaluationView], Awaitable[None]]


def play_expert(cast: Cast, person: str) -> None:
    """Somebody who was drawn and called: from the answer to the signature."""
    alone(cast.home(person) / "log", lambda: _expert(cast, person))


async def _expert(cast: Cast, person: str) -> None:
    async with (line := Attendant(cast, person)).connected():
        await Player(cast, Expert(line, line.identity, person)).play()


class Player:
    """One expert, and the first score that it would give far too low."""

    def __init__(self, cast: Cast, expert: Expert) -> None:
        self._cast, self._expert, self._line = cast, expert, expert.line
        self._slipped = False

    async def play(self) -> None:
        """Whatever the page asks for, until nothing more is."""
        await self._line.until(lambda view: bool(view.me.alias) or ended(view))
        while True:
            view = await self._line.until(lambda view: view.me.ask in _ACTS or ended(view) or left(view))
            if view.me.ask not in _ACTS:
                return
            try:
                await _ACTS[view.me.ask](self, view)
            except ServerRefused as refusal:
                if refusal.code not in _OVERTAKEN:
                    raise
            await self._line.until(lambda now, then=view: now.me != then.me or now.motions != then.motions)  # type: ignore[misc]  # a lambda with a default

    async def answer(self, view: EvaluationView) -> None:
        await self._expert.answer_call(True)

    async def come(self, view: EvaluationView) -> None:
        """Those of odd number come to the main site."""
        alias = view.me.alias or "E00"
        come_to_gate(self._cast, view.me.person, MAIN_SITE if int(alias[1:]) % 2 else "south")

    async def sit(self, view: EvaluationView) -> None:
        await self._expert.take_seat()

    async def undertake(self, view: EvaluationView) -> None:
        await (self._expert.recuse(_KIN) if view.me.alias == RECUSES else self._expert.undertake())

    async def elect(self, view: EvaluationView) -> None:
        """The first whom it may choose and who is not itself."""
        among = view.election.among if view.election else []
        others = [alias for alias in among if alias != view.me.alias]
        await self._expert.elect((others or among)[0])

    async def vote(self, view: EvaluationView) -> None:
        waiting = [number for number, row in (view.motions or {}).items() if view.me.alias not in (row.voted or [])]
        for number in waiting[:1]:
            await self._expert.vote(int(number), True)

    async def open_review(self, view: EvaluationView) -> None:
        await self._expert.open_review()

    async def review(self, view: EvaluationView) -> None:
        """The leader asks a bidder first, and reviews when it has answered."""
        bids = _by_price(view)
        if view.me.leads and not view.questions:
            number = str(await self._expert.ask(bids[0], _QUESTION))
            await self._line.until(lambda view: bool(view.questions and _settled(view, number)))
            await self._call(bids[0])
        await self._expert.review(_above_ceiling(view) or ({} if view.me.alias == ALONE else _dearest(view)))

    async def _call(self, bid: str) -> None:
        """By video too, where there is time for it; the work goes on when it is over."""
        if seconds := self._cast.pace.call_s:
            await self._expert.request_call(bid, _QUESTION)
            await asyncio.sleep(seconds)

    async def score(self, view: EvaluationView) -> None:
        self._slipped = view.me.alias != FAR_OFF
        await self._expert.score(self._points)

    def _points(self, target: str, item: ScoreItem) -> str:
        if not self._slipped:
            self._slipped = True
            return share_of(item, Decimal("0.1"))
        return _fair(target, item)

    async def answer_outlier(self, view: EvaluationView) -> None:
        table = view.table.items if view.table else []
        for found in (view.me.outliers or [])[:1]:
            item = next(item for item in table if item.item == found.item)
            await self._expert.answer_outlier(found, _fair(found.target, item), "录入有误，已更正。")

    async def confirm(self, view: EvaluationView) -> None:
        await self._expert.confirm_summary()

    async def sign(self, view: EvaluationView) -> None:
        await (self._expert.dissent(_DISSENT) if view.me.alias == DISSENTS else self._expert.sign_report())


_ACTS: dict[str, Act] = {
    "answer_call": Player.answer,
    "pass_gate": Player.come,
    "take_seat": Player.sit,
    "sign_undertaking": Player.undertake,
    "cast_ballot": Player.elect,
    "cast_vote": Player.vote,
    "open_review": Player.open_review,
    "submit_review": Player.review,
    "submit_sheet": Player.score,
    "answer_outlier": Player.answer_outlier,
    "confirm_summary": Player.confirm,
    "sign_report": Player.sign,
}


def _by_price(view: EvaluationView) -> list[str]:
    """The bids, the lowest first."""
    return sorted(view.bids or {}, key=lambda bid: Decimal((view.bids or {})[bid].form.price))


def _above_ceiling(view: EvaluationView) -> Fails:
    """Bids whose price alone rules them out."""
    rows, item = view.bids or {}, "ceiling"
    above = [bid for bid, row in rows.items() if Decimal(row.form.price) > Decimal(view.ceiling_price or "Infinity")]
    return {(bid, item): (_clause(view, item), "投标报价高于最高投标限价") for bid in above}


def _dearest(view: EvaluationView) -> Fails:
    """A bid that this play wants rejected, whoever made it."""
    item, reason = _LICENCE
    return {(_by_price(view)[-1], item): (_clause(view, item), reason)}


def _clause(view: EvaluationView, item: str) -> str:
    return next(one.clause for one in view.table.review if one.item == item) if view.table else ""


def _settled(view: EvaluationView, number: str) -> bool:
    row = (view.questions or {}).get(number)
    return row is not None and bool(row.answer or row.lapsed)


def _fair(target: str, item: ScoreItem) -> str:
    """What anybody would give: by the target, so that no score lies far from another."""
    byte = hashlib.sha256(f"{target} {item.item}".encode()).digest()[0]
    return share_of(item, Decimal(70 + byte % 25) / 100)
