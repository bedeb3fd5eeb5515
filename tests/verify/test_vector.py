"""The bundle among the vectors: Python says of it, and of it with a byte flipped, what TypeScript says too."""

import msgspec
import pytest

from remote_bid.verify import Trust
from tests.verify import vector


def test_the_stored_bundle_is_verified() -> None:
    bundle, said = vector.read()
    assert vector.judged(bundle, msgspec.convert(said["trust"], type=Trust)) == []


@pytest.mark.parametrize("day", vector.DAYS)
def test_the_rarer_days_are_verified(day: str) -> None:
    _, said = vector.read()
    assert vector.judged(vector.read_day(day), msgspec.convert(said["days"], type=Trust)) == []


def test_each_flip_is_judged_as_the_vector_says() -> None:
    bundle, said = vector.read()
    trust = msgspec.convert(said["trust"], type=Trust)
    for at, failures in said["flips"][::7]:
        assert vector.judged(vector.flipped(bundle, at), trust) == failures, at
