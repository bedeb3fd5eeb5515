"""What host and supervisor sign together: one of them signs first, the other countersigns the same statement."""

from remote_bid.opening.commands import DeclineRequest
from remote_bid.opening.events import RequestRefused, SignatureAwaited
from remote_bid.opening.rules.guards import require_role
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import RequestRefusal, Role
from remote_bid.people.certificates import Signed
from remote_bid.people.required import refuse, signers
from remote_bid.seal.statements import statement_id
from remote_bid.timeline.context import Event, Turn


def both_signed(opening: Opening, signed: Signed, turn: Turn) -> bool:
    """Whether both have signed; refused unless the sender has, and nobody but the two."""
    people = [person.person for person in signers(turn, signed)]
    if turn.by.person not in people:
        refuse("not_signed_by_you", "签名不是本人的。", "The statement is not signed by you.")
    both = {opening.holder(Role.HOST), opening.holder(Role.SUPERVISOR)}
    if not set(people) <= both or len(people) != len(set(people)):
        refuse(
            "host_and_supervisor",
            "须由主持人和监督人员共同签署。",
            "Host and supervisor sign this, each once, and nobody else.",
        )
    return set(people) == both


def awaiting(opening: Opening, signed: Signed) -> list[Event]:
    """The other's signature is asked for, once."""
    return [] if statement_id(signed.statement) in opening.awaited else [SignatureAwaited(signed=signed)]


def decline(opening: Opening, command: DeclineRequest, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.HOST, Role.SUPERVISOR)
    if command.statement not in opening.awaited and command.statement in opening.declined:
        return []
    if command.statement not in opening.awaited:
        refuse("nothing_asked", "没有待签署的请求。", "Nothing of this name awaits a signature.")
    return [RequestRefused(statement=command.statement, cause=RequestRefusal.DECLINED)]
