"""As what somebody looks: by what it is now, not by what it was when it came."""

from enum import Enum

from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import EvaluationRole
from remote_bid.timeline.entry import Who


class Eye(Enum):
    """What the view tells apart."""

    COMMITTEE = "committee"
    SUPERVISOR = "supervisor"
    AUDITOR = "auditor"
    RUNNER = "runner"
    """Agency, tenderer's observer, trading centre: outside the zone, they see progress."""
    SITE = "site"
    CUSTODIAN = "custodian"
    BIDDER = "bidder"
    PUBLIC = "public"


_EYES = {
    EvaluationRole.SUPERVISOR: Eye.SUPERVISOR,
    EvaluationRole.AUDITOR: Eye.AUDITOR,
    EvaluationRole.AGENCY: Eye.RUNNER,
    EvaluationRole.TENDERER_OBSERVER: Eye.RUNNER,
    EvaluationRole.TRADING_CENTER: Eye.RUNNER,
    EvaluationRole.SITE_OPERATOR: Eye.SITE,
    EvaluationRole.CUSTODIAN: Eye.CUSTODIAN,
    EvaluationRole.BIDDER: Eye.BIDDER,
}


def eye_of(evaluation: Evaluation, who: Who) -> Eye:
    """Who has left the committee, or changed its part since it came, looks as the public does."""
    if not who.person or evaluation.role_of(who.person) != who.role:
        return Eye.PUBLIC
    if who.role == EvaluationRole.EXPERT:
        return Eye.COMMITTEE
    return _EYES.get(EvaluationRole(who.role), Eye.PUBLIC)


INSIDE = (Eye.COMMITTEE, Eye.SUPERVISOR)
RUNNING = (Eye.SUPERVISOR, Eye.RUNNER, Eye.AUDITOR)
"""Who sees the committee's progress from outside."""
