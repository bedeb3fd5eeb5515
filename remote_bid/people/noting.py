"""What every session notes of the authorities for later judges: their lists of revoked certificates in force."""

from collections.abc import Mapping

from remote_bid.people.required import refuse, require_log
from remote_bid.people.revocation import CrlNoted
from remote_bid.timeline.context import Command, Event, Turn


class NoteCrl(Command, frozen=True):
    """The log's: an authority's list of revoked certificates is in force from now on."""

    crl: CrlNoted


class CrlNotedDown(Event, frozen=True):
    """From now on statements are judged by this list: whose certificate is on it signs no more."""

    crl: CrlNoted


def noted(crls: Mapping[str, CrlNoted], over: bool, command: NoteCrl, turn: Turn) -> list[Event]:
    """The list is noted once, in a session that is not over; an older one than that in force is refused."""
    require_log(turn)
    before = crls.get(command.crl.authority)
    if before == command.crl or over:
        return []
    if before is not None and command.crl.this_update < before.this_update:
        refuse("older_crl", "吊销列表比现行的旧。", "The list is older than the one in force.")
    return [CrlNotedDown(crl=command.crl)]
