"""What the rules need to know beyond the session itself; facts.py gathers it before a decision."""

import msgspec

from remote_bid.evaluation.terms import BallotLine
from remote_bid.people.certificates import Certified
from remote_bid.people.revocation import CrlNoted
from remote_bid.tender.deployment import Deployment


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Facts for one command: who signed which statement (by id), the key of an election, its opened ballots."""

    deployment: Deployment = Deployment()
    signers: dict[str, list[Certified]] = {}
    ballot_key: str = ""
    """The public half of a fresh key, for an election that is to be opened."""
    ballots: dict[str, BallotLine | None] | None = None
    """By alias: what each ballot of the open round says, None for one that cannot be read. None: the key is lost."""
    calls: bool = True
    """Whether this deployment carries video calls."""
    crls: list[CrlNoted] = []
