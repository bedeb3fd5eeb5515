"""Gates with keys of their own: what they sign is heard once, of their own site, now, about somebody expected."""

import io
from typing import Any

import pytest

from remote_bid.evaluation.events import GateEnrolled, GateHeard, SeatTaken
from remote_bid.evaluation.terms import GateOutcome
from remote_bid.timeline import instant
from remote_bid.verify import verify
from remote_bid.verify.report import Verdict
from tests.evaluation.actors import AGENCY, AUDITOR, BEGINS, NORTH, SENT, SUPERVISOR
from tests.evaluation.acts import pass_gate, take_seat
from tests.evaluation.bundles import TRUST, bundle_of, cosigned, forged
from tests.evaluation.day import CHECK_IN, DETAILED, MEMBERS, PUBLISHED, evaluation
from tests.evaluation.gates import enrol_gate, hear_gate, public_key_of
from tests.given import Act, Past, given

ENROLLED: Past = (*CHECK_IN, enrol_gate())
BOTH: Past = (*ENROLLED, enrol_gate("gate_south"))
INSIDE: Past = (*ENROLLED, hear_gate(SENT))


def test_a_gate_lets_in_who_then_takes_a_seat_of_its_site() -> None:
    given(evaluation, ENROLLED).when(hear_gate(SENT)).then(GateHeard)
    given(evaluation, INSIDE).when(take_seat(SENT)).then(SeatTaken)


def test_who_is_turned_away_is_not_inside_and_may_try_again() -> None:
    turned_away = hear_gate(SENT, outcome=GateOutcome.TURNED_AWAY)
    given(evaluation, ENROLLED).when(turned_away).then(GateHeard)
    given(evaluation, ENROLLED, turned_away).when(take_seat(SENT)).then_refused("not_inside")
    given(evaluation, ENROLLED, turned_away).when(hear_gate(SENT, number=2)).then(GateHeard)


FOREIGN = {
    "never enrolled": ((), hear_gate(SENT, "gate_south"), "unknown_device"),
    "another gate's key": ((), hear_gate(SENT, key="gate_south"), "bad_signature"),
    "another session": ((), hear_gate(SENT, session="another-session"), "other_session"),
    "heard already": ((hear_gate(SENT),), hear_gate(SENT), "replayed"),
    "older than what was heard": ((hear_gate(SENT, number=7),), hear_gate(MEMBERS["E02"], number=6), "replayed"),
    "long ago": ((), hear_gate(SENT, at=instant.text(instant.later(BEGINS, -3_600_000))), "stale"),
    "still to come": ((), hear_gate(SENT, at=instant.text(instant.later(BEGINS, 3_600_000))), "stale"),
    "at no time": ((), hear_gate(SENT, at="yesterday"), "stale"),
    "somebody unexpected": ((), hear_gate("a passer-by"), "no_such_member"),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_is_replayed_stale_foreign_or_not_signed_is_refused(what: str) -> None:
    more, act, code = FOREIGN[what]
    given(evaluation, ENROLLED, more).when(act).then_refused(code)


def test_nobody_is_inside_two_sites() -> None:
    given(evaluation, BOTH, hear_gate(SENT)).when(hear_gate(SENT, "gate_south")).then_refused("entered_already")
    given(evaluation, INSIDE).when(pass_gate("E01", "south")).then_refused("entered_already")


def test_a_gate_enrolled_anew_is_heard_by_its_new_key_only() -> None:
    anew = enrol_gate(key=public_key_of("gate_south"))
    given(evaluation, ENROLLED).when(anew).then(GateEnrolled)
    given(evaluation, ENROLLED, anew).when(hear_gate(SENT)).then_refused("bad_signature")
    given(evaluation, ENROLLED, anew).when(hear_gate(SENT, key="gate_south")).then(GateHeard)


@pytest.mark.parametrize(
    ("act", "code"),
    [(enrol_gate(site="west"), "no_such_site"), (enrol_gate(key="AAAA"), "bad_key"), (enrol_gate(key="?"), "bad_key")],
)
def test_a_gate_has_a_site_of_the_session_and_a_key(act: Act, code: str) -> None:
    given(evaluation, CHECK_IN).when(act).then_refused(code)


def test_only_the_centre_enrols_and_only_a_gate_is_heard() -> None:
    given(evaluation, CHECK_IN).when(enrol_gate(), by=AGENCY).then_refused("not_allowed")
    given(evaluation, ENROLLED).when(hear_gate(SENT), by=NORTH).then_refused("not_allowed")


def test_the_person_behind_a_token_is_shown_to_auditors_only() -> None:
    story = given(evaluation, INSIDE).story
    fields = story.folded.main[-1].fields
    assert fields["type"] == "GateHeard"
    shown = {who: evaluation.context.show(story.state, "main", fields, who, False) for who in (SUPERVISOR, NORTH)}
    assert all("statement" not in (names or ("statement",)) for names in shown.values())
    assert evaluation.context.show(story.state, "main", fields, AUDITOR, False) is None


def test_gates_are_enrolled_while_the_work_goes_on() -> None:
    given(evaluation, DETAILED).when(enrol_gate("gate_south")).then(GateEnrolled)


GATED: Past = (*CHECK_IN, enrol_gate(), hear_gate(SENT), *PUBLISHED[len(CHECK_IN) + 1 :])
"""The whole evaluation, the first member let in by a gate and not by its operator."""


def test_a_bundle_with_a_gate_verifies() -> None:
    assert verify(io.BytesIO(bundle_of(cosigned(GATED))), TRUST).verified


@pytest.mark.parametrize("change", [{"alias": "E02"}, {"site": "south"}, {"number": 2}, {"outcome": "turned_away"}])
def test_what_is_changed_of_a_gates_event_is_named(change: dict[str, Any]) -> None:
    bundle, seq = forged("GateHeard", lambda fields: fields | change, past=GATED)
    report = verify(io.BytesIO(bundle), TRUST)
    assert f"timeline.json entry {seq}" in [item.what for item in report.items if item.verdict is Verdict.FAILED]
