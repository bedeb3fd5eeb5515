"""Certificates: who is vouched for by a trusted authority, now, to sign; and nobody else."""

import time
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from remote_bid.people.certificates import Certified, NotTrusted, fingerprint, identify, roots_of
from remote_bid.seal.canonical import b64
from remote_bid.seal.signing import keyid_of, spki_of
from tests.people.issuing import ANN, CERTIFIES, DAY, SIGNS, Authority, Wish, name_of, rsa_key, text, usage
from tests.timeline.hours import NOON

ROOT = Authority()
OTHER = Authority()
"""Of the same name, and not trusted."""

ISSUED = ROOT.issue(Wish()).public_bytes(Encoding.DER)


def identified(wish: Wish, authority: Authority = ROOT) -> Certified:
    return identify(text(authority.issue(wish)), [ROOT.certificate], NOON)


def test_who_is_vouched_for_is_known_by_its_number_name_and_key() -> None:
    wish = Wish()
    spki = spki_of(wish.key.public_key())
    assert identified(wish) == Certified(person=ANN, name="Ann", keyid=keyid_of(spki), spki=spki)


def test_an_organisation_is_shown_by_its_own_name() -> None:
    name = x509.Name([*name_of("Ann", ANN), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "东江建设集团有限公司")])
    assert identified(Wish(subject=name)).name == "东江建设集团有限公司"


def test_any_of_several_authorities_may_vouch() -> None:
    wish = Wish()
    for authority in (ROOT, OTHER):
        roots = [OTHER.certificate, ROOT.certificate]
        assert identify(text(authority.issue(wish)), roots, NOON).person == ANN


def test_an_alternative_name_is_neither_needed_nor_in_the_way() -> None:
    """Signing certificates of Chinese authorities have none; office software adds some."""
    names = x509.SubjectAlternativeName([x509.RFC822Name("ann@example.org"), x509.DNSName("ann.example.org")])
    assert identified(Wish(extensions=((SIGNS, True), (names, False)))).person == ANN


def test_usual_extensions_are_not_in_the_way() -> None:
    more = (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (usage(digital_signature=True, content_commitment=True), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION]), False),
    )
    assert identified(Wish(extensions=more)).person == ANN


NOW_AND_THEN = timedelta(seconds=1)


def test_a_certificate_is_good_from_its_first_to_its_last_second() -> None:
    assert identified(Wish(begins=NOON, ends=NOON)).person == ANN


REFUSED = {
    "expired": Wish(ends=NOON - NOW_AND_THEN),
    "not yet valid": Wish(begins=NOON + NOW_AND_THEN),
    "without a number": Wish(subject=name_of("Ann")),
    "with two numbers": Wish(subject=name_of("Ann", ANN, "91330000000000002B")),
    "without a name": Wish(subject=x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, ANN)])),
    "with nothing in its subject": Wish(subject=x509.Name([])),
    "without key usage": Wish(extensions=()),
    "for encryption": Wish(extensions=((usage(key_encipherment=True), True),)),
    "for key agreement": Wish(extensions=((usage(key_agreement=True), True),)),
    "for non-repudiation only": Wish(extensions=((usage(content_commitment=True), True),)),
    "of an authority": Wish(extensions=((SIGNS, True), (x509.BasicConstraints(ca=True, path_length=None), True))),
    "for certifying": Wish(extensions=((CERTIFIES, True), (x509.BasicConstraints(ca=True, path_length=0), True))),
    "with an RSA key": Wish(key=rsa_key()),
    "with a P-384 key": Wish(key=ec.generate_private_key(ec.SECP384R1())),
    "with a secp256k1 key": Wish(key=ec.generate_private_key(ec.SECP256K1())),
    "with an extension nobody knows": Wish(
        extensions=((SIGNS, True), (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True))
    ),
}


@pytest.mark.parametrize("how", REFUSED)
def test_a_certificate_that_is_not_as_it_must_be_is_not_trusted(how: str) -> None:
    with pytest.raises(NotTrusted):
        identified(REFUSED[how])


def test_an_authority_does_not_sign_as_a_person() -> None:
    with pytest.raises(NotTrusted):
        identify(text(ROOT.certificate), [ROOT.certificate], NOON)


def test_another_authority_of_the_same_name_vouches_for_nobody() -> None:
    with pytest.raises(NotTrusted):
        identified(Wish(), authority=OTHER)


def test_nobody_vouches_for_itself() -> None:
    wish = Wish()
    own = Authority("Ann")
    own.key = wish.key
    with pytest.raises(NotTrusted):
        identify(text(own.issue(wish)), [ROOT.certificate], NOON)


