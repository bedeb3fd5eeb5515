"""Drills before the deadline: a lost file, a broken device, an absent custodian are found while there is time."""

from remote_bid.opening.commands import AnswerDrill, BeginDrill, PassDrill
from remote_bid.opening.events import CustodianDrilled, DrillDealt, DrillPassed
from remote_bid.opening.rules.guards import known, require_phase, require_role, require_room_in_line, require_session
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase, Role
from remote_bid.people.required import refuse, signed_by_sender
from remote_bid.seal.drill import told
from remote_bid.seal.statements import statement_id
from remote_bid.tender.statements import DrillAnswer
from remote_bid.timeline.context import Aside, Event, Turn

BEFORE_T0 = (Phase.SCHEDULED, Phase.LOBBY, Phase.HELD)


def pass_drill(opening: Opening, command: PassDrill, turn: Turn) -> list[Event | Aside]:
    require_role(opening, turn.by, Role.BIDDER)
    bid = opening.bids.get(command.bid)
    own = bid is not None and bid.bidder == turn.by.person
    if bid is not None and own and bid.drilled:
        return []
    require_phase(opening, *BEFORE_T0)
    if bid is None or not own:
        refuse("not_your_bid", "这不是您的投标。", "This is not a bid of yours.")
    require_room_in_line(opening, turn, bidding=True)
    return [Aside(turn.by.person, DrillPassed(bid=bid.bid, lot=bid.lot))]


def begin_drill(opening: Opening, command: BeginDrill, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.CUSTODIAN)
    require_phase(opening, *BEFORE_T0)
    dummy = known(turn).dummy
    if dummy is None:
        refuse("not_your_key", "这不是您登记的密钥。", "This is not a key that you offered.")
    return [DrillDealt(person=turn.by.person, dummy=dummy)]


def answer_drill(opening: Opening, command: AnswerDrill, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.CUSTODIAN)
    answer, _ = signed_by_sender(turn, command.signed, DrillAnswer)
    require_session(turn, answer.session)
    if opening.drilled.get(answer.kid) == statement_id(command.signed.statement):
        return []
    require_phase(opening, *BEFORE_T0)
    if (turn.by.person, answer.kid, told(answer.session, answer.kid, answer.secret)) not in opening.dummies:
        refuse("wrong_answer", "演练未通过，内容与下发的不符。", "This is not what the dummy dealt to you holds.")
    return [CustodianDrilled(person=turn.by.person, signed=command.signed)]
