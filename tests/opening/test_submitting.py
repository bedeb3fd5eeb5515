"""Handing in a bid: what is taken, for whom and where it was sealed, and what the server promises."""

import hashlib
from typing import Any

import pytest
from msgspec.structs import replace

from remote_bid.opening.commands import OfferedPart, SubmitBid
from remote_bid.opening.events import BidSubmitted
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.statements import is_signed_by, said, statement_id
from remote_bid.tender.statements import Deal, Receipt, Submission
from remote_bid.timeline import instant
from remote_bid.timeline.entry import field_salt, show
from tests.given import Act, Story, given
from tests.opening.actors import ALPHA, AUTHORITY, BETA, NAMES, OFFICE, signed
from tests.opening.acts import submit
from tests.opening.authority import VALID
from tests.opening.day import ALPHAS_BID, CONVENED, LOBBY, POLICY_PUBLISHED, opening
from tests.opening.sealed import SAFE
from tests.opening.tender import LOBBY_TICKS, LOT, SESSION, T0, TICKS, after_t0

MS = 0.001


def test_a_bid_is_taken_into_the_bidders_own_side_line() -> None:
    [submitted] = given(opening, CONVENED).when(submit(ALPHA)).then_aside(ALPHA, BidSubmitted)
    [part] = submitted.parts
    assert (submitted.bidder, submitted.name, submitted.lot) == (ALPHA.person, NAMES[ALPHA.person], LOT)
    assert (submitted.version, submitted.bid) == (1, statement_id(part.submission))


def test_the_receipt_is_the_servers_signed_promise() -> None:
    before = given(opening, CONVENED)
    [submitted] = before.when(ALPHAS_BID, at=after_t0(-7200)).then_aside(ALPHA, BidSubmitted)
    assert is_signed_by(submitted.receipt, OFFICE.spki, OFFICE.keyid)
    promised = said(submitted.receipt, Receipt)
    assert promised.session == SESSION
    assert promised.statements == [submitted.bid]
    assert promised.at == instant.text(after_t0(-7200))
    assert promised.tick_due == instant.text(instant.later(after_t0(-7200), TICKS.every_ms))


def test_the_receipt_names_the_very_entry_in_the_side_line() -> None:
    """Its salt opens the entry's fields, so the holder can compute the leaf that the tick must contain."""
    story = given(opening, CONVENED, submit(ALPHA)).when(submit(ALPHA)).story
    entry = story.turns[-1][0]
    promised = said(story.state.bid_of(ALPHA.person, LOT).receipts[0], Receipt)
    assert (promised.line, promised.seq) == (entry.line, entry.seq) == (entry.line, 2)
    assert unb64(promised.salt) == entry.salt
    proof = show(entry, ("type",)).proof
    assert proof is not None
    assert proof.salts["type"] == b64(field_salt(unb64(promised.salt), "type"))


def test_in_the_lobby_the_promise_is_for_the_faster_ticks() -> None:
    [submitted] = given(opening, LOBBY).when(submit(ALPHA)).then_aside(ALPHA, BidSubmitted)
    due = instant.later(after_t0(-3600), LOBBY_TICKS.every_ms)
    assert said(submitted.receipt, Receipt).tick_due == instant.text(due)


@pytest.mark.parametrize("seconds", [-86_000, -60, -MS])
def test_until_the_last_millisecond_a_bid_is_in_time(seconds: float) -> None:
    """The turn's time counts: nothing that the bidder sends holds a time."""
    given(opening, CONVENED).when(submit(ALPHA), at=after_t0(seconds)).then_aside(ALPHA, BidSubmitted)


@pytest.mark.parametrize("seconds", [0, MS, 60, 86_400])
def test_at_the_deadline_a_bid_is_too_late(seconds: float) -> None:
    """Also before the clock has closed the lobby."""
    given(opening, CONVENED).when(submit(ALPHA), at=after_t0(seconds)).then_refused("too_late")
    given(opening, LOBBY).when(submit(ALPHA), at=after_t0(seconds)).then_refused("too_late")


