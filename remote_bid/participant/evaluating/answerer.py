"""A bidder whom the committee asks in writing: it sees its own questions and nothing else."""

from remote_bid.evaluation.commands import AnswerQuestion
from remote_bid.evaluation.statements import BidderAnswer
from remote_bid.evaluation.view.page import QuestionRow
from remote_bid.participant.evaluating.official import Official


class AskedBidder(Official):
    """Answers what it is asked, changing neither price nor substance of its bid."""

    async def asked(self) -> dict[int, QuestionRow]:
        """The questions that wait for an answer, once there are any."""
        view = await self.line.until(lambda view: view.me.ask == "answer_question")
        waiting = {int(number): row for number, row in (view.questions or {}).items()}
        return {number: row for number, row in waiting.items() if not row.answer and not row.lapsed}

    async def answer(self, number: int, asked: QuestionRow, text: str) -> None:
        """Sign the answer to one question."""
        told = BidderAnswer(session=self.session, number=number, bid=asked.bid, text=text)
        await self.line.hand_in(AnswerQuestion(signed=self.identity.sign(told)))
