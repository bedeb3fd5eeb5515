"""The registry: who holds which office at the centre, and whose keys its own authority certifies. A session like any
other, so every grant, approval and revocation is an entry of a cosigned chain: the audit log.
"""

from remote_bid.people.registry.commands import RegistryCommand
from remote_bid.people.registry.events import RegistryEvent
from remote_bid.people.registry.rules import begin, decide
from remote_bid.people.registry.state import Registry, evolve
from remote_bid.people.registry.view import RegistryView, see, show
from remote_bid.timeline.context import Context, Due, Event
from remote_bid.timeline.entry import Who
from remote_bid.timeline.marks import CheckpointCosigned

NOBODY = "nobody"
"""The standing of whoever holds no office."""


def _standing(registry: Registry, person: str) -> str:
    return registry.role_of(person) or NOBODY


def _audience(who: Who) -> str:
    return f"{who.role}/{who.person}"


def _overlooks(_who: Who) -> bool:
    return False


def _curtain(_registry: Registry) -> None:
    return None


def _due(_registry: Registry) -> list[Due]:
    return []


def _checkpoints(event: Event) -> bool:
    return not isinstance(event, CheckpointCosigned)


registry: Context[Registry, RegistryView] = Context(
    name="registry",
    command=RegistryCommand,
    event=RegistryEvent,
    view=RegistryView,
    begin=begin,
    decide=decide,
    evolve=evolve,
    due=_due,
    see=see,
    show=show,
    overlooks=_overlooks,
    curtain=_curtain,
    veiled=frozenset(),
    standing=_standing,
    audience=_audience,
    checkpoints=_checkpoints,
)
