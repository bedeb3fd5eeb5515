"""What people do in an evaluation, as acts; whoever is called is known by its place in the story."""

import hashlib
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from remote_bid.evaluation import commands as c
from remote_bid.evaluation import statements as s
from remote_bid.evaluation.rules.calling import next_index, next_place
from remote_bid.evaluation.rules.electing import ballot_hash, ballot_info
from remote_bid.evaluation.rules.leaving import reason_hash
from remote_bid.evaluation.rules.member import Member
from remote_bid.evaluation.rules.state import Evaluation
from remote_bid.evaluation.terms import (
    BallotLine,
    Departure,
    GateCheck,
    PoolLeaf,
    QuestionKind,
    Score,
    Verdict,
)
from remote_bid.people.certificates import Signed
from remote_bid.seal.canonical import b64, jcs, unb64
from remote_bid.seal.dealing import commitment, deal
from remote_bid.seal.statements import Payload
from remote_bid.seal.tree import inclusion_path, leaf_hash
from remote_bid.seal.xwing import key_id, seal_to
from remote_bid.tender.sealed_draw import COMMITTED
from remote_bid.tender.statements import CheckInStatement, DrawEnvelope, Resume, Suspend, draw_ctx
from remote_bid.tender.terms import SuspensionCause
from remote_bid.timeline import instant
from remote_bid.timeline.context import CLOCK, Command
from remote_bid.timeline.entry import Who
from remote_bid.timeline.marks import Tick
from tests.evaluation.actors import (
    AGENCY,
    CENTRE,
    CUSTODIANS,
    LOT,
    NORTH,
    ORDER,
    POOLS,
    SESSION,
    SOUTH,
    SUPERVISOR,
    bid_id,
    custodian_key,
    expert,
    leaves_of,
    pools_for,
    public_of,
    salt_of,
    seed_of,
    signed,
)
from tests.given import Act, Story
from tests.opening.actors import secret_of

PROCEED = Act(c.Proceed(), CLOCK)
OPEN_ELECTION = Act(c.OpenElection(), CLOCK)
COUNT_BALLOTS = Act(c.CountBallots(), CLOCK)
TICK = Act(Tick(), CLOCK)


def schedule(order: s.EvaluationOrder = ORDER, by: Who = AGENCY) -> Act:
    return Act(
        c.ScheduleEvaluation(signed=signed(order, by), custodians=[custodian_key(who) for who in CUSTODIANS]), by
    )


def commit_pools(pools: s.Pools | None = None, by: Who = CENTRE) -> Act:
    return Act(lambda story: c.CommitPools(signed=signed(pools or pools_for(story.state.ordered), by)), by)


def seal_seed(who: Who, **changes: Any) -> Act:
    """An honest seed, or one changed against all care."""
    nonce, seed = b64(secret_of(f"draw nonce of {who.person}")), secret_of(f"seed of {who.person}")
    ctx = draw_ctx(SESSION, LOT, who.person, nonce)
    publics = [public_of(custodian) for custodian in CUSTODIANS]

    def ask(story: Story) -> Command:
        envelope = DrawEnvelope(
            session=SESSION,
            lot=LOT,
            person=who.person,
            nonce=nonce,
            D=commitment(ctx, COMMITTED, seed),
            k=2,
            shares=deal(ctx, seed, 2, publics, group=COMMITTED),
        )
        return c.SealSeed(signed=signed(replace(envelope, **changes), who))

    return Act(ask, who)


def publish_key(who: Who, **changes: Any) -> Act:
    def ask(story: Story) -> Command:
        kid = key_id(public_of(who))
        key = s.DrawKey(session=SESSION, pools=story.state.pools_id, kid=kid, seed=b64(seed_of(who)))
        return c.PublishDrawKey(signed=signed(replace(key, **changes), who))

    return Act(ask, who)


def call(specialty: str, **changes: Any) -> Act:
    """The centre calls whoever is next."""

    def ask(story: Story) -> Command:
        place, index = next_place(story.state, specialty), next_index(story.state, specialty)
        assert index is not None
        told = s.Called(
            session=SESSION,
            specialty=specialty,
            place=place,
            index=index,
            salt=b64(salt_of(specialty, index)),
            candidate=POOLS[specialty][index],
        )
        told = replace(told, **changes)
        nodes = [leaf_hash(leaf) for leaf in leaves_of(specialty)]
        leaf = PoolLeaf(
            specialty=specialty,
            index=told.index,
            leaf=b64(leaves_of(specialty)[told.index]),
            path=[b64(node) for node in inclusion_path(nodes, told.index)],
        )
        return c.CallExpert(leaf=leaf, signed=signed(told, CENTRE))

    return Act(ask, CENTRE)


