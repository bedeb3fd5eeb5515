"""What is done before any bid: the session, the custodians' keys, the policy, the timetable."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from remote_bid.opening.commands import (
    CountersignStrike,
    CountersignTimetable,
    OfferCustodianKey,
    ProposeStrike,
    ProposeTimetable,
    PublishPolicy,
    ScheduleOpening,
)
from remote_bid.opening.lodging import lodging_key
from remote_bid.opening.statements import Schedule
from remote_bid.opening.terms import Member
from remote_bid.seal.canonical import b64
from remote_bid.seal.envelope import SUITE
from remote_bid.tender.statements import Custodian, CustodianKey, Policy, Strike, StrikeCause, Timetable
from remote_bid.tender.terms import READOUT_FORM, Tender
from remote_bid.timeline import instant
from remote_bid.timeline.entry import Who
from tests.given import Act, Story
from tests.opening.actors import (
    CUSTODIANS,
    DEPLOYMENT,
    HOST,
    LINE_SECRET,
    MEMBERS,
    SUPERVISOR,
    TENDERER,
    public_of,
    signed,
)
from tests.opening.tender import LOBBY_TICKS, LOT, SESSION, T0, TENDER, TICKS, WINDOWS


def schedule(tender: Tender = TENDER, members: list[Member] | None = None, signer: Who = HOST) -> Act:
    plan = Schedule(session=SESSION, tender=tender, members=MEMBERS if members is None else members)
    return Act(ScheduleOpening(signed=signed(plan, signer)), HOST)


def offer_key(who: Who, signer: Who | None = None, lot: str = LOT, part: str = READOUT_FORM, **changes: Any) -> Act:
    offer = CustodianKey(session=SESSION, lot=lot, part=part, public_key=b64(public_of(who, lot, part)))
    return Act(OfferCustodianKey(signed=signed(replace(offer, **changes), signer or who)), who)


def publish_policy(signer: Who = TENDERER, **changes: Any) -> Act:
    return Act(lambda story: PublishPolicy(signed=signed(policy(story, **changes), signer)), TENDERER)


def policy(story: Story, lot: str = LOT, part: str = READOUT_FORM, **changes: Any) -> Policy:
    """The policy that names whatever the custodians have offered for this lot and part."""
    sound = Policy(
        session=SESSION,
        tender=TENDER.code,
        lot=lot,
        part=part,
        suites=[SUITE],
        custodians=custodians(story, lot, part),
        k=2,
        authorities=DEPLOYMENT.authorities,
        log=DEPLOYMENT.log,
        cosigners=DEPLOYMENT.cosigners,
        quorum=DEPLOYMENT.quorum,
        lodging_key=lodging_key(LINE_SECRET, SESSION, lot, part),
        tsa=DEPLOYMENT.tsa,
    )
    return replace(sound, **changes)


def custodians(story: Story, lot: str = LOT, part: str = READOUT_FORM) -> list[Custodian]:
    """Those who have offered a key."""
    offers, members = story.state.offers, story.state.members
    return [
        Custodian(person=who.person, side=members[who.person].side, proof=offer)
        for who in CUSTODIANS
        if (offer := offers.get(f"{who.person}/{lot}/{part}"))
    ]


def strike(
    story: Story, who: Who, new: Sequence[Custodian] = (), lot: str = LOT, part: str = READOUT_FORM, **changes: Any
) -> Strike:
    """One custodian is gone, the others stay; whoever is new stands behind them."""
    name, _ = story.state.policy_of(lot, part)
    revisions = story.state.revisions.get(name)
    stay = [custodian for custodian in story.state.current(name).custodians if custodian.person != who.person]
    sound = Strike(
        session=SESSION,
        policy=name,
        prev=revisions[-1].strike if revisions else None,
        person=who.person,
        cause=StrikeCause.ABSENT,
        custodians=[*stay, *new],
    )
    return replace(sound, **changes)


def offered_by(story: Story, who: Who, lot: str = LOT, part: str = READOUT_FORM) -> Custodian:
    """A custodian with the key that it last offered."""
    offer = story.state.offers[f"{who.person}/{lot}/{part}"]
    return Custodian(person=who.person, side=story.state.members[who.person].side, proof=offer)


def propose_strike(who: Who, signer: Who = TENDERER, replaced: bool = False, **changes: Any) -> Act:
    """The tenderer's half of it."""
    return Act(
        lambda story: ProposeStrike(
            signed=signed(strike(story, who, [offered_by(story, who)] if replaced else [], **changes), signer)
        ),
        TENDERER,
    )


def countersign_strike(who: Who, *signers: Who, replaced: bool = False, **changes: Any) -> Act:
    """The supervisor hands it in with both signatures, or those of `signers`; `replaced` by the custodian's new key."""
    both = signers or (TENDERER, SUPERVISOR)
    return Act(
        lambda story: CountersignStrike(
            signed=signed(strike(story, who, [offered_by(story, who)] if replaced else [], **changes), *both)
        ),
        SUPERVISOR,
    )


def timetable(story: Story, **changes: Any) -> Timetable:
    """A timetable that follows the one that holds."""
    sound = Timetable(
        session=SESSION,
        policies=sorted(story.state.policies),
        prev=story.state.timetable_id or None,
        deadline=instant.text(T0),
        windows=WINDOWS,
        ticks=TICKS,
        lobby_ticks=LOBBY_TICKS,
    )
    return replace(sound, **changes)


def propose_timetable(signer: Who = TENDERER, **changes: Any) -> Act:
    return Act(lambda story: ProposeTimetable(signed=signed(timetable(story, **changes), signer)), TENDERER)


def countersign_timetable(*signers: Who, **changes: Any) -> Act:
    """The supervisor hands in the timetable as signed by tenderer and supervisor, or by `signers`."""
    both = signers or (TENDERER, SUPERVISOR)
    return Act(lambda story: CountersignTimetable(signed=signed(timetable(story, **changes), *both)), SUPERVISOR)
