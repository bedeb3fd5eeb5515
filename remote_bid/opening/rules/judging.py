"""What became of a bid, on all the evidence of its session: server and verifier ask the same."""

from collections.abc import Callable, Mapping
from typing import BinaryIO

import msgspec

from remote_bid.opening.rules.bid import Bid
from remote_bid.opening.rules.remedy import deal_of, remedied_half
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.rules.unsealing import keys_for
from remote_bid.opening.settling import settle
from remote_bid.opening.terms import Cause, Outcome, Settlement
from remote_bid.people.revocation import Crl, taken_back_wrongly
from remote_bid.seal.canonical import unb64
from remote_bid.seal.dealing import BadDeal, TooFewKeys
from remote_bid.seal.statements import said
from remote_bid.tender.statements import Submission


def judge(opening: Opening, bid: Bid, envelope: Callable[[], BinaryIO], lists: Mapping[str, Crl]) -> Settlement:
    """Opened with the released half; else with the remedied one; else whose fault it is that there is none. `lists` are
    those of revoked certificates that the session has noted, by their hashes.
    """
    if bid.s_b:
        return _settled(opening, bid, unb64(bid.s_b), envelope)
    if bid.remedy is not None:
        return _remedied(opening, bid, envelope)
    if failed := _failed_authority(opening, bid, lists):
        return Settlement(outcome=Outcome.DEEMED_WITHDRAWN, cause=Cause.AUTHORITY_FAILED, detail=failed)
    if bid.bad_lodging:
        return Settlement(outcome=Outcome.DEEMED_REVOKED, cause=Cause.BAD_LODGING, detail=bid.bad_lodging)
    return _settled(opening, bid, None, envelope)


def _failed_authority(opening: Opening, bid: Bid, lists: Mapping[str, Crl]) -> str:
    """The fingerprint of the authority that by its own lists wrongly hindered the release of a right half; or "": of a
    list that is not at hand nobody can say so.
    """
    for hindrance in bid.hindered:
        noted = opening.crls.get(hindrance.authority)
        then, last = lists.get(hindrance.crl), lists.get(noted.hash) if noted else None
        if then and last and taken_back_wrongly(hindrance.certificate, then, last):
            return hindrance.authority
    return ""


def _remedied(opening: Opening, bid: Bid, envelope: Callable[[], BinaryIO]) -> Settlement:
    try:
        half = remedied_half(opening, bid)
    except BadDeal as fault:
        detail = f"{fault.code} {fault.kid}".strip()
        return Settlement(outcome=Outcome.DEEMED_REVOKED, cause=Cause.BAD_ESCROW, detail=detail)
    except TooFewKeys:
        return Settlement(outcome=Outcome.DEEMED_WITHDRAWN, cause=Cause.ESCROW_ABSENT)
    found = _settled(opening, bid, half, envelope)
    if found.outcome is not Outcome.OPENED:
        return found
    return msgspec.structs.replace(found, outcome=Outcome.REMEDIED, cause=Cause.REMEDIED)


def _settled(opening: Opening, bid: Bid, half: bytes | None, envelope: Callable[[], BinaryIO]) -> Settlement:
    part, deal = bid.readout_part(), deal_of(bid)
    return settle(
        header=part.header,
        submission=said(part.submission, Submission),
        deal=deal,
        s_b=half,
        seeds=keys_for(opening, deal.policy, deal.shares),
        envelope=envelope,
        declared=opening.tender.form if opening.tender else (),
    )
