"""The offline verifier: repeats everything that can be repeated about a session, without the server.

 1  container     the zip is in its one canonical form
 2  manifest      every member is the one listed; the log's key signs the list
 3  timeline      one chain, every shown field is what its leaf commits to
 4  checkpoints   ticks and phase changes are signed by log and cosigners; the close within 2 s of the deadline;
                 every time stamp by a trusted authority of time
 5  side lines    every slot of every tick is explained; no fork, no gap
 6  phases        the events, folded by the same rules, run through the phases in order
 7  signatures    every statement is signed by a certified person in the right role
 8  policies      they name the trusted authorities; custodians' keys are their own
 9  close         the close counts exactly the live bids; the window accounts for all of them
10  custody       published keys are the offered ones, k are there
11  outcomes      every bid is opened again, or its failure decided again; every coefficient is drawn again
12  record        confirmations, objections and answers are whose they must be; the record follows from the events
"""

from collections.abc import Callable, Mapping, Sequence
from typing import BinaryIO

from remote_bid.seal.statements import Statement
from remote_bid.verify import (
    bids,
    container,
    contents,
    custody,
    drawing,
    evaluated,
    following,
    hearing,
    history,
    lodgings,
    outcomes,
    remedies,
    replay,
    signatures,
    stamps,
)
from remote_bid.verify.case import Case, Failed
from remote_bid.verify.container import NotAZip
from remote_bid.verify.evaluated.case import EvaluationCase, VoidCase
from remote_bid.verify.following import AssessmentCase, AwardCase
from remote_bid.verify.manifest import TIMELINE
from remote_bid.verify.report import Report
from remote_bid.verify.trust import Trust

__all__ = ["STEPS", "NotAZip", "Report", "Trust", "verify"]

Step = Callable[[Case], None]

_NEEDED = (contents.timelines, replay.replay)
"""Without these, later steps have nothing to judge: the entries, and the state that they lead to."""

STEPS: Sequence[tuple[int, str, Step]] = (
    (1, "container", contents.container),
    (2, "manifest.json", contents.manifest),
    (3, "timeline.json", contents.timelines),
    (3, "timeline.json", history.chain),
    (4, "checkpoints", history.checkpoints),
    (4, "time stamps", stamps.stamps),
    (5, "side lines", history.side_lines),
    (6, "phases", replay.replay),
    (7, "signatures", signatures.people),
    (8, "policies", signatures.policies),
    (9, "close", bids.close),
    (9, "lodgings", lodgings.lodgings),
    (10, "custody", custody.custody),
    (10, "remedies", remedies.remedies),
    (11, "outcomes", outcomes.outcomes),
    (11, "draw", drawing.draw),
    (12, "hearing", hearing.hearing),
    (12, "record.json", bids.record),
)


_ALIKE = (*STEPS[:5], *STEPS[6:7])
"""Container, manifest, timeline, checkpoints, side lines: the same for every room."""

_EVALUATION = ((*_ALIKE, *evaluated.STEPS), (contents.timelines, *evaluated.NEEDED), EvaluationCase)


_VOID = ((*STEPS[:5], *evaluated.VOID_STEPS), (contents.timelines,), VoidCase)
_FOLLOWING = (*STEPS[:5], *following.STEPS), (contents.timelines, *following.NEEDED)

_BY_FIRST: Mapping[bytes, tuple[Sequence[tuple[int, str, Step]], Sequence[Step], type[Case]]] = {
    b"EvaluationOrdered": _EVALUATION,
    b"EvaluationVoided": _VOID,
    b"AssessmentOpened": (*_FOLLOWING, AssessmentCase),
    b"AwardOpened": (*_FOLLOWING, AwardCase),
}
_OPENING = (STEPS, _NEEDED, Case)


def _walk_of(members: Mapping[str, bytes]) -> tuple[Sequence[tuple[int, str, Step]], Sequence[Step], type[Case]]:
    """What a timeline is about, its first entry tells, or of a void evaluation its last; whether it may tell so is
    judged later.
    """
    timeline = members.get(TIMELINE, b"")
    return next((walk for kind, walk in _BY_FIRST.items() if b'"type":"%s"' % kind in timeline), _OPENING)


def verify(file: BinaryIO, trust: Trust | None, receipts: Sequence[Statement] = ()) -> Report:
    """Walk all steps over a bundle; NotAZip if it cannot be read at all.

    `receipts` are cosigners' for lodged releases that must not have been left out. Without a trust file the bundle
    vouches for itself: the report then gives fingerprints to compare by another way.
    """
    members, canonical = container.read(file)
    report = Report()
    steps, needed, kind = _walk_of(members)
    case = kind(members=members, canonical=canonical, report=report, trust=trust, receipts=receipts)
    missing = 0
    for number, name, step in steps:
        if missing:
            report.withheld(number, name, f"not judged: step {missing} failed")
        elif not _walk(case, number, name, step) and step in needed:
            missing = number
    return report


def _walk(case: Case, number: int, name: str, step: Step) -> bool:
    """One step; whatever goes wrong in it is a failure of the bundle, never a crash of the verifier."""
    try:
        step(case)
        return True
    except Failed as failure:
        case.report.fails(number, failure.what, failure.why)
    except Exception as error:
        case.report.fails(number, name, f"cannot be checked: {type(error).__name__}: {error}")
    return False
