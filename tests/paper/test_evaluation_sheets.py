"""The evaluation report and the score tables: who reads what on paper, before the report is public and after."""

from zoneinfo import ZoneInfo

import msgspec
import pytest

from remote_bid.evaluation.view import see
from remote_bid.paper.evaluation_sheets import NoReport, evaluation_sheets
from remote_bid.paper.sheet import Sheet
from remote_bid.paper.told import told
from remote_bid.timeline.entry import Who
from tests.evaluation.actors import AGENCY, ALPHA, FIRMS, NAMES, NORTH, PUBLIC, SUPERVISOR, expert
from tests.evaluation.day import CLOSED, MEMBERS, PUBLISHED, REPORT, evaluation
from tests.given import Past, given

ZONE = ZoneInfo("Asia/Shanghai")


def papers(past: Past, reader: Who) -> list[Sheet]:
    story = given(evaluation, past).story
    return evaluation_sheets(see(story.state, reader), told(story.folded, reader), ZONE)


def text_of(sheets: list[Sheet]) -> str:
    return msgspec.json.encode(sheets).decode()


@pytest.mark.parametrize("reader", [PUBLIC, ALPHA, NORTH])
def test_before_it_is_public_nobody_outside_gets_a_paper(reader: Who) -> None:
    with pytest.raises(NoReport):
        papers(CLOSED, reader)


@pytest.mark.parametrize("reader", [AGENCY, SUPERVISOR])
def test_as_long_as_it_is_not_closed_there_is_no_paper(reader: Who) -> None:
    with pytest.raises(NoReport):
        papers(REPORT, reader)


@pytest.mark.parametrize("reader", [AGENCY, SUPERVISOR, expert(MEMBERS["E03"])])
def test_until_it_is_public_members_go_by_their_alias(reader: Who) -> None:
    printed = text_of(papers(CLOSED, reader))
    assert "E02" in printed
    assert [name for name in NAMES.values() if name in printed] == []
    assert [person for person in NAMES if person in printed] == []


def test_once_it_is_public_the_experts_are_named() -> None:
    printed = text_of(papers(PUBLISHED, PUBLIC))
    assert [alias for alias, person in MEMBERS.items() if alias != "E01" and NAMES[person] not in printed] == []


def test_the_report_names_bidders_ranking_and_who_was_rejected() -> None:
    report, scores = papers(PUBLISHED, PUBLIC)
    assert (report.name, scores.name) == ("evaluation-report", "score-tables")
    ranking = next(table for table in report.tables if table.zh == "排名")
    rejected = next(table for table in report.tables if table.zh == "否决的投标")
    assert [row[0] for row in ranking.rows] == ["1", "2", "3"]
    assert {row[1] for row in ranking.rows} | {rejected.rows[0][0]} == set(FIRMS.values())


def test_members_sheets_are_on_paper_for_the_committee_only() -> None:
    def has_sheets(reader: Who) -> bool:
        return "个人评分" in text_of(papers(CLOSED, reader))

    assert has_sheets(expert(MEMBERS["E03"]))
    assert not has_sheets(AGENCY)
    assert not has_sheets(SUPERVISOR)
