"""The verifier checks every time stamp, says how many there are, and misses none that did not come."""

from msgspec.structs import replace

from remote_bid.opening.events import StampTaken
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event
from remote_bid.verify import Report, Trust
from tests.given import Past
from tests.opening.acts import stamp_close, stamp_last_tick
from tests.opening.day import ABORTED
from tests.opening.tender import after_t0
from tests.timeline.tsa import Tsa
from tests.verify.judging import failures, judged
from tests.verify.told import TRUST, Lie, bundled, verified

STAMPED: Past = (*ABORTED, stamp_last_tick(1), stamp_close(2))


def lying(**changes: object) -> Lie:
    def lie(event: Event) -> Event:
        return replace(event, **changes) if isinstance(event, StampTaken) else event

    return lie


def says(report: Report) -> str:
    [item] = [item for item in report.items if item.what == "time stamps"]
    return item.why


def test_it_says_how_many_there_are() -> None:
    for past, count in ((STAMPED, 2), (STAMPED[:-1], 1), (ABORTED, 0)):
        report = verified(past)
        assert not failures(report)
        assert says(report).startswith(f"{count} of 2")


def test_without_an_authority_of_time_in_the_trust_file_it_says_so(trust: Trust, bundle: bytes) -> None:
    report = judged(bundle, trust)
    assert report.verified
    assert says(report) == "none, as no authority of time is trusted"


def fails(lie: Lie, why: str) -> None:
    [found] = [item for item in failures(verified(STAMPED, lie)) if item.step == 4]
    assert why in found.why


def test_a_time_that_the_stamp_does_not_tell_fails() -> None:
    fails(lying(stamped_at=instant.text(after_t0(9))), "not made when")


def test_a_stranger_s_stamp_fails() -> None:
    leaf, stranger = bytes(32), Tsa()
    fails(lying(token=stranger.stamp(leaf, after_t0(1))), "not a good time stamp")


def test_a_stamp_over_another_leaf_fails() -> None:
    def swapped(event: Event) -> Event:
        if not isinstance(event, StampTaken) or event.stamped_at != instant.text(after_t0(2)):
            return event
        return replace(event, covers=event.covers - 1)

    fails(swapped, "not a good time stamp")


def test_a_stamp_over_what_need_not_be_stamped_fails() -> None:
    fails(lying(covers=1), "no time stamp is wanted")


def test_another_authority_of_time_than_the_trusted_one_fails() -> None:
    for tsa in ([], [Tsa().pem]):
        found = failures(judged(bundled(STAMPED), replace(TRUST, tsa=tsa)))
        assert any("than the trusted ones" in item.why for item in found)