def test_a_bid_uploaded_in_time_and_handed_in_late_is_late() -> None:
    handed_in = Act(submit(ALPHA).asked(given(opening, LOBBY).story), ALPHA)
    given(opening, LOBBY).when(handed_in, at=after_t0(-MS)).then_aside(ALPHA, BidSubmitted)
    given(opening, LOBBY).when(handed_in, at=T0).then_refused("too_late")


def test_without_a_timetable_there_is_no_deadline_to_meet() -> None:
    given(opening, POLICY_PUBLISHED).when(submit(ALPHA)).then_refused("no_timetable")


@pytest.mark.parametrize(
    "core",
    [{"policy": "another"}, {"bidder": BETA.person}, {"version": 2}, {"version": 2**40}],
    ids=str,
)
def test_what_was_sealed_for_elsewhere_is_not_taken(core: dict[str, Any]) -> None:
    given(opening, CONVENED).when(submit(ALPHA, core=core)).then_refused("not_your_seal")


@pytest.mark.parametrize("core", [{"part": "price"}, {"lot": "lot-2"}], ids=str)
def test_what_was_sealed_as_another_part_or_for_another_lot_is_not_taken(core: dict[str, Any]) -> None:
    given(opening, CONVENED).when(submit(ALPHA, core=core)).then_refused("unknown_policy")


@pytest.mark.parametrize("field", ["bidder", "version"])
def test_submission_and_deal_are_for_the_same_place(field: str) -> None:
    wrong = {"bidder": BETA.person, "version": 7}[field]
    given(opening, CONVENED).when(submit(ALPHA, submission={field: wrong})).then_refused("not_your_seal")
    given(opening, CONVENED).when(submit(ALPHA, deal={field: wrong})).then_refused("not_your_seal")


def test_submission_and_deal_are_for_the_same_policy() -> None:
    given(opening, CONVENED).when(submit(ALPHA, submission={"policy": "another"})).then_refused("unknown_policy")
    given(opening, CONVENED).when(submit(ALPHA, deal={"policy": "another"})).then_refused("not_your_seal")


def test_a_bid_on_a_lot_that_is_not_there_is_not_taken() -> None:
    elsewhere = changed(lambda bid: replace(bid, lot="lot-9"))
    given(opening, CONVENED).when(elsewhere).then_refused("unknown_policy")


@pytest.mark.parametrize(
    "submission",
    [{"header": b64(bytes(32))}, {"ct": b64(bytes(32))}, {"n": 1}, {"n": 0}, {"header": ""}, {"ct": "not base64url!"}],
    ids=str,
)
def test_what_was_signed_for_is_what_was_uploaded(submission: dict[str, Any]) -> None:
    given(opening, CONVENED).when(submit(ALPHA, submission=submission)).then_refused("other_envelope")


def test_an_envelope_changed_after_signing_is_another_one() -> None:
    bid = submit(ALPHA).asked(given(opening, CONVENED).story)
    assert isinstance(bid, SubmitBid)
    upload = bid.parts[0].upload
    SAFE.files[ALPHA.person, upload] = flipped(SAFE.files[ALPHA.person, upload])
    given(opening, CONVENED).when(Act(bid, ALPHA)).then_refused("other_envelope")


def flipped(file: bytes) -> bytes:
    return file[:-1] + bytes([file[-1] ^ 1])


def test_nothing_uploaded_nothing_submitted() -> None:
    absent = changed(lambda bid: replace(bid, parts=[replace(bid.parts[0], upload="nothing")]))
    given(opening, CONVENED).when(absent).then_refused("not_uploaded")


def test_a_rivals_upload_is_not_ones_own() -> None:
    """Uploads are kept by person: their names alone give nobody anything."""
    bid = ALPHAS_BID.asked(given(opening, CONVENED).story)
    assert isinstance(bid, SubmitBid)
    named = changed(lambda own: replace(own, parts=[replace(own.parts[0], upload=bid.parts[0].upload)]), BETA)
    given(opening, CONVENED).when(named).then_refused("not_uploaded")


