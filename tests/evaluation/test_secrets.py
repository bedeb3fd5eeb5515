"""Who reads what: every word that tells who somebody is, what it found or scored, for every role in every phase.

The words are canaries: they stand in what was signed, drafted, drawn and voted, and are looked for in all that somebody
can read of the session, inside statements too.
"""

from typing import get_args

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from remote_bid.evaluation.events import EvaluationEvent
from remote_bid.evaluation.terms import EVALUATION_ORDER, EvaluationPhase, EvaluationRole
from remote_bid.evaluation.view.entries import OWN, RULES, VEILED
from remote_bid.timeline.entry import Entry, Who
from tests.evaluation.actors import (
    AGENCY,
    AUDITOR,
    BIDDERS,
    CENTRE,
    EVERYBODY,
    FIRMS,
    NAMES,
    OBSERVER,
    PUBLIC,
    STRANGER,
    SUPERVISOR,
    bid_id,
    expert,
)
from tests.evaluation.acts import (
    answer,
    answer_call,
    ask,
    call,
    cast,
    pass_gate,
    recuse,
    remove,
    review,
    save_draft,
    take_seat,
    tracker_of,
    undertake,
)
from tests.evaluation.day import (
    CLOSED,
    DETAILED,
    ELECTION,
    FAR,
    FOURTH,
    LEAD,
    MATERIALS,
    MEMBERS,
    NEXT,
    PHASES,
    PRELIMINARY,
    PUBLISHED,
    ROAD,
    SUBMITTED,
    UNDERTAKING,
    evaluation,
)
from tests.given import Past, Story, given
from tests.opening.pages import entries, fields_for, page, readable

OUTSIDE = (AGENCY.role, SUPERVISOR.role, OBSERVER.role, CENTRE.role)
"""Who runs and watches from outside the zone."""
COMMITTEE = [expert(person) for person in MEMBERS.values()]
SPOKE: Past = (*DETAILED, save_draft(MEMBERS["E03"]), *SUBMITTED[len(DETAILED) :])
TIMES: dict[str, Past] = {str(phase): past for phase, past in PHASES.items()} | {"PUBLISHED": PUBLISHED}
ORDER_OF_TIMES = [*map(str, EVALUATION_ORDER[:-1]), "PUBLISHED"]


def reached(time: str, other: str) -> bool:
    return ORDER_OF_TIMES.index(time) >= ORDER_OF_TIMES.index(other)


def everybody() -> list[Who]:
    return [*EVERYBODY, *COMMITTEE]


def told(time: str, who: Who) -> str:
    return readable(given(evaluation, TIMES[time]).story, who)


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("who", everybody(), ids=lambda who: who.person or "public")
def test_nobody_but_auditors_learns_who_an_expert_is_before_the_report_is_public(who: Who, time: str) -> None:
    """The centre calls them, so it knows whom it called; the agency knows whom the tenderer sends."""
    text = told(time, who)
    for alias, person in MEMBERS.items():
        if who.person == person or who == AUDITOR or time == "PUBLISHED":
            continue
        if who == CENTRE and alias != "E01":
            assert person not in text or reached(time, "DRAW")
        elif who.role in OUTSIDE:
            assert alias == "E01" or (person not in text and NAMES[person] not in text)
        else:
            assert person not in text
            assert NAMES[person] not in text


@pytest.mark.parametrize("who", everybody(), ids=lambda who: who.person or "public")
def test_once_it_is_public_everybody_learns_who_has_evaluated(who: Who) -> None:
    assert all(person in told("PUBLISHED", who) for person in MEMBERS.values())


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("who", everybody(), ids=lambda who: who.person or "public")
def test_nobody_reads_anothers_scores_before_all_are_frozen(who: Who, time: str) -> None:
    """E04 scores 12.5 where the others score 36: its own page shows it, the committee's from the summary on."""
    text = told(time, who)
    inside = who in COMMITTEE and reached(time, "SUMMARY")
    audits = who == AUDITOR and reached(time, "PRICE")
    if who.person == MEMBERS["E04"] or inside or audits or time == "PUBLISHED":
        return
    if who.role in OUTSIDE:
        assert time == "CLOSED" or f'"points":"{FAR}"' not in text
        return
    assert f'"points":"{FAR}"' not in text
    assert f"\n{FAR}\n" not in text


