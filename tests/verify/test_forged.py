"""A price changed and everything made to fit: by an outsider, by a thief of the log's key, by one who has all keys, and
by one who plays the whole day again with people of its own.
"""

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.seal.canonical import b64
from remote_bid.tender.terms import ReadoutForm
from remote_bid.verify import Trust
from tests.verify.forger import Day
from tests.verify.judging import fails, failures, holds, judged
from tests.verify.keys import Keys
from tests.verify.rebirth import Reborn

PRICE = "1234567.89"
OFFER = ReadoutForm(
    price=PRICE, currency="CNY", fields={"duration_days": 9, "quality": "合格", "project_manager": "吴越"}
)


def opened(day: Day) -> str:
    """A bid that was opened."""
    bid: str = day.of("BidSettled", outcome="OPENED").fields["bid"]
    return bid


def change_the_price(day: Day) -> str:
    """In the settlement and in what was read out; the record follows. Returns the bid."""
    bid = opened(day)
    for told in (day.of("BidSettled", bid=bid), day.of("BidReadOut", bid=bid)):
        told.fields["form"] |= {"price": PRICE}
    return bid


@pytest.fixture
def outsider(bundle: bytes) -> Day:
    """In the hands of somebody without any key."""
    return Day(bundle, Keys(log=ed25519.Ed25519PrivateKey.generate()))


def test_taken_apart_and_put_together_a_bundle_is_the_same_to_the_byte(
    bundle: bytes, server: Day, conspiracy: Day, lived: Day
) -> None:
    assert bundle == server.bundle() == conspiracy.bundle() == lived.bundle()
    holds(server)


def test_a_price_that_was_changed_is_in_the_record_too(lived: Day) -> None:
    change_the_price(lived)
    lived.bundle()
    prices = {line["form"]["price"] for line in lived.one("RecordPrepared").fields["record"]["lines"] if line["form"]}
    assert PRICE in prices


def test_an_outsider_who_changes_a_price_cannot_sign_the_manifest(outsider: Day) -> None:
    change_the_price(outsider)
    fails(outsider, "manifest.json", why="not signed by the log's key")


def test_an_outsider_who_names_its_own_log_is_not_whom_we_trust(outsider: Day, trust: Trust) -> None:
    change_the_price(outsider)
    log = msgspec.structs.replace(trust.log, key=b64(outsider.keys.log.public_key().public_bytes_raw()))
    outsider.trust = msgspec.structs.replace(trust, log=log)
    forged = outsider.bundle()
    assert failures(judged(forged, trust))[0].what == "manifest.json"
    assert failures(judged(forged, None))


def test_a_thief_of_the_logs_key_cannot_have_a_changed_price_cosigned(server: Day) -> None:
    change_the_price(server)
    changed = server.main.index(server.one("BidSettled"))
    checkpoints = [entry for entry in server.main[changed:] if entry.type == "CheckpointCosigned"]
    later = next(entry for entry in checkpoints if entry.fields["covers"] > changed)
    fails(server, later, why="lacks the signature of the log or of its cosigners")


def test_a_price_changed_with_all_keys_of_the_log_is_not_in_its_envelope(conspiracy: Day) -> None:
    bid = change_the_price(conspiracy)
    fails(conspiracy, f"envelopes/{bid}.sbe", why="arithmetic says")


def test_a_price_changed_with_everybodys_keys_is_not_in_its_envelope(lived: Day) -> None:
    bid = change_the_price(lived)
    fails(lived, f"envelopes/{bid}.sbe", why="arithmetic says")


def test_a_day_played_again_with_fresh_keys_fails_under_trust(reborn: Reborn, trust: Trust) -> None:
    first, *_ = failures(judged(reborn.bundle(), trust))
    assert first.what == "manifest.json"
    assert "other authorities, log or cosigners" in first.why


def test_a_day_played_again_with_another_price_fails_under_trust(reborn: Reborn, trust: Trust) -> None:
    reborn.offer(opened(reborn), OFFER)
    forged = reborn.bundle()
    assert not failures(judged(forged, reborn.trust))
    assert failures(judged(forged, trust))[0].what == "manifest.json"


def test_a_day_played_again_that_names_the_true_keys_fails(reborn: Reborn, trust: Trust) -> None:
    reborn.trust = trust
    fails(reborn, "manifest.json", why="not signed by the log's key")


def test_a_day_played_again_with_the_true_logs_and_cosigners_keys_has_strangers_in_it(
    reborn: Reborn, keys: Keys
) -> None:
    reborn.take_the_log(keys)
    found = {item.step: item for item in failures(judged(reborn.bundle(), reborn.trust))}
    assert found[7].what.startswith("timeline.json entry ")
    assert "not one of a trusted authority" in found[7].why
    assert "names other authorities" in found[8].why


def test_without_trust_a_day_played_again_is_consistent_and_asserts_only_itself(reborn: Reborn, trust: Trust) -> None:
    report = judged(reborn.bundle(), None)
    assert report.verified
    told = "\n".join(report.fingerprints)
    assert reborn.trust.log.key in told
    assert reborn.trust.cosigners[0].key in told
    assert trust.log.key not in told
    assert trust.cosigners[0].key not in told


def test_a_bundle_that_vouches_for_itself_needs_a_quorum_of_somebody(server: Day) -> None:
    server.trust = msgspec.structs.replace(server.trust, quorum=0)
    found = failures(judged(server.bundle(), None))
    assert (found[0].what, found[0].why) == ("manifest.json", "it names no authority, or an impossible quorum")
