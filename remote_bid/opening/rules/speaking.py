"""Words in the hall: part of the record, from the roster on. Nothing is taken back or deleted.

Until names are shown a bidder speaks under an alias: its number tells the order of first words, nothing else, for rows
of the roster and submissions have other orders.
"""

from remote_bid.opening.commands import Say
from remote_bid.opening.events import Said
from remote_bid.opening.rules.acting import bidder_behind
from remote_bid.opening.rules.guards import require_phase
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase, Role
from remote_bid.people.required import refuse
from remote_bid.timeline import instant
from remote_bid.timeline.context import Turn

HEARING = (
    Phase.ROSTER,
    Phase.RELEASE,
    Phase.CUSTODY,
    Phase.UNSEAL,
    Phase.DRAW,
    Phase.READOUT,
    Phase.CONFIRM,
    Phase.OBJECTION,
)
"""When objections are raised and answered."""

SPEAKING = (*HEARING, Phase.RECORD)
"""When people may speak."""

MOST_WORDS = 200
"""Times that one person may speak in a session."""
BURST, BURST_MS = 6, 60_000
"""So many times in so many milliseconds, and no more often."""


def say(opening: Opening, command: Say, turn: Turn) -> list[Said]:
    person, role = turn.by.person, opening.role_of(turn.by.person)
    bidder = bidder_behind(opening, person)
    if turn.by.role != role or role is Role.OBSERVER or (role is Role.BIDDER and bidder not in opening.took_part()):
        refuse("not_allowed", "您不是本场开标的参加人。", "Only those who take part may speak.")
    spoken = opening.spoken.get(person, ())
    if any(words.nonce == command.nonce for words in spoken):
        return []
    require_phase(opening, *SPEAKING)
    if len(spoken) >= MOST_WORDS:
        refuse("too_many", "发言次数已达上限。", "You have said as much as one person may.")
    if len(spoken) >= BURST and turn.at < instant.later(spoken[-BURST].at, BURST_MS):
        refuse("too_fast", "发言过于频繁，请稍后再试。", "Not so fast; try again in a minute.")
    alias = alias_of(opening, bidder) if role is Role.BIDDER else None
    return [Said(alias=alias, text=command.text, nonce=command.nonce)]


def alias_of(opening: Opening, person: str) -> int:
    """A bidder's number, by the order of first words."""
    return opening.aliases.get(person, len(opening.aliases) + 1)
