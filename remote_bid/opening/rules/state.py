"""An opening as the rules see it: folded from its events, never from anywhere else."""

from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from remote_bid.opening.rules.bid import Bid, Revision
from remote_bid.opening.statements import Close, WindowClosed
from remote_bid.opening.terms import (
    OFFICES,
    AbortCause,
    DrawLine,
    LineAnswer,
    Member,
    OpeningRecord,
    Outcome,
    Phase,
    Role,
)
from remote_bid.people.certificates import Signed
from remote_bid.people.revocation import CrlNoted
from remote_bid.seal.statements import Statement
from remote_bid.tender.sealed_draw import DrawSeed
from remote_bid.tender.statements import ConsortiumParty, Policy, Timetable
from remote_bid.tender.terms import DRAW, READOUT_FORM, Lot, LotPart, Pause, SuspensionCause, Tender
from remote_bid.timeline import instant


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """Who bids together on a lot, the lead first; `statement` is the declaration's id."""

    statement: str
    parties: list[ConsortiumParty]


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


class Suspension(msgspec.Struct, frozen=True, kw_only=True):
    """The suspension that holds now."""

    number: int
    cause: SuspensionCause
    since: datetime
    statement: str = ""
    """Id of what was signed; empty if it is the server's own."""
    ends_at: datetime | None = None
    """When it ends by itself: only the host's does, and only until the supervisor has countersigned it."""
    hosts: bool = False
    """The host's alone: as long as it is, it counts against the extension cap."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What one of host and supervisor, `first`, has signed, and the other is asked to sign."""

    signed: Signed
    first: str


