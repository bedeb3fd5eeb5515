"""A day told in the sentences of tests/opening, cosigned throughout, as its server's public bundle."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from cryptography.hazmat.primitives.serialization import Encoding

from remote_bid.gateway.bundle import ReadCrl, public_bundle
from remote_bid.timeline.context import Aside, Event, Refused
from remote_bid.timeline.desk import happening, unfolded
from remote_bid.timeline.log import Session
from remote_bid.verify import Report, Trust
from tests.given import Act, Past, RefusedOnRecord, Room, Story, handle
from tests.opening.actors import AUTHORITY, DEPLOYMENT, OFFICE, TSA
from tests.opening.acts import record_checkpoint
from tests.opening.day import opening
from tests.opening.sealed import SAFE
from tests.verify.judging import judged

TRUST = Trust(
    roots=[AUTHORITY.root.public_bytes(Encoding.PEM).decode()],
    log=DEPLOYMENT.log,
    cosigners=DEPLOYMENT.cosigners,
    quorum=DEPLOYMENT.quorum,
    tsa=[TSA.pem],
)

Lie = Callable[[Event], Event]
"""What a lying server writes instead; everything else fits, and its cosigners sign it."""


def no_crl(digest: str) -> bytes:
    raise KeyError(digest)


def verified(past: Past, lie: Lie | None = None) -> Report:
    """The verifier's report on a day that went so."""
    return judged(bundled(past, lie), TRUST)


def bundled(past: Past, lie: Lie | None = None, room: Room = opening, crl: ReadCrl = no_crl) -> bytes:
    """Its public bundle."""
    return public_bundle(lived(past, lie, room).folded, TRUST, OFFICE, SAFE.open, crl)


def lived(past: Past, lie: Lie | None = None, room: Room = opening) -> Story:
    """The day, with a checkpoint after every entry that is cosigned; the acts' own checkpoints are left out."""
    room = _lying(lie, room) if lie else room
    story = Story(room, unfolded(Session(room.session, room.context.name, ""), room.context), room.begins)
    for act in past:
        if type(act.asked(story)).__name__ == "RecordCheckpoint":
            continue
        story = _cosigned(_handled(story, act))
    return story


def _handled(story: Story, act: Act) -> Story:
    try:
        return handle(story, act)[0]
    except RefusedOnRecord as refusal:
        return refusal.story


def _cosigned(story: Story) -> Story:
    """The newest entries as well, whatever the checkpoint of the one before has brought about."""
    while wanted := _uncovered(story):
        story = handle(story, _checkpoint(wanted[0], story))[0]
    return story


def _uncovered(story: Story) -> list[int]:
    events = [(entry.seq, happening(story.room.context, entry).event) for entry in story.folded.main]
    done = {entry.fields["covers"] for entry in story.folded.main if entry.type == "CheckpointCosigned"}
    return [seq for seq, event in events if story.room.context.checkpoints(event) and seq not in done]


def _checkpoint(seq: int, story: Story) -> Act:
    return record_checkpoint(lambda _: seq, *[story.at] * 3)


def _lying(lie: Lie, room: Room) -> Room:
    honest = room.context

    def decide(state: object, command: object, turn: object) -> Sequence[Event | Aside]:
        try:
            return lied(honest.decide(state, command, turn))  # type: ignore[arg-type]  # a room takes its own
        except Refused as refusal:
            evidence = lied(refusal.evidence)
            raise Refused(refusal.code, refusal.zh, refusal.en, refusal.statement, evidence) from refusal

    def lied(told: Sequence[Event | Aside]) -> Sequence[Event | Aside]:
        return [Aside(item.person, lie(item.event)) if isinstance(item, Aside) else lie(item) for item in told]

    return replace(room, context=replace(honest, decide=decide))
