"""A bundle of an evaluation under examination."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from remote_bid.evaluation import COSIGNED_HERE
from remote_bid.evaluation.events import EvaluationEvent
from remote_bid.evaluation.rules import Evaluation
from remote_bid.people.certificates import Certified
from remote_bid.seal.statements import Statement
from remote_bid.timeline.context import Event
from remote_bid.timeline.entry import Fields, Shown
from remote_bid.verify.case import Case

_NOBODY = {"person": "", "role": ""}
_NO_STATEMENT = msgspec.to_builtins(Statement(payload_type="", payload="", signatures=[]))
_NO_PAPER = {"statement": _NO_STATEMENT, "certificates": []}

WITHHELD: dict[str, dict[str, object]] = {
    "BallotCast": {"sealed": ""},
    "ExpertCalled": {"person": "", "name": "", "signed": _NO_PAPER},
    "GateHeard": {"statement": _NO_STATEMENT},
    "MemberAccepted": {"by": _NOBODY, "signed": _NO_PAPER},
    "MemberLeft": {"by": _NOBODY, "signed": None, "reason": "", "nonce": ""},
}
"""What no public bundle shows, and what stands in its place: how ballots were sealed, who was called and never sat on
the committee, why somebody stood back. No result depends on it.
"""


@dataclass
class EvaluationCase(Case):
    """Filled by the steps in their order, as any case is."""

    room: str = "evaluation"
    events: Any = EvaluationEvent
    cosigned: tuple[type[Event], ...] = COSIGNED_HERE
    drafts: frozenset[str] = frozenset({"SheetDrafted"})
    evaluation: Evaluation = field(default_factory=lambda: Evaluation(session=""))
    met: dict[int, Evaluation] = field(default_factory=dict)
    """The state that each main-line entry met, by seq."""
    signers: dict[int, dict[str, list[Certified]]] = field(default_factory=dict)
    """Who signed the statements of each entry, by seq and statement id."""

    def fields(self, shown: Shown) -> Fields | None:
        """An entry's fields, with stand-ins for what is never shown; None where another one is withheld."""
        if shown.event is None or shown.proof is None:
            return None
        may = WITHHELD.get(shown.event.get("type", ""), {})
        if shown.proof.hidden.keys() - may.keys():
            return None
        return shown.event | {name: may[name] for name in shown.proof.hidden}


@dataclass
class VoidCase(EvaluationCase):
    """Of a void evaluation the public is told little more than that it is void."""

    hides: bool = True


def of(case: Case) -> EvaluationCase:
    """The case as an evaluation's."""
    if not isinstance(case, EvaluationCase):
        raise TypeError("this is no evaluation")
    return case
