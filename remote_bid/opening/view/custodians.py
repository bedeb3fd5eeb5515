"""The custodians on a page, and their drills."""

from msgspec import UNSET

from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.submitting import custodian_kids
from remote_bid.opening.terms import Role
from remote_bid.opening.view.page import CustodianRow
from remote_bid.timeline.entry import Who
from remote_bid.timeline.of_state import of_state


def custodians(opening: Opening, who: Who) -> dict[str, CustodianRow]:
    """One row for each."""
    return {
        member.person: CustodianRow(
            name=member.name,
            side=member.side,
            published=member.person in opening.keys_by,
            drilled=_drilled(opening, member.person) if watches_drills(who, member.person) else UNSET,
        )
        for member in opening.members.values()
        if member.role is Role.CUSTODIAN
    }


@of_state
def _drilled(opening: Opening, person: str) -> bool:
    """Whether every key that this custodian holds under a policy has passed a drill."""
    kids = [
        kid
        for policy in map(opening.current, opening.policies)
        for custodian, kid in zip(policy.custodians, custodian_kids(policy), strict=True)
        if custodian.person == person
    ]
    return bool(kids) and all(kid in opening.drilled for kid in kids)


def watches_drills(who: Who, custodian: str) -> bool:
    """Those who run the session, who can still replace it; and itself."""
    return who.role in (Role.HOST, Role.SUPERVISOR, Role.TENDERER) or who.person == custodian