def test_without_authorities_nobody_is_trusted() -> None:
    with pytest.raises(NotTrusted):
        identify(text(ROOT.issue(Wish())), [], NOON)


def test_an_expired_authority_vouches_for_nobody() -> None:
    wish = Wish(begins=NOON - 700 * DAY, ends=NOON + 700 * DAY)
    certificate = text(ROOT.issue(wish))
    assert identify(certificate, [ROOT.certificate], NOON).person == ANN
    for at in (NOON - 400 * DAY, NOON + 400 * DAY):
        with pytest.raises(NotTrusted):
            identify(certificate, [ROOT.certificate], at)


def test_a_certificate_below_another_persons_is_not_trusted() -> None:
    """A person's certificate certifies nobody."""
    wish = Wish()
    ann = Authority("Ann")
    ann.key, ann.name = wish.key, wish.subject
    below = ann.issue(Wish(subject=name_of("Eve", "91330000000000009E")))
    for roots in ([ROOT.certificate], [ROOT.certificate, ROOT.issue(wish)]):
        with pytest.raises(NotTrusted):
            identify(text(below), roots, NOON)


def bits_of(part: bytes) -> list[int]:
    """Which bits of the certificate are those of a part of it."""
    start = ISSUED.index(part) * 8
    return list(range(start, start + len(part) * 8))


def flipped(bit: int) -> str:
    raw = bytearray(ISSUED)
    raw[bit // 8] ^= 1 << bit % 8
    return b64(bytes(raw))


READ = x509.load_der_x509_certificate(ISSUED)
VERSION = b"\xa0\x03\x02\x01\x02"
"""[0] EXPLICIT INTEGER 2."""


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@pytest.mark.parametrize("part", [READ.tbs_certificate_bytes, READ.signature], ids=["what is signed", "the signature"])
def test_any_flipped_bit_of_a_certificate_is_noticed(part: bytes) -> None:
    for bit in set(bits_of(part)) - set(bits_of(VERSION)):
        with pytest.raises(NotTrusted):
            identify(flipped(bit), [ROOT.certificate], NOON)


def test_a_certificate_of_another_version_is_not_trusted() -> None:
    for bit in bits_of(VERSION):
        with pytest.raises(NotTrusted):
            identify(flipped(bit), [ROOT.certificate], NOON)


@pytest.mark.parametrize("spelling", ["", "A", "AAAA", "not base64!", "=", "MIIB" * 1000, "é"])
def test_what_is_no_certificate_is_not_trusted(spelling: str) -> None:
    with pytest.raises(NotTrusted):
        identify(spelling, [ROOT.certificate], NOON)


def test_more_bytes_after_a_certificate_are_noticed() -> None:
    """Else one certificate would have many spellings."""
    with pytest.raises(NotTrusted):
        identify(b64(ISSUED + b"\0"), [ROOT.certificate], NOON)


def test_a_chain_of_authorities_is_no_bomb() -> None:
    """A hundred authorities of one name and key id, each certified by all the others."""
    crowd = [Authority("Crowd", path_length=None) for _ in range(6)]
    store = [one.certificate for one in crowd]
    for one in crowd:
        for other in crowd:
            wish = Wish(
                one.name,
                one.key,
                extensions=((x509.BasicConstraints(ca=True, path_length=None), True), (CERTIFIES, True)),
            )
            store.append(other.issue(wish))
    stranger = Authority("Crowd")
    began = time.perf_counter()
    with pytest.raises(NotTrusted):
        identify(text(stranger.issue(Wish())), [*store, ROOT.certificate], NOON)
    assert time.perf_counter() - began < 1


def test_many_names_are_no_bomb() -> None:
    names = x509.SubjectAlternativeName([x509.DNSName(f"n{n}.example.org") for n in range(2000)])
    began = time.perf_counter()
    assert identified(Wish(extensions=((SIGNS, True), (names, False)))).person == ANN
    assert time.perf_counter() - began < 1


def test_an_ed25519_key_may_be_certified() -> None:
    assert identified(Wish(key=ed25519.Ed25519PrivateKey.generate())).person == ANN


def test_an_authority_is_known_by_the_hash_of_its_certificate() -> None:
    [read] = roots_of([ROOT.pem])
    assert fingerprint(read) == fingerprint(ROOT.certificate) != fingerprint(OTHER.certificate)
    assert len(fingerprint(read)) == 43


@pytest.mark.parametrize("pem", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_an_authority_that_cannot_be_read_is_an_error(pem: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        roots_of([pem])
