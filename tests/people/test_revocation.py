"""Revoked certificates: what an authority says is believed if it is its own, whole and newest; else nothing changes."""

import base64
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from remote_bid.people.certificates import NotTrusted, Signed, fingerprint
from remote_bid.people.revocation import BadCrl, Crls, Status, read_crl
from remote_bid.people.sign_in import Porter, SignIn
from remote_bid.people.tokens import Carrier
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import state
from tests.people.issuing import DAY, Authority, Wish, text
from tests.people.lists import crl
from tests.timeline.hours import NOON, Stopped

ROOT, OTHER = Authority(), Authority()
"""Of the same name; the other is trusted in some tests."""
KEY = ec.generate_private_key(ec.SECP256R1())
ANN, BOB = ROOT.issue(Wish(key=KEY)), ROOT.issue(Wish())
HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


def crls(*lists: bytes) -> Crls:
    found = Crls([ROOT.certificate, OTHER.certificate])
    for raw in lists:
        found.take(raw, NOON)
    return found


def test_who_is_on_the_list_is_revoked_and_nobody_else() -> None:
    found = crls(crl(ROOT, (ANN, NOON - HOUR)))
    assert found.status(text(ANN), NOON) is Status.REVOKED
    assert found.status(text(BOB), NOON) is Status.GOOD


def test_a_certificate_is_good_until_the_second_it_is_revoked() -> None:
    found = crls(crl(ROOT, (ANN, NOON)))
    assert found.status(text(ANN), NOON - SECOND) is Status.GOOD
    assert found.status(text(ANN), NOON) is Status.REVOKED


def test_without_a_list_nothing_is_known() -> None:
    assert crls().status(text(ANN), NOON) is Status.UNKNOWN
    assert crls(crl(OTHER)).status(text(ANN), NOON) is Status.UNKNOWN


def test_when_a_list_is_over_nothing_is_known_but_the_revoked_stay_revoked() -> None:
    found = crls(crl(ROOT, (ANN, NOON - HOUR), ends=NOON + HOUR))
    assert found.status(text(BOB), NOON + HOUR) is Status.GOOD
    assert found.status(text(BOB), NOON + HOUR + SECOND) is Status.UNKNOWN
    assert found.status(text(ANN), NOON + 9 * DAY) is Status.REVOKED


def test_authorities_of_one_name_do_not_speak_for_each_other() -> None:
    stranger = OTHER.issue(Wish())
    found = crls(crl(ROOT, (ANN, NOON - HOUR), (stranger, NOON - HOUR)), crl(OTHER))
    assert found.status(text(stranger), NOON) is Status.GOOD


def test_the_newest_list_counts_and_an_older_one_is_not_believed() -> None:
    old, new = crl(ROOT, begins=NOON - 2 * HOUR), crl(ROOT, (ANN, NOON - HOUR))
    found = crls(old, new)
    with pytest.raises(BadCrl):
        found.take(old, NOON)
    assert found.status(text(ANN), NOON) is Status.REVOKED
    assert found.take(new, NOON) is None


def test_a_list_in_pem_is_the_same() -> None:
    der = crl(ROOT, (ANN, NOON - HOUR))
    pem = b"-----BEGIN X509 CRL-----\n" + base64.encodebytes(der) + b"-----END X509 CRL-----\n"
    assert read_crl(pem, [ROOT.certificate]).noted == read_crl(der, [ROOT.certificate]).noted


PART = x509.IssuingDistributionPoint(None, None, True, False, None, False, False)
LIES = {
    "another's signature": crl(Authority()),
    "from the future": crl(ROOT, begins=NOON + HOUR),
    "a part of the list": crl(ROOT, extensions=((PART, True),)),
    "a delta": crl(ROOT, extensions=((x509.DeltaCRLIndicator(1), True),)),
    "nothing": b"",
    "noise": b"\x30\x03\x02\x01\x01",
    "a page": b"<html>maintenance</html>",
    "cut off": crl(ROOT)[:-10],
    "longer": crl(ROOT) + b"\0",
}


@pytest.mark.parametrize("how", LIES)
def test_a_lie_is_not_believed_and_changes_nothing(how: str) -> None:
    found = crls(crl(ROOT, (ANN, NOON - HOUR)))
    with pytest.raises(BadCrl):
        found.take(LIES[how], NOON)
    assert found.status(text(ANN), NOON) is Status.REVOKED
    assert found.status(text(BOB), NOON) is Status.GOOD


def test_a_list_is_believed_only_from_where_its_authority_keeps_it() -> None:
    found, mine = crls(), fingerprint(ROOT.certificate)
    with pytest.raises(BadCrl):
        found.take(crl(OTHER), NOON, mine)
    assert found.take(crl(ROOT), NOON, mine)


def test_any_flipped_bit_of_a_list_is_noticed() -> None:
    raw = crl(ROOT, (ANN, NOON - HOUR))
    before = read_crl(raw, [ROOT.certificate]).noted
    for bit in range(len(raw) * 8):
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(BadCrl):
            assert read_crl(bytes(flipped), [ROOT.certificate]).noted == before


def test_a_list_is_noted_by_authority_hash_and_times() -> None:
    noted = read_crl(crl(ROOT), [OTHER.certificate, ROOT.certificate]).noted
    assert noted.authority == fingerprint(ROOT.certificate)
    assert (noted.this_update, noted.next_update) == ("2026-11-22T03:00:00.000Z", "2026-11-23T04:00:00.000Z")
    assert len(noted.hash) == 43


# At the door


def test_whose_certificate_is_revoked_does_not_sign_in_and_is_signed_out() -> None:
    found, origin = crls(), "https://centre.example"
    porter = Porter([ROOT.certificate], origin, Stopped(), found)

    def answer() -> Signed:
        statement = state(SignIn(origin=origin, nonce=porter.challenge()), KeySigner(KEY))
        return Signed(statement=statement, certificates=[text(ANN)])

    token, _ = porter.admit(answer(), Carrier.COOKIE)
    porter.recheck()
    assert porter.who(token, Carrier.COOKIE)
    found.take(crl(ROOT, (ANN, NOON - HOUR)), NOON)
    porter.recheck()
    assert porter.who(token, Carrier.COOKIE) is None
    with pytest.raises(NotTrusted):
        porter.admit(answer())
