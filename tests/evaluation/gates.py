"""What a gate does at a site, as acts: it is enrolled, and tells under a key of its own who has come."""

from typing import Any

from msgspec.structs import replace

from remote_bid.evaluation import commands as c
from remote_bid.evaluation import statements as s
from remote_bid.evaluation.rules.gates import GATE, token_of
from remote_bid.evaluation.terms import GateOutcome
from remote_bid.seal.canonical import b64
from remote_bid.seal.signing import KeySigner, spki_of
from remote_bid.seal.statements import state
from remote_bid.timeline import instant
from remote_bid.timeline.context import Command
from tests.evaluation.actors import CENTRE, SESSION, signed
from tests.given import Act, Story
from tests.opening.authority import key_of

DEVICES = {"gate_north": "north", "gate_south": "south"}
"""Gates by name, and the sites that they guard."""


def device_key(device: str) -> KeySigner:
    """A gate's own key."""
    return KeySigner(key_of(f"device {device}"))


def public_key_of(device: str) -> str:
    """What the centre enrols of it."""
    return b64(spki_of(key_of(f"device {device}").public_key()))


def enrol_gate(device: str = "gate_north", **changes: Any) -> Act:
    told = s.GateDevice(session=SESSION, device=device, site=DEVICES[device], key=public_key_of(device))
    return Act(c.EnrolGate(signed=signed(replace(told, **changes), CENTRE)), CENTRE)


def hear_gate(person: str, device: str = "gate_north", key: str | None = None, **changes: Any) -> Act:
    """Somebody stands before a gate, which lets it in and says so under its key, or another."""

    def ask(story: Story) -> Command:
        told = s.GateTold(
            session=SESSION,
            device=device,
            number=1,
            token=token_of(SESSION, person),
            at=instant.text(story.at),
            outcome=GateOutcome.ENTERED,
        )
        return c.HearGate(statement=state(replace(told, **changes), device_key(key or device)))

    return Act(ask, GATE)
