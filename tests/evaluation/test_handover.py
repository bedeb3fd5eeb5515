"""What an opening hands over: exactly the opened bids, as they were read out."""

from typing import Any

import pytest
from msgspec.structs import replace

from remote_bid.evaluation.statements import EvaluationOrder
from remote_bid.evaluation.terms import Document, DrawnValue
from remote_bid.handover import Documents, head_of, opened_bids, require_handed_over
from remote_bid.opening.events import OpeningClosed
from remote_bid.seal.canonical import b64
from remote_bid.timeline.context import Refused
from tests.evaluation.actors import ORDER
from tests.given import Past, given
from tests.opening.day import CLOSED, MISSING, RECORD, opening
from tests.opening.tender import LOT, TENDER

CLOSING = next(entry for entry in given(opening, CLOSED).story.folded.main if entry.type == OpeningClosed.__name__)
STATE = given(opening, CLOSED).story.state
GOOD: EvaluationOrder = replace(
    ORDER,
    lot=LOT,
    ceiling_price=TENDER.lots[0].ceiling_price,
    opening=head_of(STATE, CLOSING.seq, CLOSING.leaf),
    bids=opened_bids(STATE, LOT, {}),
)
DOCUMENT = Document(volume="technical", hash=b64(bytes(32)), size=1)
DOCUMENTS = {GOOD.bids[0].bid: [DOCUMENT]}


CHEAP = replace(GOOD.bids[0].form, price="1.00")


def check(order: EvaluationOrder, past: Past = CLOSED, documents: Documents | None = None) -> None:
    require_handed_over(given(opening, past).story.state, CLOSING.seq, CLOSING.leaf, documents or {}, order)


def test_what_was_opened_may_be_evaluated() -> None:
    check(GOOD)
    assert len(GOOD.bids) == 3


def test_the_agency_adds_flags() -> None:
    check(replace(GOOD, bids=[replace(GOOD.bids[0], flags=["小微企业"]), *GOOD.bids[1:]]))


def test_a_bid_comes_with_the_documents_that_were_opened() -> None:
    bids = opened_bids(STATE, LOT, DOCUMENTS)
    assert [bid.documents for bid in bids] == [[DOCUMENT], [], []]
    check(replace(GOOD, bids=bids), documents=DOCUMENTS)


@pytest.mark.parametrize("documents", [[], [replace(DOCUMENT, hash=b64(bytes([1]) * 32))], [DOCUMENT, DOCUMENT]])
def test_no_document_is_left_out_changed_or_added(documents: list[Document]) -> None:
    with pytest.raises(Refused) as refusal:
        check(replace(GOOD, bids=[replace(GOOD.bids[0], documents=documents), *GOOD.bids[1:]]), documents=DOCUMENTS)
    assert refusal.value.code == "other_bids"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"bids": GOOD.bids[:-1]}, "other_bids"),
        ({"bids": [replace(GOOD.bids[0], name="另一家"), *GOOD.bids[1:]]}, "other_bids"),
        ({"bids": [replace(GOOD.bids[0], form=CHEAP), *GOOD.bids[1:]]}, "other_bids"),
        ({"bids": list(reversed(GOOD.bids))}, "other_bids"),
        ({"ceiling_price": "1.00"}, "other_lot"),
        ({"lot": "another"}, "other_lot"),
        ({"opening": replace(GOOD.opening, leaf=b64(bytes(32)))}, "other_opening"),
        ({"drawn": [DrawnValue(coefficient="评标基准价系数", value="0.95")]}, "other_draw"),
    ],
)
def test_nothing_else_is_evaluated(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        check(replace(GOOD, **changes))
    assert refusal.value.code == code


def test_not_before_the_opening_is_closed() -> None:
    with pytest.raises(Refused) as refusal:
        check(GOOD, RECORD)
    assert refusal.value.code == "not_closed"


def test_a_bid_that_was_not_opened_is_not_handed_over() -> None:
    assert opened_bids(given(opening, MISSING).story.state, LOT, {}) == []
