"""What the log notes for later judges: lists of revoked certificates in force, and its own new key."""

from remote_bid.opening.rules.guards import known
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase
from remote_bid.people.noting import NoteCrl, noted
from remote_bid.people.required import refuse, require_log
from remote_bid.seal.statements import statement_id
from remote_bid.timeline.context import Event, Turn
from remote_bid.timeline.marks import LogKeyRotated, RecordRotation


def note_crl(opening: Opening, command: NoteCrl, turn: Turn) -> list[Event]:
    return noted(opening.crls, opening.phase in (Phase.CLOSED, Phase.ABORTED), command, turn)


def record_rotation(opening: Opening, command: RecordRotation, turn: Turn) -> list[Event]:
    """Whatever the phase: what the log signs next must be judged by the right key."""
    require_log(turn)
    if statement_id(command.statement) in opening.rotations:
        return []
    to_come = known(turn).deployment.successors[len(opening.rotations) :]
    if to_come[:1] != [command.statement]:
        refuse("not_the_successor", "不是日志的下一把密钥。", "This is not the log's next key.")
    return [LogKeyRotated(statement=command.statement)]
