"""The verifier judges certificates by the lists that the session had noted before a statement, and by no later."""

from datetime import datetime, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import Certificate

from remote_bid.people.certificates import Signed
from remote_bid.people.noting import CrlNotedDown
from remote_bid.people.revocation import read_crl
from remote_bid.people.sign_in import SignIn
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import state
from remote_bid.tender.statements import NamedLogKey
from remote_bid.timeline import instant
from remote_bid.timeline.entry import MAIN, Proof, Shown
from remote_bid.verify.case import Case, Failed
from remote_bid.verify.manifest import crl_name
from remote_bid.verify.report import Report
from remote_bid.verify.revocations import Evidence
from remote_bid.verify.trust import Trust
from tests.people.issuing import Authority, Wish, text
from tests.people.lists import crl
from tests.timeline.hours import NOON
from tests.verify.judging import judged

ROOT, STRANGER = Authority(), Authority()
KEY = ec.generate_private_key(ec.SECP256R1())
ANN: Certificate = ROOT.issue(Wish(key=KEY))
SIGNED = Signed(statement=state(SignIn(origin="o", nonce="n"), KeySigner(KEY)), certificates=[text(ANN)])
MINUTE = timedelta(minutes=1)
CLEAN = crl(ROOT, begins=NOON - 5 * MINUTE)
REVOKED = crl(ROOT, (ANN, NOON - 9 * MINUTE), begins=NOON - 4 * MINUTE)


def entry(seq: int, at: datetime, line: str = MAIN, **event: object) -> Shown:
    told = {"type": "X", "at": instant.text(at), "by": {}} | event
    return Shown(line=line, seq=seq, prev="", leaf="", event=told, proof=Proof(salts={}, hidden={}))


def noted(seq: int, at: datetime, raw: bytes) -> Shown:
    event = CrlNotedDown(crl=read_crl(raw, [ROOT.certificate, STRANGER.certificate]).noted)
    return entry(seq, at, **msgspec.to_builtins(event) | {"by": {"role": "log"}})


def case(*lists: tuple[int, datetime, bytes], lost: bool = False) -> Case:
    trust = Trust(roots=[ROOT.pem], log=NamedLogKey(name="", key=""), cosigners=[], quorum=0)
    main = [noted(*one) for one in lists]
    names = {crl_name(shown.event["crl"]["hash"]) for shown in main if shown.event}
    members = {crl_name(read_crl(raw, [ROOT.certificate]).noted.hash): raw for _, _, raw in lists} if names else {}
    return Case(members={} if lost else members, canonical=True, report=Report(), trust=trust, main=main)


def test_a_statement_under_a_list_with_its_certificate_fails() -> None:
    evidence = Evidence(case((1, NOON, REVOKED)))
    with pytest.raises(Failed, match="revoked"):
        evidence.judge(entry(2, NOON), SIGNED)
    with pytest.raises(Failed, match="revoked"):
        evidence.judge(entry(7, NOON + MINUTE, line="side"), SIGNED)


def test_what_was_taken_before_stays_good_however_far_back_the_list_dates_it() -> None:
    """The server's instant decides: an authority cannot undo an act afterwards."""
    evidence = Evidence(case((1, NOON - MINUTE, CLEAN), (3, NOON, REVOKED)))
    evidence.judge(entry(2, NOON), SIGNED)
    evidence.judge(entry(1, NOON - 1 * timedelta(milliseconds=1), line="side"), SIGNED)
    assert evidence.unknown == 0


def test_the_newest_list_before_a_statement_counts() -> None:
    evidence = Evidence(case((1, NOON - MINUTE, CLEAN), (2, NOON, REVOKED)))
    with pytest.raises(Failed):
        evidence.judge(entry(3, NOON), SIGNED)


def test_the_lists_that_a_session_begins_with_judge_its_first_statement() -> None:
    told = case((2, NOON, REVOKED))
    for begun in told.main:
        assert begun.event
        begun.event["by"] = {}
    with pytest.raises(Failed, match="revoked"):
        Evidence(told).judge(entry(1, NOON), SIGNED)
    other = case((2, NOON, REVOKED))
    Evidence(other).judge(entry(1, NOON), SIGNED)


def test_an_authority_that_was_silent_is_counted_and_fails_nobody() -> None:
    evidence = Evidence(case())
    evidence.judge(entry(1, NOON), SIGNED)
    over = crl(ROOT, begins=NOON - 5 * MINUTE, ends=NOON - MINUTE)
    stale = Evidence(case((1, NOON - 2 * MINUTE, over)))
    stale.judge(entry(2, NOON), SIGNED)
    assert (evidence.unknown, stale.unknown) == (1, 1)


def test_a_noted_list_must_be_there() -> None:
    with pytest.raises(Failed, match="missing"):
        Evidence(case((1, NOON, CLEAN), lost=True))


def test_a_list_in_anothers_place_is_noticed() -> None:
    told = case((1, NOON, REVOKED))
    [name] = told.members
    told.members[name] = CLEAN
    with pytest.raises(Failed, match="not the one"):
        Evidence(told)
    told.members[name] = crl(STRANGER)
    with pytest.raises(Failed, match="no authority"):
        Evidence(told)


def test_of_the_demonstrations_day_every_status_is_known(bundle: bytes, trust: Trust) -> None:
    [item] = [item for item in judged(bundle, trust).items if (item.step, item.what) == (7, "signatures")]
    assert item.why.endswith("; none revoked")