def member_of(story: Story, alias: str) -> Member:
    """Who has this alias."""
    found: Member = story.state.members[alias]
    return found


Say = Callable[[Story, Member], Payload]


def by_member(alias: str, person: str, kind: Callable[[Signed], Command], say: Say) -> Act:
    """What a member signs, under its alias."""
    who = expert(person)
    return Act(lambda story: kind(signed(say(story, member_of(story, alias)), who)), who)


def answer_call(alias: str, person: str, accepts: bool = True) -> Act:
    def say(story: Story, member: Member) -> Payload:
        return s.CallAnswer(session=SESSION, alias=alias, accepts=accepts)

    return by_member(alias, person, lambda told: c.AnswerCall(signed=told), say)


def note_call(alias: str, cause: Departure = Departure.UNREACHABLE, evidence: str = "sha-256 of a recording") -> Act:
    note = s.CallNote(session=SESSION, alias=alias, cause=cause, evidence=evidence)
    return Act(c.NoteCall(signed=signed(note, CENTRE)), CENTRE)


def pass_gate(alias: str, site: str = "north", **changes: Any) -> Act:
    operator = NORTH if site == "north" else SOUTH
    told = s.GatePass(session=SESSION, alias=alias, site=site, checks=list(GateCheck), phone_clean=True)
    return Act(c.PassGate(signed=signed(replace(told, **changes), operator)), operator)


def take_seat(person: str) -> Act:
    def ask(story: Story) -> Command:
        told = CheckInStatement(
            session=SESSION,
            person=person,
            role="expert",
            nonce=f"nonce of {person}",
            expires=instant.text(instant.later(story.at, 60_000)),
        )
        return c.TakeSeat(signed=signed(told, expert(person)))

    return Act(ask, expert(person))


def undertake(alias: str, person: str) -> Act:
    def say(story: Story, member: Member) -> Payload:
        return s.Undertaking(session=SESSION, alias=alias, order=story.state.order_id)

    return by_member(alias, person, lambda told: c.SignUndertaking(signed=told), say)


def recuse(alias: str, person: str) -> Act:
    reason, nonce = "投标人的法定代表人是我的近亲属", b64(secret_of(f"nonce of {person}"))

    def say(story: Story, member: Member) -> Payload:
        return s.Recusal(session=SESSION, alias=alias, reason=reason_hash(nonce, reason))

    return by_member(alias, person, lambda told: c.DeclareRecusal(signed=told, reason=reason, nonce=nonce), say)


def remove(alias: str, cause: Departure = Departure.REMOVED) -> Act:
    told = s.Removal(session=SESSION, alias=alias, cause=cause, reason="违反评标纪律")
    return Act(c.RemoveMember(signed=signed(told, SUPERVISOR)), SUPERVISOR)


def tracker_of(alias: str, round_: int) -> str:
    return b64(hashlib.sha256(f"{alias} {round_}".encode()).digest()[:16])


def cast(alias: str, person: str, choice: str) -> Act:
    who = expert(person)

    def ask(story: Story) -> Command:
        election = story.state.election
        number = election.round if election else 1
        line = BallotLine(tracker=tracker_of(alias, number), choice=choice)
        key = unb64(election.key) if election else public_of(CUSTODIANS[0])
        sealed = b64(seal_to(key, jcs(line), ballot_info(SESSION, number, alias)))
        ballot = s.Ballot(session=SESSION, alias=alias, round=number, sealed=ballot_hash(sealed))
        return c.CastBallot(signed=signed(ballot, who), sealed=sealed)

    return Act(ask, who)


def open_review(person: str) -> Act:
    return Act(c.OpenReview(), expert(person))


FAILS = dict[tuple[str, str], str]
"""Clauses by bid and item."""


def review(alias: str, person: str, fails: FAILS | None = None, **changes: Any) -> Act:
    """Everything passes, but for what fails."""

    def say(story: Story, member: Member) -> Payload:
        order = story.state.ordered
        verdicts = [
            Verdict(
                bid=bid.bid,
                item=item.item,
                passed=(bid.bid, item.item) not in (fails or {}),
                clause=(fails or {}).get((bid.bid, item.item), ""),
                reason="与招标文件不符" if (bid.bid, item.item) in (fails or {}) else "",
            )
            for bid in order.bids
            for item in order.table.review
        ]
        told = s.ReviewSheet(session=SESSION, alias=alias, prev=member.review or None, verdicts=verdicts)
        return replace(told, **changes)

    return by_member(alias, person, lambda told: c.SubmitReview(signed=told), say)


def ask(person: str, bid: str, about: QuestionKind = QuestionKind.CLARIFICATION, text: str = "请澄清工期") -> Act:
    def command(story: Story) -> Command:
        number = len(story.state.questions) + 1
        told = s.Question(session=SESSION, number=number, bid=bid, about=about, text=text)
        return c.AskQuestion(signed=signed(told, expert(person)))

    return Act(command, expert(person))


