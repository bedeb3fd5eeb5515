"""The secret ballot for the leader."""

from dataclasses import replace as changed

import pytest
from msgspec.structs import replace

from remote_bid.evaluation.ballots import Ballots
from remote_bid.evaluation.events import (
    BallotCast,
    BallotsCounted,
    ElectionFailed,
    ElectionOpened,
    LeaderDeposed,
)
from remote_bid.evaluation.facts import EvaluationFacts
from remote_bid.evaluation.rules.electing import leader_by_lot, most_votes
from remote_bid.timeline.context import Command
from tests.evaluation.actors import BEGINS
from tests.evaluation.acts import COUNT_BALLOTS, OPEN_ELECTION, PROCEED, cast, open_review, remove, tracker_of
from tests.evaluation.day import ELECTED, ELECTION, LEAD, LEADER, MATERIALS, MEMBERS, PRELIMINARY, VOTED, evaluation
from tests.given import Given, Past, after, given
from tests.opening.actors import AUTHORITY, DEPLOYMENT


def votes(**choices: str) -> Past:
    return tuple(cast(alias, MEMBERS[alias], choice) for alias, choice in choices.items())


TIE = votes(E01="E02", E02="E04", E03="E02", E04="E04", E05="E05")
TIED: Past = (*ELECTION, *TIE, COUNT_BALLOTS)


def test_whoever_has_most_votes_leads() -> None:
    [counted] = given(evaluation, VOTED).when(COUNT_BALLOTS).then(BallotsCounted)
    assert counted.leader == "E02"
    assert [line.choice for line in counted.ballots].count("E02") == 3


def test_every_voter_finds_its_own_tracker() -> None:
    [counted] = given(evaluation, VOTED).when(COUNT_BALLOTS).then(BallotsCounted)
    assert {line.tracker for line in counted.ballots} == {tracker_of(alias, 1) for alias in MEMBERS}


def test_ballots_are_counted_when_all_have_voted_or_the_time_is_over() -> None:
    given(evaluation, VOTED[:-1]).when(COUNT_BALLOTS).then_refused("not_yet")
    [counted] = given(evaluation, VOTED[:-1]).when(after(900_000, COUNT_BALLOTS)).then(BallotsCounted)
    assert len(counted.ballots) == 4


def test_nobody_votes_twice_or_before_or_for_another_ballot() -> None:
    given(evaluation, LEADER).when(cast("E01", MEMBERS["E01"], "E02")).then_refused("no_election")
    given(evaluation, VOTED).when(cast("E01", MEMBERS["E01"], "E05")).then_refused("voted_already")
    one, other = cast("E01", MEMBERS["E01"], "E02"), cast("E01", MEMBERS["E01"], "E03")
    story = given(evaluation, ELECTION).story
    swapped = changed(one, ask=_with(one.asked(story), other.asked(story)))
    given(evaluation, ELECTION).when(swapped).then_refused("other_ballot")


def _with(command: Command, other: Command) -> Command:
    """Signed for one ballot, beside another."""
    return replace(command, sealed=getattr(other, "sealed", ""))


def test_a_tie_is_voted_on_again_between_those_who_are_tied() -> None:
    [counted] = given(evaluation, ELECTION, TIE).when(COUNT_BALLOTS).then(BallotsCounted)
    assert counted.leader is None
    [opened] = given(evaluation, TIED).when(OPEN_ELECTION).then(ElectionOpened)
    assert (opened.round, opened.among) == (2, ["E02", "E04"])


def test_a_second_tie_is_drawn_so_that_anybody_can_check_it() -> None:
    past = (*TIED, OPEN_ELECTION, *votes(E01="E02", E02="E04", E03="E02", E04="E04"))
    [counted] = given(evaluation, past).when(after(900_000, COUNT_BALLOTS)).then(BallotsCounted)
    state = given(evaluation, past).story.state
    assert counted.drawn
    assert counted.leader == leader_by_lot(state.seed, 2, counted.ballots, most_votes(counted.ballots))


def test_a_choice_of_somebody_who_does_not_stand_is_spoiled() -> None:
    past = (*TIED, OPEN_ELECTION, *votes(E01="E01", E02="E02", E03="E02", E04="E04", E05="E02"))
    [counted] = given(evaluation, past).when(COUNT_BALLOTS).then(BallotsCounted)
    assert (counted.spoiled, counted.leader) == (1, "E02")


def test_a_restart_loses_the_key_and_the_round_is_held_again() -> None:
    """The key was in memory only, so what lies in the log can never be opened again."""
    restarted = changed(evaluation, facts=EvaluationFacts([AUTHORITY.root], DEPLOYMENT, lambda: BEGINS, Ballots()))
    story = changed(given(evaluation, VOTED).story, room=restarted)
    failed = Given(story).when(COUNT_BALLOTS).then(ElectionFailed)
    assert failed[0].round == 1


def test_a_counted_rounds_key_is_forgotten() -> None:
    ballots = Ballots()
    key = ballots.fresh(evaluation.session)
    story = given(evaluation, VOTED).story
    open_round = replace(story.state, election=replace(story.state.election, key=key))
    assert ballots.opened(open_round) is not None
    ballots.forget(_Moved(open_round))
    assert ballots.opened(open_round) is not None
    ballots.forget(_Moved(replace(open_round, election=None)))
    assert ballots.opened(open_round) is None


class _Moved:
    def __init__(self, state: object) -> None:
        self.after, self.state = self, state


def test_when_nobody_votes_another_round_follows() -> None:
    given(evaluation, ELECTION).when(after(900_000, COUNT_BALLOTS)).then(ElectionFailed)
    failed = (*ELECTION, after(900_000, COUNT_BALLOTS))
    [opened] = given(evaluation, failed).when(OPEN_ELECTION).then(ElectionOpened)
    assert opened.round == 2


def test_a_silent_leader_is_deposed_and_another_elected() -> None:
    given(evaluation, MATERIALS).when(after(899_999, PROCEED)).then_refused("not_yet")
    given(evaluation, MATERIALS).when(after(900_000, PROCEED)).then(LeaderDeposed)
    deposed = (*MATERIALS, after(900_000, PROCEED))
    given(evaluation, deposed).when(OPEN_ELECTION).then(ElectionOpened)
    given(evaluation, deposed).when(open_review(LEAD)).then_refused("not_leader")


def test_a_leader_who_leaves_is_followed_by_another_in_whatever_phase() -> None:
    past = (*PRELIMINARY, remove("E02"), OPEN_ELECTION, *votes(E01="E05", E03="E05", E04="E05", E05="E01"))
    [counted] = given(evaluation, past).when(COUNT_BALLOTS).then(BallotsCounted)
    assert counted.leader == "E05"


def test_the_ballot_of_somebody_who_has_left_does_not_count() -> None:
    [counted] = given(evaluation, VOTED, remove("E03")).when(COUNT_BALLOTS).then(BallotsCounted)
    assert len(counted.ballots) == 4


def test_the_leader_is_not_elected_twice() -> None:
    given(evaluation, ELECTED).when(OPEN_ELECTION).then_nothing()
    given(evaluation, ELECTED).when(COUNT_BALLOTS).then_nothing()


@pytest.mark.parametrize("alias", MEMBERS)
def test_a_ballot_says_in_the_log_no_more_than_that_it_was_cast(alias: str) -> None:
    [event] = given(evaluation, ELECTION).when(cast(alias, MEMBERS[alias], "E02")).then(BallotCast)
    assert tracker_of(alias, 1) not in str(event)
