"""A finished session's bundle is made once, whoever asks and however many at once."""

import asyncio
from pathlib import Path
from threading import Event

import pytest

from remote_bid.gateway.archive import Archive
from remote_bid.opening import opening
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Folded, unfolded
from remote_bid.timeline.entry import Who
from remote_bid.timeline.log import Session

OVER = unfolded(Session("KB-1", "opening", ""), opening)


class Making:
    """Makes a bundle when it may, and counts how often."""

    def __init__(self) -> None:
        self.times = 0
        self.may = Event()
        self.fails = False

    def __call__(self, folded: Folded) -> bytes:
        self.times += 1
        self.may.wait(5)
        if self.fails:
            raise Refused("not_over", "", "The session is not over yet.")
        return folded.session.id.encode()


def _for_nobody(folded: Folded, who: Who) -> bytes:
    raise AssertionError("nobody has asked for one of their own")


@pytest.fixture
def making() -> Making:
    return Making()


async def test_many_who_ask_at_once_get_the_same_one(tmp_path: Path, making: Making) -> None:
    archive = Archive(tmp_path / "bundles", making, _for_nobody)
    asked = [asyncio.create_task(archive.bundle(OVER)) for _ in range(20)]
    await asyncio.sleep(0.05)
    making.may.set()
    (path,) = {await each for each in asked}
    assert (path.read_bytes(), making.times) == (b"KB-1", 1)
    assert list(path.parent.iterdir()) == [path]


async def test_who_comes_later_gets_it_too(tmp_path: Path, making: Making) -> None:
    making.may.set()
    archive = Archive(tmp_path, making, _for_nobody)
    assert await archive.bundle(OVER) == await archive.bundle(OVER)
    assert making.times == 1


async def test_who_leaves_does_not_take_it_from_the_others(tmp_path: Path, making: Making) -> None:
    archive = Archive(tmp_path, making, _for_nobody)
    first, second = (asyncio.create_task(archive.bundle(OVER)) for _ in range(2))
    await asyncio.sleep(0.05)
    first.cancel()
    making.may.set()
    assert (await second).read_bytes() == b"KB-1"


async def test_what_could_not_be_made_is_tried_again(tmp_path: Path, making: Making) -> None:
    making.may.set()
    making.fails = True
    archive = Archive(tmp_path, making, _for_nobody)
    with pytest.raises(Refused):
        await archive.bundle(OVER)
    making.fails = False
    assert (await archive.bundle(OVER)).read_bytes() == b"KB-1"
