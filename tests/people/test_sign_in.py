"""The porter: one nonce, one answer, one token; and a crowd at the door pushes nobody over."""

from collections.abc import Sequence

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from remote_bid.people.certificates import NotTrusted, Signed
from remote_bid.people.sign_in import Porter, SignIn, StaleNonce
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import BadStatement, Payload, Statement, state
from tests.people.issuing import ANN, Authority, Wish, name_of, text
from tests.timeline.hours import Stopped

ORIGIN = "https://centre.example"
ROOT, OTHER = Authority(), Authority()
MINUTE_MS = 60_000
HALF_A_DAY_MS = 12 * 60 * MINUTE_MS
BOB = "91330000000000002B"


class Person:
    """Signs whatever it is asked to."""

    def __init__(self, person: str, authority: Authority = ROOT) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        self.signer = KeySigner(key)
        self.certificate = text(authority.issue(Wish(subject=name_of("Somebody", person), key=key)))

    def answers(self, nonce: str, origin: str = ORIGIN) -> Signed:
        return self.signs(SignIn(origin=origin, nonce=nonce))

    def signs(self, payload: Payload) -> Signed:
        return Signed(statement=state(payload, self.signer), certificates=[self.certificate])


ANNA, BOBBY = Person(ANN), Person(BOB)


class Farewell(Payload, frozen=True):
    """The same fields under another name."""

    kind = "farewell"
    origin: str
    nonce: str


@pytest.fixture
def watch() -> Stopped:
    return Stopped()


@pytest.fixture
def porter(watch: Stopped) -> Porter:
    return Porter([ROOT.certificate], ORIGIN, watch)


def test_who_answers_the_nonce_is_known_by_its_token(porter: Porter) -> None:
    token, person = porter.admit(ANNA.answers(porter.challenge()))
    assert (person.person, person.keyid) == (ANN, ANNA.signer.keyid)
    assert porter.who(token) == person


def test_tokens_of_several_people_are_told_apart(porter: Porter) -> None:
    tokens = [porter.admit(person.answers(porter.challenge()))[0] for person in (ANNA, BOBBY, ANNA)]
    people = [known.person for token in tokens if (known := porter.who(token))]
    assert people == [ANN, BOB, ANN]
    assert len(set(tokens)) == 3


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "\0", "é"])
def test_any_other_token_is_nobodys(porter: Porter, token: str) -> None:
    porter.admit(ANNA.answers(porter.challenge()))
    assert porter.who(token) is None


def test_a_nonce_is_answered_once(porter: Porter) -> None:
    answer = ANNA.answers(porter.challenge())
    porter.admit(answer)
    with pytest.raises(StaleNonce):
        porter.admit(answer)


def test_a_nonce_is_good_for_a_minute(porter: Porter, watch: Stopped) -> None:
    in_time, late = porter.challenge(), porter.challenge()
    watch.move(MINUTE_MS)
    assert porter.admit(ANNA.answers(in_time))
    watch.move(1)
    with pytest.raises(StaleNonce):
        porter.admit(ANNA.answers(late))


def test_a_token_is_good_for_half_a_day(porter: Porter, watch: Stopped) -> None:
    token, person = porter.admit(ANNA.answers(porter.challenge()))
    watch.move(HALF_A_DAY_MS - 1)
    assert porter.who(token) == person
    watch.move(1)
    assert porter.who(token) is None


def test_the_nonce_of_another_server_is_none_here(porter: Porter, watch: Stopped) -> None:
    with pytest.raises(StaleNonce):
        porter.admit(ANNA.answers(Porter([ROOT.certificate], ORIGIN, watch).challenge()))


@pytest.mark.parametrize("origin", ["https://evil.example", "http://centre.example", "https://centre.example/", ""])
def test_an_answer_meant_for_another_origin_is_none_here(porter: Porter, origin: str) -> None:
    with pytest.raises(StaleNonce):
        porter.admit(ANNA.answers(porter.challenge(), origin))


def test_a_statement_of_another_kind_admits_nobody(porter: Porter) -> None:
    with pytest.raises(BadStatement):
        porter.admit(ANNA.signs(Farewell(origin=ORIGIN, nonce=porter.challenge())))


def spoiled(answer: Signed) -> Sequence[Signed]:
    replace, statement = msgspec.structs.replace, answer.statement
    bare = Statement(payload_type=statement.payload_type, payload=statement.payload, signatures=[])
    return (
        replace(answer, certificates=[]),
        replace(answer, certificates=[BOBBY.certificate]),
        replace(answer, certificates=[*answer.certificates, *answer.certificates]),
        replace(answer, certificates=[*answer.certificates, BOBBY.certificate]),
        replace(answer, statement=bare),
        replace(answer, statement=bare, certificates=[]),
        replace(answer, statement=replace(statement, signatures=statement.signatures * 2)),
        replace(answer, statement=replace(statement, signatures=ANNA.answers("another nonce").statement.signatures)),
    )


@pytest.mark.parametrize("how", range(8))
def test_signatures_and_certificates_that_do_not_belong_together_admit_nobody(porter: Porter, how: int) -> None:
    with pytest.raises(NotTrusted):
        porter.admit(spoiled(ANNA.answers(porter.challenge()))[how])


def test_two_who_sign_together_are_not_admitted_as_one(porter: Porter) -> None:
    payload = SignIn(origin=ORIGIN, nonce=porter.challenge())
    both = Signed(
        statement=state(payload, ANNA.signer, BOBBY.signer),
        certificates=[ANNA.certificate, BOBBY.certificate],
    )
    with pytest.raises(NotTrusted):
        porter.admit(both)


MOST = 10_000


def test_a_flood_of_sign_ins_is_kept_within_bounds(porter: Porter) -> None:
    tokens = [porter.admit(ANNA.answers(porter.challenge()))[0] for _ in range(25)]
    assert [porter.who(token) is not None for token in tokens] == [False] * 17 + [True] * 8


def test_answered_nonces_are_forgotten_once_they_are_too_old_anyway(porter: Porter, watch: Stopped) -> None:
    for _ in range(20):
        porter.admit(ANNA.answers(porter.challenge()))
    watch.move(MINUTE_MS + 1)
    porter.admit(ANNA.answers(porter.challenge()))
    assert len(porter._answered) == 1


def test_a_flood_of_challenges_keeps_nobody_from_signing_in(porter: Porter) -> None:
    nonce = porter.challenge()
    for _ in range(MOST):
        porter.challenge()
    assert porter.admit(ANNA.answers(nonce))


def test_a_flood_of_sign_ins_of_one_signs_nobody_else_out(porter: Porter) -> None:
    token, _ = porter.admit(BOBBY.answers(porter.challenge()))
    for _ in range(10):
        porter.admit(ANNA.answers(porter.challenge()))
    assert porter.who(token) is not None
