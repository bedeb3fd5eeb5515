"""Whatever is withheld or fails, the report says in both languages who answers for it."""

import io

from rich.console import Console

from remote_bid.verify.fault import Fault
from remote_bid.verify.manifest import envelope_name
from remote_bid.verify.report import Item, Report, Verdict
from remote_bid.verify.screen import explain
from tests.verify.forger import Day, end_at_close
from tests.verify.judging import judged
from tests.verify.keys import Keys
from tests.verify.test_forged_signatures import resign


def shown(report: Report) -> str:
    out = io.StringIO()
    explain(report, True, Console(file=out, width=300))
    return out.getvalue()


def item_of(day: Day, what: str) -> Item:
    return next(item for item in judged(day.bundle(), day.trust).items if what in item.what and item.step > 2)


def test_every_failed_or_withheld_item_names_somebody(server: Day) -> None:
    server.drop(server.one("OpeningClosed"))
    report = judged(server.bundle(), server.trust)
    assert all(item.fault is not None for item in report.items if item.verdict is not Verdict.VERIFIED)
    assert "责任方：平台（交易中心） / at fault: the platform (trading centre)" in shown(report)


def test_who_did_not_release_is_at_fault_itself(server: Day) -> None:
    bid = server.of("BidSettled", cause="not_released").fields["bid"]
    item = item_of(server, envelope_name(bid))
    assert (item.verdict, item.fault) == (Verdict.VERIFIED, Fault.BIDDER)
    assert "责任方：投标人 / at fault: the bidder" in shown(judged(server.bundle(), server.trust))


def test_for_a_bid_that_was_opened_nobody_is_blamed(server: Day) -> None:
    bid = server.of("BidSettled", outcome="OPENED").fields["bid"]
    assert item_of(server, envelope_name(bid)).fault is None


def test_the_platform_answers_for_an_envelope_that_was_exchanged(server: Day) -> None:
    name = envelope_name(server.of("BidSettled", outcome="OPENED").fields["bid"])
    server.members[name] = server.members[name][:-1] + bytes([server.members[name][-1] ^ 1])
    assert item_of(server, name).fault is Fault.PLATFORM


def test_nobody_answers_for_bids_that_stay_sealed(lived: Day) -> None:
    lived.one("OpeningScheduled").fields["tender"]["lots"][0]["minimum"] = 4
    end_at_close(lived)
    item = next(item for item in judged(lived.bundle(), lived.trust).items if item.step == 9)
    assert (item.verdict, item.fault) == (Verdict.WITHHELD, Fault.NOBODY)


def test_signer_and_platform_answer_for_a_false_signature(lived: Day, keys: Keys) -> None:
    entry = lived.one("MemberCheckedIn")
    resign(entry, "custodian-04", keys)
    failed = next(item for item in judged(lived.bundle(), lived.trust).items if item.verdict is Verdict.FAILED)
    assert (failed.step, failed.fault) == (7, Fault.SIGNED)
