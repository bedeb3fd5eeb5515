"""Passkeys: added under a certificate's signature, good for signing in as long as that certificate is."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from remote_bid.people.certificates import Certified, NotTrusted, Signed
from remote_bid.people.passkeys import MOST, NotHere, NotThisPasskey, PasskeyAdded, Passkeys, TooManyPasskeys, host_of
from remote_bid.people.revocation import Crls
from remote_bid.people.sign_in import Porter, SignIn, StaleNonce
from remote_bid.people.tokens import Carrier
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import BadStatement, Payload, state
from tests.people.device import Device
from tests.people.issuing import ANN, DAY, Authority, Wish, name_of, text
from tests.people.lists import crl
from tests.timeline.hours import NOON, Stopped

HOST, ORIGIN = "centre.example", "https://centre.example"
ROOT = Authority()
BOB = "91330000000000002B"
MINUTE_MS = 60_000


class Person:
    """Somebody with a certificate."""

    def __init__(self, person: str) -> None:
        self.person, key = person, ec.generate_private_key(ec.SECP256R1())
        self._signer = KeySigner(key)
        self.certificate: x509.Certificate = ROOT.issue(Wish(subject=name_of("Somebody", person), key=key))

    def signs(self, payload: Payload) -> Signed:
        return Signed(statement=state(payload, self._signer), certificates=[text(self.certificate)])

    def vouches(self, nonce: str, credential: str, origin: str) -> Signed:
        return self.signs(PasskeyAdded(origin=origin, nonce=nonce, credential=credential, name="办公室电脑"))


ANNA, BOBBY = Person(ANN), Person(BOB)


class Hall:
    """A server's porter and passkeys, at noon."""

    def __init__(self, origin: str = ORIGIN) -> None:
        self.origin = origin
        self.watch, self.crls = Stopped(), Crls([ROOT.certificate])
        self.porter = Porter([ROOT.certificate], origin, self.watch, self.crls)
        self.passkeys = Passkeys(origin, self.porter, self.watch)

    def add(self, device: Device, who: Person = ANNA) -> None:
        nonce = self.porter.challenge()
        self.passkeys.add(who.person, who.vouches(nonce, device.credential, self.origin), device.created(nonce))

    def admit(self, device: Device) -> Certified:
        nonce = self.porter.challenge()
        return self.passkeys.admit(nonce, device.got(nonce))


@pytest.fixture
def hall() -> Hall:
    return Hall()


def a_device() -> Device:
    return Device(HOST, ORIGIN)


def test_a_passkey_admits_its_person_as_the_certificate_would(hall: Hall) -> None:
    device = a_device()
    hall.add(device)
    by_certificate = hall.porter.recognise(ANNA.signs(SignIn(origin=ORIGIN, nonce=hall.porter.challenge())))
    assert hall.admit(device) == by_certificate
    assert [one.name for one in hall.passkeys.of(ANN)] == ["办公室电脑"]


def test_an_answer_counts_once_and_for_a_minute(hall: Hall) -> None:
    device = a_device()
    hall.add(device)
    nonce = hall.porter.challenge()
    hall.passkeys.admit(nonce, device.got(nonce))
    with pytest.raises(StaleNonce):
        hall.passkeys.admit(nonce, device.got(nonce))
    late = hall.porter.challenge()
    hall.watch.move(MINUTE_MS + 1)
    with pytest.raises(StaleNonce):
        hall.passkeys.admit(late, device.got(late))


def test_nobody_adds_one_without_the_certificates_word_for_this_very_credential(hall: Hall) -> None:
    device, nonce = a_device(), hall.porter.challenge()
    answer = device.created(nonce)
    for signed in (BOBBY.vouches(nonce, device.credential, ORIGIN), ANNA.vouches(nonce, a_device().credential, ORIGIN)):
        with pytest.raises(NotThisPasskey):
            hall.passkeys.add(ANN, signed, answer)
    with pytest.raises(BadStatement):
        hall.passkeys.add(ANN, ANNA.signs(SignIn(origin=ORIGIN, nonce=nonce)), answer)
    with pytest.raises(StaleNonce):
        hall.passkeys.add(ANN, ANNA.vouches(nonce, device.credential, "https://evil.example"), answer)
    assert hall.passkeys.of(ANN) == []


