"""`remote-bid demo`: a whole day by real processes, its last line, its files, and that nothing of it stays behind."""

import asyncio
import io
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from remote_bid.demo.cast import SESSION, Cast, assemble, fast, free_port
from remote_bid.demo.day import Day, answering, open_house, raise_curtain, seen, troupe
from remote_bid.demo.parts import play_server
from remote_bid.demo.programme import own_programme
from remote_bid.demo.screen import readout
from remote_bid.opening.terms import Phase, Role, reached
from remote_bid.opening.view import BidRow, Me, OpeningView
from remote_bid.paper.evaluation_sheets import EVALUATION_PAPERS
from remote_bid.paper.opening_sheets import PAPERS
from remote_bid.participant.client import Client
from remote_bid.seal.canonical import parse_jcs, unb64
from remote_bid.tender.statements import Windows
from remote_bid.tender.terms import Lot, Tender
from remote_bid.verify import container, verify
from tests.journeys.cable import Cable
from tests.paper.reading import signatures_of
from tests.played import Played, environment, started

KEYS = {"bids", "opened", "revoked", "withdrawn", "entries", "experts", "sheets", "ranking", "verified", "seconds"}
LIMIT_S = 100


class Shell:
    """A demonstration started from a shell, in a session of its own, with its own place for temporary files."""

    def __init__(self, folder: Path, *options: str, own: Path | None = None) -> None:
        self.folder = folder
        self.own = own or Path(tempfile.mkdtemp(prefix="rb-"))
        self._files = [(folder / name).open("w") for name in ("stdout", "stderr")]
        self.process = started(
            "demo",
            "--fast",
            *options,
            stdout=self._files[0],
            stderr=self._files[1],
            cwd=folder,
            env=environment(TMPDIR=str(self.own), PYTHONUNBUFFERED="1"),
            start_new_session=True,
        )

    def ended(self) -> int:
        return self.process.wait(LIMIT_S)

    @property
    def printed(self) -> str:
        return (self.folder / "stdout").read_text()

    @property
    def complaints(self) -> str:
        return (self.folder / "stderr").read_text()

    @property
    def figures(self) -> dict[str, Any]:
        figures: dict[str, Any] = json.loads(self.printed.splitlines()[-1])
        return figures

    def until_printed(self, word: str) -> None:
        until = time.monotonic() + LIMIT_S
        while word not in self.printed:
            assert time.monotonic() < until, f"{word} was never printed"
            assert self.process.poll() is None, self.complaints
            time.sleep(0.05)

    def left_behind(self) -> list[str]:
        """Commands of processes of this session that are still there two seconds after its end."""
        until = time.monotonic() + 2
        while (alive := list(in_session(self.process.pid))) and time.monotonic() < until:
            time.sleep(0.05)
        return alive

    def close(self) -> None:
        for pid in pids_in_session(self.process.pid):
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        for file in self._files:
            file.close()
        shutil.rmtree(self.own)


def pids_in_session(session: int) -> Iterator[int]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, found = folder.joinpath("stat").read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(found) == session and state != "Z":
            yield int(folder.name)


def in_session(session: int) -> Iterator[str]:
    for pid in pids_in_session(session):
        try:
            yield Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
        except OSError:
            continue


@pytest.fixture
def shells() -> Iterator[list[Shell]]:
    """Whatever is put in here is ended with the test."""
    shells: list[Shell] = []
    yield shells
    for shell in shells:
        shell.close()


# ── Three bidders ────────────────────────────────────────────────────────────────────────────────────────


def test_the_last_line_is_one_json_object_with_these_figures(played: Played) -> None:
    figures = played.figures
    assert played.exit_code == 0
    assert figures.keys() == KEYS
    assert figures["verified"] is True
    assert figures["bids"] == 3
    assert (figures["opened"], figures["revoked"], figures["withdrawn"]) == (2, 1, 0)
    assert {type(figures[name]) for name in KEYS - {"verified", "seconds", "ranking"}} == {int}


def test_entries_is_the_head_of_the_main_line(played: Played) -> None:
    timeline = parse_jcs(members(played.bundle)["timeline.json"])
    assert timeline[-1]["seq"] == len(timeline) == played.figures["entries"]


def test_what_was_kept_is_bundle_trust_record_and_papers(played: Played) -> None:
    papers = {f"{name}.pdf" for name in (*PAPERS, *EVALUATION_PAPERS)}
    assert {path.name for path in played.out.iterdir()} == {
        "bundle.zip",
        "evaluation.zip",
        "score-tables.xlsx",
        "trust.json",
        "record.json",
        *papers,
    }
    assert [signatures_of((played.out / name).read_bytes(), played.folder) for name in papers] == [
        ["Signature is Valid."] for _ in papers
    ]
    assert (played.out / "record.json").read_bytes() == members(played.bundle)["record.json"]
    assert verify(io.BytesIO(played.bundle), played.trust).verified


