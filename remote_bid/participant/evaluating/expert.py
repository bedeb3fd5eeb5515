"""A member of the committee: answers the call, takes its seat, reviews and scores alone, signs or dissents."""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from decimal import Decimal

from remote_bid.evaluation.commands import (
    AnswerCall,
    AnswerOutlier,
    AskQuestion,
    CastBallot,
    CastVote,
    ConfirmSummary,
    DeclareRecusal,
    DissentFromReport,
    OpenReview,
    RequestCall,
    SaveDraft,
    SignReport,
    SignUndertaking,
    SubmitReview,
    SubmitSheet,
    TakeSeat,
)
from remote_bid.evaluation.rules.electing import ballot_hash, ballot_info
from remote_bid.evaluation.rules.leaving import reason_hash
from remote_bid.evaluation.statements import (
    Ballot,
    CallAnswer,
    CallRequest,
    Dissent,
    OutlierAnswer,
    Question,
    Recusal,
    ReportSigned,
    ReviewSheet,
    ScoreSheet,
    SummarySeen,
    Undertaking,
    Vote,
)
from remote_bid.evaluation.terms import (
    BallotLine,
    EvaluationRole,
    OutlierFound,
    QuestionKind,
    Score,
    ScoreItem,
    Verdict,
)
from remote_bid.participant.checks import Broken
from remote_bid.participant.evaluating.official import Official
from remote_bid.participant.presence import presence
from remote_bid.seal.canonical import b64, jcs, unb64
from remote_bid.seal.xwing import seal_to

Fails = Mapping[tuple[str, str], tuple[str, str]]
"""What a review finds wanting: the clause and the reason, by bid and item."""
Points = Callable[[str, ScoreItem], str]
"""How many points a target gets for an item."""


