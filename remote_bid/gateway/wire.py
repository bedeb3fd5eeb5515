"""The wire, described once: every command, event, view and frame as OpenAPI components, from which wire.ts is made."""

from collections.abc import Mapping
from typing import Any

import msgspec

from remote_bid.gateway.socket import Alive, Join, Refusal
from remote_bid.timeline.context import AnyContext
from remote_bid.timeline.frame import Frame, Joined

_REF = "#/components/schemas/{name}"


def openapi(rooms: Mapping[str, AnyContext]) -> dict[str, Any]:
    """An OpenAPI 3.1 document that holds components only."""
    named: dict[str, Any] = {"Frame": Frame, "Joined": Joined, "Join": Join, "Alive": Alive, "Refusal": Refusal}
    for context in rooms.values():
        title = context.name.title()
        named |= {f"{title}Command": context.command, f"{title}Event": context.event, f"{title}View": context.view}
    schemas, components = msgspec.json.schema_components(named.values(), ref_template=_REF)
    aliases = {name: schema for name, schema in zip(named, schemas, strict=True) if name not in components}
    return {
        "openapi": "3.1.0",
        "info": {"title": "remote-bid wire", "version": "1"},
        "paths": {},
        "components": {"schemas": dict(sorted((components | aliases).items()))},
    }
