"""The verifier over bundles of an assessment, an award, a void evaluation: they hold, and what is forged is named."""

import io
from collections.abc import Callable
from dataclasses import replace as changed

import msgspec
import pytest
from msgspec.structs import replace

from remote_bid.evaluation.assessment.statements import AssessmentSheet
from remote_bid.evaluation.award.statements import AwardVote
from remote_bid.evaluation.commands import VoidEvaluation
from remote_bid.gateway.bundle import party_bundle
from remote_bid.seal.canonical import b64
from remote_bid.seal.tree import root_of
from remote_bid.timeline.chain import genesis, link
from remote_bid.timeline.context import CLOCK, LOG, Refused
from remote_bid.timeline.entry import MAIN, Entry, Fields, Who
from remote_bid.timeline.marks import RecordCheckpoint
from remote_bid.timeline.note import Checkpoint, cosign, parse, platform_leaf, sign
from remote_bid.verify import verify
from remote_bid.verify.report import Item, Report, Verdict
from tests.evaluation import test_assessing as assessing
from tests.evaluation import test_awarding as awarding
from tests.evaluation.actors import AGENCY, SUPERVISOR, expert
from tests.evaluation.acts import suspend
from tests.evaluation.bundles import TRUST, bundle_of, cosigned_story, no_crl, resigned
from tests.evaluation.day import DETAILED, MEMBERS, evaluation
from tests.given import Act, Past, Room, Story, after, given, handle
from tests.opening.actors import COSIGNERS, LOG_NAME, OFFICE, log_key_of

A, B, C = awarding.A, awarding.B, awarding.C
AWARDED: Past = (*awarding.OPEN, *awarding.votes(A, A, B, B, C), awarding.COUNT)
AWARDED = (*AWARDED, *awarding.votes(A, A, B, B, B, number=2), awarding.COUNT)
DRAWN: Past = (awarding.open_it(rounds=1), *awarding.votes(A, A, B, B, C), awarding.COUNT)
ASSESSED: Past = (
    assessing.open_it(),
    assessing.submit(AGENCY, assessing.CARELESS),
    after(90_000_000, assessing.CLOSE),
)


def checkpoint(session: str, seq: int, leaf: bytes, at: int) -> RecordCheckpoint:
    head = b64(leaf)
    note = sign(
        Checkpoint(origin=LOG_NAME, size=1, root=root_of([platform_leaf(session, seq, head)])),
        LOG_NAME,
        log_key_of(LOG_NAME),
    )
    lines = [cosign(parse(note)[1], name, log_key_of(name), at) for name in COSIGNERS]
    return RecordCheckpoint(covers=seq, head=head, note=note + "".join(lines), index=0, path=[])


def over(room: Room, past: Past) -> Story:
    """The session at its end, every entry cosigned."""
    story = given(room, past).story
    for entry in story.folded.main:
        at = int(story.at.timestamp())
        story = handle(story, Act(checkpoint(room.session, entry.seq, entry.leaf, at), LOG))[0]
    return story


def bundle(story: Story, who: Who) -> bytes:
    return party_bundle(story.folded, who, TRUST, OFFICE, no_crl)


def judged(raw: bytes) -> Report:
    return verify(io.BytesIO(raw), TRUST)


def failures(raw: bytes) -> list[Item]:
    return [item for item in judged(raw).items if item.verdict is Verdict.FAILED]


OVER = {
    "award": (awarding.room, AWARDED, awarding.WATCHES),
    "award by lot": (awarding.room, DRAWN, awarding.TENDERER),
    "assessment": (assessing.room, ASSESSED, Who(person=SUPERVISOR.person, role="supervisor")),
}


@pytest.mark.parametrize("what", OVER)
def test_it_verifies(what: str) -> None:
    room, past, who = OVER[what]
    raw = bundle(over(room, past), who)
    assert failures(raw) == []
    assert {item.what for item in judged(raw).items} >= {"acts", "signatures", "checkpoints"}


