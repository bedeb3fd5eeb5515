"""The verifier over an evaluation's public bundle: it holds, and what is forged is named."""

import io
from typing import Any

import pytest
from msgspec.structs import replace

from remote_bid.evaluation.statements import EvaluationOrder, ReviewSheet, ScoreSheet
from remote_bid.evaluation.terms import Result
from remote_bid.seal.canonical import b64, jcs
from remote_bid.tender.statements import DrawEnvelope
from remote_bid.verify import verify
from remote_bid.verify.container import read, write
from remote_bid.verify.report import Item, Report, Verdict
from tests.evaluation.actors import BIDDERS, bid_id
from tests.evaluation.acts import answer_call, call, pass_gate, recuse, remove, review, save_draft, take_seat
from tests.evaluation.bundles import TRUST, bundle_of, cosigned, cosigned_story, forged, resigned, with_member
from tests.evaluation.day import CALLED, DETAILED, MEMBERS, NEXT, PRELIMINARY, PUBLISHED, ROAD, UNDERTAKING, evaluation
from tests.evaluation.gates import enrol_gate, hear_gate
from tests.evaluation.needed import played_on
from tests.given import Past, given


def judged(bundle: bytes) -> Report:
    return verify(io.BytesIO(bundle), TRUST)


def failures(bundle: bytes) -> list[Item]:
    return [item for item in judged(bundle).items if item.verdict is Verdict.FAILED]


def test_a_public_evaluation_verifies() -> None:
    report = judged(bundle_of(cosigned()))
    assert [item for item in report.items if item.verdict is Verdict.FAILED] == []
    assert report.verified
    assert {item.what for item in report.items} >= {"acts", "draw", "ranking", "report.json", "round 1"}


DRAFTED: Past = (*DETAILED, save_draft(MEMBERS["E03"]), *PUBLISHED[len(DETAILED) :])


def test_drafts_are_withheld_and_the_rest_verifies() -> None:
    report = judged(bundle_of(cosigned(DRAFTED)))
    assert report.verified
    assert [item.why for item in report.items if item.verdict is Verdict.WITHHELD] == ["SheetDrafted"]


def _other_points(fields: dict[str, Any]) -> dict[str, Any]:
    def change(sheet: ScoreSheet) -> ScoreSheet:
        return replace(sheet, scores=[replace(sheet.scores[0], points="40"), *sheet.scores[1:]])

    return fields | {
        "signed": fields["signed"] | {"statement": resigned(fields["signed"]["statement"], change, ScoreSheet)}
    }


def _other_verdict(fields: dict[str, Any]) -> dict[str, Any]:
    def change(sheet: ReviewSheet) -> ReviewSheet:
        verdicts = [replace(verdict, passed=True, clause="", reason="") for verdict in sheet.verdicts]
        return replace(sheet, verdicts=verdicts)

    statement = resigned(fields["signed"]["statement"], change, ReviewSheet)
    return fields | {"signed": fields["signed"] | {"statement": statement}}


def _other_formula(fields: dict[str, Any]) -> dict[str, Any]:
    def change(order: EvaluationOrder) -> EvaluationOrder:
        return replace(order, formula=replace(order.formula, score=replace(order.formula.score, above="3")))

    statement = resigned(fields["signed"]["statement"], change, EvaluationOrder)
    return fields | {"signed": fields["signed"] | {"statement": statement}}


def _other_seed(fields: dict[str, Any]) -> dict[str, Any]:
    def change(envelope: DrawEnvelope) -> DrawEnvelope:
        return replace(envelope, D=b64(bytes(32)))

    statement = resigned(fields["signed"]["statement"], change, DrawEnvelope)
    return fields | {"signed": fields["signed"] | {"statement": statement}}


def _other_ballot(fields: dict[str, Any]) -> dict[str, Any]:
    ballots = [line | {"choice": "E04"} for line in fields["ballots"]]
    return fields | {"ballots": ballots}