def test_the_evaluation_has_five_experts_on_two_sites_one_of_them_drawn_in_place_of_one_who_stood_back(
    played: Played,
) -> None:
    story = evaluated(played)
    assert (played.figures["experts"], played.figures["sheets"]) == (5, 5)
    assert [event["alias"] for event in story if event["type"] == "ExpertCalled"] == [f"E0{n}" for n in range(1, 7)]
    assert [(event["alias"], event["cause"]) for event in story if event["type"] == "MemberLeft"] == [
        ("E03", "recused")
    ]
    assert {event["site"] for event in story if event["type"] == "SeatTaken"} == {"north", "south"}


def test_the_evaluation_has_a_rejection_a_clarification_an_outlier_and_a_dissent(played: Played) -> None:
    story = evaluated(played)
    (report,) = [event["report"] for event in story if event["type"] == "ReportOpened"]
    answers = [event["answer"] for event in story if event["type"] == "ReportAnswered"]
    assert [len(report[part]) for part in ("rejected", "questions", "outliers")] == [1, 1, 1]
    assert report["questions"][0]["answer"]
    assert report["outliers"][0]["answered"]
    assert sorted(answers) == ["dissented", *["signed"] * 4]


def test_the_evaluations_bundle_verifies_and_its_ranking_is_in_the_last_line(played: Played) -> None:
    assert verify(io.BytesIO((played.out / "evaluation.zip").read_bytes()), played.trust).verified
    order = next(event for event in evaluated(played) if event["type"] == "EvaluationOrdered")["signed"]
    names = {bid["bid"]: bid["name"] for bid in parse_jcs(unb64(order["statement"]["payload"]))["bids"]}
    (summary,) = [event["summary"] for event in evaluated(played) if event["type"] == "SummaryOpened"]
    assert played.figures["ranking"] == [names[line["bid"]] for line in summary["ranking"]["ranked"]]


def evaluated(played: Played) -> list[dict[str, Any]]:
    """The evaluation's public events."""
    raw = members((played.out / "evaluation.zip").read_bytes())["timeline.json"]
    return [entry["event"] for entry in parse_jcs(raw)]


def test_who_lost_its_key_is_revoked_with_the_evidence_in_the_timeline(played: Played) -> None:
    (line,) = [line for line in parse_jcs(members(played.bundle)["record.json"])["lines"] if line["form"] is None]
    assert (line["outcome"], line["cause"], line["released_at"]) == ("DEEMED_REVOKED", "not_released", None)
    (window,) = [e for e in parse_jcs(members(played.bundle)["timeline.json"]) if e["event"]["type"] == "WindowClosed"]
    assert line["bid"] in json.dumps(statement(window["event"]["window_closed"])["lots"][0]["missing"])


def test_every_phase_of_the_day_is_told_on_the_screen(played: Played) -> None:
    order = [phase for phase in Phase if phase not in (Phase.HELD, Phase.COUNT_CHECK, Phase.ABORTED)]
    places = [played.printed.index(f" {phase} ") for phase in order]
    assert places == sorted(places)
    assert played.complaints == ""


@pytest.mark.parametrize("name", ["ACME [in liquidation] Ltd", "[/bold]"])
def test_a_title_or_name_is_printed_as_it_is(name: str) -> None:
    lot = Lot(lot="1", title="一标段", ceiling_price="1")
    tender = Tender(code="1", title=name, trading_center="中心", tenderer="招标人", lots=[lot])
    bids = {"bid": BidRow(number=1, lot="1", name=name)}
    me = Me(person="", role=Role.OBSERVER, ask="wait")
    console = Console(width=200, file=io.StringIO(), record=True)
    readout(console, OpeningView(session="s", phase=Phase.READOUT, me=me, tender=tender, bids=bids))
    assert console.export_text().count(name) == 2


# ── Other days ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_two_bidders_are_too_few_and_their_bids_stay_sealed(tmp_path: Path, shells: list[Shell]) -> None:
    shell = Shell(tmp_path, "--bidders", "2", "--out", "out")
    shells.append(shell)
    assert shell.ended() == 0, shell.complaints
    figures = shell.figures
    assert figures.keys() == KEYS
    assert (figures["bids"], figures["opened"], figures["revoked"], figures["withdrawn"]) == (2, 0, 0, 0)
    assert figures["verified"] is True
    kept = members((tmp_path / "out" / "bundle.zip").read_bytes())
    assert {name.partition("/")[0] for name in kept} == {"manifest.json", "timeline.json", "lines.json", "crls"}
    assert not (tmp_path / "out" / "record.json").exists()
    assert shell.left_behind() == []


