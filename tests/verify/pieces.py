"""A bundle's entries as loose pieces, and the papers in them: what a forger works on."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import msgspec

from remote_bid.opening.events import OpeningEvent
from remote_bid.participant.identity import Identity
from remote_bid.seal.canonical import b64, jcs, parse_jcs, unb64
from remote_bid.seal.signing import Signer
from remote_bid.timeline import instant
from remote_bid.timeline.context import Happened
from remote_bid.timeline.entry import Fields, Proof, Shown, Who, field_hash
from remote_bid.timeline.sideline import DisclosedEntry

Payload = dict[str, Any]


@dataclass(eq=False)
class Loose:
    """One entry, taken out of its chain. Its place and leaf are made anew when the day is put together."""

    line: str
    fields: Fields
    salts: dict[str, str]
    hidden: dict[str, str] = field(default_factory=dict)
    pinned: Fields = field(default_factory=dict)
    """Fields that stay as they are told here, whatever would fit."""
    withheld: frozenset[str] = frozenset()
    """Fields that are not shown."""
    denied: bool = False
    """What follows is made to fit as if this had not happened."""
    held: "list[Loose]" = field(default_factory=list)
    """Of a tick: the side-line entries in it."""
    smuggled: list[bytes] = field(default_factory=list)
    """Of a tick: leaves in slots that are explained to nobody."""
    covered: "Loose | None" = None
    """Of a checkpoint: the entry that it covers."""
    times: dict[str, int] = field(default_factory=dict)
    """Of a checkpoint: when each cosigner signed."""
    lost: bool = False
    """The next one is chained to it, yet what is disclosed does not tell of it, and no tick holds it."""
    forks: bool = False
    """Chained not to the entry before it but to the one before that."""
    seq: int = 0
    prev: bytes = b""
    leaf: bytes = b""

    @property
    def type(self) -> str:
        return str(self.fields["type"])

    def withhold(self, but: tuple[str, ...] = ()) -> None:
        """Show nothing of it, but for some fields."""
        self.withheld = frozenset(self.fields) - set(but)

    def shown(self) -> Shown:
        event = {name: value for name, value in self.fields.items() if name not in self.withheld} or None
        hidden = {name: self._hash(name) for name in self.withheld} | self.hidden
        proof = Proof(salts={name: self.salts[name] for name in event}, hidden=hidden) if event else None
        return Shown(line=self.line, seq=self.seq, prev=b64(self.prev), leaf=b64(self.leaf), event=event, proof=proof)

    def disclosed(self) -> DisclosedEntry:
        hidden = {name: self._hash(name) for name in self.fields if name != "type"} | self.hidden
        proof = Proof(salts={"type": self.salts["type"]}, hidden=hidden)
        shown = self.shown()
        return DisclosedEntry(
            line=self.line, seq=self.seq, prev=shown.prev, leaf=shown.leaf, type=self.type, proof=proof
        )

    def _hash(self, name: str) -> str:
        return b64(field_hash(name, unb64(self.salts[name]), self.fields[name]))


def made_up(like: Loose, kind: str, /, **fields: Any) -> Loose:
    """An entry that never was: in the line, at the instant and by the hand of another."""
    told = {"type": kind, "at": like.fields["at"], "by": like.fields["by"], **fields}
    return Loose(like.line, told, {name: like.salts.get(name) or b64(secrets.token_bytes(32)) for name in told})


def again(entry: Loose) -> Loose:
    """The same once more."""
    return Loose(entry.line, dict(entry.fields), entry.salts, entry.hidden)


def loose(shown: Shown) -> Loose:
    """An entry that is shown whole, taken out."""
    assert shown.event is not None
    assert shown.proof is not None
    return Loose(shown.line, dict(shown.event), dict(shown.proof.salts), dict(shown.proof.hidden))


def happened(entry: Loose) -> Happened:
    """As the rules know it."""
    told = {name: value for name, value in entry.fields.items() if name not in ("at", "by")}
    return Happened(
        event=msgspec.convert(told, type=OpeningEvent),
        line=entry.line,
        seq=entry.seq,
        at=instant.when(entry.fields["at"]),
        by=msgspec.convert(entry.fields["by"], type=Who),
        leaf=entry.leaf,
    )


def signed_by(media_type: str, payload: Payload, *signers: Signer) -> Payload:
    """Any payload as a statement, whatever its kind allows."""
    body = jcs(payload)
    message = b"DSSEv1 %d %s %d %s" % (len(media_type), media_type.encode(), len(body), body)
    signatures = [{"keyid": signer.keyid, "sig": b64(signer.sign(message))} for signer in signers]
    return {"payloadType": media_type, "payload": b64(body), "signatures": signatures}


def signed(identity: Identity, kind: str, payload: Payload) -> Payload:
    """A statement with its signer's certificate."""
    statement = signed_by(f"application/vnd.sbid.{kind}+json", payload, identity.signer)
    return {"statement": statement, "certificates": [identity.certificate]}


def payload_of(statement: Payload) -> Payload:
    """What a statement says."""
    payload: Payload = parse_jcs(unb64(statement["payload"]))
    return payload
