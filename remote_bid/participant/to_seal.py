"""The `.tender` file: what a device without a network needs to seal a bid on a lot (docs/protocol.md, section 16)."""

import msgspec

from remote_bid.opening.events import CustodianStruck, PolicyPublished
from remote_bid.participant.checks import Broken
from remote_bid.participant.copy import Copy
from remote_bid.participant.sealing import Before
from remote_bid.people.certificates import Signed
from remote_bid.seal.statements import said, statement_id
from remote_bid.tender.statements import Policy, Strike
from remote_bid.tender.terms import FormField, Lot, Tender

VERSION = "sbe/1 to seal"


class PartToSeal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part's policy and the last strike under it, as they were signed; the ids of what its new version replaces."""

    policy: Signed
    strike: Signed | None = None
    submission: str | None = None
    deal: str | None = None


class ToSeal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file: JSON."""

    v: str = VERSION
    session: str
    code: str
    title: str
    lot: Lot
    form: list[FormField]
    bidder: str
    version: int
    parts: list[PartToSeal]


def to_seal(copy: Copy, tender: Tender, lot: Lot, bidder: str, before: dict[str, Before]) -> ToSeal:
    """What this copy knows of a lot; `before` tells what each part's new version follows, under "" its number."""
    return ToSeal(
        session=copy.session,
        code=tender.code,
        title=tender.title,
        lot=lot,
        form=list(tender.form),
        bidder=bidder,
        version=before[""].version,
        parts=[_part(copy, lot.lot, part.part, before) for part in lot.parts],
    )


def _part(copy: Copy, lot: str, part: str, before: dict[str, Before]) -> PartToSeal:
    signed = _policy(copy, lot, part)
    name, follows = statement_id(signed.statement), before.get(part, before[""])
    struck = [event.signed for _, event in copy.events(CustodianStruck)]
    strikes = [strike for strike in struck if said(strike.statement, Strike).policy == name]
    return PartToSeal(
        policy=signed, strike=strikes[-1] if strikes else None, submission=follows.submission, deal=follows.deal
    )


def _policy(copy: Copy, lot: str, part: str) -> Signed:
    for _, event in copy.events(PolicyPublished):
        policy = said(event.signed.statement, Policy)
        if (policy.lot, policy.part) == (lot, part):
            return event.signed
    raise Broken("no policy for this lot and part")