@pytest.mark.parametrize(
    "device",
    [
        Device("evil.example", ORIGIN),
        Device(HOST, "https://evil.example"),
        Device(HOST, ORIGIN, verifies=False),
    ],
    ids=["another host", "another origin", "its user was not verified"],
)
def test_a_device_that_answers_for_elsewhere_or_for_anybody_is_refused(hall: Hall, device: Device) -> None:
    with pytest.raises(NotThisPasskey):
        hall.add(device)
    good = a_device()
    hall.add(good)
    good.host, good.origin, good._flags = device.host, device.origin, device._flags
    with pytest.raises(NotThisPasskey):
        hall.admit(good)


def test_an_answer_to_another_nonce_and_an_unknown_device_are_refused(hall: Hall) -> None:
    device = a_device()
    hall.add(device)
    with pytest.raises(NotThisPasskey):
        hall.passkeys.admit(hall.porter.challenge(), device.got(hall.porter.challenge()))
    with pytest.raises(NotThisPasskey):
        hall.admit(a_device())
    for strange in ({}, {"id": device.credential}, {"id": 7}):
        with pytest.raises(NotThisPasskey):
            hall.passkeys.admit(hall.porter.challenge(), strange)


def test_a_copied_device_is_found_by_its_count(hall: Hall) -> None:
    device = a_device()
    hall.add(device)
    hall.admit(device)
    device.count = 0
    with pytest.raises(NotThisPasskey):
        hall.admit(device)


def test_with_the_certificate_its_passkeys_end_and_whoever_came_in_by_one_is_out(hall: Hall) -> None:
    device = a_device()
    hall.add(device)
    token = hall.porter.tokens.issue(hall.admit(device), Carrier.COOKIE)
    hall.porter.recheck()
    assert hall.porter.who(token, Carrier.COOKIE)
    hall.crls.take(crl(ROOT, (ANNA.certificate, NOON - timedelta(hours=1))), NOON)
    hall.porter.recheck()
    assert hall.porter.who(token, Carrier.COOKIE) is None
    with pytest.raises(NotTrusted):
        hall.admit(device)


def test_an_expired_certificate_vouches_for_nothing(hall: Hall) -> None:
    device = a_device()
    hall.add(device)
    hall.watch.move(2 * int(DAY.total_seconds()) * 1000)
    with pytest.raises(NotTrusted):
        hall.admit(device)


def test_it_is_removed_by_its_own_person_only(hall: Hall) -> None:
    device = a_device()
    hall.add(device)
    hall.passkeys.remove(BOB, device.credential)
    assert hall.admit(device)
    hall.passkeys.remove(ANN, device.credential)
    with pytest.raises(NotThisPasskey):
        hall.admit(device)


def test_a_restarted_server_knows_them_and_their_counts(hall: Hall) -> None:
    device = a_device()
    hall.add(device)
    hall.admit(device)
    again = Passkeys(ORIGIN, hall.porter, hall.watch)
    again.know(ANN, hall.passkeys.of(ANN))
    nonce = hall.porter.challenge()
    assert again.admit(nonce, device.got(nonce)).person == ANN
    device.count = 0
    nonce = hall.porter.challenge()
    with pytest.raises(NotThisPasskey):
        again.admit(nonce, device.got(nonce))


def test_nobody_has_more_than_enough_and_none_twice(hall: Hall) -> None:
    device = a_device()
    hall.add(device)
    with pytest.raises(NotThisPasskey):
        hall.add(device, BOBBY)
    for _ in range(MOST - 1):
        hall.add(a_device())
    with pytest.raises(TooManyPasskeys):
        hall.add(a_device())


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (ORIGIN, HOST),
        ("https://centre.example:8443", HOST),
        ("http://localhost:8080", "localhost"),
        ("http://centre.example", ""),
        ("https://10.1.2.3", ""),
        ("https://[2001:db8::1]", ""),
        ("http://127.0.0.1:8080", ""),
    ],
)
def test_only_a_host_name_over_https_or_localhost_has_any(origin: str, host: str) -> None:
    assert host_of(origin) == host


def test_elsewhere_none_is_added() -> None:
    with pytest.raises(NotHere):
        Hall("http://10.1.2.3").add(Device("10.1.2.3", "http://10.1.2.3"))
