"""One byte flipped anywhere: the bundle is not verified, and if the byte is a member's, that member is named."""

import io
import random

import pytest

from remote_bid.verify import NotAZip, Trust, container, contents
from remote_bid.verify.case import Case, Failed
from remote_bid.verify.manifest import MANIFEST, RECORD
from remote_bid.verify.report import Report
from tests.verify.judging import failures, judged
from tests.verify.zips import Members

DICE = random.Random(20261122)  # noqa: S311 - which bytes are tried


@pytest.fixture(scope="module")
def members(bundle: bytes) -> Members:
    return container.read(io.BytesIO(bundle))[0]


def flipped(raw: bytes, at: int) -> bytes:
    """With one to eight of a byte's bits turned."""
    return raw[:at] + bytes([raw[at] ^ DICE.randrange(1, 256)]) + raw[at + 1 :]


def some(raw: bytes, few: int) -> list[int]:
    """Both ends, and a few places between."""
    edges = {0, 1, len(raw) // 2, len(raw) - 2, len(raw) - 1}
    return sorted(edges | {DICE.randrange(len(raw)) for _ in range(few)})


def named_in_step_2(members: Members, trust: Trust) -> set[str]:
    """What fails when the members are held against the manifest."""
    case = Case(members=members, canonical=True, report=Report(), trust=trust)
    try:
        contents.manifest(case)
    except Failed as failure:
        return {failure.what}
    except ValueError:
        return {MANIFEST}
    return {item.what for item in failures(case.report)}


def test_every_byte_of_a_small_member_names_it(members: Members, trust: Trust) -> None:
    envelope = next(name for name in members if name.startswith("envelopes/"))
    for name in (MANIFEST, RECORD, envelope):
        for at in range(len(members[name])):
            assert named_in_step_2(members | {name: flipped(members[name], at)}, trust) == {name}, at


def test_a_byte_of_any_member_names_it(members: Members, trust: Trust) -> None:
    for name in members:
        for at in some(members[name], 300):
            assert named_in_step_2(members | {name: flipped(members[name], at)}, trust) == {name}, at


def test_a_byte_of_any_member_fails_the_whole_walk_in_any_container(
    members: Members, bundle: bytes, trust: Trust
) -> None:
    """Whether the container was made to fit or not."""
    for name, raw in members.items():
        begins = bundle.index(raw)
        for at in (0, DICE.randrange(len(raw))):
            changed = flipped(raw, at)
            in_place = bundle[:begins] + changed + bundle[begins + len(raw) :]
            for forged in (container.write(members | {name: changed}), in_place):
                assert name in {item.what for item in failures(judged(forged, trust))}, at


def test_every_byte_of_the_container_counts(members: Members, bundle: bytes) -> None:
    inside = set()
    for raw in members.values():
        begins = bundle.index(raw)
        inside |= set(range(begins, begins + len(raw)))
    around = [at for at in range(len(bundle)) if at not in inside]
    assert len(around) > 500
    for at in around:
        try:
            _, canonical = container.read(io.BytesIO(flipped(bundle, at)))
        except NotAZip:
            continue
        assert not canonical, at


def test_a_byte_of_the_container_fails_the_whole_walk(bundle: bytes, trust: Trust) -> None:
    directory = bundle.index(b"PK\1\2")
    for at in (*range(0, 30, 4), *range(directory, directory + 46, 5), *range(len(bundle) - 22, len(bundle), 3)):
        try:
            report = judged(flipped(bundle, at), trust)
        except NotAZip:
            continue
        assert failures(report)[0].what == "container", at
