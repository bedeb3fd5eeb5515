"""Step 10, remedies: asked for by the bidder inside the window; each share is its holder's, and the one dealt."""

from remote_bid.opening.events import EscrowSharePublished, RemedyRequested
from remote_bid.opening.rules.remedy import deal_of, holders, policy_of, share_matches
from remote_bid.opening.statements import EscrowShare, RemedyRequest
from remote_bid.seal.statements import id_of, said
from remote_bid.timeline import instant
from remote_bid.verify.case import Case, Failed, entry_name


def remedies(case: Case) -> None:
    """Requests and shares; what follows from them is settled again in step 11."""
    if case.state.window_closed is None:
        return
    for shown, event in case.happened(RemedyRequested):
        _request(case, entry_name(shown), event, (shown.event or {})["at"])
    for shown, share in case.happened(EscrowSharePublished):
        _share(case, entry_name(shown), share)


def _request(case: Case, name: str, event: RemedyRequested, at: str) -> None:
    told, close, bid = said(event.signed.statement, RemedyRequest), case.state.close, case.state.bids.get(event.bid)
    if bid is None or close is None:
        raise Failed(name, "the remedy is asked for no bid of this session")
    if (told.session, told.submission, told.close) != (case.session, bid.bid, id_of(close)) or not deal_of(bid).escrow:
        raise Failed(name, "the remedy is asked for another bid or close, or for one that was not dealt to holders")
    ended = case.state.release_ended_at
    if ended is None or instant.when(at) >= ended:
        raise Failed(name, "the remedy was asked for after the bidders' window")


def _share(case: Case, name: str, event: EscrowSharePublished) -> None:
    told, window, bid = (
        said(event.signed.statement, EscrowShare),
        case.state.window_closed,
        case.state.bids.get(event.bid),
    )
    if bid is None or window is None or bid.remedy is None or bid.release:
        raise Failed(name, "no remedy was asked for this bid")
    if (told.session, told.submission, told.window_closed) != (case.session, bid.bid, id_of(window)):
        raise Failed(name, "the share is for another bid or window")
    if (event.person, told.kid) not in holders(policy_of(case.state, bid)):
        raise Failed(name, "the share is by somebody who holds none")
    if not share_matches(bid, told):
        raise Failed(name, "the share is not the one that the bidder committed to")
