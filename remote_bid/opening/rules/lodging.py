"""What cosigners have taken for bidders whom the server did not answer: it counts if it came inside the window."""

from remote_bid.opening.events import KeyLodged, LodgingFailed, LodgingSeedPublished
from remote_bid.opening.known import Lodged
from remote_bid.opening.lodging import BadLodging, lodged_half, lodging_seed
from remote_bid.opening.rules.acting import acts_for, people_of
from remote_bid.opening.rules.bid import WRONG_TRIES, Bid
from remote_bid.opening.rules.guards import known
from remote_bid.opening.rules.order import in_order
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.statements import LodgedRelease
from remote_bid.people.certificates import Signed
from remote_bid.people.required import refuse
from remote_bid.seal.canonical import b64
from remote_bid.seal.statements import BadStatement, id_of, said, signer_ids, statement_id
from remote_bid.tender.statements import Policy
from remote_bid.timeline.context import Aside, Event, Turn


def take_lodgings(opening: Opening, turn: Turn) -> list[Event | Aside]:
    """For each bid without a half: the first lodged one that matches, or the attempts as evidence. None is taken twice.

    Refused while the cosigners have not been asked: the window does not close without them.
    """
    told = known(turn).lodgings
    if told is None:
        refuse("not_yet", "尚未向联署方查询寄存。", "The cosigners have not been asked yet what was lodged.")
    asides: list[Event | Aside] = []
    for bid in in_order(opening):
        if not bid.release:
            asides += [Aside(bid.bidder, event) for event in _of_bid(opening, bid, told.lodged, turn)]
    return asides


def _of_bid(opening: Opening, bid: Bid, lodged: list[Lodged], turn: Turn) -> list[Event]:
    own = [item for item in lodged if item.submission == bid.bid and opening.ends_at and item.at < opening.ends_at]
    failed: dict[str, Event] = {}
    for item in sorted(own, key=lambda item: (item.person not in people_of(opening, bid), item.at)):
        event = _judged(opening, bid, item, turn)
        if isinstance(event, KeyLodged):
            return [event]
        failed[statement_id(item.signed.statement)] = event
    new = [event for name, event in failed.items() if name not in bid.failed_lodgings]
    return new[: WRONG_TRIES - len(bid.failed_lodgings)]


def _judged(opening: Opening, bid: Bid, item: Lodged, turn: Turn) -> KeyLodged | LodgingFailed:
    seed = _seed(opening, opening.policies[bid.readout_part().header.core.policy], turn)
    try:
        half = judged_half(opening, bid, item.signed, item.person, seed)
    except BadLodging as fault:
        return LodgingFailed(bid=bid.bid, bidder=bid.bidder, signed=item.signed, receipt=item.receipt, why=fault.code)
    return KeyLodged(bid=bid.bid, bidder=bid.bidder, signed=item.signed, receipt=item.receipt, s_b=b64(half))


def judged_half(opening: Opening, bid: Bid, signed: Signed, person: str, seed: bytes) -> bytes:
    """The half that `person` lodged for this bid, or BadLodging; the verifier asks the same once the seed is public."""
    keyid = next(iter(signer_ids(signed.statement)), "")
    if not acts_for(opening, bid, person, keyid):
        raise BadLodging("not_by_the_bidder")
    close = id_of(opening.close) if opening.close else ""
    try:
        lodged = said(signed.statement, LodgedRelease)
    except BadStatement as error:
        raise BadLodging("not_a_release") from error
    return lodged_half(lodged, opening.session, close, bid.readout_part().header, seed)


def published_seeds(opening: Opening, turn: Turn) -> list[Event]:
    """The seeds of the lodging keys of all that was opened, once it is settled; none where nothing was lodged. Those of
    parts that are not read out stay secret.
    """
    names = opening.running() if opening.lodged else []
    return [LodgingSeedPublished(policy=name, seed=b64(_seed(opening, opening.policies[name], turn))) for name in names]


def _seed(opening: Opening, policy: Policy, turn: Turn) -> bytes:
    return lodging_seed(turn.line_secret, opening.session, policy.lot, policy.part)
