"""Who may do what over a socket: the connection says who somebody is, never the message."""

from typing import Any

import msgspec
import pytest

from remote_bid.opening.terms import Role
from remote_bid.participant.presence import presence
from tests.gateway.house import BIDDERS, HALL, House
from tests.gateway.lines import commands, joins
from tests.gateway.refusals import assert_refusal

pytestmark = pytest.mark.asyncio(loop_scope="module")
ANN, BOB = BIDDERS


CLOCKS = ["Tick", "OpenLobby", "CloseBids", "HoldOpening", "CloseWindow", "SettleBids"]


@pytest.mark.parametrize("kind", ["OpenRelease", "CloseOpening", *CLOCKS])
async def test_an_observer_may_watch_but_not_command(hall: House, kind: str) -> None:
    observer = await hall.line()
    assert (await joins(observer))["ok"]
    assert_refusal(await commands(observer, {"type": kind}), "not_signed_in")


@pytest.mark.parametrize("person", [ANN, "host-01", "supervisor-01", "clock", "log"])
@pytest.mark.parametrize("kind", CLOCKS)
async def test_nobody_does_what_is_the_clocks_whatever_its_name(hall: House, kind: str, person: str) -> None:
    somebody = await hall.line(await hall.sign_in(person))
    assert_refusal(await commands(somebody, {"type": kind}), "not_allowed")
    await hall.hang_up()


@pytest.mark.parametrize("person", [ANN, "host-01", "log"])
async def test_nobody_but_the_log_hands_in_checkpoints(hall: House, person: str) -> None:
    somebody = await hall.line(await hall.sign_in(person))
    record = {"type": "RecordCheckpoint", "covers": 1, "head": "", "note": "", "index": 0, "path": []}
    assert_refusal(await commands(somebody, record), "not_allowed")
    await hall.hang_up()


async def test_a_bidder_does_nothing_that_is_the_hosts(line: Any) -> None:
    assert_refusal(await commands(line, {"type": "OpenRelease"}), "not_allowed")
    assert_refusal(await commands(line, {"type": "ReadOut", "bid": "b"}), "not_allowed")


async def test_nobody_acts_with_what_another_signed(hall: House, line: Any) -> None:
    """Bob's own check-in, brought in by Ann."""
    stolen = hall.person(BOB).sign(presence(HALL, BOB, Role.BIDDER))
    answer = await commands(line, {"type": "CheckIn", "signed": msgspec.to_builtins(stolen)})
    assert_refusal(answer, "not_signed_by_you", "wrong_phase")
    taken = hall.person(BOB).sign(presence(HALL, ANN, Role.BIDDER))
    offered = {"type": "OfferCustodianKey", "signed": msgspec.to_builtins(taken)}
    assert_refusal(await commands(line, offered), "not_allowed")


async def test_a_custodian_cannot_offer_a_key_that_another_signed(hall: House) -> None:
    custodian = await hall.line(await hall.sign_in("custodian-01"))
    other = hall.person("custodian-02").sign(presence(HALL, "custodian-01", Role.CUSTODIAN))
    answer = await commands(custodian, {"type": "OfferCustodianKey", "signed": msgspec.to_builtins(other)})
    assert_refusal(answer, "not_signed_by_you")
    await hall.hang_up()


async def test_refusals_leave_nothing_in_the_session(line: Any) -> None:
    before = (await joins(line))["joined"]
    await commands(line, {"type": "OpenRelease"})
    await commands(line, {"type": "Tick"})
    after = (await joins(line))["joined"]
    assert (after["head"], after["n"]) == (before["head"], before["n"])
