"""Who sees what of a call: the only redaction. An expert is a seat to those outside the committee, an alias inside it,
and a person to auditors alone.
"""

from collections.abc import Collection

import msgspec
from msgspec import UNSET, UnsetType

from remote_bid.timeline.entry import Fields, Who
from remote_bid.video.rules import Call
from remote_bid.video.rules.gate import obstacle
from remote_bid.video.terms import CallKind, CallRole, Chair, Obstacle, Segment, Standing

_MARKS = ("CheckpointCosigned", "LogKeyRotated")
_PLAYBACK = (CallRole.SUPERVISOR, CallRole.AUDITOR)
_INSIDE = (CallRole.SUPERVISOR, CallRole.EXPERT, CallRole.AUDITOR)
VEILED = frozenset(
    {
        "CallOpened",
        "NoticeAnswered",
        "LobbyEntered",
        "Admitted",
        "TokenIssued",
        "SeatJoined",
        "TokenRefused",
        "SeatMuted",
        "SeatUnmuted",
        "SeatRemoved",
        "SeatLeft",
        "SeatLost",
        "SupervisorFound",
        "SupervisorLost",
        "RecorderReady",
        "RecorderFailed",
        "SegmentRecorded",
        "GateOpened",
        "GateClosed",
        "CallClosed",
        "CallPublished",
    }
)
"""Entries that the public reads when the call is public."""


class SeatRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A seat: what sits there, how it is called for this reader, how far it is."""

    role: CallRole
    label: str
    standing: Standing
    muted: bool | UnsetType = UNSET
    agreed: bool | UnsetType = UNSET


class CallView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A call as one person may see it now."""

    session: str
    person: str
    role: CallRole
    ask: str
    kind: CallKind | UnsetType = UNSET
    seat: str | UnsetType = UNSET
    title: str | UnsetType = UNSET
    called: str | UnsetType = UNSET
    """The session that called it."""
    ends_at: str | UnsetType = UNSET
    gate: Obstacle | UnsetType = UNSET
    """Why nothing passes; absent while the gate is open."""
    recorder: str | UnsetType = UNSET
    """What is wrong with the recorder."""
    seats: dict[str, SeatRow] | UnsetType = UNSET
    segments: list[Segment] | UnsetType = UNSET
    closed: bool | UnsetType = UNSET


def see(call: Call, who: Who) -> CallView:
    """The page of one person; who has no part in it sees nothing."""
    role = call.role_of(who.person) if who.person else CallRole.OBSERVER
    view = CallView(session=call.session, person=who.person, role=role, ask="wait")
    opened = call.opened
    if opened is None or role != who.role:
        return view
    if role is CallRole.OBSERVER:
        return _listening(call, view) if opened.kind is CallKind.BROADCAST else view
    own = call.chair_of(who.person)
    return msgspec.structs.replace(
        view,
        ask=_ask(call, own),
        kind=opened.kind,
        seat=own.seat if own else UNSET,
        title=opened.title,
        called=opened.called.session,
        ends_at=opened.ends_at,
        gate=obstacle(call) or UNSET,
        recorder=(call.recorder_cause or UNSET) if role in _PLAYBACK else UNSET,
        seats={seat: _row(call, chair, role, who) for seat, chair in sorted(call.chairs().items())},
        segments=(list(call.segments.values()) or UNSET) if role in _PLAYBACK else UNSET,
        closed=call.closed or UNSET,
    )


def _listening(call: Call, view: CallView) -> CallView:
    """A hall's broadcast is everybody's to hear."""
    gate = obstacle(call) or UNSET
    return msgspec.structs.replace(view, ask="listen", kind=CallKind.BROADCAST, gate=gate, closed=call.closed or UNSET)


def _row(call: Call, chair: Chair, role: CallRole, who: Who) -> SeatRow:
    place, reads = call.places[chair.seat], role in _PLAYBACK or chair.person == who.person
    return SeatRow(
        role=chair.role,
        label=label(chair, role),
        standing=place.standing,
        muted=place.muted or UNSET,
        agreed=place.agreed if place.agreed is not None and reads else UNSET,
    )


def label(chair: Chair, to: CallRole) -> str:
    """How somebody is called for a reader of this role."""
    if chair.role is not CallRole.EXPERT or to is CallRole.AUDITOR:
        return chair.name
    return chair.alias if to in _INSIDE else chair.seat


def _ask(call: Call, own: Chair | None) -> str:
    """The one thing that a page asks of its reader now."""
    if own is None or call.closed:
        return "wait"
    place = call.places[own.seat]
    if place.standing is Standing.REMOVED:
        return "wait"
    if not place.agreed:
        return "answer_notice"
    if own.role is CallRole.SUPERVISOR and place.standing is Standing.OUTSIDE:
        return "join"
    return {
        Standing.OUTSIDE: "enter_lobby",
        Standing.LOBBY: "wait",
        Standing.ADMITTED: "join",
        Standing.IN: "talk",
    }[place.standing]


def show(call: Call, line: str, fields: Fields, who: Who, own: bool) -> Collection[str] | None:
    """The fields of an entry that `who` may read now. Nobody but auditors reads which expert did something."""
    role = call.role_of(who.person) if who.person else CallRole.OBSERVER
    if fields["type"] in _MARKS or (role is CallRole.AUDITOR and role == who.role):
        return None
    if (role is CallRole.OBSERVER or role != who.role) and not call.published:
        return ()
    by = fields["by"]
    veiled = {"chairs", "watchers"}
    stranger = fields["type"] == "TokenRefused" and role not in _PLAYBACK
    if (by["role"] == CallRole.EXPERT or stranger) and (by["person"] != who.person or not who.person):
        veiled.add("by")
    return [name for name in fields if name not in veiled]


def curtain(call: Call) -> object:
    """Changes whenever `show` may."""
    return call.published
