"""Step 10: the custodians' keys."""

from collections.abc import Mapping, Sequence

from remote_bid.opening.events import KeyEntrusted, KeyPublished
from remote_bid.opening.rules.submitting import custodian_kids
from remote_bid.opening.rules.unsealing import enough_keys, enough_keys_everywhere
from remote_bid.opening.statements import Custody
from remote_bid.seal.canonical import unb64
from remote_bid.seal.statements import id_of, said, statement_id
from remote_bid.seal.xwing import key_id, public_key
from remote_bid.tender.statements import Policy
from remote_bid.verify.case import Case, Failed, entry_name


def custody(case: Case) -> None:
    """Step 10: every published key belongs to its custodian's offered key, for this close, and k of them are there."""
    close, window = case.state.close, case.state.window_closed
    if close is None or window is None:
        return
    for_this = (case.session, id_of(close), id_of(window))
    holders = _holders(case.state.running_policies())
    for shown, event in case.happened(KeyPublished):
        _key(entry_name(shown), said(event.signed.statement, Custody), for_this, event.person, holders)
    for shown, entrusted in case.happened(KeyEntrusted):
        _entrusted(case, entry_name(shown), entrusted, for_this)
    for policy in case.state.running_policies():
        if not enough_keys(policy, case.state.keys):
            raise Failed(f"policy of lot {policy.lot}", "fewer than k custodians published")
    if not enough_keys_everywhere(case.state):
        raise Failed("custody", "fewer than k of a bid's own custodians published, though it was not for dealing again")
    case.report.holds(10, "custody", f"{len(case.state.keys)} keys published")


def _holders(policies: Sequence[Policy]) -> dict[str, str]:
    """Whose each key is under these policies."""
    return {
        kid: custodian.person
        for policy in policies
        for custodian, kid in zip(policy.custodians, custodian_kids(policy), strict=True)
    }


def _key(name: str, told: Custody, for_this: tuple[str, str, str], person: str, holders: Mapping[str, str]) -> None:
    if (told.session, told.close, told.window_closed) != for_this:
        raise Failed(name, "the key is published for another close or window")
    if holders.get(told.kid) != person or key_id(public_key(unb64(told.seed))) != told.kid:
        raise Failed(name, "the published key is not the one that this custodian offered")


def _entrusted(case: Case, name: str, event: KeyEntrusted, for_this: tuple[str, str, str]) -> None:
    """A key that no public bundle shows; where it is shown, it is the one that was named."""
    found = [p for p in case.state.entrusted_policies() if (p.lot, p.part) == (event.lot, event.part)]
    if _holders(found).get(event.kid) != event.person:
        raise Failed(name, "the key is of another custodian, or of a part that nobody was asked to open")
    if event.signed is None:
        case.report.withheld(10, name, "the key of a part that is not read out")
        return
    told = said(event.signed.statement, Custody)
    if (told.kid, statement_id(event.signed.statement)) != (event.kid, event.custody):
        raise Failed(name, "the key is not the one named")
    _key(name, told, for_this, event.person, _holders(found))