def test_a_rivals_ciphertext_cannot_be_handed_in_again() -> None:
    """Uploaded as one's own, and honestly signed for: it is still sealed for the rival."""

    def ask(story: Story) -> SubmitBid:
        bid = submit(ALPHA).asked(story)
        assert isinstance(bid, SubmitBid)
        [part] = bid.parts
        SAFE.files[BETA.person, part.upload] = SAFE.files[ALPHA.person, part.upload]
        submission, deal = said(part.submission.statement, Submission), said(part.deal.statement, Deal)
        copied = OfferedPart(
            upload=part.upload,
            submission=signed(replace(submission, bidder=BETA.person), BETA),
            deal=signed(replace(deal, bidder=BETA.person), BETA),
        )
        return SubmitBid(lot=LOT, parts=[copied])

    given(opening, CONVENED).when(Act(ask, BETA)).then_refused("not_your_seal")


@pytest.mark.parametrize("deal", [{"ctx": b64(bytes(32))}, {"k": 1}, {"k": 3}, {"shares": []}], ids=str)
def test_a_deal_is_for_its_envelope_and_policy(deal: dict[str, Any]) -> None:
    given(opening, CONVENED).when(submit(ALPHA, deal=deal)).then_refused("bad_deal")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda shares: shares[:-1], id="one too few"),
        pytest.param(lambda shares: [*shares, shares[-1]], id="one twice"),
        pytest.param(lambda shares: shares[::-1], id="another order"),
        pytest.param(lambda shares: [replace(shares[0], kid="x"), *shares[1:]], id="another key"),
    ],
)
def test_a_deal_has_one_share_for_each_custodian_in_order(change: Any) -> None:
    def dealt(bid: SubmitBid) -> SubmitBid:
        deal = said(bid.parts[0].deal.statement, Deal)
        other = signed(replace(deal, shares=change(deal.shares)), ALPHA)
        return replace(bid, parts=[replace(bid.parts[0], deal=other)])

    given(opening, CONVENED).when(changed(dealt)).then_refused("bad_deal")


def test_a_bid_has_exactly_its_parts() -> None:
    for parts in (lambda bid: [], lambda bid: [*bid.parts, *bid.parts]):
        given(opening, CONVENED).when(changed(lambda bid, parts=parts: replace(bid, parts=parts(bid)))).then_refused(
            "parts_missing"
        )


def test_a_lot_without_a_policy_takes_no_bid() -> None:
    given(opening, CONVENED).when(Act(SubmitBid(lot="lot-9", parts=[]), ALPHA)).then_refused("parts_missing")


def test_a_bid_is_signed_with_one_certificate() -> None:
    """Two certificates of one person are two signers, as far as anybody else can tell."""
    other = AUTHORITY.certify(ALPHA.person, NAMES[ALPHA.person], (VALID[0], after_t0(86_400)))

    def mixed(bid: SubmitBid) -> SubmitBid:
        [part] = bid.parts
        return replace(bid, parts=[replace(part, deal=replace(part.deal, certificates=[other]))])

    given(opening, CONVENED).when(changed(mixed)).then_refused("several_signers")


def test_submission_and_deal_are_signed_by_the_bidder() -> None:
    def by_a_rival(bid: SubmitBid) -> SubmitBid:
        [part] = bid.parts
        return replace(bid, parts=[replace(part, deal=signed(said(part.deal.statement, Deal), BETA))])

    given(opening, CONVENED).when(changed(by_a_rival)).then_refused("not_signed_by_you")


def test_a_deal_is_no_submission() -> None:
    def confused(bid: SubmitBid) -> SubmitBid:
        [part] = bid.parts
        return replace(bid, parts=[replace(part, submission=part.deal)])

    given(opening, CONVENED).when(changed(confused)).then_refused("malformed_statement")


def test_the_id_of_a_bid_is_known_from_its_statement_alone() -> None:
    [submitted] = given(opening, CONVENED).when(submit(ALPHA)).then_aside(ALPHA, BidSubmitted)
    statement = submitted.parts[0].submission
    name, body = statement.payload_type.encode(), unb64(statement.payload)
    message = b"DSSEv1 %d %s %d %s" % (len(name), name, len(body), body)
    assert unb64(submitted.bid) == hashlib.sha256(message).digest()


def changed(change: Any, who: Any = ALPHA) -> Act:
    """A bid, but for this change."""

    def ask(story: Story) -> SubmitBid:
        bid: SubmitBid = change(submit(who).asked(story))
        return bid

    return Act(ask, who)
