"""The evaluation of these tests, as pasts: what has been done when a phase begins.

The draw is what the seeds of actors.py give; `CALLED` tells who stands first in it.
"""

from datetime import timedelta

from remote_bid.evaluation import evaluation as context
from remote_bid.evaluation.ballots import Ballots
from remote_bid.evaluation.facts import EvaluationFacts
from remote_bid.evaluation.rules.drawing import order_of, pool_of
from remote_bid.evaluation.terms import EvaluationPhase
from tests.evaluation.actors import (
    AGENCY,
    ALPHA,
    BEGINS,
    BETA,
    CENTRE,
    FIRST,
    POOLS,
    SECOND,
    SENT,
    SESSION,
    SPECIALTIES,
    SUPERVISOR,
    bid_id,
)
from tests.evaluation.actors import DELTA as FAILING
from tests.evaluation.acts import (
    COUNT_BALLOTS,
    OPEN_ELECTION,
    PROCEED,
    answer_call,
    answer_outlier,
    call,
    cast,
    commit_pools,
    confirm_summary,
    open_review,
    pass_gate,
    publish_key,
    publish_report,
    review,
    schedule,
    seal_seed,
    sign_report,
    submit_sheet,
    take_seat,
    undertake,
)
from tests.given import Past, Room, at, given
from tests.opening.actors import AUTHORITY, DEPLOYMENT, LINE_SECRET, OFFICE

evaluation = Room(
    context=context,
    facts=EvaluationFacts([AUTHORITY.root], DEPLOYMENT, lambda: BEGINS, Ballots()),
    session=SESSION,
    begins=BEGINS - timedelta(hours=2),
    office=OFFICE,
    line_secret=LINE_SECRET,
)

SCHEDULED: Past = (schedule(),)
POOLED: Past = (*SCHEDULED, commit_pools())
SEALED: Past = (*POOLED, seal_seed(SUPERVISOR), seal_seed(AGENCY), seal_seed(CENTRE))
DRAW: Past = (*SEALED, PROCEED)
DRAWN: Past = (*DRAW, publish_key(FIRST), publish_key(SECOND), PROCEED)


def _called() -> dict[str, list[str]]:
    """Who is called, by specialty, in order."""
    state = given(evaluation, DRAWN).story.state
    found = {}
    for specialty in SPECIALTIES.values():
        pool = pool_of(state, specialty)
        assert pool is not None
        found[specialty] = [POOLS[specialty][index].person for index in order_of(state.seed, pool)]
    return found


CALLED = _called()
ROAD, BRIDGE = SPECIALTIES.values()
MEMBERS = {
    "E01": SENT,
    "E02": CALLED[ROAD][0],
    "E03": CALLED[ROAD][1],
    "E04": CALLED[BRIDGE][0],
    "E05": CALLED[BRIDGE][1],
}
"""Who is who, which only auditors know."""
NEXT = {"E06": CALLED[ROAD][2]}
"""Who is called if one of the road experts leaves."""

ACCEPTED: Past = (
    *DRAWN,
    call(ROAD),
    answer_call("E02", MEMBERS["E02"]),
    call(ROAD),
    answer_call("E03", MEMBERS["E03"]),
    call(BRIDGE),
    answer_call("E04", MEMBERS["E04"]),
    call(BRIDGE),
    answer_call("E05", MEMBERS["E05"]),
)
CHECK_IN: Past = (*ACCEPTED, at(BEGINS, PROCEED))
SITES = {"E01": "north", "E02": "north", "E03": "south", "E04": "south", "E05": "north"}
INSIDE: Past = (*CHECK_IN, *(pass_gate(alias, site) for alias, site in SITES.items()))
SEATED: Past = (*INSIDE, *(take_seat(person) for person in MEMBERS.values()))
UNDERTAKING: Past = (*SEATED, PROCEED)
LEADER: Past = (*UNDERTAKING, *(undertake(*member) for member in MEMBERS.items()), PROCEED)
ELECTION: Past = (*LEADER, OPEN_ELECTION)
CHOICES = {"E01": "E02", "E02": "E04", "E03": "E02", "E04": "E02", "E05": "E04"}
VOTED: Past = (*ELECTION, *(cast(alias, person, CHOICES[alias]) for alias, person in MEMBERS.items()))
ELECTED: Past = (*VOTED, COUNT_BALLOTS)
LEAD = MEMBERS["E02"]
MATERIALS: Past = (*ELECTED, PROCEED)
PRELIMINARY: Past = (*MATERIALS, open_review(LEAD))

FOURTH = bid_id(FAILING)
THREE_FAIL = {"E01", "E03", "E05"}
REVIEWED: Past = (
    *PRELIMINARY,
    *(
        review(alias, person, {(FOURTH, "licence"): "2.1.2"} if alias in THREE_FAIL else None)
        for alias, person in MEMBERS.items()
    ),
)
"""A majority fails the fourth bid."""
COUNTED: Past = (*REVIEWED, PROCEED)
DETAILED: Past = (*COUNTED, PROCEED)

FAR = "12.5"
"""A score far from the others'."""


def _sheets() -> Past:
    ranked = {(bid_id(ALPHA), "plan"): "36", (bid_id(BETA), "plan"): "33"}
    odd = ranked | {(bid_id(ALPHA), "plan"): FAR}
    return tuple(submit_sheet(alias, person, odd if alias == "E04" else ranked) for alias, person in MEMBERS.items())


SUBMITTED: Past = (*DETAILED, *_sheets())
OUTLIERS: Past = (*SUBMITTED, PROCEED)
ANSWERED: Past = (*OUTLIERS, answer_outlier("E04", MEMBERS["E04"], points="35"))
PRICE: Past = (*ANSWERED, PROCEED)
SUMMARY: Past = (*PRICE, PROCEED)
REPORT: Past = (*SUMMARY, confirm_summary("E02", LEAD), PROCEED)
SIGNED: Past = (*REPORT, *(sign_report(*member) for member in MEMBERS.items()))
CLOSED: Past = (*SIGNED, PROCEED)
PUBLISHED: Past = (*CLOSED, publish_report())

PHASES: dict[EvaluationPhase, Past] = {
    EvaluationPhase.SCHEDULED: SEALED,
    EvaluationPhase.DRAW: ACCEPTED,
    EvaluationPhase.CHECK_IN: SEATED,
    EvaluationPhase.UNDERTAKING: UNDERTAKING,
    EvaluationPhase.LEADER: VOTED,
    EvaluationPhase.MATERIALS: MATERIALS,
    EvaluationPhase.PRELIMINARY: REVIEWED,
    EvaluationPhase.DETAILED: SUBMITTED,
    EvaluationPhase.OUTLIERS: ANSWERED,
    EvaluationPhase.PRICE: PRICE,
    EvaluationPhase.SUMMARY: SUMMARY,
    EvaluationPhase.REPORT: SIGNED,
    EvaluationPhase.CLOSED: CLOSED,
}
"""A session in each phase, with all that is done in it."""
