"""A member of the committee as the rules see it."""

from datetime import datetime

import msgspec

from remote_bid.evaluation.terms import Departure, ReportAnswer, Score, Verdict


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was called, or whom the tenderer sends; who has left stays here, its work void."""

    alias: str
    person: str
    name: str = ""
    specialty: str = ""
    """Of the pool it was drawn from; empty for the tenderer's representative."""
    accepted_at: datetime | None = None
    gate: str = ""
    """The site whose gate it has passed."""
    site: str = ""
    seat: str = ""
    seated_at: datetime | None = None
    undertaken_at: datetime | None = None
    papers: frozenset[str] = frozenset()
    """Ids of the statements that were taken from it."""
    review: str = ""
    """Id of its last review sheet."""
    verdicts: tuple[Verdict, ...] = ()
    draft: tuple[Score, ...] = ()
    sheet: str = ""
    """Id of its last score sheet."""
    scores: dict[tuple[str, str], str] = {}
    """Points by target and item, as corrected."""
    answer: ReportAnswer | None = None
    reason: str = ""
    left: Departure | None = None

    @property
    def seated(self) -> bool:
        """Whether it is at its seat."""
        return bool(self.seat)