class Expert(Official):
    """A member, under the alias that its page tells."""

    async def _alias(self) -> str:
        view = await self.line.until(lambda view: bool(view.me.alias))
        return view.me.alias or ""

    async def answer_call(self, accepts: bool, reason: str = "") -> None:
        """I come, or I do not."""
        told = CallAnswer(session=self.session, alias=await self._alias(), accepts=accepts, reason=reason)
        await self.line.hand_in(AnswerCall(signed=self.identity.sign(told)))

    async def take_seat(self) -> None:
        """Check in behind the gate; the seat is drawn."""
        told = presence(self.session, self.person, EvaluationRole.EXPERT)
        await self.line.hand_in(TakeSeat(signed=self.identity.sign(told)))

    async def undertake(self) -> None:
        """I know of no reason to stand back."""
        view = await self.now()
        told = Undertaking(session=self.session, alias=view.me.alias or "", order=view.order_id or "")
        await self.line.hand_in(SignUndertaking(signed=self.identity.sign(told)))

    async def recuse(self, reason: str) -> None:
        """I stand back; the reason is told to those who must know it."""
        nonce = b64(secrets.token_bytes(16))
        told = Recusal(session=self.session, alias=await self._alias(), reason=reason_hash(nonce, reason))
        await self.line.hand_in(DeclareRecusal(signed=self.identity.sign(told), reason=reason, nonce=nonce))

    async def elect(self, choice: str) -> str:
        """Vote for a leader in secret; gives the tracker by which the own ballot is found among the counted ones."""
        view = await self.now()
        if not view.election:
            raise Broken("no election is open")
        alias, number, tracker = view.me.alias or "", view.election.round, b64(secrets.token_bytes(16))
        line = BallotLine(tracker=tracker, choice=choice)
        sealed = b64(seal_to(unb64(view.election.key), jcs(line), ballot_info(self.session, number, alias)))
        told = Ballot(session=self.session, alias=alias, round=number, sealed=ballot_hash(sealed))
        await self.line.hand_in(CastBallot(signed=self.identity.sign(told), sealed=sealed))
        return tracker

    async def open_review(self) -> None:
        """The leader's: the review begins."""
        await self.line.hand_in(OpenReview())

    async def review(self, fails: Fails) -> None:
        """Pass every item of every bid, but for what fails."""
        view = await self.now()
        if not view.table:
            raise Broken("the score table is not shown yet")
        verdicts = [_verdict(bid, item.item, fails) for bid in view.bids or {} for item in view.table.review]
        prev = view.me.review or None
        told = ReviewSheet(session=self.session, alias=view.me.alias or "", prev=prev, verdicts=verdicts)
        await self.line.hand_in(SubmitReview(signed=self.identity.sign(told)))

    async def ask(self, bid: str, text: str, about: QuestionKind = QuestionKind.CLARIFICATION) -> int:
        """The leader's: put a written question to a bidder; its number."""
        number = len((await self.now()).questions or {}) + 1
        told = Question(session=self.session, number=number, bid=bid, about=about, text=text)
        await self.line.hand_in(AskQuestion(signed=self.identity.sign(told)))
        return number

    async def request_call(self, bid: str, text: str) -> None:
        """The leader's: ask a bidder by video."""
        number = len((await self.now()).calls or {}) + 1
        told = CallRequest(session=self.session, number=number, bid=bid, text=text)
        await self.line.hand_in(RequestCall(signed=self.identity.sign(told)))

    async def vote(self, motion: int, yes: bool, reason: str = "") -> None:
        """Vote on a motion; a no has its reason."""
        told = Vote(session=self.session, alias=await self._alias(), motion=motion, yes=yes, reason=reason)
        await self.line.hand_in(CastVote(signed=self.identity.sign(told)))

    async def save_draft(self, scores: list[Score]) -> None:
        """Keep what is on the sheet so far."""
        await self.line.hand_in(SaveDraft(scores=scores))

    async def score(self, points: Points) -> None:
        """Hand in a whole sheet."""
        view = await self.now()
        items = {item.item: item for item in view.table.items} if view.table else {}
        scores = [Score(target=t, item=item, points=points(t, items[item])) for t, item in view.wanted or []]
        told = ScoreSheet(session=self.session, alias=view.me.alias or "", prev=view.me.sheet or None, scores=scores)
        await self.line.hand_in(SubmitSheet(signed=self.identity.sign(told)))

    async def answer_outlier(self, found: OutlierFound, points: str | None, reason: str) -> None:
        """Confirm a score that lies far from the mean, or correct it."""
        told = OutlierAnswer(session=self.session, alias=found.alias, number=found.number, points=points, reason=reason)
        await self.line.hand_in(AnswerOutlier(signed=self.identity.sign(told)))

    async def confirm_summary(self) -> None:
        """The leader's."""
        view = await self.now()
        told = SummarySeen(session=self.session, alias=view.me.alias or "", summary=view.summary_hash or "")
        await self.line.hand_in(ConfirmSummary(signed=self.identity.sign(told)))

    async def sign_report(self) -> None:
        """I have read it and agree."""
        alias, report = await self._report()
        told = ReportSigned(session=self.session, alias=alias, report=report)
        await self.line.hand_in(SignReport(signed=self.identity.sign(told)))

    async def dissent(self, reason: str) -> None:
        """I have read it and do not agree."""
        alias, report = await self._report()
        told = Dissent(session=self.session, alias=alias, report=report, reason=reason)
        await self.line.hand_in(DissentFromReport(signed=self.identity.sign(told)))

    async def _report(self) -> tuple[str, str]:
        """Own alias, and the hash of the report that is shown; Broken if it is not that report's."""
        view = await self.now()
        if not view.report or b64(hashlib.sha256(jcs(view.report)).digest()) != view.report_hash:
            raise Broken("the hash is not that of the report")
        return view.me.alias or "", view.report_hash


def _verdict(bid: str, item: str, fails: Fails) -> Verdict:
    clause, reason = fails.get((bid, item), ("", ""))
    return Verdict(bid=bid, item=item, passed=(bid, item) not in fails, clause=clause, reason=reason)


def share_of(item: ScoreItem, share: Decimal) -> str:
    """So large a share of an item's range, to the step below."""
    least, most, step = Decimal(item.least), Decimal(item.most), Decimal(item.step)
    points = (least + (most - least) * share // step * step).normalize()
    return f"{points:f}"
