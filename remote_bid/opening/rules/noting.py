"""Which lists of revoked certificates are in force, as the session knows it: evidence of everybody's status."""

from remote_bid.opening.commands import NoteCrl
from remote_bid.opening.events import CrlNotedDown
from remote_bid.opening.rules.guards import refuse, require_log
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase
from remote_bid.timeline.context import Event, Turn


def note_crl(opening: Opening, command: NoteCrl, turn: Turn) -> list[Event]:
    require_log(turn)
    before = opening.crls.get(command.crl.authority)
    if before == command.crl:
        return []
    if opening.phase in (Phase.CLOSED, Phase.ABORTED):
        return []
    if before is not None and command.crl.this_update < before.this_update:
        refuse("older_crl", "吊销列表比现行的旧。", "The list is older than the one in force.")
    return [CrlNotedDown(crl=command.crl)]
