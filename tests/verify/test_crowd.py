"""A day of many bids is verified in seconds, each in no more time than on a small day."""

import io
import time

import pytest

from remote_bid.verify import verify
from tests.verify.crowd import crowded_bundle
from tests.verify.told import TRUST


@pytest.mark.slow
def test_a_day_of_fifty_bids_holds_and_takes_seconds() -> None:
    bundle = crowded_bundle(50)
    began = time.process_time()
    report = verify(io.BytesIO(bundle), TRUST)
    assert report.verified, [item for item in report.items if item.verdict == "failed"]
    assert sum(item.step == 11 and item.what.startswith("envelopes/") for item in report.items) == 50
    assert time.process_time() - began < 3
