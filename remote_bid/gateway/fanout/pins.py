"""The exact versions whose insides this package knows; with any other the server does not start."""

from collections.abc import Mapping
from importlib.metadata import version

PINNED: Mapping[str, str] = {"python-socketio": "5.18.1", "python-engineio": "4.15.1"}
"""As in pyproject.toml. Before raising one: read what changed in the names below, then run tests/gateway/fanout."""

PRIVATE = (
    "engineio.AsyncServer._handle_connect",
    "engineio.AsyncServer._trigger_event",
    "engineio.AsyncServer._unauthorized",
    "engineio.AsyncServer._get_socket",
    "engineio.AsyncServer.generate_id",
    "engineio.AsyncServer.reason",
    "socketio.AsyncServer._engineio_server_class",
    "socketio.AsyncServer._handle_event_internal",
    "socketio.AsyncServer._send_packet",
    "socketio.AsyncServer._trigger_event",
    "socketio.AsyncServer.not_handled",
    "socketio.AsyncManager.basic_disconnect",
    "socketio.AsyncManager.basic_enter_room",
    "socketio.AsyncManager.basic_leave_room",
    "socketio.AsyncManager.eio_sid_from_sid",
    "socketio.AsyncManager.get_participants",
    "socketio.AsyncManager.get_rooms",
)
"""Every name without a promise that this package uses or replaces."""


class OtherInsides(RuntimeError):
    """python-socketio or engineio is not the version whose insides are known."""


def require_pins() -> None:
    """Return if the installed versions are the pinned ones; OtherInsides if not."""
    found = {name: version(name) for name in PINNED}
    if other := [f"{name} {found[name]} (not {pin})" for name, pin in PINNED.items() if found[name] != pin]:
        raise OtherInsides(f"The fan-out is made for other insides than those of {', '.join(other)}.")