def _other_leader(fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {"leader": "E04"}


def _one_ballot_more(fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {"ballots": [*fields["ballots"], {"tracker": "_" * 22, "choice": "E02"}]}


def _other_order(fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {"seed": b64(bytes(32))}


def _nobody_rejected(fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {"valid": [*fields["valid"], fields["rejected"][0]["bid"]], "rejected": []}


def _no_outliers(fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {"outliers": []}


def _other_price_score(fields: dict[str, Any]) -> dict[str, Any]:
    prices = fields["prices"]
    return fields | {"prices": prices | {"scores": dict.fromkeys(prices["scores"], "35.00")}}


def _other_rank(fields: dict[str, Any]) -> dict[str, Any]:
    summary = fields["summary"]
    ranked = list(reversed(summary["ranking"]["ranked"]))
    return fields | {"summary": summary | {"ranking": summary["ranking"] | {"ranked": ranked}}}


def _other_candidates(fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {"report": fields["report"] | {"candidates": []}}


def _other_map(fields: dict[str, Any]) -> dict[str, Any]:
    first, second, *rest = fields["coded"]
    return fields | {"coded": [first | {"code": second["code"]}, second, *rest]}


def _other_silence(fields: dict[str, Any]) -> dict[str, Any]:
    return fields | {"silent": ["E01"]}


FORGED = {
    "a score": ("SheetSubmitted", _other_points),
    "a verdict": ("ReviewSubmitted", _other_verdict),
    "a formula's parameter": ("EvaluationOrdered", _other_formula),
    "a sealed seed": ("SeedSealed", _other_seed),
    "every ballot": ("BallotsCounted", _other_ballot),
    "the elected": ("BallotsCounted", _other_leader),
    "a ballot more": ("BallotsCounted", _one_ballot_more),
    "the drawn order": ("DrawOrderFound", _other_order),
    "a rejection": ("ReviewCounted", _nobody_rejected),
    "an outlier": ("OutliersFound", _no_outliers),
    "a price score": ("PricesScored", _other_price_score),
    "a rank": ("SummaryOpened", _other_rank),
    "the candidates": ("ReportOpened", _other_candidates),
    "whose a blind volume is": ("MaterialsOpened", _other_map),
    "who was silent": ("EvaluationClosed", _other_silence),
}
"""What an operator might change, with the log's key and all its cosigners on its side."""


@pytest.mark.parametrize("what", FORGED)
def test_whatever_is_changed_is_named(what: str) -> None:
    kind, change = FORGED[what]
    bundle, seq = forged(kind, change)
    assert f"timeline.json entry {seq}" in [item.what for item in failures(bundle)]


@pytest.mark.parametrize("what", ["a score", "every ballot"])
def test_without_the_cosigners_the_checkpoints_tell(what: str) -> None:
    kind, change = FORGED[what]
    bundle, _ = forged(kind, change, cosigners=False)
    assert any("checkpoint does not hold entry" in item.why for item in failures(bundle))


def test_another_report_than_the_signed_one_is_named() -> None:
    members, _ = read(io.BytesIO(bundle_of(cosigned())))
    report = cosigned().state.report
    other = with_member(members, "report.json", jcs(replace(report, candidates=[])))
    assert [item.what for item in failures(write(other))] == ["report.json"]


RECUSED: Past = (
    *UNDERTAKING,
    enrol_gate(),
    recuse("E03", MEMBERS["E03"]),
    call(ROAD),
    answer_call("E06", NEXT["E06"]),
    hear_gate(NEXT["E06"]),
    remove("E06"),
    call(ROAD),
    answer_call("E07", CALLED[ROAD][3]),
    pass_gate("E07"),
    take_seat(CALLED[ROAD][3]),
)


def test_who_never_sat_and_why_somebody_stood_back_is_withheld_and_nothing_fails() -> None:
    """To the end with another committee."""
    bundle = bundle_of(cosigned_story(played_on(given(evaluation, RECUSED).story)))
    report = judged(bundle)
    assert report.verified, failures(bundle)
    withheld = [item.why for item in report.items if item.verdict is Verdict.WITHHELD]
    assert "E06 never sat on the committee" in withheld
    assert CALLED[ROAD][2].encode() not in bundle
    assert "近亲属".encode() not in bundle


def test_an_evaluation_that_rejects_every_bid_verifies() -> None:
    every = {(bid_id(who), "licence"): "2.1.2" for who in BIDDERS}
    rejected = (*PRELIMINARY, *(review(*member, every) for member in MEMBERS.items()))
    story = played_on(given(evaluation, rejected).story)
    assert story.state.report.result is Result.ALL_REJECTED
    assert failures(bundle_of(cosigned_story(story))) == []
