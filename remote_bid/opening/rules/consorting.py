"""Declaring a consortium (联合体), before the deadline, in its lead's own side line.

The law forbids whoever bids in a consortium to bid on the same lot alone or in another one. That is no ground to refuse
here: the refusal would tell before the deadline who bids. It shows in the record, and the evaluation_committee rejects
such bids (decision 20).
"""

from remote_bid.opening.commands import DeclareConsortium
from remote_bid.opening.events import ConsortiumDeclared
from remote_bid.opening.rules.guards import deadline, require_phase, require_role, require_room_in_line, require_session
from remote_bid.opening.rules.late import past_deadline
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.submitting import receipt
from remote_bid.opening.terms import Phase, Role
from remote_bid.people.certificates import Certified
from remote_bid.people.required import refuse, says, signers
from remote_bid.seal.canonical import NotCanonical, unb64_sized
from remote_bid.seal.statements import statement_id
from remote_bid.tender.statements import Consortium
from remote_bid.timeline.context import Aside, Event, Turn

_HASH_SIZE = 32


def declare(opening: Opening, command: DeclareConsortium, turn: Turn) -> list[Event | Aside]:
    require_role(opening, turn.by, Role.BIDDER)
    told, people = says(command.signed, Consortium), signers(turn, command.signed)
    if not people or people[0].person != turn.by.person:
        refuse("not_signed_by_you", "签名不是本人的。", "The statement is not signed by you first.")
    require_session(turn, told.session)
    before = opening.consortia.get((told.lot, turn.by.person))
    name = statement_id(command.signed.statement)
    if before is not None and before.statement == name:
        return []
    require_phase(opening, Phase.SCHEDULED, Phase.LOBBY)
    deadline(opening)
    if past_deadline(opening, turn):
        refuse("too_late", "投标截止时间已过。", "The deadline has passed.")
    _require_lot(opening, told)
    if told.prev != (before.statement if before else None):
        refuse("not_the_latest", "该声明不是接续上一次的。", "The declaration must name the one that it replaces.")
    if not sound(opening, told) or not agreed(told, people):
        refuse(
            "bad_consortium",
            "联合体声明有误：各方须各列一次，由牵头人居首，并由各方以所列名称和证书共同签署。",
            "Each party is named once, the lead first, and each has signed as the one that is named.",
        )
    require_room_in_line(opening, turn, bidding=True)
    answer = receipt(opening, turn, [name])
    declared = ConsortiumDeclared(bidder=turn.by.person, lot=told.lot, signed=command.signed, receipt=answer)
    return [Aside(turn.by.person, declared)]


def _require_lot(opening: Opening, told: Consortium) -> None:
    lot = opening.lot(told.lot)
    if lot is None:
        refuse("no_such_lot", "没有这个标段。", "There is no such lot.")
    if not lot.consortia:
        refuse("no_consortia", "本标段不接受联合体投标。", "This lot is not open to consortia.")


def sound(opening: Opening, told: Consortium) -> bool:
    """Each party is named once and is none of the session's people; the lead's own keys are not listed."""
    people = [party.person for party in told.parties]
    try:
        unb64_sized(told.agreement, _HASH_SIZE)
    except NotCanonical:
        return False
    apart = len(set(people)) == len(people) and not set(people) & opening.members.keys()
    return apart and not told.parties[0].keys


def agreed(told: Consortium, people: list[Certified]) -> bool:
    """Each party, and nobody else, has signed, in the order in which they are named and under those names."""
    signed = [(person.person, person.name) for person in people]
    return signed == [(party.person, party.name) for party in told.parties]
