"""An opening as the rules see it: folded from its events, never from anywhere else."""

from datetime import datetime

import msgspec

from remote_bid.opening.statements import Close, WindowClosed
from remote_bid.opening.terms import AbortCause, Member, OpeningRecord, Phase, Role, SealedPart, Settlement
from remote_bid.people.certificates import Signed
from remote_bid.seal.statements import Statement, statement_id
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
    certificates: list[str] = []
    released_at: datetime | None = None
    release: str = ""
    """Id of the release statement."""
    s_b: str = ""
    """The released half, base64url; empty until then."""
    wrong: tuple[str, ...] = ()
    """Hashes of the halves tried in vain."""
    failed_lodgings: tuple[str, ...] = ()
    """Ids of what its bidder lodged in vain."""
    bad_lodging: str = ""
    """Why the first of them by itself was none."""
    remedy: Signed | None = None
    """Its request for the escrow holders' shares."""
    shares: dict[str, str] = {}
    """Their shares (base64url) by key id, in the order of publication; empty ones did not open."""
    settlement: Settlement | None = None
    read_out: bool = False
    form: ReadoutForm | None = None

    def readout_part(self) -> SealedPart:
        """The part that is read out: the one that names the bid."""
        return next(part for part in self.parts if statement_id(part.submission) == self.bid)


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
    refusals: dict[str, list[Statement]] = {}
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
    checkpoint: CheckpointSeen | None = None
    marks: dict[int, Phase] = {}
    """Phase-change entries that await their checkpoint: seq → phase entered."""
    disclosed: bool = False
    record: OpeningRecord | None = None
    record_hash: str = ""
    signatures: dict[str, str] = {}
    """Who signed the record, and the id of that statement."""

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

    def stopped_lots(self) -> set[str]:
        """Lots with too few bids: theirs stay sealed."""
        return {lot for lot, cause in self.aborted.items() if cause is AbortCause.TOO_FEW_BIDS}

    def asking(self) -> list[Bid]:
        """Bids without a half whose bidders have asked for a remedy."""
        return [bid for bid in self.unreleased() if bid.remedy is not None]

    def unreleased(self) -> list[Bid]:
        """Live bids whose half is not here."""
        return [bid for bid in self.bids.values() if not bid.release]
