"""A bundle of an evaluation under examination."""

from dataclasses import dataclass, field

import msgspec

from remote_bid.evaluation import COSIGNED_HERE
from remote_bid.evaluation.events import EvaluationEvent
from remote_bid.evaluation.rules import Evaluation
from remote_bid.people.certificates import Certified, Signed
from remote_bid.seal.canonical import unb64_sized
from remote_bid.seal.statements import Statement
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened
from remote_bid.timeline.entry import Fields, Shown, Who
from remote_bid.verify.case import Case

_NOBODY = {"person": "", "role": ""}
_NO_PAPER = msgspec.to_builtins(
    Signed(statement=Statement(payload_type="", payload="", signatures=[]), certificates=[])
)

WITHHELD: dict[str, dict[str, object]] = {
    "BallotCast": {"sealed": ""},
    "ExpertCalled": {"person": "", "name": "", "signed": _NO_PAPER},
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
    cosigned: tuple[type[Event], ...] = COSIGNED_HERE
    drafts: frozenset[str] = frozenset({"SheetDrafted"})
    evaluation: Evaluation = field(default_factory=lambda: Evaluation(session=""))
    met: dict[int, Evaluation] = field(default_factory=dict)
    """The state that each main-line entry met, by seq."""
    signers: dict[int, dict[str, list[Certified]]] = field(default_factory=dict)
    """Who signed the statements of each entry, by seq and statement id."""

    def read(self, shown: Shown) -> Event | None:
        """The event of an entry, with stand-ins for what is never shown; None where another field is withheld."""
        fields = self.fields(shown)
        if fields is None:
            return None
        told = {name: value for name, value in fields.items() if name not in ("at", "by")}
        event: Event = msgspec.convert(told, type=EvaluationEvent)
        return event

    def fields(self, shown: Shown) -> Fields | None:
        """An entry's fields, with the same stand-ins."""
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


def happening(case: EvaluationCase, shown: Shown, event: Event) -> Happened:
    """An entry as the rules know it."""
    fields = case.fields(shown) or {}
    return Happened(
        event=event,
        line=shown.line,
        seq=shown.seq,
        at=instant.when(fields["at"]),
        by=msgspec.convert(fields["by"], type=Who),
        leaf=unb64_sized(shown.leaf, 32),
    )
