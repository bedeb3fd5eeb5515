"""No word in a bundle is passed over: every object that it may hold names all its fields."""

import msgspec
from msgspec import inspect

from remote_bid.opening.events import OpeningEvent
from remote_bid.timeline.entry import Shown, Who
from remote_bid.verify.manifest import Manifest


def kinds_in(found: object, seen: set[type[msgspec.Struct]]) -> None:
    """Every struct that a type can hold."""
    if isinstance(found, inspect.StructType):
        if found.cls in seen:
            return
        seen.add(found.cls)
    if isinstance(found, list | tuple):
        for item in found:
            kinds_in(item, seen)
    elif isinstance(found, inspect.Type | inspect.Field):
        for name in found.__struct_fields__:
            kinds_in(getattr(found, name), seen)


def test_every_object_of_a_bundle_names_all_its_fields() -> None:
    seen = set[type[msgspec.Struct]]()
    kinds_in([inspect.type_info(kind) for kind in (OpeningEvent, Shown, Who, Manifest)], seen)
    assert len(seen) > 40
    assert not [kind for kind in seen if not kind.__struct_config__.forbid_unknown_fields]
