"""`remote-bid demo`: the day, its record verified, one JSON line at the end."""

import asyncio
import io
import json
import logging
import math
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from rich.console import Console

from remote_bid.demo.cast import SESSION, Cast, Pace, assemble, fast, playable, watchable
from remote_bid.demo.day import Day, Disturb, PlayFailed, Troupe, Watch, keep, play, troupe
from remote_bid.demo.evaluating import evaluate
from remote_bid.demo.faults import with_faults
from remote_bid.demo.forks import end_fork_server
from remote_bid.demo.links import show_links
from remote_bid.demo.outage import outage, with_outage
from remote_bid.demo.programme import Programme, found_programme, own_programme
from remote_bid.demo.screen import Screen, kept, ranking, readout
from remote_bid.participant.client import Client, ServerRefused
from remote_bid.tender.standards import NotATender, read_tender
from remote_bid.verify import verify
from remote_bid.verify.screen import explain

_SEED = 20261122
_BIDDERS, _WITH_PEOPLE = 3, 4
"""Whoever takes a chair only to look does not bid, and fewer than three bids end the day."""


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line."""

    fast: bool
    out: Path | None
    bidders: int | None
    stay: bool
    port: int
    tender: Path | None = None
    faults: bool = False
    https: bool = False
    minutes: float = 4
    """Until the deadline, where people may play."""
    terminal: bool = False
    """Whether somebody sits before it."""

    @property
    def playable(self) -> bool:
        """Whether people may take the chairs: a day of seconds leaves them no time, and without somebody at the
        terminal the day must end by itself, unless it was asked to stay.
        """
        return not self.fast and (self.terminal or self.stay)


def show(options: Options) -> int:
    """Play and verify; 0 when the day came to its end and its record verifies."""
    console = Console(stderr=False, highlight=False)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _shown(options, console)
    except KeyboardInterrupt:
        print("the demonstration was stopped", file=sys.stderr)
        return 130
    finally:
        end_fork_server()


def _shown(options: Options, console: Console) -> int:
    with tempfile.TemporaryDirectory(prefix="remote-bid-demo-") as folder, troupe(options.playable) as players:
        began = time.monotonic()
        try:
            if options.out is not None:
                options.out.mkdir(parents=True, exist_ok=True)
            programme = _programme(console, options)
            cast = assemble(
                Path(folder),
                programme,
                _pace(programme, options),
                options.port,
                playable=options.playable or options.stay,
                tls=options.https,
            )
            day = _played(console, cast, players, options)
        except NotATender as error:
            print(f"{options.tender}: {error.zh} {error}", file=sys.stderr)
            return 2
        except FileExistsError:
            print(f"{options.out} 不是文件夹 is no folder", file=sys.stderr)
            return 2
        except (PlayFailed, ServerRefused) as failure:
            print(f"the demonstration failed: {failure}", file=sys.stderr)
            return 1
        verified = _verified(console, day, cast)
        seconds = round(time.monotonic() - began, 1)
        if options.out is not None:
            keep(day, cast, options.out)
            kept(console, str(options.out), day.evaluated is not None)
        if options.playable or options.stay:
            _stay(console, cast)
        print(json.dumps(day.figures() | {"verified": verified, "seconds": seconds}), flush=True)
        return 0 if verified else 1


def _pace(programme: Programme, options: Options) -> Pace:
    bids = sum(len(contender.forms) for contender in programme.contenders)
    pace = fast(bids) if options.fast else watchable(bids)
    pace = playable(bids, options.minutes) if options.playable else pace
    return with_outage(pace) if options.faults else pace


def _programme(console: Console, options: Options) -> Programme:
    programme = _sound_programme(console, options)
    return with_faults(programme, _SEED) if options.faults else programme


def _sound_programme(console: Console, options: Options) -> Programme:
    if options.tender is None:
        return own_programme(options.bidders or (_WITH_PEOPLE if options.playable else _BIDDERS), _SEED)
    try:
        programme = found_programme(read_tender(options.tender.read_bytes()), _SEED)
    except OSError as error:
        raise NotATender(error.strerror or "cannot be read", "文件无法读取") from error
    if programme.seeded:
        console.print(f"文件未载明的 {programme.seeded} 个报价由程序在标段金额 ± 10% 内生成")
    return programme


def _played(console: Console, cast: Cast, players: Troupe, options: Options) -> Day:
    console.print(f"大厅 [link={cast.url}/hall/{SESSION}]{cast.url}/hall/{SESSION}[/link]")
    limit_s = math.inf if options.playable else cast.pace.limit_s()
    with Screen(console) as screen:
        watch = _with_links(console, cast, screen.watch) if cast.playable else screen.watch
        return asyncio.run(_played_both(cast, players, watch, screen, limit_s, outage if options.faults else None))


async def _played_both(
    cast: Cast, players: Troupe, watch: Watch, screen: Screen, limit_s: float, disturb: Disturb | None
) -> Day:
    """The opening, then the evaluation of what it has opened."""
    day = await play(cast, players, watch, limit_s, disturb)
    return replace(day, evaluated=await evaluate(cast, players, day.view, screen.watch_evaluation, limit_s))


def _with_links(console: Console, cast: Cast, watch: Watch) -> Watch:
    """The same, and the links once bids are taken: then there is something to do in every chair."""
    shown = False

    def watched(client: Client) -> None:
        nonlocal shown
        if client.copy.view.timetable and not shown:
            shown = True
            show_links(console, cast)
        watch(client)

    return watched


def _verified(console: Console, day: Day, cast: Cast) -> bool:
    readout(console, day.view)
    bundles = [day.bundle]
    if day.evaluated is not None:
        ranking(console, day.evaluated.view, day.evaluated.names)
        bundles.append(day.evaluated.bundle)
    reports = [verify(io.BytesIO(bundle), cast.trust) for bundle in bundles]
    for report in reports:
        explain(report, True, console)
    return all(report.verified for report in reports)


def _stay(console: Console, cast: Cast) -> None:
    console.print(f"仍在运行，按 Ctrl-C 结束：{cast.url}/hall/{SESSION}")
    with suppress(KeyboardInterrupt):
        signal.pause()