def forged(what: str, kind: str, change: Callable[[Fields], Fields]) -> tuple[bytes, int]:
    """The operator changes the first entry of a kind and chains all anew, its cosigners on its side."""
    room, past, who = OVER[what]
    story = over(room, past)
    head, at, told = genesis(room.session, MAIN), int(story.at.timestamp()), 0
    made, leaves = list[Entry](), dict[int, bytes]()
    for entry in story.folded.main:
        fields = entry.fields
        if entry.type == kind and not told:
            fields, told = change(msgspec.json.decode(msgspec.json.encode(fields))), entry.seq
        if entry.type == "CheckpointCosigned":
            covers = fields["covers"]
            renewed = msgspec.to_builtins(checkpoint(room.session, covers, leaves[covers], at))
            fields = fields | {name: value for name, value in renewed.items() if name != "type"}
        made.append(link(MAIN, entry.seq, head, fields, entry.salt))
        head = leaves[entry.seq] = made[-1].leaf
    return bundle(changed(story, folded=changed(story.folded, main=tuple(made))), who), told


def _other_vote(fields: Fields) -> Fields:
    def other(vote: AwardVote) -> AwardVote:
        return replace(vote, bid=C)

    return fields | {
        "signed": fields["signed"] | {"statement": resigned(fields["signed"]["statement"], other, AwardVote)}
    }


def _other_marks(fields: Fields) -> Fields:
    def other(sheet: AssessmentSheet) -> AssessmentSheet:
        return replace(sheet, marks=[])

    statement = resigned(fields["signed"]["statement"], other, AssessmentSheet)
    return fields | {"signed": fields["signed"] | {"statement": statement}}


FORGED: dict[str, tuple[str, str, Callable[[Fields], Fields]]] = {
    "a vote": ("award", "AwardVoted", _other_vote),
    "who falls out": ("award", "AwardRoundCounted", lambda fields: fields | {"left": [A, C]}),
    "the award": ("award", "Awarded", lambda fields: fields | {"bid": A}),
    "the lot": (
        "award by lot",
        "Awarded",
        lambda fields: fields | {"bid": A if fields["bid"] == B else B},
    ),
    "a mark": ("assessment", "AssessmentSubmitted", _other_marks),
    "an expert's points": (
        "assessment",
        "AssessmentClosed",
        lambda fields: fields | {"results": [row | {"points": "100"} for row in fields["results"]]},
    ),
    "who was silent": ("assessment", "AssessmentClosed", lambda fields: fields | {"silent": []}),
}


@pytest.mark.parametrize("what", FORGED)
def test_whatever_is_changed_is_named(what: str) -> None:
    session, kind, change = FORGED[what]
    raw, seq = forged(session, kind, change)
    assert [item.what for item in failures(raw)] == [f"timeline.json entry {seq}"]


@pytest.mark.parametrize("what", OVER)
def test_the_bundle_is_for_those_who_may_read_all_of_it_and_not_before_the_end(what: str) -> None:
    room, past, who = OVER[what]
    for other in (Who(person="", role="observer"), expert(MEMBERS["E03"])):
        with pytest.raises(Refused, match="those who may read"):
            bundle(over(room, past), other)
    with pytest.raises(Refused, match="not over"):
        bundle(over(room, past[:-1]), who)
    with pytest.raises(Refused, match="not over"):
        bundle(given(room, past).story, who)


# ── A void evaluation ────────────────────────────────────────────────────────────────────────────────────


VOID: Past = (*DETAILED, suspend(SUPERVISOR), after(24 * 3_600_000, Act(VoidEvaluation(), CLOCK)))


def test_of_a_void_evaluation_the_bundle_tells_that_it_is_void_and_why() -> None:
    raw = bundle_of(cosigned_story(given(evaluation, VOID).story))
    report = judged(raw)
    assert failures(raw) == []
    assert "void: suspended_too_long" in [item.why for item in report.items]
    assert any(item.verdict is Verdict.WITHHELD and item.what == "acts" for item in report.items)
    assert not any(person.encode() in raw for person in MEMBERS.values())


def test_a_void_evaluations_bundle_waits_for_its_cosigners() -> None:
    with pytest.raises(Refused):
        bundle_of(given(evaluation, VOID).story)
