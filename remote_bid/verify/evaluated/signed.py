"""Step 7: who signed what."""

from remote_bid.people.certificates import NotTrusted, Signed, signers
from remote_bid.people.checking import all_signed
from remote_bid.seal.statements import BadStatement, statement_id
from remote_bid.timeline import instant
from remote_bid.verify.case import Case, Failed, entry_name
from remote_bid.verify.evaluated.case import of


def signatures(case: Case) -> None:
    """Step 7: every statement is signed by a person whom a trusted authority vouches for, when it was handed in."""
    found, count, roots = of(case), 0, case.vouched.authorities()
    for shown in case.main:
        event = case.whole(shown)
        papers = [signed for signed in all_signed(event) if not _withheld(signed)]
        at = instant.when((shown.event or {})["at"])
        try:
            certified = {statement_id(signed.statement): signers(signed, roots, at) for signed in papers}
        except (NotTrusted, BadStatement) as error:
            raise Failed(entry_name(shown), str(error)) from error
        found.signers[shown.seq] = certified
        count += len(papers)
    case.report.holds(7, "signatures", f"{count} statements, every certificate trusted")


def _withheld(signed: Signed) -> bool:
    return not signed.statement.payload_type