@pytest.mark.parametrize("who", everybody(), ids=lambda who: who.person or "public")
def test_a_draft_is_nobodys_but_its_authors(who: Who) -> None:
    for past in (SPOKE, (*SPOKE, *PUBLISHED[len(SUBMITTED) :])):
        story = given(evaluation, past).story
        text = readable(story, who)
        assert ("11.5" in text) is (who.person == MEMBERS["E03"])
        if not story.state.published:
            assert ("SheetDrafted" in text) is (who.person == MEMBERS["E03"])


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("who", everybody(), ids=lambda who: who.person or "public")
def test_nobody_reads_how_another_has_voted_or_found(who: Who, time: str) -> None:
    """A verdict names its reason; a ballot is never shown, and counted it names only its tracker."""
    text, story = told(time, who), given(evaluation, TIMES[time]).story
    cast_by = {e.fields["sealed"]: e.fields["by"]["person"] for e in story.folded.main if e.type == "BallotCast"}
    assert not any(ballot in text for ballot, voter in cast_by.items() if voter != who.person)
    reason = "与招标文件不符"
    author = who.person in {MEMBERS[alias] for alias in ("E01", "E03", "E05")}
    if not (author or time == "PUBLISHED" or (who == AUDITOR and reached(time, "DETAILED"))):
        assert reason not in text


@pytest.mark.parametrize("who", everybody(), ids=lambda who: who.person or "public")
def test_trackers_are_the_committees_until_the_report_is_public(who: Who) -> None:
    for time in TIMES:
        shown = tracker_of("E01", 1) in told(time, who)
        assert not shown or who in [*COMMITTEE, AUDITOR] or time == "PUBLISHED"


def test_counted_ballots_stand_in_the_order_of_their_trackers_and_name_no_voter() -> None:
    story = given(evaluation, MATERIALS).story
    [counted] = [e for turn in story.turns for e in turn if e.type == "BallotsCounted"]
    trackers = [line["tracker"] for line in counted.fields["ballots"]]
    assert trackers == sorted(trackers)
    assert {tuple(sorted(line)) for line in counted.fields["ballots"]} == {("choice", "tracker")}


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("who", BIDDERS, ids=lambda who: FIRMS[who.person])
def test_a_bidder_reads_of_no_other_bid_and_of_no_phase(who: Who, time: str) -> None:
    if time == "PUBLISHED":
        return
    text = told(time, who)
    others = [bid_id(other) for other in BIDDERS if other != who]
    assert not any(bid in text for bid in others)
    assert not any(FIRMS[other.person] in text for other in BIDDERS if other != who)
    assert not any(f"\n{phase}\n" in text for phase in EvaluationPhase)


@pytest.mark.parametrize("who", [*BIDDERS, STRANGER, PUBLIC], ids=lambda who: who.person or "public")
def test_outsiders_read_of_entries_only_marks_of_the_log(who: Who) -> None:
    story = given(evaluation, CLOSED).story
    types = {shown.event["type"] for shown in entries(story, who) if shown.event}
    assert types <= {"Ticked", "CheckpointCosigned"}


ASKED: Past = (*PRELIMINARY, ask(LEAD, bid_id(BIDDERS[1]), text="问询金丝雀"), answer(BIDDERS[1], text="答复金丝雀"))


@pytest.mark.parametrize("who", everybody(), ids=lambda who: who.person or "public")
def test_a_question_reaches_its_bidder_without_the_name_of_who_asks(who: Who) -> None:
    text = readable(given(evaluation, ASKED).story, who)
    may = who in COMMITTEE or who in (SUPERVISOR, AUDITOR, BIDDERS[1])
    assert ("问询金丝雀" in text) is may
    assert ("答复金丝雀" in text) is may
    if who == BIDDERS[1]:
        assert not any(name in text for name in [*MEMBERS.values(), *(NAMES[p] for p in MEMBERS.values()), "E02"])


@pytest.mark.parametrize("who", everybody(), ids=lambda who: who.person or "public")
def test_why_somebody_stands_back_is_for_auditors(who: Who) -> None:
    """And for whoever stood back."""
    text = readable(given(evaluation, UNDERTAKING, recuse("E03", MEMBERS["E03"])).story, who)
    own = who.person == MEMBERS["E03"]
    assert ("近亲属" in text) is (who == AUDITOR or own)
    assert own or who in (AUDITOR, CENTRE) or MEMBERS["E03"] not in text


@pytest.mark.parametrize("who", COMMITTEE, ids=lambda who: who.person)
def test_who_has_left_reads_no_more_than_the_public(who: Who) -> None:
    alias = next(alias for alias, person in MEMBERS.items() if person == who.person)
    story = given(evaluation, DETAILED, remove(alias)).story
    seen = evaluation.context.see(story.state, who)
    assert (seen.me.role, seen.bids, seen.members, seen.phase) == ("observer", UNSET, UNSET, UNSET)
    shown = {s.event["type"] for s in entries(story, who) if s.event}
    assert shown <= {*OWN, "Ticked"}