@pytest.mark.slow
def test_seven_bidders_are_opened(tmp_path: Path, shells: list[Shell]) -> None:
    shell = Shell(tmp_path, "--bidders", "7", "--out", "out")
    shells.append(shell)
    assert shell.ended() == 0, shell.complaints
    figures = shell.figures
    assert (figures["bids"], figures["opened"], figures["revoked"], figures["withdrawn"]) == (7, 6, 1, 0)
    assert figures["verified"] is True
    assert shell.left_behind() == []
    assert list(shell.own.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "told",
    [
        signal.SIGINT,
        signal.SIGTERM,
    ],
    ids=["SIGINT", "SIGTERM"],
)
def test_told_to_stop_it_ends_with_all_its_processes_and_leaves_no_file(
    tmp_path: Path, shells: list[Shell], told: signal.Signals
) -> None:
    shell = Shell(tmp_path)
    shells.append(shell)
    shell.until_printed(" LOBBY ")
    shell.process.send_signal(told)
    assert shell.ended() != 0
    assert shell.left_behind() == []
    assert list(shell.own.iterdir()) == []
    assert "Traceback" not in shell.complaints


@pytest.mark.slow
@pytest.mark.parametrize("after_s", [0, 0.6, 1.5])
def test_ctrl_c_at_any_time_ends_it_without_a_traceback(tmp_path: Path, shells: list[Shell], after_s: float) -> None:
    """A terminal sends it to every process."""
    shell = Shell(tmp_path)
    shells.append(shell)
    shell.until_printed("大厅")
    time.sleep(after_s)
    os.killpg(shell.process.pid, signal.SIGINT)
    assert shell.ended() != 0
    assert shell.left_behind() == []
    assert "Traceback" not in shell.complaints


@pytest.mark.slow
def test_a_long_name_of_the_temporary_folder_does_not_matter(tmp_path: Path, shells: list[Shell]) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    shell = Shell(tmp_path, own=long)
    shells.append(shell)
    shell.until_printed(" LOBBY ")
    shell.process.terminate()
    shell.ended()


@pytest.mark.slow
def test_killed_it_takes_its_processes_along(tmp_path: Path, shells: list[Shell]) -> None:
    shell = Shell(tmp_path)
    shells.append(shell)
    shell.until_printed(" SCHEDULED ")
    shell.process.kill()
    assert shell.ended() == -signal.SIGKILL
    assert shell.left_behind() == []


# ── Faults ───────────────────────────────────────────────────────────────────────────────────────────────


def patient(folder: Path, port: int = 0) -> Cast:
    """A fast day with time enough for whoever has to come back."""
    windows = Windows(release_ms=10_000, custody_ms=20_000, confirm_ms=20_000, objection_ms=3000, record_ms=20_000)
    pace = replace(fast(3), until_deadline_ms=7000, windows=windows)
    return assemble(folder, own_programme(3, seed=7), pace, port)


def outcomes(day: Day) -> dict[str, int]:
    """How many bids there were, and what became of them."""
    figures = day.figures()
    return {name: figures[name] for name in ("bids", "opened", "revoked", "withdrawn")}


@pytest.mark.slow
async def test_participants_whose_connections_break_off_in_every_phase_go_on(tmp_path: Path) -> None:
    port, real = free_port(), free_port()
    cast = patient(tmp_path, port)
    settings = msgspec.structs.replace(cast.settings, port=real)
    phases: set[Phase] = set()
    pulled: list[int] = []

    async with Cable(real).laid(port) as cable:
        with troupe() as players:

            def watch(client: Client) -> None:
                phase = client.copy.view.phase
                if phase not in phases:
                    phases.add(phase)
                    asyncio.get_running_loop().call_later(0.1, lambda: pulled.append(cable.pull()))

            open_house(players, replace(cast, settings=settings))
            await answering(cast.url, players)
            raise_curtain(players, cast)
            day = await seen(cast, players, watch, LIMIT_S)
    assert sum(number > 2 for number in pulled) >= 3
    assert Phase.CLOSED in phases
    assert outcomes(day) == {"bids": 3, "opened": 2, "revoked": 1, "withdrawn": 0}
    assert verify(io.BytesIO(day.bundle), cast.trust).verified


@pytest.mark.slow
async def test_a_server_killed_while_keys_are_released_goes_on_where_it_was(tmp_path: Path) -> None:
    cast = patient(tmp_path)
    with troupe() as players:
        server = open_house(players, cast)
        await answering(cast.url, players)
        raise_curtain(players, cast)
        async with Client(cast.url, SESSION, None).connected() as client:
            await client.until(lambda view: view.phase is Phase.RELEASE)
            heads = client.copy.head
            players.kill(server)
            await asyncio.sleep(0.3)
            players.enter(play_server, cast.settings, cast.server_folder)
            view = await client.until(lambda view: reached(view.phase, Phase.RECORD))
            assert view.phase is not Phase.ABORTED
            assert client.copy.head > heads
        day = await seen(cast, players, lambda _: None, LIMIT_S)
    assert day.view.phase is Phase.CLOSED
    assert outcomes(day) == {"bids": 3, "opened": 2, "revoked": 1, "withdrawn": 0}
    assert verify(io.BytesIO(day.bundle), cast.trust).verified


def members(bundle: bytes) -> dict[str, bytes]:
    return container.read(io.BytesIO(bundle))[0]


def statement(signed: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = parse_jcs(unb64(signed["payload"]))
    return said
