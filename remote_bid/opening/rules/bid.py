"""A bid as the rules see it: what its bidder handed in and gave up, and what became of it."""

from datetime import datetime

import msgspec

from remote_bid.opening.terms import Deposit, SealedPart, Settlement
from remote_bid.people.certificates import Signed
from remote_bid.seal.statements import Statement
from remote_bid.tender.statements import Custodian
from remote_bid.tender.terms import ReadoutForm

WRONG_TRIES = 5
"""Halves that do not match, per submission, before no more are taken."""


class Half(msgspec.Struct, frozen=True, kw_only=True):
    """The bidder's half of one part's key: id of the release statement and the half (base64url), both empty before; the
    commitments to those tried in vain.
    """

    release: str = ""
    s_b: str = ""
    wrong: tuple[str, ...] = ()


class Hindrance(msgspec.Struct, frozen=True, kw_only=True):
    """A release whose signer's certificate (DER, base64url) was revoked by the list (hash) of its authority that was in
    force; all by name.
    """

    certificate: str
    authority: str
    crl: str


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
    certificates: list[str] = []
    released_at: datetime | None = None
    release: str = ""
    """Id of the release statement."""
    s_b: str = ""
    """The released half, base64url; empty until then."""
    wrong: tuple[str, ...] = ()
    """Commitments to the halves tried in vain."""
    hindered: tuple[Hindrance, ...] = ()
    """Releases of its readout form that were not taken for a revoked certificate."""
    failed_lodgings: tuple[str, ...] = ()
    """Ids of what its bidder lodged in vain."""
    bad_lodging: str = ""
    """Why the first of them by itself was none."""
    remedy: Signed | None = None
    """Its request for the escrow holders' shares."""
    shares: dict[str, str] = {}
    """Their shares (base64url) by key id, in the order of publication; empty ones did not open."""
    settlement: Settlement | None = None
    deposit: Deposit | None = None
    """As the last note tells."""
    deposit_note: str = ""
    """The id of that note."""
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

    def readout_part(self) -> SealedPart:
        """The part that is read out: the one that names the bid."""
        return self.part_of(self.bid)