@pytest.mark.parametrize("time", TIMES)
@pytest.mark.parametrize("who", everybody(), ids=lambda who: who.person or "public")
def test_nobody_learns_whose_a_blind_volume_is_before_the_sheets_are_frozen(who: Who, time: str) -> None:
    story = given(evaluation, TIMES[time]).story
    hashes = [
        document.hash
        for bid in story.state.ordered.bids
        for document in bid.documents
        if document.volume == "technical"
    ]
    if who in COMMITTEE and time != "PUBLISHED":
        assert not any(name in told(time, who) for name in hashes)
    if not reached(time, "PRICE"):
        materials = [s for s in entries(story, who) if s.event and s.event.get("type") == "MaterialsOpened"]
        assert all("coded" not in (shown.event or {}) for shown in materials)


@pytest.mark.parametrize("who", COMMITTEE, ids=lambda who: who.person)
def test_bidders_names_come_with_the_undertaking(who: Who) -> None:
    for time in TIMES:
        named = any(name in told(time, who) for name in FIRMS.values())
        assert named is reached(time, "UNDERTAKING")


def test_outside_the_zone_there_is_progress_and_no_content() -> None:
    before, after = given(evaluation, DETAILED).story, given(evaluation, (*DETAILED, SUBMITTED[len(DETAILED)])).story
    for who in (OBSERVER, CENTRE, SUPERVISOR):
        assert done_by(after, "E01", who) != done_by(before, "E01", who)
        assert done_by(after, "E02", who) == done_by(before, "E02", who)


def done_by(story: Story, alias: str, who: Who) -> object:
    """What a page tells of a member's progress."""
    rows = evaluation.context.see(story.state, who).members
    return rows[alias].done


def test_a_draft_changes_no_page_but_its_authors() -> None:
    """Nor does it come as a frame: overlookers are nobody."""
    before, after = given(evaluation, DETAILED).story, given(evaluation, (*DETAILED, save_draft(MEMBERS["E03"]))).story
    for who in everybody():
        assert (page(before, who) == page(after, who)) is (who.person != MEMBERS["E03"])
        assert not evaluation.context.overlooks(who)


def test_how_somebody_votes_changes_no_page_but_that_it_has_voted() -> None:
    """Two ballots, one page."""
    one = given(evaluation, (*ELECTION, cast("E01", MEMBERS["E01"], "E02"))).story
    other = given(evaluation, (*ELECTION, cast("E01", MEMBERS["E01"], "E05"))).story
    for who in everybody():
        assert _same_but_key(one, other, who)


def _same_but_key(one: Story, other: Story, who: Who) -> bool:
    """Each story has a key of its own."""
    pages = [replace(page(story, who), election=UNSET) for story in (one, other)]
    return pages[0] == pages[1]


def test_every_event_has_its_readers() -> None:
    """What has no rule is read by nobody before the report is public."""
    kinds = {kind.__name__ for kind in get_args(EvaluationEvent)}
    assert kinds - set(RULES) == {"SheetDrafted", "Disclosed", "ReportPublished"}
    assert set(RULES) <= kinds
    assert kinds - VEILED == {"SheetDrafted", "CheckpointCosigned", "LogKeyRotated", "CrlNotedDown"}


@pytest.mark.parametrize("time", [time for time in TIMES if time != "PUBLISHED"])
@pytest.mark.parametrize("who", everybody(), ids=lambda who: who.person or "public")
def test_nobody_reads_whose_act_a_members_is(who: Who, time: str) -> None:
    """Of every entry of a member, whatever it is: not its author, not its signature, not its certificate."""
    story = given(evaluation, TIMES[time]).story
    for entry in story.folded.main:
        by = entry.fields["by"]
        if by["role"] == EvaluationRole.EXPERT and by["person"] != who.person and who != AUDITOR:
            names = fields_for(story, entry, who)
            assert names is not None
            assert not {"by", "person", "name", "signed", "sealed"} & set(names)


def test_a_replacement_comes_to_its_own_findings_before_it_reads_others() -> None:
    person = NEXT["E06"]
    seated = (*DETAILED, remove("E03"), call(ROAD), answer_call("E06", person), pass_gate("E06"), take_seat(person))
    signed = (*seated, undertake("E06", person))
    for past, told in ((seated, False), (signed, False), ((*signed, review("E06", person)), True)):
        story = given(evaluation, past).story
        bids = story.room.context.see(story.state, expert(person)).bids
        assert bool(bids[FOURTH].rejected) is told
        counted = [fields_for(story, entry, expert(person)) for entry in entries_of(story, "ReviewCounted")]
        assert ["rejected" in fields for fields in counted] == [told] * len(counted)


def entries_of(story: Story, kind: str) -> list[Entry]:
    return [entry for turn in story.turns for entry in turn if entry.type == kind]
