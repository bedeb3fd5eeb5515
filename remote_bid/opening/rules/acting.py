"""Who acts for a bid: its bidder and, in a consortium, whichever parties the declaration names with a key of theirs."""

from collections.abc import Sequence
from datetime import datetime

from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Party
from remote_bid.people.certificates import Certified, Signed
from remote_bid.seal.statements import signer_ids
from remote_bid.tender.statements import ConsortiumParty


def parties_of(opening: Opening, bid: Bid) -> Sequence[ConsortiumParty]:
    """The parties of the consortium that a bid is of, the lead first; none where one bids alone."""
    declared = opening.consortia.get((bid.lot, bid.bidder))
    return declared.parties if declared and len(declared.parties) > 1 else ()


def consortium_of(opening: Opening, bid: Bid) -> list[Party]:
    """The same, as they are read out."""
    return [Party(person=party.person, name=party.name, work=party.work) for party in parties_of(opening, bid)]


def people_of(opening: Opening, bid: Bid) -> list[str]:
    """The bidder, and the parties that may act for the bid."""
    return [bid.bidder, *(party.person for party in parties_of(opening, bid)[1:] if party.keys)]


def acts_for(opening: Opening, bid: Bid, person: str, keyid: str) -> bool:
    """Whether what was signed with this key counts for the bid."""
    if person == bid.bidder:
        return True
    return any(party.person == person and keyid in party.keys for party in parties_of(opening, bid)[1:])


def signs_for(opening: Opening, bid: Bid, certified: Certified) -> bool:
    """Whether this signer acts for the bid."""
    return acts_for(opening, bid, certified.person, certified.keyid)


def bidder_behind(opening: Opening, person: str, signed: Signed | None = None) -> str:
    """For which bidder somebody speaks: itself if it bids; else the lead of a consortium whose bid it acts for, with
    the key that it has `signed` with; else itself.
    """
    if not opening.consortia or person in opening.took_part():
        return person
    keyid = signer_ids(signed.statement)[0] if signed else ""
    for bid in opening.bids.values():
        if acts_for(opening, bid, person, keyid) if signed else person in people_of(opening, bid):
            return bid.bidder
    return person


def present_since(opening: Opening, bid: Bid) -> datetime | None:
    """When the first of those who act for a bid checked in."""
    times = [opening.present[person] for person in people_of(opening, bid) if person in opening.present]
    return min(times, default=None)


def bids_twice(opening: Opening, bid: Bid) -> list[str]:
    """Those who take part in this bid and in another one on the same lot, alone or with others."""
    others = [other for other in opening.bids.values() if other.lot == bid.lot and other.bid != bid.bid]
    elsewhere = {person for other in others for person in _all_of(opening, other)}
    return [person for person in _all_of(opening, bid) if person in elsewhere]


def _all_of(opening: Opening, bid: Bid) -> list[str]:
    return [party.person for party in parties_of(opening, bid)] or [bid.bidder]
