"""An opening as the rules see it: folded from its events, never from anywhere else."""

from datetime import datetime

import msgspec

from remote_bid.opening.statements import Close, WindowClosed
from remote_bid.opening.terms import AbortCause, Member, OpeningRecord, Phase, Role, SealedPart, Settlement
from remote_bid.people.certificates import Signed
from remote_bid.seal.statements import Statement
from remote_bid.tender.statements import Custodian, Policy, Timetable
from remote_bid.tender.terms import READOUT_FORM, Lot, LotPart, ReadoutForm, Tender

WRONG_TRIES = 5
"""Halves that do not match, per submission, before no more are taken."""


class Half(msgspec.Struct, frozen=True, kw_only=True):
    """The bidder's half of one part's key: id of the release statement and the half (base64url), both empty before; the
    hashes of those tried in vain.
    """

    release: str = ""
    s_b: str = ""
    wrong: tuple[str, ...] = ()


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """The custodians of a policy from a strike on; `strike` is its id."""

    strike: str
    at: datetime
    custodians: list[Custodian]


class Bid(msgspec.Struct, frozen=True, kw_only=True):
    """One bidder's live offer on one lot. `bid` is the id of its readout form's submission; what is said of the half
    here is said of the readout form's. `others` has the halves of other parts, by submission.
    """

    bid: str
    bidder: str
    name: str
    lot: str
    version: int
    parts: list[SealedPart]
    submissions: tuple[str, ...]
    """Ids of the parts' submissions, in the same order."""
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
    others: dict[str, Half] = {}
    drilled: bool = False
    """Its bidder has seen that its device still opens it."""

    def part_of(self, submission: str) -> SealedPart:
        """The part that this submission is for."""
        return self.parts[self.submissions.index(submission)]

    def half_of(self, submission: str) -> Half:
        """What is here of the half of this submission's key."""
        if submission == self.bid:
            return Half(release=self.release, s_b=self.s_b, wrong=self.wrong)
        return self.others.get(submission, Half())


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

    def lot(self, name: str) -> Lot | None:
        """The lot of this name."""
        lots = self.tender.lots if self.tender else []
        return next((lot for lot in lots if lot.lot == name), None)

    def parts(self) -> list[tuple[str, LotPart]]:
        """Every part of every lot, with the lot's name."""
        return [(lot.lot, part) for lot in (self.tender.lots if self.tender else []) for part in lot.parts]

    def lacks_policy(self) -> list[tuple[str, str]]:
        """Lots and parts that have no policy yet."""
        there = {(policy.lot, policy.part) for policy in self.policies.values()}
        return [(lot, part.part) for lot, part in self.parts() if (lot, part.part) not in there]

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

    def running_policies(self) -> list[Policy]:
        """The policies of the readout forms of lots that are being opened."""
        return [policy for policy in self._opened_policies() if policy.part == READOUT_FORM]

    def entrusted_policies(self) -> list[Policy]:
        """The policies of parts that are opened for the evaluation only."""
        return [policy for policy in self._opened_policies() if policy.part != READOUT_FORM]

    def _opened_policies(self) -> list[Policy]:
        stopped = self.stopped_lots()
        here = {(lot, part.part) for lot, part in self.parts() if part.opened_here and lot not in stopped}
        return [policy for policy in map(self.current, self.policies) if (policy.lot, policy.part) in here]

    def current(self, policy: str) -> Policy:
        """A policy with the custodians that it has now."""
        published, revisions = self.policies[policy], self.revisions.get(policy)
        return msgspec.structs.replace(published, custodians=revisions[-1].custodians) if revisions else published

    def stopped_lots(self) -> set[str]:
        """Lots with too few bids: theirs stay sealed."""
        return {lot for lot, cause in self.aborted.items() if cause is AbortCause.TOO_FEW_BIDS}

    def unreleased(self) -> list[Bid]:
        """Live bids of which a half that is asked for is not here."""
        return [bid for bid in self.bids.values() if self.lacks_half(bid)]

    def lacks_half(self, bid: Bid) -> bool:
        """Whether a half of this bid is asked for and not here."""
        return any(not bid.half_of(name).release for name in self.opened_here(bid))
