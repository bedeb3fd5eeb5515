"""Step 9, the shares: every deal is for its envelope and for custodians who held keys when it was made."""

from remote_bid.opening.events import BidSubmitted, DealtAgain
from remote_bid.opening.rules.submitting import escrow_kids, kids_of
from remote_bid.opening.terms import SealedPart
from remote_bid.seal.canonical import b64
from remote_bid.seal.envelope import ctx_of
from remote_bid.seal.statements import said, statement_id
from remote_bid.tender.statements import Deal
from remote_bid.timeline import instant
from remote_bid.timeline.entry import Shown
from remote_bid.verify.case import Case, Failed, entry_name

_Live = dict[tuple[str, str], tuple[SealedPart, str]]
"""By bid and policy: the part, and the id of the deal that holds."""


def dealt_again(case: Case, deadline: str) -> None:
    """Each new deal is for a bid that was there, before the deadline, and replaces the deal before it."""
    live: _Live = {}
    for shown in case.lines:
        event = case.whole(shown)
        if isinstance(event, BidSubmitted):
            live |= {(event.bid, part.header.core.policy): (part, statement_id(part.deal)) for part in event.parts}
        elif isinstance(event, DealtAgain):
            if (shown.event or {})["at"] >= deadline:
                raise Failed(entry_name(shown), "the shares were dealt after the deadline")
            _replaced(case, shown, event, live)


def _replaced(case: Case, shown: Shown, event: DealtAgain, live: _Live) -> None:
    for signed in event.deals:
        deal = said(signed.statement, Deal)
        part, before = live.get((event.bid, deal.policy), (None, ""))
        if part is None or deal.prev != before:
            raise Failed(entry_name(shown), "the deal does not replace the one before it")
        dealt(case, shown, part, deal)
        live[event.bid, deal.policy] = (part, statement_id(signed.statement))


def dealt(case: Case, shown: Shown, part: SealedPart, deal: Deal) -> None:
    """For this envelope, and for a list of custodians that held when the entry was made."""
    core, name = part.header.core, entry_name(shown)
    if (deal.bidder, deal.version, deal.policy) != (core.bidder, core.version, core.policy):
        raise Failed(name, "the deal is for another bidder, version or policy")
    if deal.ctx != b64(ctx_of(core)):
        raise Failed(name, "header or deal is not the one signed")
    kids = [share.kid for share in deal.shares]
    policy = case.state.policies[core.policy]
    if deal.k != policy.k or kids not in held(case, shown, core.policy):
        raise Failed(name, "the deal is not for the policy's custodians")
    if deal.escrow and [share.kid for share in deal.escrow] != escrow_kids(policy):
        raise Failed(name, "the deal is not for the policy's escrow holders")


def held(case: Case, shown: Shown, policy: str) -> list[list[str]]:
    """The custodians' keys at the instant of an entry: two lists if a strike is of the same instant."""
    at, made = instant.when((shown.event or {})["at"]), case.state.revisions.get(policy, [])
    lists = [case.state.policies[policy].custodians, *(revision.custodians for revision in made)]
    starts, ends = [None, *(revision.at for revision in made)], [*(revision.at for revision in made), None]
    return [
        kids_of(custodians)
        for custodians, since, until in zip(lists, starts, ends, strict=True)
        if (since is None or since <= at) and (until is None or at <= until)
    ]
