"""Every code of the opening has its words on paper."""

from enum import StrEnum

import pytest

from remote_bid.opening.terms import AbortCause, Cause, Outcome, Role
from remote_bid.paper.words import ABORTED, CAUSES, OUTCOMES, ROLES


@pytest.mark.parametrize(
    ("words", "codes"),
    [(ROLES, Role), (OUTCOMES, Outcome), (CAUSES, Cause), (ABORTED, AbortCause)],
    ids=lambda it: None,
)
def test_every_code_is_worded(words: dict[StrEnum, str], codes: type[StrEnum]) -> None:
    assert set(words) == set(codes)
