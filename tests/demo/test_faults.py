"""Which bidder a fault befalls, and what is handed in instead of what was meant."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from remote_bid.demo.authority import Authority
from remote_bid.demo.cast import fast
from remote_bid.demo.faults import badly_dealt, with_faults, with_wrong_half
from remote_bid.demo.outage import with_outage
from remote_bid.demo.programme import Contender, Fault, Programme, own_programme
from remote_bid.opening.commands import OfferedPart
from remote_bid.opening.statements import Release
from remote_bid.participant.identity import Identity, read_identity
from remote_bid.people.certificates import signers
from remote_bid.seal.canonical import b64, unb64_sized
from remote_bid.seal.dealing import BadDeal, commitment, deal, recover
from remote_bid.seal.statements import said
from remote_bid.seal.xwing import SEED_SIZE, key_id, public_key
from remote_bid.tender.statements import Deal, Submission

SEED = 7
PERSON = "91330100000MA20X"


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority("CA")


@pytest.fixture
def identity(authority: Authority, tmp_path: Path) -> Identity:
    authority.enrol(tmp_path, PERSON, "东江")
    return read_identity(tmp_path)


def befallen(programme: Programme) -> list[set[Fault]]:
    return [set(contender.faults) for contender in programme.contenders]


def sound(bidders: int) -> Programme:
    found = own_programme(bidders, SEED)
    plain = [Contender(c.person, c.name, c.forms) for c in found.contenders]
    return Programme(found.tender, plain)


# ── Whom it befalls ──────────────────────────────────────────────────────────────────────────────────────


def test_each_fault_befalls_a_bidder_of_its_own_and_one_more_comes_too_late() -> None:
    assert befallen(with_faults(own_programme(3, SEED), SEED)) == [
        {Fault.WRONG_HALF},
        {Fault.LOST_KEY, Fault.OBJECTION},
        {Fault.BAD_DEAL},
        {Fault.LATE},
    ]


def test_where_nobody_objects_anyhow_the_first_bidder_does() -> None:
    assert befallen(with_faults(sound(4), SEED)) == [
        {Fault.WRONG_HALF, Fault.OBJECTION},
        set(),
        set(),
        {Fault.BAD_DEAL},
        {Fault.LATE},
    ]


@pytest.mark.parametrize("bidders", range(1, 4))
def test_of_bids_on_a_found_tender_one_is_opened_whatever_happens(bidders: int) -> None:
    opened = [faults for faults in befallen(with_faults(sound(bidders), SEED)) if Fault.BAD_DEAL not in faults]
    assert {Fault.WRONG_HALF, Fault.OBJECTION} in opened


def test_the_late_bidder_is_somebody_else_and_bids_on_the_first_lot() -> None:
    *others, late = with_faults(own_programme(7, SEED), SEED).contenders
    assert late.person not in {contender.person for contender in others}
    assert list(late.forms) == ["1"]


def test_time_for_an_outage_is_added_to_the_bidders_window() -> None:
    pace = with_outage(fast(3))
    assert pace.windows.release_ms > fast(3).windows.release_ms
    assert pace.pauses.outage_ms < fast(3).pauses.outage_ms


# ── What is handed in ────────────────────────────────────────────────────────────────────────────────────


def test_a_bad_deal_is_properly_signed_and_shown_by_arithmetic(identity: Identity, authority: Authority) -> None:
    seeds = [bytes([number]) * SEED_SIZE for number in range(1, 5)]
    ctx, secret = bytes(32), bytes(range(32))
    shares = deal(ctx, secret, 2, [public_key(seed) for seed in seeds])
    dealt = Deal(policy="p", bidder=PERSON, version=1, prev=None, ctx=b64(ctx), k=2, shares=shares)
    submission = Submission(policy="p", bidder=PERSON, version=1, prev=None, header="", ct="", n=1)
    offered = OfferedPart(upload="u", submission=identity.sign(submission), deal=identity.sign(dealt))

    spoiled = badly_dealt(offered, identity)
    bad = said(spoiled.deal.statement, Deal)
    assert (spoiled.submission, spoiled.upload) == (offered.submission, offered.upload)
    assert [(s.kid, s.c, len(s.hpke)) for s in bad.shares] == [(s.kid, s.c, len(s.hpke)) for s in shares]
    assert bad.shares[1:] == shares[1:]
    assert [one.person for one in signers(spoiled.deal, [authority.root], datetime.now(UTC))] == [PERSON]
    published = {key_id(public_key(seed)): seed for seed in seeds[:2]}
    with pytest.raises(BadDeal, match="share_does_not_open") as found:
        recover(ctx, "", 2, bad.shares, published)
    assert found.value.kid == shares[0].kid


def test_a_wrong_half_is_a_half_of_the_same_release(identity: Identity) -> None:
    release, ctx = Release(session="KB", submission="s", close="c", c=b64(bytes(32))), bytes(32)
    command = with_wrong_half(identity.sign(release), ctx, identity)
    wrong = said(command.signed.statement, Release)
    assert (wrong.session, wrong.submission, wrong.close) == ("KB", "s", "c")
    assert wrong.c == commitment(ctx, "B", unb64_sized(command.s_b, 32)) != release.c
