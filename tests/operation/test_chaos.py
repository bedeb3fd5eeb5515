"""The short form of `./dev bench chaos`: nothing is lost, doubled or out of order, whatever breaks."""

from pathlib import Path

import pytest

from tests.operation.chaos import FAULTS, Plan, played

PLAN = Plan(scripts=6, watchers=4, writers=3, events=90, drops=30, faults=5, over_s=12)


@pytest.mark.slow
@pytest.mark.timeout(240)
async def test_everybody_sees_every_entry_once_and_in_order_whatever_breaks(tmp_path: Path) -> None:
    figures = await played(PLAN, tmp_path, seed=7)
    assert (figures["lost"], figures["doubled"], figures["reordered"], figures["heads"]) == (0, 0, 0, 1), figures
    assert (figures["clients"], figures["events"], figures["drops"]) == (13, PLAN.events, PLAN.drops)
    assert figures["faults"] == PLAN.faults <= len(FAULTS)
    assert figures["deliveries"] == figures["clients"] * figures["entries"]
    assert figures["healed_s"] <= 5
