"""Before any bid: the session and its people, the custodians' keys, the policy that never changes."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from remote_bid.opening.events import (
    CustodianKeyOffered,
    OpeningScheduled,
    PolicyPublished,
)
from remote_bid.opening.terms import Member, Role
from remote_bid.seal.canonical import b64
from remote_bid.tender.terms import READOUT_FORM, Lot, LotPart, Tender
from tests.given import Past, given
from tests.opening.actors import (
    FIRST,
    FOURTH,
    HOST,
    MEMBERS,
    SECOND,
    SUPERVISOR,
    public_of,
)
from tests.opening.day import (
    KEYS_OFFERED,
    POLICY_PUBLISHED,
    SCHEDULED,
    between,
    opening,
)
from tests.opening.preparing import (
    custodians,
    offer_key,
    propose_timetable,
    publish_policy,
    schedule,
)
from tests.opening.tender import TENDER

ANOTHER = Member(person="another", name="另一人", role=Role.OBSERVER)


def like(role: Role) -> Member:
    return replace(ANOTHER, role=role)


def without(role: Role) -> list[Member]:
    return [member for member in MEMBERS if member.role is not role]


def test_the_host_opens_a_session_and_names_its_people() -> None:
    [happened] = given(opening).when(schedule()).then(OpeningScheduled)
    assert (happened.tender, happened.members) == (TENDER, MEMBERS)


@pytest.mark.parametrize(
    "members",
    [
        pytest.param([], id="nobody"),
        *(pytest.param(without(role), id=f"no {role}") for role in (Role.HOST, Role.SUPERVISOR, Role.TENDERER)),
        *(pytest.param([*MEMBERS, like(role)], id=f"two of {role}") for role in (Role.HOST, Role.SUPERVISOR)),
        pytest.param([*MEMBERS, like(Role.TENDERER)], id="two tenderers"),
        pytest.param([*MEMBERS, like(Role.BIDDER)], id="a bidder, named before T0"),
        pytest.param([*MEMBERS, replace(ANOTHER, person=HOST.person)], id="one person in two roles"),
    ],
)
def test_a_session_needs_exactly_its_people(members: list[Member]) -> None:
    given(opening).when(schedule(members=members)).then_refused("bad_members")


def test_nobody_schedules_a_session_for_another_host() -> None:
    given(opening).when(schedule(signer=SUPERVISOR), by=SUPERVISOR).then_refused("bad_members")


def test_the_plan_of_a_session_is_signed_by_its_host() -> None:
    given(opening).when(schedule(), by=SUPERVISOR).then_refused("not_signed_by_you")
    given(opening).when(schedule(signer=SUPERVISOR)).then_refused("not_signed_by_you")


def test_a_session_has_a_lot() -> None:
    given(opening).when(schedule(tender=replace(TENDER, lots=[]))).then_refused("malformed_statement")


def test_a_session_is_scheduled_once() -> None:
    other = replace(TENDER, title="另一个项目")
    given(opening, SCHEDULED).when(schedule(tender=other)).then_refused("scheduled_already")


def test_no_two_lots_have_one_name() -> None:
    twice = replace(TENDER, lots=[*TENDER.lots, *TENDER.lots])
    given(opening).when(schedule(tender=twice)).then_refused("bad_lots")


ODD: dict[str, Callable[[Lot], Tender]] = {
    "no lots": lambda lot: replace(TENDER, lots=[]),
    "a hundred and one": lambda lot: replace(TENDER, lots=[lot] * 101),
    "no name": lambda lot: replace(TENDER, lots=[replace(lot, lot="")]),
    "a long name": lambda lot: replace(TENDER, lots=[replace(lot, lot="x" * 65)]),
    "a negative minimum": lambda lot: replace(TENDER, lots=[replace(lot, minimum=-1)]),
    "a minimum beyond measure": lambda lot: replace(TENDER, lots=[replace(lot, minimum=1001)]),
    "a price that is none": lambda lot: replace(TENDER, lots=[replace(lot, ceiling_price="about 10 million")]),
    "a long title": lambda lot: replace(TENDER, title="x" * 301),
}


@pytest.mark.parametrize("what", ODD)
def test_an_odd_tender_is_none(what: str) -> None:
    given(opening).when(schedule(tender=ODD[what](TENDER.lots[0]))).then_refused("malformed_statement")


def test_a_custodian_offers_a_key_of_its_own() -> None:
    [offered] = given(opening, SCHEDULED).when(offer_key(FIRST)).then(CustodianKeyOffered)
    assert offered.person == FIRST.person


def test_until_the_policy_a_custodian_may_offer_another_key() -> None:
    other = offer_key(FIRST, public_key=b64(public_of(FIRST, "another key")))
    story = given(opening, SCHEDULED, offer_key(FIRST), other, offer_key(SECOND)).when(publish_policy()).story
    [policy] = story.state.policies.values()
    assert [custodian.person for custodian in policy.custodians] == [FIRST.person, SECOND.person]


@pytest.mark.parametrize("public_key", ["", "AAAA", "not base64url!", b64(bytes(1215)), b64(bytes(1217))])
def test_a_key_of_the_wrong_length_is_none(public_key: str) -> None:
    given(opening, SCHEDULED).when(offer_key(FIRST, public_key=public_key)).then_refused("bad_key")


@pytest.mark.parametrize("public_key", [b64(bytes(1216)), b64(b"\xff" * 1216)], ids=["zeros", "ones"])
def test_a_key_that_nobody_can_seal_to_is_none(public_key: str) -> None:
    given(opening, SCHEDULED).when(offer_key(FIRST, public_key=public_key)).then_refused("bad_key")


def test_a_key_is_for_one_of_the_lots() -> None:
    given(opening, SCHEDULED).when(offer_key(FIRST, lot="lot-9")).then_refused("not_wanted")


def test_a_key_offered_after_the_policy_changes_nothing_until_a_strike_names_it() -> None:
    other = offer_key(FIRST, public_key=b64(public_of(FIRST, "another key")))
    before = given(opening, POLICY_PUBLISHED).story.state
    after = given(opening, POLICY_PUBLISHED).when(other).story.state
    assert [after.current(name) for name in after.policies] == list(before.policies.values())


def test_the_tenderer_publishes_the_policy() -> None:
    given(opening, KEYS_OFFERED).when(publish_policy()).then(PolicyPublished)


def test_a_policy_never_changes() -> None:
    given(opening, POLICY_PUBLISHED).when(publish_policy(k=3)).then_refused("policy_fixed")


def test_a_policy_is_for_one_of_the_lots() -> None:
    given(opening, KEYS_OFFERED).when(publish_policy(lot="lot-9")).then_refused("unknown_part")


def test_a_policy_is_for_this_tender() -> None:
    given(opening, KEYS_OFFERED).when(publish_policy(tender="SZ-2026-0043")).then_refused("policy_fixed")


def test_a_policy_is_for_one_of_the_parts() -> None:
    given(opening, KEYS_OFFERED).when(publish_policy(part="price")).then_refused("unknown_part")


def test_every_part_of_every_lot_has_its_policy_before_a_timetable_is_signed() -> None:
    two_lots = schedule(tender=replace(TENDER, lots=[*TENDER.lots, replace(TENDER.lots[0], lot="lot-2")]))
    past = (two_lots, *between(SCHEDULED, POLICY_PUBLISHED))
    given(opening, past).when(propose_timetable()).then_refused("policies_missing")
    technical = replace(TENDER.lots[0], parts=[*TENDER.lots[0].parts, LotPart(part="technical")])
    past = (schedule(tender=replace(TENDER, lots=[technical])), *between(SCHEDULED, POLICY_PUBLISHED))
    given(opening, past).when(propose_timetable()).then_refused("policies_missing")


@pytest.mark.parametrize(
    "parts",
    [
        [LotPart(part="technical", opened_here=True)],
        [LotPart(part=READOUT_FORM)],
        [LotPart(part=READOUT_FORM, opened_here=True), LotPart(part="price"), LotPart(part="price")],
    ],
    ids=["no readout form", "a readout form that is not opened", "one part twice"],
)
def test_a_bid_has_one_readout_form_and_no_part_twice(parts: list[LotPart]) -> None:
    tender = replace(TENDER, lots=[replace(TENDER.lots[0], parts=parts)])
    given(opening).when(schedule(tender=tender)).then_refused("bad_parts")


@pytest.mark.parametrize(
    "named",
    [{"authorities": []}, {"cosigners": []}, {"quorum": 1}, {"suites": []}, {"suites": ["another suite"]}],
    ids=str,
)
def test_a_policy_names_this_deployment(named: dict[str, Any]) -> None:
    given(opening, KEYS_OFFERED).when(publish_policy(**named)).then_refused("other_deployment")


def test_a_policy_names_only_keys_that_were_offered() -> None:
    offered = custodians(given(opening, KEYS_OFFERED).story)
    swapped = [replace(offered[0], proof=offered[1].proof), *offered[1:]]
    stranger = [replace(offered[0], person="stranger"), *offered[1:]]
    host = [replace(offered[0], person=HOST.person), *offered[1:]]
    other_side = [replace(offered[0], side=offered[1].side), *offered[1:]]
    for named in (swapped, stranger, host, other_side):
        given(opening, KEYS_OFFERED).when(publish_policy(custodians=named)).then_refused("unknown_custodian")


def test_a_key_offered_for_another_part_does_not_count() -> None:
    technical = replace(TENDER.lots[0], parts=[*TENDER.lots[0].parts, LotPart(part="technical")])
    past = (schedule(tender=replace(TENDER, lots=[technical])), offer_key(FIRST, part="technical"))
    given(opening, past).when(
        publish_policy(custodians=custodians(given(opening, KEYS_OFFERED).story)[:1])
    ).then_refused("unknown_custodian")
    given(opening, past).when(offer_key(FIRST, part="price")).then_refused("not_wanted")


@pytest.mark.parametrize("k", [-1, 0, 1, 5, 2**40])
def test_more_than_one_and_no_more_than_all_custodians_open_a_bid(k: int) -> None:
    given(opening, KEYS_OFFERED).when(publish_policy(k=k)).then_refused("bad_quorum")


def test_nobody_is_a_custodian_twice() -> None:
    first, second, *_ = custodians(given(opening, KEYS_OFFERED).story)
    twice = publish_policy(custodians=[first, second, first])
    given(opening, KEYS_OFFERED).when(twice).then_refused("bad_quorum")
    given(opening, KEYS_OFFERED).when(publish_policy(custodians=[])).then_refused("bad_quorum")


def test_no_two_custodians_have_the_same_key() -> None:
    copied = offer_key(SECOND, public_key=b64(public_of(FIRST)))
    given(opening, SCHEDULED, offer_key(FIRST), copied).when(publish_policy()).then_refused("bad_quorum")


def one_sided(*sides: str) -> Past:
    """Custodians who hold their shares for these sides."""
    people = (FIRST, SECOND)
    named = {who.person: side for who, side in zip(people, sides, strict=True)}
    members = [replace(member, side=named.get(member.person, member.side)) for member in MEMBERS]
    return (schedule(members=members), offer_key(FIRST), offer_key(SECOND), offer_key(FOURTH))


def test_no_side_holds_enough_shares_to_open() -> None:
    given(opening, one_sided("agency", "agency")).when(publish_policy()).then_refused("one_side_suffices")
    given(opening, one_sided("agency", "agency")).when(publish_policy(k=3)).then(PolicyPublished)
    given(opening, one_sided("agency", "centre")).when(publish_policy()).then(PolicyPublished)
