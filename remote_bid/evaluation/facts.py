"""What must be looked up before an evaluation decides: who signed, the keys of an election, its opened ballots."""

from collections.abc import Callable, Sequence
from datetime import datetime

from cryptography import x509

from remote_bid.evaluation.ballots import Ballots
from remote_bid.evaluation.commands import (
    CountBallots,
    EvaluationCommand,
    OpenElection,
    ScheduleEvaluation,
)
from remote_bid.evaluation.known import Known
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.people.checking import revoked_by, signers_of
from remote_bid.people.revocation import Crls
from remote_bid.tender.deployment import Deployment
from remote_bid.timeline.context import CLOCK, Refused
from remote_bid.timeline.entry import Who


class EvaluationFacts:
    """The evaluation's look-ups in one deployment."""

    def __init__(
        self,
        roots: Sequence[x509.Certificate],
        deployment: Deployment,
        now: Callable[[], datetime],
        ballots: Ballots,
        crls: Crls | None = None,
        calls: bool = True,
    ) -> None:
        self._roots, self._deployment, self._now, self._ballots = roots, deployment, now, ballots
        self._crls, self._calls = crls or Crls(roots), calls

    async def __call__(self, evaluation: Evaluation, command: EvaluationCommand, by: Who) -> Known:
        """All that `decide` may ask for; ballots are opened for the clock only."""
        signers = signers_of(command, self._roots, self._now())
        if revoked_by(command, self._crls, self._now()) is not None:
            raise Refused("certificate_revoked", "证书已被吊销。", "A certificate that signed is revoked.")
        opens = isinstance(command, OpenElection) and by == CLOCK and evaluation.election is None
        counts = isinstance(command, CountBallots) and by == CLOCK
        return Known(
            deployment=self._deployment,
            signers=signers,
            ballot_key=self._ballots.fresh(evaluation.session) if opens else "",
            ballots=self._ballots.opened(evaluation) if counts else None,
            calls=self._calls,
            crls=[crl.noted for crl in self._crls.current()] if isinstance(command, ScheduleEvaluation) else [],
        )
