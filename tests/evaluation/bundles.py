"""A finished evaluation as a public bundle, cosigned; and ways to forge it."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import msgspec
from cryptography.hazmat.primitives import serialization

from remote_bid.evaluation import COSIGNED_HERE
from remote_bid.gateway.bundle import public_bundle
from remote_bid.seal.canonical import b64, jcs
from remote_bid.seal.statements import Statement, said, state
from remote_bid.seal.tree import root_of
from remote_bid.timeline.chain import genesis, link
from remote_bid.timeline.context import LOG
from remote_bid.timeline.desk import Folded, fold, unfolded
from remote_bid.timeline.entry import MAIN, Entry, Fields
from remote_bid.timeline.log import Session
from remote_bid.timeline.marks import RecordCheckpoint
from remote_bid.timeline.note import Checkpoint, cosign, parse, platform_leaf, sign
from remote_bid.verify.manifest import MANIFEST, Manifest, hashes
from remote_bid.verify.trust import Trust
from tests.evaluation.actors import SESSION
from tests.evaluation.day import PUBLISHED, evaluation
from tests.given import Act, Past, Story, given, handle
from tests.opening.actors import AUTHORITY, COSIGNERS, DEPLOYMENT, LOG_NAME, OFFICE, log_key_of

ROOT = AUTHORITY.root.public_bytes(serialization.Encoding.PEM).decode()
TRUST = Trust(roots=[ROOT], log=DEPLOYMENT.log, cosigners=DEPLOYMENT.cosigners, quorum=DEPLOYMENT.quorum)
KINDS = tuple(kind.__name__ for kind in COSIGNED_HERE)


def checkpoint(seq: int, leaf: bytes, at: int) -> RecordCheckpoint:
    """The log's and all cosigners' signatures over an entry."""
    head = b64(leaf)
    root = root_of([platform_leaf(SESSION, seq, head)])
    note = sign(Checkpoint(origin=LOG_NAME, size=1, root=root), LOG_NAME, log_key_of(LOG_NAME))
    lines = [cosign(parse(note)[1], name, log_key_of(name), at) for name in COSIGNERS]
    return RecordCheckpoint(covers=seq, head=head, note=note + "".join(lines), index=0, path=[])


@cache
def cosigned(past: Past = PUBLISHED) -> Story:
    """The same evaluation, every tick and phase change cosigned in the end."""
    return cosigned_story(given(evaluation, past).story)


def cosigned_story(story: Story) -> Story:
    for entry in [entry for entry in story.folded.main if entry.type in KINDS]:
        at = int(story.at.timestamp())
        story = handle(story, Act(checkpoint(entry.seq, entry.leaf, at), LOG))[0]
    return story


def bundle_of(story: Story | Folded) -> bytes:
    """Its public bundle."""
    folded = story.folded if isinstance(story, Story) else story
    return public_bundle(folded, TRUST, OFFICE, _no_envelope, no_crl)


def _no_envelope(session: str, bidder: str, upload: str) -> Any:
    raise KeyError(upload)


def no_crl(name: str) -> bytes:
    raise KeyError(name)


Change = Callable[[Fields], Fields]


def forged(kind: str, change: Change, cosigners: bool = True, past: Past = PUBLISHED) -> tuple[bytes, int]:
    """The bundle after the operator has changed the first entry of a kind and chained everything anew with the log's
    own key, perhaps with all its cosigners on its side; and the entry's number.
    """
    story = cosigned(past)
    folded = unfolded(Session(SESSION, "evaluation", ""), evaluation.context)
    at, head, changed = int(story.at.timestamp()), genesis(SESSION, MAIN), 0
    leaves: dict[int, bytes] = {}
    version = 0
    for entry in story.folded.main:
        fields = entry.fields
        if entry.type == kind and not changed:
            fields, changed = change(msgspec.json.decode(msgspec.json.encode(fields))), entry.seq
        if entry.type == "CheckpointCosigned" and cosigners:
            covers = fields["covers"]
            renewed = msgspec.to_builtins(checkpoint(covers, leaves[covers], at))
            fields = fields | {name: value for name, value in renewed.items() if name != "type"}
        made = link(MAIN, entry.seq, head, fields, entry.salt)
        leaves[entry.seq], head = made.leaf, made.leaf
        folded = _kept(folded, made, version := version + 1)
    assert changed, f"there is no {kind}"
    return bundle_of(_with_state(folded, story)), changed


def _kept(folded: Folded, entry: Entry, version: int) -> Folded:
    """Entries as they are now, whatever the rules would make of them."""
    try:
        return fold(folded, version, [entry])
    except Exception:
        return replace(folded, version=version, main=(*folded.main, entry))


def _with_state(folded: Folded, story: Story) -> Folded:
    """The view shows what it showed."""
    return replace(folded, state=story.state)


def resigned(statement: Any, change: Callable[[Any], Any], kind: Any) -> Any:
    """A statement that says something else, with the signatures that it had."""
    told = msgspec.convert(statement, type=Statement)
    other = state(change(said(told, kind)))
    return msgspec.to_builtins(msgspec.structs.replace(told, payload=other.payload))


def with_member(bundle: dict[str, bytes], name: str, raw: bytes) -> dict[str, bytes]:
    """The members with another one, and a list of them that the log's key signs."""
    members = {other: body for other, body in bundle.items() if other != MANIFEST} | {name: raw}
    manifest = Manifest(session=SESSION, audience="public", vouched_by=TRUST, members=hashes(members))
    return members | {MANIFEST: jcs(state(manifest, OFFICE))}