class ToStamp(msgspec.Struct, frozen=True, kw_only=True):
    """An entry of the main line that an authority of time is to sign, and when it did."""

    leaf: str
    at: datetime
    stamped_at: str = ""


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
    revisions: dict[str, list[Revision]] = {}
    """By policy id: what strikes have made of its custodians, in their order."""
    proposed_strike: Signed | None = None
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
    consortia: dict[tuple[str, str], Declared] = {}
    """By lot and lead."""
    denials: dict[str, list[Statement]] = {}
    """What was refused on record, by person."""
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
    release_ended_at: datetime | None = None
    """When the bidders' window ended by its timetable: what is lodged before counts."""
    lodging_seeds: dict[str, str] = {}
    """Published seeds (base64url) of lodging keys by policy id."""
    lodged: bool = False
    """Something was lodged, so the seeds are published in the end."""
    keys: dict[str, str] = {}
    """Published custodian seeds (base64url) by key id."""
    keys_by: list[str] = []
    dummies: frozenset[tuple[str, str, str]] = frozenset()
    """Drills dealt: custodian, key id, commitment."""
    drilled: dict[str, str] = {}
    """Custodian keys that passed a drill, and the id of the last answer."""
    entrusted: dict[str, str] = {}
    """Custodian seeds of parts that are not read out, by key id; empty where they are withheld."""
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
    suspension: Suspension | None = None
    """Orthogonal to the phase, which stays what it is while its clocks stand still."""
    pauses: list[Pause] = []
    extensions: list[str] = []
    """Ids of the extensions of the bidders' window."""
    spent_ms: int = 0
    """Of the extension cap: extensions, and suspensions by the host."""
    acts: frozenset[str] = frozenset()
    """Ids of the statements about the day's course that were acted upon or refused."""
    declined: frozenset[str] = frozenset()
    """Ids of those that the other of the two has once declined to sign."""
    awaited: dict[str, Asked] = {}
    """What lacks the signature of host or supervisor, by id."""
    waiting_since: datetime | None = None
    """When the step that waits for the host began to."""
    handed: dict[Role, str] = {}
    """Offices that are not their first holder's."""
    handovers: int = 0
    questioned: list[str] = []
    """Lots with too few bids on which nobody has decided."""
    continued: dict[str, str] = {}
    """Lots that go on with too few bids, and on which ground."""
    abort_ordered: AbortCause | None = None
    destroyed: frozenset[str] = frozenset()
    """Custodians who have destroyed their keys."""
    uncosigned: dict[int, datetime] = {}
    """When each tick and phase change that awaits its checkpoint was."""
    cosigned_at: datetime | None = None
    """When the last one that has it was."""
    last_tick_leaf: str = ""
    rotations: tuple[str, ...] = ()
    """Ids of the statements by which the log's key has changed."""
    stamps: dict[int, ToStamp] = {}
    """By entry."""

    def lot(self, name: str) -> Lot | None:
        """The lot of this name."""
        lots = self.tender.lots if self.tender else []
        return next((lot for lot in lots if lot.lot == name), None)

    def parts(self) -> list[tuple[str, LotPart]]:
        """Every part of every lot, with the lot's name."""
        return [(lot.lot, part) for lot in (self.tender.lots if self.tender else []) for part in lot.parts]

    def places(self) -> list[tuple[str, str]]:
        """Every lot and part that has custodians of its own: the parts of its bids, and the draw that it declares."""
        drawn = [(lot.lot, DRAW) for lot in (self.tender.lots if self.tender else []) if lot.draw]
        return [*((lot, part.part) for lot, part in self.parts()), *drawn]

    def lacks_policy(self) -> list[tuple[str, str]]:
        """Lots and parts that have no policy yet."""
        there = {(policy.lot, policy.part) for policy in self.policies.values()}
        return [place for place in self.places() if place not in there]

    def policy_of(self, lot: str, part: str) -> tuple[str, Policy] | None:
        """Id and content of the policy for one lot and part."""
        found = (item for item in self.policies.items() if (item[1].lot, item[1].part) == (lot, part))
        return next(found, None)

    def bid_of(self, bidder: str, lot: str) -> Bid | None:
        """The live bid of a bidder on a lot."""
        return next((bid for bid in self.bids.values() if (bid.bidder, bid.lot) == (bidder, lot)), None)

    def bid_with(self, submission: str) -> Bid | None:
        """The live bid that one of its parts' submissions names."""
        named = (bid for bid in self.bids.values() if submission in bid.submissions)
        return self.bids.get(submission) or next(named, None)

    def opened_here(self, bid: Bid) -> list[str]:
        """The submissions of a bid whose halves are asked for at the opening, in the order of its parts."""
        here = {part.part for lot, part in self.parts() if lot == bid.lot and part.opened_here}
        return [name for name, part in zip(bid.submissions, bid.parts, strict=True) if part.part in here]

    def role_of(self, person: str) -> Role:
        """What a person who proved who it is may be here: one of the session's people, or a bidder."""
        member = self.members.get(person)
        return member.role if member else Role.BIDDER

    def holder(self, role: Role) -> str:
        """Who holds an office now."""
        first = (m.person for m in self.members.values() if m.role is role and not m.deputy_of)
        return self.handed.get(role) or next(first, "")

    def in_office(self, person: str) -> bool:
        """Whether a person may act as what it is: not a deputy before, nor anybody after, handing over."""
        role = self.role_of(person)
        return role not in OFFICES or self.holder(role) == person

    def stood_still(self, at: datetime) -> timedelta:
        """For how long the present phase's clocks have not run by this time; a phase may begin while suspended."""
        if self.suspension is None:
            return timedelta()
        return at - max(self.suspension.since, self.phase_since or self.suspension.since)

    def late(self, checked_in: datetime) -> bool:
        """Whether somebody came after the deadline."""
        return self.timetable is not None and checked_in >= instant.when(self.timetable.deadline)

    def over(self, at: datetime) -> bool:
        """Whether the phase's window is over at this time; the clocks of a suspended session stand still."""
        now = self.suspension.since if self.suspension else at
        return self.ends_at is None or now >= self.ends_at

    def running_policies(self) -> list[Policy]:
        """The policies of lots that are being opened whose keys everybody sees: of readout forms and draws."""
        return [self.current(name) for name in self.running()]

    def running(self) -> list[str]:
        """Their ids."""
        stopped, public = self.stopped_lots(), (READOUT_FORM, DRAW)
        return [name for name, p in self.policies.items() if p.part in public and p.lot not in stopped]

    def entrusted_policies(self) -> list[Policy]:
        """The policies of parts that are opened for the evaluation only."""
        stopped, kept = self.stopped_lots(), {(lot, part.part) for lot, part in self.parts() if part.opened_here}
        kept = {(lot, part) for lot, part in kept if part != READOUT_FORM and lot not in stopped}
        return [policy for policy in map(self.current, self.policies) if (policy.lot, policy.part) in kept]

    def current(self, policy: str) -> Policy:
        """A policy with the custodians that it has now."""
        published, revisions = self.policies[policy], self.revisions.get(policy)
        return msgspec.structs.replace(published, custodians=revisions[-1].custodians) if revisions else published

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
        """Lots with too few bids, or aborted before anything was opened: theirs stay sealed."""
        return {lot for lot, cause in self.aborted.items() if cause is not AbortCause.NONE_OPENED}

    def asking(self) -> list[Bid]:
        """Bids without a half whose bidders have asked for a remedy."""
        return [bid for bid in self.bids.values() if bid.remedy is not None and not bid.release]

    def unreleased(self) -> list[Bid]:
        """Live bids of which a half that is asked for is not here."""
        return [bid for bid in self.bids.values() if self.lacks_half(bid)]

    def lacks_half(self, bid: Bid) -> bool:
        """Whether a half of this bid is asked for and not here."""
        return any(not bid.half_of(name).release for name in self.opened_here(bid))
