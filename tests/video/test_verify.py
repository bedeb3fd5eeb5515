"""The verifier over a call's public bundle: it holds, and a gate or a recording that is forged is found out."""

import hashlib
import io
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from remote_bid.gateway.bundle import public_bundle
from remote_bid.seal.canonical import b64
from remote_bid.seal.tree import root_of
from remote_bid.timeline.chain import genesis, link
from remote_bid.timeline.context import LOG, Refused
from remote_bid.timeline.entry import MAIN, Fields
from remote_bid.timeline.marks import RecordCheckpoint
from remote_bid.timeline.note import Checkpoint, cosign, parse, platform_leaf, sign
from remote_bid.verify import Report, verify
from remote_bid.video import COSIGNED_HERE
from remote_bid.video import commands as c
from remote_bid.video.rules.guards import HOUSE
from tests.evaluation.bundles import TRUST
from tests.given import Act, Past, Story, given, handle
from tests.opening.actors import COSIGNERS, LOG_NAME, OFFICE, log_key_of
from tests.video.actors import (
    ALIVE,
    BIDDER,
    CLOSE,
    EXPERT,
    RECORDED,
    SEGMENT,
    SESSION,
    SILENT,
    TALKING,
    leave,
    mute,
    room,
    use,
)

PUBLISH = Act(c.PublishCall(), HOUSE)
PAST: Past = (*TALKING, mute(EXPERT), SILENT, ALIVE, use(BIDDER), leave(BIDDER), RECORDED, CLOSE, PUBLISH)
KINDS = tuple(kind.__name__ for kind in COSIGNED_HERE)


def checkpoint(seq: int, leaf: bytes, at: int) -> RecordCheckpoint:
    head = b64(leaf)
    root = root_of([platform_leaf(SESSION, seq, head)])
    note = sign(Checkpoint(origin=LOG_NAME, size=1, root=root), LOG_NAME, log_key_of(LOG_NAME))
    lines = [cosign(parse(note)[1], name, log_key_of(name), at) for name in COSIGNERS]
    return RecordCheckpoint(covers=seq, head=head, note=note + "".join(lines), index=0, path=[])


def cosigned(story: Story) -> Story:
    for entry in [entry for entry in story.folded.main if entry.type in KINDS]:
        story = handle(story, Act(checkpoint(entry.seq, entry.leaf, int(story.at.timestamp())), LOG))[0]
    return story


def bundle(story: Story) -> bytes:
    return public_bundle(story.folded, TRUST, OFFICE, lambda *_: io.BytesIO(), lambda _: b"")


def judged(raw: bytes, recordings: dict[str, str] | None = None) -> Report:
    return verify(io.BytesIO(raw), TRUST, (), recordings or {})


def without(kind: str) -> Story:
    """The same call chained anew without the first entry of a kind."""
    story, head, entries = given(room, PAST).story, genesis(SESSION, MAIN), []
    left = [entry for entry in story.folded.main if entry.type != kind]
    for number, entry in enumerate(left, start=1):
        made = link(MAIN, number, head, entry.fields, entry.salt)
        entries.append(made)
        head = made.leaf
    return cosigned(replace(story, folded=replace(story.folded, main=tuple(entries))))


def altered(kind: str, change: Callable[[Fields], Fields]) -> Story:
    story, head, entries = given(room, PAST).story, genesis(SESSION, MAIN), []
    for entry in story.folded.main:
        fields = change(entry.fields) if entry.type == kind else entry.fields
        made = link(MAIN, entry.seq, head, fields, entry.salt)
        entries.append(made)
        head = made.leaf
    return cosigned(replace(story, folded=replace(story.folded, main=tuple(entries))))


def test_a_call_that_went_by_its_rules_is_verified_by_seats_alone() -> None:
    story = cosigned(given(room, PAST).story)
    report = judged(bundle(story), {SEGMENT.path: SEGMENT.sha256})
    assert report.verified, [item for item in report.items if item.verdict == "failed"]
    assert any(item.what == "recordings" for item in report.items)
    assert b"expert-zhang" not in bundle(story)


def test_a_recording_that_is_another_is_found_out_and_one_that_is_not_given_is_said() -> None:
    raw = bundle(cosigned(given(room, PAST).story))
    assert not judged(raw, {SEGMENT.path: "another"}).verified
    report = judged(raw)
    assert report.verified
    assert any(item.verdict == "withheld" and item.what == SEGMENT.path for item in report.items)


@pytest.mark.parametrize("kind", ["GateOpened", "GateClosed", "SupervisorLost", "Admitted"])
def test_nothing_on_which_the_gate_depends_can_be_left_out(kind: str) -> None:
    assert not judged(bundle(without(kind))).verified


def test_a_gate_that_opens_for_another_reason_is_found_out() -> None:
    forged = altered("GateOpened", lambda fields: fields | {"cause": "no_recorder"})
    assert not judged(bundle(forged)).verified


def test_there_is_no_bundle_before_the_call_is_public() -> None:
    with pytest.raises(Refused) as refusal:
        bundle(cosigned(given(room, PAST[:-1]).story))
    assert refusal.value.code == "not_over"


def test_the_command_line_holds_a_folder_of_recordings_against_the_timeline(tmp_path: Path) -> None:
    sound = {"sha256": hashlib.sha256(b"sound").hexdigest()}
    story = altered("SegmentRecorded", lambda fields: fields | {"segment": fields["segment"] | sound})
    (tmp_path / "call.zip").write_bytes(bundle(story))
    (tmp_path / "trust.json").write_bytes(msgspec.json.encode(TRUST))
    recording = tmp_path / "recordings" / SEGMENT.path
    recording.parent.mkdir(parents=True)
    for content, exit_code in ((b"sound", 0), (b"another", 1)):
        recording.write_bytes(content)
        told = [str(tmp_path / "call.zip"), "--trust", str(tmp_path / "trust.json")]
        asked = [sys.executable, "-m", "remote_bid", "verify", *told, "--recordings", str(tmp_path / "recordings")]
        done = subprocess.run(asked, capture_output=True, check=False)  # noqa: S603 - our own program
        assert done.returncode == exit_code, done.stdout.decode()
