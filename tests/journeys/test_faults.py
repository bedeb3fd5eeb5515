"""`remote-bid demo --fast --faults`: every fault of the day is found in its bundle, and the bundle verifies."""

import io
import json
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from remote_bid.demo.cast import fast
from remote_bid.demo.outage import with_outage
from remote_bid.seal.canonical import parse_jcs
from remote_bid.timeline import instant
from remote_bid.verify import container, verify
from remote_bid.verify.trust import read_trust
from tests.played import environment, started

LIMIT_S = 150
KEYS = ["bids", "opened", "revoked", "withdrawn", "entries", "experts", "sheets", "ranking", "verified", "seconds"]

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Day:
    """What a demonstration printed and kept."""

    exit_code: int
    printed: str
    complaints: str
    out: Path

    @property
    def figures(self) -> dict[str, Any]:
        figures: dict[str, Any] = json.loads(self.printed.splitlines()[-1])
        return figures

    @property
    def members(self) -> dict[str, bytes]:
        return container.read(io.BytesIO((self.out / "bundle.zip").read_bytes()))[0]

    def happened(self, kind: str, member: str = "timeline.json") -> list[dict[str, Any]]:
        entries = parse_jcs(self.members[member])
        return [entry for entry in entries if entry.get("event") and entry["event"]["type"] == kind]

    @property
    def lines(self) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = parse_jcs(self.members["record.json"])["lines"]
        return lines


def demonstrated(folder: Path, *options: str) -> Day:
    demo = started(
        "demo",
        "--fast",
        "--faults",
        "--out",
        str(folder / "out"),
        *options,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment(),
    )
    try:
        printed, complaints = demo.communicate(timeout=LIMIT_S)
    finally:
        demo.kill()
    return Day(demo.returncode, printed, complaints, folder / "out")


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    return demonstrated(tmp_path_factory.mktemp("faults"))


def test_the_day_ends_closed_and_verifies(day: Day) -> None:
    assert (day.exit_code, day.complaints) == (0, "")
    assert list(day.figures) == KEYS
    counts = [day.figures[name] for name in ("bids", "opened", "revoked", "withdrawn")]
    assert counts == [3, 1, 2, 0]
    assert day.figures["verified"] is True
    assert " CLOSED " in day.printed
    assert verify(io.BytesIO((day.out / "bundle.zip").read_bytes()), read_trust(day.out / "trust.json")).verified


def test_the_late_bidder_is_refused_and_its_line_holds_the_attempt_but_no_bid(day: Day) -> None:
    lines = {entry["line"] for entry in parse_jcs(day.members["lines.json"])}
    bidding = {entry["line"] for entry in day.happened("BidSubmitted", "lines.json")}
    assert (len(lines), len(bidding), len(day.lines)) == (4, 3, 3)


def test_a_wrong_half_is_kept_as_evidence_and_the_right_one_opens_the_bid(day: Day) -> None:
    (tried,) = {entry["event"]["bid"] for entry in day.happened("WrongKeyTried", "lines.json")}
    (line,) = [line for line in day.lines if line["outcome"] == "OPENED"]
    assert line["bid"] == tried


def test_a_bad_deal_is_the_bidders_fault_by_arithmetic(day: Day) -> None:
    causes = sorted(line["cause"] for line in day.lines if line["outcome"] == "DEEMED_REVOKED")
    assert causes == ["bad_deal", "not_released"]


def test_the_objection_is_answered(day: Day) -> None:
    assert len(day.happened("ObjectionRaised")) == len(day.happened("ObjectionAnswered")) == 1


def test_the_server_that_was_away_suspends_first_and_two_people_let_the_day_go_on(day: Day) -> None:
    (stopped, *_), (resumed, *_) = day.happened("OpeningSuspended"), day.happened("OpeningResumed")
    assert (stopped["event"]["cause"], stopped["event"]["signed"]) == ("outage", None)
    assert len(resumed["event"]["signed"]["certificates"]) == 2
    before = parse_jcs(day.members["timeline.json"])[stopped["seq"] - 2]
    away = instant.when(stopped["event"]["at"]) - instant.when(before["event"]["at"])
    assert away > timedelta(milliseconds=with_outage(fast(3)).pauses.outage_ms)
    (closed,) = day.happened("WindowClosed")
    assert stopped["seq"] < resumed["seq"] < closed["seq"]
    released = day.happened("KeyReleased", "lines.json")
    assert any(instant.when(entry["event"]["at"]) > instant.when(resumed["event"]["at"]) for entry in released)


def test_a_tender_of_ones_own_has_a_day_with_faults_too(tmp_path: Path) -> None:
    new = started("tender", "new", stdout=subprocess.PIPE, env=environment())
    (tmp_path / "tender.json").write_bytes(new.communicate(timeout=60)[0])
    day = demonstrated(tmp_path, "--tender", "tender.json")
    assert (day.exit_code, day.complaints) == (0, "")
    figures = day.figures
    assert figures["verified"] is True
    assert figures["opened"] + figures["revoked"] + figures["withdrawn"] == figures["bids"] > 0
    assert len(day.happened("ObjectionAnswered")) == 1
    assert "bad_deal" in [line["cause"] for line in day.lines]
