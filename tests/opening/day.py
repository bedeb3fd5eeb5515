"""The day of these tests, as pasts: what has been done when a phase begins."""

from msgspec.structs import replace

from remote_bid.opening import opening as context
from remote_bid.opening.facts import Facts
from remote_bid.opening.terms import Phase
from remote_bid.tender.terms import READOUT_FORM, LotPart
from tests.given import Past, Room, after, at
from tests.opening.actors import (
    AUTHORITY,
    BETA,
    BIDDERS,
    CUSTODIANS,
    DEPLOYMENT,
    FIRST,
    LINE_SECRET,
    OFFICE,
    SECOND,
    TSA,
)
from tests.opening.acts import (
    CLOSE_BIDS,
    CLOSE_OPENING,
    CLOSE_WINDOW,
    HOLD,
    OPEN_LOBBY,
    OPEN_OBJECTIONS,
    OPEN_RELEASE,
    PREPARE_RECORD,
    SETTLE,
    confirm_line,
    cosign_close,
    cosign_window,
    publish_key,
    read_out,
    release,
    submit,
)
from tests.opening.draws import DRAWING
from tests.opening.preparing import countersign_timetable, offer_key, propose_timetable, publish_policy, schedule
from tests.opening.sealed import SAFE
from tests.opening.tender import SESSION, T0, TENDER, after_t0

opening = Room(
    context=context,
    facts=Facts(SAFE, [AUTHORITY.root], DEPLOYMENT, lambda: T0, tsa=[TSA.root]),
    session=SESSION,
    begins=after_t0(-86_400),
    office=OFFICE,
    line_secret=LINE_SECRET,
)


def between(beginning: Past, end: Past) -> Past:
    """What is done after `beginning` until `end`, which begins alike."""
    assert end[: len(beginning)] == beginning
    return end[len(beginning) :]


SCHEDULED: Past = (schedule(),)
KEYS_OFFERED: Past = (*SCHEDULED, *(offer_key(who) for who in CUSTODIANS))
POLICY_PUBLISHED: Past = (*KEYS_OFFERED, publish_policy())
CONVENED: Past = (*POLICY_PUBLISHED, propose_timetable(), countersign_timetable())
"""The timetable holds: bids may come."""

OTHER_LOT = "lot-2"
TWO_LOTS: Past = (
    schedule(tender=replace(TENDER, lots=[*TENDER.lots, replace(TENDER.lots[0], lot=OTHER_LOT)])),
    *POLICY_PUBLISHED[len(SCHEDULED) :],
    *(offer_key(who, lot=OTHER_LOT) for who in CUSTODIANS),
    publish_policy(lot=OTHER_LOT),
    countersign_timetable(),
)
"""The same, for two lots."""

TECHNICAL, PRICE_PART = "technical", "price"
PARTS = [
    LotPart(part=READOUT_FORM, opened_here=True),
    LotPart(part=TECHNICAL, opened_here=True),
    LotPart(part=PRICE_PART),
]
SEVERAL_PARTS: Past = (
    schedule(tender=replace(TENDER, lots=[replace(TENDER.lots[0], parts=PARTS)])),
    *(offer_key(who, part=part.part) for who in CUSTODIANS for part in PARTS),
    *(publish_policy(part=part.part) for part in PARTS),
    propose_timetable(),
    countersign_timetable(),
)
"""A bid has three parts: one is read out, one is opened for the evaluation, one stays sealed."""

DEPOSIT_ASKED: Past = (
    schedule(tender=replace(TENDER, lots=[replace(TENDER.lots[0], bid_deposit="200000.00")])),
    *CONVENED[len(SCHEDULED) :],
)
"""The lot asks for a deposit."""

THREE_BIDS: Past = tuple(submit(who) for who in BIDDERS)
ALPHAS_BID, BETAS_BID, GAMMAS_BID = THREE_BIDS

OPENS_LOBBY = at(after_t0(-3600), OPEN_LOBBY)
LOBBY: Past = (*CONVENED, *THREE_BIDS, OPENS_LOBBY)
CLOSED_FOR_BIDS: Past = (*LOBBY, at(T0, CLOSE_BIDS))
HELD: Past = (*CLOSED_FOR_BIDS, at(after_t0(2), HOLD))
ABORTED: Past = (*CONVENED, ALPHAS_BID, OPENS_LOBBY, at(T0, CLOSE_BIDS), cosign_close())
"""One bid where three are needed."""

GROUND = "只有两家单位具备许可"
COUNT_CHECK: Past = (
    *KEYS_OFFERED,
    publish_policy(grounds=[GROUND]),
    countersign_timetable(),
    ALPHAS_BID,
    BETAS_BID,
    OPENS_LOBBY,
    at(T0, CLOSE_BIDS),
    cosign_close(),
)
"""Two bids where three are needed, and a ground to go on."""

ROSTER: Past = (*CLOSED_FOR_BIDS, cosign_close())
RELEASE: Past = (*ROSTER, at(after_t0(60), OPEN_RELEASE))
RELEASED: Past = (*RELEASE, *(release(who) for who in BIDDERS))
WINDOW_CLOSED: Past = (*RELEASED, CLOSE_WINDOW)
"""Not cosigned yet."""
CUSTODY: Past = (*WINDOW_CLOSED, cosign_window())
UNSEAL: Past = (*CUSTODY, publish_key(FIRST), publish_key(SECOND))
MISSING: Past = (
    *RELEASE,
    release(BETA),
    at(after_t0(1860), CLOSE_WINDOW),
    cosign_window(),
    publish_key(FIRST),
    publish_key(SECOND),
)
"""Only BETA has released."""

PARTS_RELEASE: Past = (*SEVERAL_PARTS, *between(CONVENED, RELEASE))
PARTS_RELEASED: Past = (
    *PARTS_RELEASE,
    *(release(who) for who in BIDDERS),
    *(release(who, part=TECHNICAL) for who in BIDDERS),
)
PARTS_CUSTODY: Past = (*PARTS_RELEASED, CLOSE_WINDOW, cosign_window())
"""The same as CUSTODY, of bids with several parts."""

READOUT: Past = (*UNSEAL, SETTLE)
DEPOSITS: Past = (*DEPOSIT_ASKED, *between(CONVENED, CUSTODY))
"""The same as CUSTODY, where a deposit is asked for."""
CONFIRM: Past = (*READOUT, *(read_out(who) for who in BIDDERS))
OBJECTION: Past = (*CONFIRM, *(confirm_line(who) for who in BIDDERS), OPEN_OBJECTIONS)
RECORD: Past = (*OBJECTION, after(600_000, PREPARE_RECORD))
CLOSED: Past = (*RECORD, CLOSE_OPENING)

PHASES: dict[Phase, Past] = {
    Phase.SCHEDULED: (*CONVENED, *THREE_BIDS),
    Phase.LOBBY: LOBBY,
    Phase.CLOSED_FOR_BIDS: CLOSED_FOR_BIDS,
    Phase.HELD: HELD,
    Phase.COUNT_CHECK: COUNT_CHECK,
    Phase.ROSTER: ROSTER,
    Phase.RELEASE: RELEASE,
    Phase.CUSTODY: CUSTODY,
    Phase.UNSEAL: UNSEAL,
    Phase.DRAW: DRAWING,
    Phase.READOUT: READOUT,
    Phase.CONFIRM: CONFIRM,
    Phase.OBJECTION: OBJECTION,
    Phase.RECORD: RECORD,
    Phase.CLOSED: CLOSED,
    Phase.ABORTED: ABORTED,
}
"""A session in each phase, with three bids wherever there may be."""
