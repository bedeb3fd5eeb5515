"""Lodged releases: a list left out or altered, a release dropped though a cosigner has receipted it."""

import io
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from remote_bid.opening.statements import LodgingReceipt
from remote_bid.seal.canonical import b64
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import Statement, state
from remote_bid.timeline import instant
from remote_bid.verify import verify
from tests.verify.forger import Day
from tests.verify.judging import fails, failures, holds
from tests.verify.keys import Keys
from tests.verify.pieces import Payload, payload_of, signed_by


def missing(day: Day) -> str:
    """The bid whose bidder did not release."""
    return str(day.of("BidSettled", cause="not_released").fields["bid"])


def window(day: Day) -> Payload:
    return payload_of(day.one("WindowClosed").fields["window_closed"])


def receipt(day: Day, keys: Keys, seconds: float) -> Statement:
    """A cosigner's for the missing bid, so many seconds from the end of the window."""
    [(name, key)] = keys.cosigners.items()
    at = instant.later(instant.when(day.one("ReleaseOpened").fields["ends_at"]), round(seconds * 1000))
    told = LodgingReceipt(
        session=day.session, submission=missing(day), lodging=b64(bytes(32)), cosigner=name, at=instant.text(at)
    )
    return state(told, KeySigner(key))


def test_the_honest_days_cosigner_has_told_what_was_lodged(lived: Day) -> None:
    assert len(window(lived)["lodgings"]) == 1
    holds(lived)


@pytest.mark.parametrize(("seconds", "dropped"), [(-0.5, True), (0, False), (1, False)])
def test_a_release_lodged_in_time_was_not_dropped(lived: Day, keys: Keys, seconds: float, dropped: bool) -> None:
    report = verify(io.BytesIO(lived.bundle()), lived.trust, [receipt(lived, keys, seconds)])
    assert [("left out" in item.why) for item in failures(report)] == [True] * dropped


def test_a_receipt_that_no_cosigner_signed_proves_nothing(lived: Day, keys: Keys) -> None:
    forged = state(LodgingReceipt(**_fields(receipt(lived, keys, -1))), KeySigner(keys.log))
    report = verify(io.BytesIO(lived.bundle()), lived.trust, [forged])
    assert ["is not signed by" in item.why for item in failures(report)] == [True]


def _fields(statement: Statement) -> dict[str, Any]:
    return payload_of(msgspec.to_builtins(statement))


LIES: dict[str, Callable[[Payload], Payload]] = {
    "left out": lambda said: said | {"lodgings": []},
    "twice": lambda said: said | {"lodgings": said["lodgings"] * 2},
    "told and away": lambda said: said | {"away": ["cosigner.demo.remote-bid"]},
    "a stranger away": lambda said: said | {"lodgings": [], "away": ["stranger.example"]},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_every_cosigner_tells_or_is_named_as_away(lived: Day, lie: Callable[[Payload], Payload]) -> None:
    lived.lies["window_closed"] = lie
    fails(lived, lived.one("WindowClosed"), why="does not say of every cosigner")


def test_a_list_that_names_what_was_dropped_is_held_against_the_window(lived: Day, keys: Keys) -> None:
    [(_, key)] = keys.cosigners.items()
    at = lived.one("ReleaseOpened").fields["at"]
    item = {"lodging": b64(bytes(32)), "submission": missing(lived), "at": at}

    def told(said: Payload) -> Payload:
        listed = payload_of(said["lodgings"][0]) | {"lodgings": [item]}
        return said | {"lodgings": [signed_by(said["lodgings"][0]["payloadType"], listed, KeySigner(key))]}

    lived.lies["window_closed"] = told
    fails(lived, lived.one("WindowClosed"), why="was left out")


def test_a_list_altered_by_the_server_is_not_the_cosigners(lived: Day, keys: Keys) -> None:
    def altered(said: Payload) -> Payload:
        listed = payload_of(said["lodgings"][0])
        return said | {"lodgings": [signed_by(said["lodgings"][0]["payloadType"], listed, KeySigner(keys.log))]}

    lived.lies["window_closed"] = altered
    fails(lived, lived.one("WindowClosed"), why="not signed by")