def request_call(person: str, bid: str, text: str = "请说明施工组织") -> Act:
    def command(story: Story) -> Command:
        number = len(story.state.calls) + 1
        told = s.CallRequest(session=SESSION, number=number, bid=bid, text=text)
        return c.RequestCall(signed=signed(told, expert(person)))

    return Act(command, expert(person))


def answer(who: Who, number: int = 1, text: str = "工期为三百日历天") -> Act:
    told = s.BidderAnswer(session=SESSION, number=number, bid=bid_id(who), text=text)
    return Act(c.AnswerQuestion(signed=signed(told, who)), who)


def lapse(number: int = 1) -> Act:
    return Act(c.LapseQuestion(number=number), CLOCK)


def vote(alias: str, person: str, motion: int = 1, yes: bool = True) -> Act:
    def say(story: Story, member: Member) -> Payload:
        return s.Vote(session=SESSION, alias=alias, motion=motion, yes=yes, reason="" if yes else "低于成本")

    return by_member(alias, person, lambda told: c.CastVote(signed=told), say)


Scores = dict[tuple[str, str], str]
"""Points by bid and item, where they are not the usual ones."""


def scores_for(evaluation: Evaluation, given: Scores) -> list[Score]:
    """A whole sheet."""
    usual = {"plan": "30", "team": "20"}
    return [
        Score(target=target, item=item, points=given.get((bid, item), usual[item]))
        for (target, item), bid in evaluation.wanted.items()
    ]


def submit_sheet(alias: str, person: str, given: Scores | None = None, **changes: Any) -> Act:
    def say(story: Story, member: Member) -> Payload:
        scores = scores_for(story.state, given or {})
        told = s.ScoreSheet(session=SESSION, alias=alias, prev=member.sheet or None, scores=scores)
        return replace(told, **changes)

    return by_member(alias, person, lambda told: c.SubmitSheet(signed=told), say)


def save_draft(person: str, count: int = 1, points: str = "11.5") -> Act:
    def ask(story: Story) -> Command:
        wanted = list(story.state.wanted)[:count]
        return c.SaveDraft(scores=[Score(target=target, item=item, points=points) for target, item in wanted])

    return Act(ask, expert(person))


def answer_outlier(alias: str, person: str, number: int = 1, points: str | None = None) -> Act:
    def say(story: Story, member: Member) -> Payload:
        return s.OutlierAnswer(session=SESSION, alias=alias, number=number, points=points, reason="方案确有突出之处")

    return by_member(alias, person, lambda told: c.AnswerOutlier(signed=told), say)


def confirm_summary(alias: str, person: str) -> Act:
    def say(story: Story, member: Member) -> Payload:
        return s.SummarySeen(session=SESSION, alias=alias, summary=story.state.summary_hash)

    return by_member(alias, person, lambda told: c.ConfirmSummary(signed=told), say)


def sign_report(alias: str, person: str) -> Act:
    def say(story: Story, member: Member) -> Payload:
        return s.ReportSigned(session=SESSION, alias=alias, report=story.state.report_hash)

    return by_member(alias, person, lambda told: c.SignReport(signed=told), say)


def dissent(alias: str, person: str, reason: str = "对技术评分有异议") -> Act:
    def say(story: Story, member: Member) -> Payload:
        return s.Dissent(session=SESSION, alias=alias, report=story.state.report_hash, reason=reason)

    return by_member(alias, person, lambda told: c.DissentFromReport(signed=told), say)


def publish_report(by: Who = AGENCY) -> Act:
    def ask(story: Story) -> Command:
        told = s.Publication(session=SESSION, report=story.state.report_hash)
        return c.PublishReport(signed=signed(told, by))

    return Act(ask, by)


def suspend(
    *by: Who, number: int = 1, cause: SuspensionCause = SuspensionCause.TECHNICAL_FAULT, sender: Who | None = None
) -> Act:
    told = Suspend(session=SESSION, number=number, cause=cause)
    return Act(c.SuspendEvaluation(signed=signed(told, *by)), sender or by[-1])


def resume(*by: Who, number: int = 1) -> Act:
    return Act(c.ResumeEvaluation(signed=signed(Resume(session=SESSION, number=number), *by)), by[-1])


def postpone(by: Who, goes_on: bool, number: int = 1) -> Act:
    told = s.Postponement(session=SESSION, number=number, goes_on=goes_on)
    return Act(c.DecidePostponement(signed=signed(told, by)), by)


def report_site(site: str, up: bool, by: Who | None = None) -> Act:
    return Act(c.ReportSite(site=site, up=up), by or (NORTH if site == "north" else SOUTH))
