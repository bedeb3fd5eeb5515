"""What a participant checks before it acts: promises, ticks and checkpoints, against its own trust file."""

from datetime import UTC, datetime

import msgspec
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.opening.events import OpeningScheduled
from remote_bid.opening.rules.striking import follows
from remote_bid.opening.terms import Role
from remote_bid.opening.view import SetProof
from remote_bid.participant.copy import Copy
from remote_bid.people.certificates import Signed, signers
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.signing import keyid_of, spki_of
from remote_bid.seal.statements import P, Statement, is_signed_by, said
from remote_bid.seal.tree import includes, leaf_hash
from remote_bid.tender.statements import Policy, Receipt, Strike
from remote_bid.timeline.entry import Shown, field_salt
from remote_bid.timeline.frame import OwnSlot
from remote_bid.timeline.marks import CheckpointCosigned, LogKeyRotated
from remote_bid.timeline.note import NamedKey, cosigned_at, is_signed, parse, platform_leaf
from remote_bid.timeline.rotation import BadSuccessor
from remote_bid.timeline.sideline import slot_of
from remote_bid.verify.trust import Trust


class Broken(Exception):
    """The server broke a promise: what it said does not hold. Keep everything and call the supervisor."""


def log_keys(trust: Trust, copy: Copy) -> list[NamedKey]:
    """The keys that the log has had: the trusted one, and whatever followed it for all to see."""
    try:
        return trust.log_keys([event.statement for _, event in copy.events(LogKeyRotated)])
    except BadSuccessor as error:
        raise Broken(str(error)) from error


def from_server(trust: Trust, copy: Copy, statement: Statement, kind: type[P]) -> P:
    """What the server states under its log key."""
    spkis = [spki_of(ed25519.Ed25519PublicKey.from_public_bytes(named.key)) for named in log_keys(trust, copy)]
    if not any(is_signed_by(statement, spki, keyid_of(spki)) for spki in spkis):
        raise Broken(f"the {kind.kind} is not signed by the log's key")
    return said(statement, kind)


def check_policy(trust: Trust, policy: Policy) -> None:
    """That a policy names the authorities, log and cosigners we know."""
    if not trust.named_by(policy):
        raise Broken("the policy names other authorities, log or cosigners than we trust")


def check_strike(trust: Trust, copy: Copy, policy: Policy, strike: Signed) -> Policy:
    """The policy as a strike leaves it.

    Broken unless tenderer and supervisor signed, all other custodians stay as they were, and no side has k of them.
    """
    scheduled = copy.last(OpeningScheduled)
    roles = {member.person: member.role for member in (scheduled.members if scheduled else [])}
    people = [roles.get(person.person) for person in signers(strike, trust.authorities(), datetime.now(UTC))]
    if people != [Role.TENDERER, Role.SUPERVISOR]:
        raise Broken("a custodian was struck otherwise than the rules allow")
    return after_strike(copy, policy, said(strike.statement, Strike))


def after_strike(copy: Copy, policy: Policy, told: Strike) -> Policy:
    """The policy as a strike leaves it; Broken unless all other custodians stay, and no side has k of them."""
    if told.session != copy.session or not follows(policy, told):
        raise Broken("a custodian was struck otherwise than the rules allow")
    sides = [custodian.side for custodian in told.custodians]
    if max((sides.count(side) for side in sides), default=0) >= policy.k:
        raise Broken("one side would hold enough shares to open")
    return msgspec.structs.replace(policy, custodians=told.custodians)


def check_receipt(trust: Trust, copy: Copy, receipt: Statement, statement: str, shown: Shown) -> Receipt:
    """That the receipt promises to hold `statement` in the entry we were shown."""
    promise = from_server(trust, copy, receipt, Receipt)
    salts = shown.proof.salts if shown.proof else {}
    same_salt = salts.get("type") == b64(field_salt(unb64(promise.salt), "type"))
    if statement not in promise.statements or (promise.line, promise.seq) != (shown.line, shown.seq) or not same_salt:
        raise Broken("the receipt is for something else")
    return promise


def check_slot(copy: Copy, slot: OwnSlot) -> None:
    """That our entry is in the tick the server says."""
    leaf = unb64(copy.own[slot.seq - 1].leaf)
    ticked = copy.main[slot.tick - 1].event or {}
    value = leaf_hash(slot_of(unb64(slot.proof.salt), leaf))
    path = [unb64(node) for node in slot.proof.path]
    if not includes(unb64(ticked.get("root", "")), ticked.get("slots", 0), slot.proof.place, value, path):
        raise Broken("our entry is not in the tick that should hold it")


def check_set_proof(root: str, submission: str, proof: SetProof | object) -> None:
    """That our submission is among those the close counted."""
    if not isinstance(proof, SetProof):
        raise Broken("the server gives no proof that our bid is in the close")
    path = [unb64(node) for node in proof.path]
    if not includes(unb64(root), proof.size, proof.index, leaf_hash(unb64(submission)), path):
        raise Broken("our bid is not in the close")


def cosigned_times(trust: Trust, copy: Copy, shown: Shown) -> list[int]:
    """When a quorum cosigned a checkpoint that holds exactly this entry as the session's head."""
    for _, event in copy.events(CheckpointCosigned):
        if event.covers == shown.seq and event.head == shown.leaf:
            return _times(trust, copy, event)
    raise Broken("the entry has no cosigned checkpoint")


def _times(trust: Trust, copy: Copy, event: CheckpointCosigned) -> list[int]:
    checkpoint, _, _ = parse(event.note)
    leaf = platform_leaf(copy.session, event.covers, event.head)
    path = [unb64(node) for node in event.path]
    if not includes(checkpoint.root, checkpoint.size, event.index, leaf, path):
        raise Broken("the checkpoint does not hold the session's head")
    times = [time for key in trust.cosigner_keys() if (time := cosigned_at(event.note, key)) is not None]
    signed = any(is_signed(event.note, key) for key in log_keys(trust, copy))
    if not signed or len(times) < trust.quorum:
        raise Broken("the checkpoint lacks the log's or its cosigners' signatures")
    return times
