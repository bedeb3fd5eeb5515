"""Every code of the opening has its words on paper."""

from enum import StrEnum

import pytest

from remote_bid.opening.terms import AbortCause, Cause, ExtensionCause, LineAnswer, Outcome, Role
from remote_bid.paper.words import ABORTED, ANSWERS, CAUSES, EXTENDED, OUTCOMES, ROLES, STOPPED
from remote_bid.tender.terms import SuspensionCause


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (ROLES, Role),
        (OUTCOMES, Outcome),
        (CAUSES, Cause),
        (ABORTED, AbortCause),
        (ANSWERS, LineAnswer),
        (STOPPED, SuspensionCause),
        (EXTENDED, ExtensionCause),
    ],
    ids=lambda it: None,
)
def test_every_code_is_worded(words: dict[StrEnum, str], codes: type[StrEnum]) -> None:
    assert set(words) == set(codes)
