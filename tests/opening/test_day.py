"""The day itself: every past of these tests leads where its name says."""

import pytest

from remote_bid.opening.terms import Phase
from tests.given import given
from tests.opening.day import PHASES, opening


@pytest.mark.parametrize("phase", Phase)
def test_a_session_reaches_every_phase(phase: Phase) -> None:
    assert given(opening, PHASES[phase]).story.state.phase is phase
