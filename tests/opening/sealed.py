"""What bidders seal: envelopes and deals, honest or not, in a safe that tests can reach into."""

import hashlib
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import msgspec
from msgspec.structs import replace

from remote_bid.opening.commands import OfferedPart
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.dealing import Share
from remote_bid.seal.dealing import deal as deal_evenly
from remote_bid.seal.envelope import Head, Place, Secrets, ctx_of, parse_header, tree_root
from remote_bid.seal.statements import said, statement_id
from remote_bid.tender.statements import CustodianKey, Deal, Policy, Submission
from remote_bid.tender.terms import READOUT_FORM, ReadoutForm
from remote_bid.timeline.entry import Who
from tests.given import Story
from tests.opening.actors import ALPHA, BETA, GAMMA, secret_of, signed
from tests.opening.tender import LOT
from tests.seal.bids import SealedBid, honest

PRICES = {ALPHA.person: "9812345.67", BETA.person: "8754321.09", GAMMA.person: "9087654.32"}

Sealer = Callable[[bytes, Place, Secrets], SealedBid]
Dealer = Callable[[bytes, bytes, int, Sequence[bytes]], list[Share]]


class MemorySafe:
    """Envelopes by who uploaded them and under which name. `files` is open to whoever wants to lose or spoil one."""

    def __init__(self) -> None:
        self.files: dict[tuple[str, str], bytes] = {}

    def open(self, session: str, person: str, upload: str) -> BinaryIO:
        return io.BytesIO(self.files[person, upload])

    def measured(self, session: str, person: str, upload: str) -> tuple[Head, bytes, int]:
        return tree_root(self.open(session, person, upload))


SAFE = MemorySafe()
"""The one that the session of these tests uses."""


def deal_to_escrow(ctx: bytes, secret: bytes, k: int, publics: Sequence[bytes]) -> list[Share]:
    """As a careful bidder does."""
    return deal_evenly(ctx, secret, k, publics, "B")


@dataclass(frozen=True)
class Offer:
    """How a bid is made; by default as a careful bidder does. The mappings change fields against all care."""

    raw: bytes | None = None
    version: int = 0
    """0: the next one."""
    core: Mapping[str, Any] = field(default_factory=dict)
    submission: Mapping[str, Any] = field(default_factory=dict)
    deal: Mapping[str, Any] = field(default_factory=dict)
    sealer: Sealer = honest
    dealer: Dealer = deal_evenly
    escrow: Dealer = deal_to_escrow
    """Deals s_B, where the policy names escrow holders."""


def form_of(who: Who) -> ReadoutForm:
    """What a bidder offers; every field tells whose it is."""
    price = PRICES.get(who.person, "9500000.00")
    fields: dict[str, str | int | bool] = {
        "duration_days": 300,
        "quality": f"合格 {who.person}",
        "project_manager": f"经理 {price}",
    }
    return ReadoutForm(price=price, currency="CNY", fields=fields)


def halves_of(who: Who, version: int, lot: str = LOT, part: str = READOUT_FORM) -> Secrets:
    """The halves of a bidder's seal."""
    return Secrets(*(secret_of(f"{half} {who.person} {lot} {part} {version}") for half in ("s_B", "s_T")))


def document_of(who: Who, part: str) -> bytes:
    """What a bidder seals in a part that is not read out."""
    return f"{part} of {who.person}".encode()


def publics_of(policy: Policy) -> list[bytes]:
    """The custodians' keys, in the policy's order."""
    return [unb64(said(custodian.proof.statement, CustodianKey).public_key) for custodian in policy.custodians]


def _escrow(policy: Policy, ctx: bytes, half: bytes, dealer: Dealer) -> list[Share]:
    if policy.escrow is None:
        return []
    publics = [unb64(said(h.proof.statement, CustodianKey).public_key) for h in policy.escrow.holders]
    return dealer(ctx, half, policy.escrow.k, publics)


def offered(story: Story, who: Who, lot: str, offer: Offer, part: str = READOUT_FORM) -> OfferedPart:
    """A part of the bid of `who`, the readout form or another, sealed, uploaded and signed for."""
    found, live = story.state.policy_of(lot, part), story.state.bid_of(who.person, lot)
    assert found is not None, "no policy, nothing to seal for"
    policy_id = found[0]
    policy = story.state.current(policy_id)
    version = offer.version or story.state.versions.get((lot, who.person), 0) + 1
    place = Place(policy_id, lot, part, who.person, version)._replace(**offer.core)
    halves = halves_of(who, version, lot, part)
    honest_raw = msgspec.json.encode(form_of(who)) if part == READOUT_FORM else document_of(who, part)
    raw = honest_raw if offer.raw is None else offer.raw
    before = next((old for old in live.parts if old.part == part), None) if live else None
    file, sealed = offer.sealer(raw, place, halves)
    upload = b64(hashlib.sha256(file).digest())
    SAFE.files[who.person, upload] = file
    core = parse_header(sealed.header).core
    submission = Submission(
        policy=policy_id,
        bidder=who.person,
        version=version,
        prev=statement_id(before.submission) if before else None,
        header=b64(hashlib.sha256(sealed.header).digest()),
        ct=b64(sealed.ct),
        n=sealed.n,
    )
    dealt = Deal(
        policy=policy_id,
        bidder=who.person,
        version=version,
        prev=statement_id(before.deal) if before else None,
        ctx=b64(ctx_of(core)),
        k=policy.k,
        shares=offer.dealer(ctx_of(core), halves.s_t, policy.k, publics_of(policy)),
        escrow=_escrow(policy, ctx_of(core), halves.s_b, offer.escrow),
    )
    return OfferedPart(
        upload=upload,
        submission=signed(replace(submission, **offer.submission), who),
        deal=signed(replace(dealt, **offer.deal), who),
    )
