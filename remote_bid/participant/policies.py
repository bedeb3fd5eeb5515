"""The policies that a session's copy shows, with their custodians of now."""

import msgspec

from remote_bid.opening.events import CustodianStruck, PolicyPublished
from remote_bid.participant.checks import Broken
from remote_bid.participant.copy import Copy
from remote_bid.seal.statements import said, statement_id
from remote_bid.tender.statements import CustodianKey, Policy, Strike


def current_policy(copy: Copy, lot: str, part: str) -> tuple[str, Policy, str | None]:
    """Id of the policy of a lot and part, the policy as strikes have left it, id of the last strike."""
    for _, event in copy.events(PolicyPublished):
        policy, name = said(event.signed.statement, Policy), statement_id(event.signed.statement)
        if (policy.lot, policy.part) == (lot, part):
            return name, *_after_strikes(copy, name, policy)
    raise Broken("no policy for this lot and part")


def held_by(copy: Copy, person: str) -> list[CustodianKey]:
    """Every key of this person's that policies and strikes have named."""
    lists = [said(event.signed.statement, Policy).custodians for _, event in copy.events(PolicyPublished)]
    lists += [said(event.signed.statement, Strike).custodians for _, event in copy.events(CustodianStruck)]
    own = [custodian.proof.statement for custodians in lists for custodian in custodians if custodian.person == person]
    return [said(proof, CustodianKey) for proof in {statement_id(proof): proof for proof in own}.values()]


def _after_strikes(copy: Copy, name: str, policy: Policy) -> tuple[Policy, str | None]:
    last = None
    for _, event in copy.events(CustodianStruck):
        strike = said(event.signed.statement, Strike)
        if strike.policy == name:
            policy, last = msgspec.structs.replace(policy, custodians=strike.custodians), event.signed.statement
    return policy, statement_id(last) if last else None
