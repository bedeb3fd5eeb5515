"""Keys of parts that are opened here but not read out: handed over for the evaluation, never to the public."""

from remote_bid.opening.commands import EntrustKey
from remote_bid.opening.events import KeyEntrusted
from remote_bid.opening.rules.guards import require_phase, require_role, require_session
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.submitting import custodian_kids
from remote_bid.opening.rules.unsealing import require_own_key
from remote_bid.opening.statements import Custody
from remote_bid.opening.terms import Phase, Role
from remote_bid.people.required import signed_by_sender
from remote_bid.seal.statements import statement_id
from remote_bid.timeline.context import Event, Turn

_UNTIL_CLOSED = (
    Phase.CUSTODY,
    Phase.UNSEAL,
    Phase.DRAW,
    Phase.READOUT,
    Phase.CONFIRM,
    Phase.OBJECTION,
    Phase.RECORD,
)


def entrust_key(opening: Opening, command: EntrustKey, turn: Turn) -> list[Event]:
    require_role(opening, turn.by, Role.CUSTODIAN)
    custody, _ = signed_by_sender(turn, command.signed, Custody)
    require_session(turn, custody.session)
    if opening.entrusted.get(custody.kid) == custody.seed:
        return []
    require_phase(opening, *_UNTIL_CLOSED)
    policies = opening.entrusted_policies()
    require_own_key(opening, custody, policies, turn)
    policy = next(policy for policy in policies if custody.kid in custodian_kids(policy))
    entrusted = KeyEntrusted(
        person=turn.by.person,
        lot=policy.lot,
        part=policy.part,
        kid=custody.kid,
        custody=statement_id(command.signed.statement),
        signed=command.signed,
    )
    return [entrusted]
