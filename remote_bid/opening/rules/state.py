"""An opening as the rules see it: folded from its events, never from anywhere else."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from remote_bid.opening.statements import Close, WindowClosed
from remote_bid.opening.terms import (
    AbortCause,
    DrawLine,
    DrawSeed,
    LineAnswer,
    Member,
    OpeningRecord,
    Outcome,
    Phase,
    Role,
    SealedPart,
    Settlement,
)
from remote_bid.people.certificates import Signed
from remote_bid.people.revocation import CrlNoted
from remote_bid.seal.statements import Statement
from remote_bid.tender.statements import Policy, Timetable
from remote_bid.tender.terms import Lot, ReadoutForm, Tender

WRONG_TRIES = 5
"""Halves that do not match, per submission, before no more are taken."""


class Bid(msgspec.Struct, frozen=True, kw_only=True):
    """One bidder's live offer on one lot. `bid` is the id of its readout form's submission."""

    bid: str
    bidder: str
    name: str
    lot: str
    version: int
    parts: list[SealedPart]
    submitted_at: datetime
    receipts: list[Statement]
    released_at: datetime | None = None
    release: str = ""
    """Id of the release statement."""
    s_b: str = ""
    """The released half, base64url; empty until then."""
    wrong: tuple[str, ...] = ()
    """Hashes of the halves tried in vain."""
    settlement: Settlement | None = None
    read_out: bool = False
    form: ReadoutForm | None = None


class Raised(msgspec.Struct, frozen=True, kw_only=True):
    """An objection, and its answer once there is one; `bid` is the line it disputes."""

    number: int
    person: str
    name: str
    text: str
    raised_at: datetime
    bid: str | None = None
    answer: str | None = None
    answered_at: datetime | None = None
    answer_id: str = ""


class Spoken(NamedTuple):
    """When somebody spoke, and the nonce of it."""

    at: datetime
    nonce: str


class CheckpointSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The last cosigned checkpoint of a phase change."""

    covers: int
    note: str
    phase: Phase


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """The whole state of one session."""

    session: str
    phase: Phase = Phase.SCHEDULED
    phase_since: datetime | None = None
    ends_at: datetime | None = None
    tender: Tender | None = None
    members: dict[str, Member] = {}
    offers: dict[str, Signed] = {}
    policies: dict[str, Policy] = {}
    """By statement id."""
    proposed: Signed | None = None
    timetable: Timetable | None = None
    timetable_id: str = ""
    last_tick_at: datetime | None = None
    last_tick: int = 0
    bids: dict[str, Bid] = {}
    returned: dict[str, Bid] = {}
    """Bids of lots with too few of them: they stay sealed."""
    aborted: dict[str, AbortCause] = {}
    """Lots that ended without an award."""
    versions: dict[tuple[str, str], int] = {}
    """Last version by lot and bidder, also of withdrawn bids."""
    withdrawals: frozenset[str] = frozenset()
    """Ids of the withdrawals that were taken."""
    cosigned: frozenset[int] = frozenset()
    """Entries whose checkpoint is here."""
    present: dict[str, datetime] = {}
    close: Close | None = None
    close_statement: Statement | None = None
    close_seq: int = 0
    window_closed: WindowClosed | None = None
    window_closed_id: str = ""
    window_closed_seq: int = 0
    keys: dict[str, str] = {}
    """Published custodian seeds (base64url) by key id."""
    keys_by: list[str] = []
    checkpoint: CheckpointSeen | None = None
    marks: dict[int, Phase] = {}
    """Phase-change entries that await their checkpoint: seq → phase entered."""
    disclosed: bool = False
    record: OpeningRecord | None = None
    record_hash: str = ""
    signatures: dict[str, str] = {}
    """Who signed the record, and the id of that statement."""
    crls: dict[str, CrlNoted] = {}
    """Lists of revoked certificates in force, by their authority's fingerprint."""

    refusals: dict[str, str] = {}
    """Who refused to, and the id of that statement."""
    draw_envelopes: dict[tuple[str, str], Statement] = {}
    """By lot and person."""
    lotteries: dict[str, list[DrawSeed]] = {}
    """Lots whose envelopes are all empty."""
    drawn: dict[tuple[str, str], DrawLine] = {}
    """By lot and coefficient."""
    line_answers: dict[str, LineAnswer] = {}
    """By bid."""
    line_answer_ids: frozenset[str] = frozenset()
    """Ids of the confirmations that were taken."""
    objections: dict[str, Raised] = {}
    """By the id of the statement that objects, in the order of their numbers."""
    aliases: dict[str, int] = {}
    """Bidders who have spoken or objected, numbered in the order of their first words."""
    spoken: dict[str, tuple[Spoken, ...]] = {}
    """By person."""

    def lot(self, name: str) -> Lot | None:
        """The lot of this name."""
        lots = self.tender.lots if self.tender else []
        return next((lot for lot in lots if lot.lot == name), None)

    def policy_of(self, lot: str, part: str) -> tuple[str, Policy] | None:
        """Id and content of the policy for one lot and part."""
        found = (item for item in self.policies.items() if (item[1].lot, item[1].part) == (lot, part))
        return next(found, None)

    def bid_of(self, bidder: str, lot: str) -> Bid | None:
        """The live bid of a bidder on a lot."""
        return next((bid for bid in self.bids.values() if (bid.bidder, bid.lot) == (bidder, lot)), None)

    def role_of(self, person: str) -> Role:
        """What a person who proved who it is may be here: one of the session's people, or a bidder."""
        member = self.members.get(person)
        return member.role if member else Role.BIDDER

    def running_policies(self) -> list[Policy]:
        """The policies of lots that are being opened."""
        stopped = self.stopped_lots()
        return [policy for policy in self.policies.values() if policy.lot not in stopped]

    def running_lots(self) -> list[str]:
        """The lots that are being opened, in the order of their policies."""
        return list(dict.fromkeys(policy.lot for policy in self.running_policies()))

    def undrawn(self) -> list[tuple[str, str]]:
        """Lot and coefficient of what is still to be drawn, in lots that declare it and of which a bid was opened."""
        opened = {bid.lot for bid in self.bids.values() if bid.settlement and bid.settlement.outcome is Outcome.OPENED}
        declared = [(lot.lot, lot.draw) for lot in (self.tender.lots if self.tender else []) if lot.lot in opened]
        wanted = [(lot, coefficient.name) for lot, draw in declared if draw for coefficient in draw.coefficients]
        return [place for place in wanted if place not in self.drawn]

    def unanswered(self) -> list[Raised]:
        """Objections without an answer."""
        return [raised for raised in self.objections.values() if raised.answer is None]

    def silent_lines(self) -> list[str]:
        """Bids whose bidders have said nothing to their line."""
        return [bid for bid in self.bids if bid not in self.line_answers]

    def took_part(self) -> set[str]:
        """Bidders whose bid was there at the deadline."""
        return {bid.bidder for bid in (*self.bids.values(), *self.returned.values())}

    def signatories(self) -> list[str]:
        """Who is asked to sign the record."""
        asked = (Role.HOST, Role.SUPERVISOR, Role.WITNESS)
        members = [member.person for member in self.members.values() if member.role in asked]
        return [*members, *dict.fromkeys(bid.bidder for bid in self.bids.values())]

    def stopped_lots(self) -> set[str]:
        """Lots with too few bids: theirs stay sealed."""
        return {lot for lot, cause in self.aborted.items() if cause is AbortCause.TOO_FEW_BIDS}

    def unreleased(self) -> list[Bid]:
        """Live bids whose half is not here."""
        return [bid for bid in self.bids.values() if not bid.release]
