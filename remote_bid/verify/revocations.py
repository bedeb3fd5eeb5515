"""Part of step 7: whose certificate was good when it signed, by the lists that the session had noted before."""

from datetime import datetime

from remote_bid.opening.events import ReleaseHindered
from remote_bid.people.certificates import Signed
from remote_bid.people.noting import CrlNotedDown
from remote_bid.people.revocation import BadCrl, Crl, Status, read_crl, status_of
from remote_bid.timeline import instant
from remote_bid.timeline.entry import MAIN, Shown
from remote_bid.verify.case import Case, Failed, entry_name
from remote_bid.verify.manifest import crl_name


class Evidence:
    """The lists of a session, each with its place. What came after a statement judges it no more."""

    def __init__(self, case: Case) -> None:
        self._lists = [(shown, _read(case, shown, event)) for shown, event in case.happened(CrlNotedDown)]
        self.unknown = 0
        """Statements of whose certificates nothing was known: their authority was silent."""

    def judge(self, shown: Shown, signed: Signed) -> None:
        """Failed if a certificate was revoked when its statement was taken."""
        at = _at(shown)
        lists = self._in_force(shown, at)
        found = [status_of(certificate, lists, at) for certificate in signed.certificates]
        if Status.REVOKED in found:
            raise Failed(entry_name(shown), "the certificate had been revoked")
        self.unknown += Status.UNKNOWN in found

    def hindered(self, shown: Shown, event: ReleaseHindered) -> None:
        """Failed unless the certificate was revoked by the list that is named, and that list was in force."""
        at, [certificate] = _at(shown), event.signed.certificates
        lists = [*self._in_force(shown, at), *(crl for listed, crl in self._lists if _at(listed) == at)]
        named = [crl for crl in lists if (crl.noted.authority, crl.noted.hash) == (event.authority, event.crl)]
        if status_of(certificate, named, at) is not Status.REVOKED:
            raise Failed(entry_name(shown), "the certificate was not revoked by the list that is named")

    def by_hash(self) -> dict[str, Crl]:
        """Every list that the session has noted."""
        return {crl.noted.hash: crl for _, crl in self._lists}

    def _in_force(self, judged: Shown, at: datetime) -> list[Crl]:
        newest: dict[str, Crl] = {}
        for shown, crl in self._lists:
            if _before(shown, judged, at):
                newest[crl.noted.authority] = crl
        return list(newest.values())


def _before(listed: Shown, judged: Shown, at: datetime) -> bool:
    """Main-line entries are in order; of a side-line entry only the time tells, and within a millisecond nothing.

    The lists that a session begins with were known when its first statement was taken.
    """
    if judged.line != MAIN:
        return _at(listed) < at
    return listed.seq < judged.seq or _same_act(listed, judged)


def _same_act(listed: Shown, judged: Shown) -> bool:
    """What one command brought about has one author and one instant; nobody but the log notes a list otherwise."""
    return (listed.event or {})["by"] == (judged.event or {})["by"] and _at(listed) == _at(judged)


def _read(case: Case, shown: Shown, event: CrlNotedDown) -> Crl:
    name = crl_name(event.crl.hash)
    raw = case.members.get(name)
    if raw is None:
        raise Failed(name, "the list that the session noted is missing")
    try:
        crl = read_crl(raw, case.vouched.authorities())
    except BadCrl as error:
        raise Failed(name, str(error)) from error
    if crl.noted != event.crl:
        raise Failed(entry_name(shown), "the list is not the one that the session noted")
    return crl


def _at(shown: Shown) -> datetime:
    return instant.when((shown.event or {})["at"])
