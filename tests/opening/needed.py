"""How any day begins, and what it needs next, so that it comes to its end."""

from collections.abc import Callable

from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.unsealing import keys_of
from remote_bid.opening.terms import Phase
from remote_bid.seal.canonical import b64
from remote_bid.seal.xwing import key_id
from remote_bid.tender.terms import DRAW, READOUT_FORM
from remote_bid.timeline.entry import Who
from tests.given import Act, Past, Story
from tests.opening.actors import (
    ALPHA,
    BETA,
    BIDDERS,
    CUSTODIANS,
    GAMMA,
    HOST,
    public_of,
    seed_of,
)
from tests.opening.acts import (
    CLOSE_OPENING,
    OPEN_RELEASE,
    answer_objection,
    check_in,
    confirm_line,
    entrust_key,
    publish_key,
    raise_objection,
    read_out,
    record_checkpoint,
    release,
    sign_record,
    submit,
)
from tests.opening.anything import ANOTHER, MANY_BIDDERS, cosigned, postponed
from tests.opening.course import (
    ABSENT,
    DEPUTY_IN_OFFICE,
    SUSPENDED,
    WITH_DEPUTY,
)
from tests.opening.day import (
    CLOSED_FOR_BIDS,
    CONFIRM,
    CONVENED,
    COUNT_CHECK,
    CUSTODY,
    LOBBY,
    OBJECTION,
    OTHER_LOT,
    PARTS_CUSTODY,
    PARTS_RELEASE,
    READOUT,
    RELEASE,
    ROSTER,
    SEVERAL_PARTS,
    TWO_LOTS,
    WINDOW_CLOSED,
)
from tests.opening.draws import (
    BOTH_SEALED,
    DRAW_CONVENED,
    DRAWING,
    NOBODY_SEALED,
    lottery,
    until_unsealed,
)
from tests.opening.tender import LOT, after_t0

TWO_LOTS_BID: Past = (*TWO_LOTS, *(submit(who, lot=lot) for lot in (LOT, OTHER_LOT) for who in BIDDERS))
PARTS_BID: Past = (*SEVERAL_PARTS, *(submit(who) for who in BIDDERS))

BEGINNINGS = [
    CONVENED,
    TWO_LOTS_BID,
    PARTS_BID,
    PARTS_RELEASE,
    PARTS_CUSTODY,
    LOBBY,
    CLOSED_FOR_BIDS,
    COUNT_CHECK,
    ROSTER,
    WITH_DEPUTY,
    DEPUTY_IN_OFFICE,
    RELEASE,
    SUSPENDED,
    WINDOW_CLOSED,
    CUSTODY,
    ABSENT,
    READOUT,
    CONFIRM,
    OBJECTION,
    DRAW_CONVENED,
    until_unsealed(*BOTH_SEALED),
    DRAWING,
    NOBODY_SEALED,
]

COSIGN_WINDOW = record_checkpoint(
    lambda story: int(story.state.window_closed_seq or story.folded.head), *[after_t0(2000)] * 3
)
"""Over the end of the bidders' window, whatever was ticked after it."""

NEXT: dict[Phase, list[Act]] = {
    Phase.SCHEDULED: [submit(ALPHA), submit(BETA), submit(GAMMA)],
    Phase.LOBBY: [submit(ALPHA), submit(BETA), submit(GAMMA), check_in(ALPHA)],
    Phase.CLOSED_FOR_BIDS: [cosigned(max, (0, 0, 0))],
    Phase.HELD: [postponed(2)[1]],
    Phase.ROSTER: [OPEN_RELEASE],
    Phase.RELEASE: [release(ALPHA), release(BETA), release(GAMMA), COSIGN_WINDOW],
    Phase.DRAW: [lottery()],
    Phase.READOUT: [read_out(who) for who in MANY_BIDDERS],
    Phase.CONFIRM: [confirm_line(ALPHA), confirm_line(BETA), confirm_line(GAMMA, dispute="报价有误")],
    Phase.OBJECTION: [raise_objection(ALPHA), answer_objection(1), answer_objection(2)],
    Phase.RECORD: [sign_record(ALPHA), sign_record(HOST), CLOSE_OPENING],
}
"""What the day needs in each phase."""


def needs(story: Story) -> list[Act]:
    """What may be done for the day now, in every lot and part that it has: also again."""
    return [*NEXT.get(story.state.phase, []), *_elsewhere(story.state)]


def wanting(story: Story) -> list[Act]:
    """What must be done still: nobody bids twice."""
    state = story.state
    if state.phase not in (Phase.SCHEDULED, Phase.LOBBY):
        return needs(story)
    return [*_submits(state, LOT, READOUT_FORM), *_elsewhere(state)]


def _elsewhere(state: Opening) -> list[Act]:
    more = ELSEWHERE.get(state.phase)
    places = [place for place in state.places() if place != (LOT, READOUT_FORM) or state.phase is Phase.CUSTODY]
    return [act for place in places if more for act in more(state, *place)]


def _submits(state: Opening, lot: str, part: str) -> list[Act]:
    lacking = [who for who in BIDDERS if part == READOUT_FORM and state.bid_of(who.person, lot) is None]
    return [submit(who, lot=lot) for who in lacking]


def _releases(state: Opening, lot: str, part: str) -> list[Act]:
    return [release(who, lot=lot, part=part) for who, bid in _bids(state, lot) if state.lacks_half(bid)]


def _read_out(state: Opening, lot: str, part: str) -> list[Act]:
    return [read_out(who, lot) for who, bid in _bids(state, lot) if part == READOUT_FORM and not bid.read_out]


def _confirms(state: Opening, lot: str, part: str) -> list[Act]:
    open_ = [who for who, bid in _bids(state, lot) if part == READOUT_FORM and bid.bid not in state.line_answers]
    return [confirm_line(who, lot=lot) for who in open_]


def _bids(state: Opening, lot: str) -> list[tuple[Who, Bid]]:
    live = [(who, state.bid_of(who.person, lot)) for who in MANY_BIDDERS]
    return [(who, bid) for who, bid in live if bid is not None]


ELSEWHERE: dict[Phase, Callable[[Opening, str, str], list[Act]]] = {
    Phase.SCHEDULED: _submits,
    Phase.RELEASE: _releases,
    Phase.CUSTODY: lambda state, lot, part: keys_wanted(state, lot, part),
    Phase.READOUT: _read_out,
    Phase.CONFIRM: _confirms,
}
"""What is still wanting in another lot or part."""


def keys_wanted(state: Opening, lot: str, part: str) -> list[Act]:
    """Every key for a lot and part that custodians hold and have not given yet, whichever of theirs it is."""
    acts = []
    for who in CUSTODIANS:
        held = {*keys_of(state, who.person)} - {*state.keys, *state.entrusted}
        acts += [_given(who, lot, part, of) for of in (lot, ANOTHER) if key_id(public_of(who, of, part)) in held]
    return acts


def _given(who: Who, lot: str, part: str, key_of: str) -> Act:
    """A key published or entrusted, as its part wants it."""
    make = publish_key if part in (READOUT_FORM, DRAW) else entrust_key
    seed, kid = seed_of(who, key_of, part), key_id(public_of(who, key_of, part))
    return make(who, lot=lot, part=part, seed=b64(seed), kid=kid)
