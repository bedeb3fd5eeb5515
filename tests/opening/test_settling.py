"""What became of each bid, and whose fault it is: real envelopes and deals, honest and not, judged by arithmetic."""

import io
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from remote_bid.opening.terms import Cause, Outcome
from remote_bid.seal.canonical import b64, jcs
from remote_bid.seal.dealing import Share, commitment, deal
from remote_bid.seal.envelope import Place, Sealed, Secrets, read_head, tree_root
from remote_bid.seal.xwing import key_id
from remote_bid.timeline.entry import Who
from tests.opening.actors import ALPHA, BETA, FIRST, FOURTH, SECOND, THIRD, public_of
from tests.opening.judged import revoked, settled, withdrawn
from tests.opening.sealed import form_of, halves_of
from tests.seal import bids
from tests.seal.bids import SealedBid


def test_an_honest_bid_is_opened() -> None:
    event = settled()
    assert (event.outcome, event.cause, event.detail) == (Outcome.OPENED, Cause.OPENED, "")
    assert event.form == form_of(ALPHA)


def uneven(ctx: bytes, secret: bytes, k: int, publics: Sequence[bytes]) -> list[Share]:
    """The first two custodians get shares of the secret, the others shares of something else."""
    return [*deal(ctx, secret, k, publics)[:2], *deal(ctx, bytes(32), k, publics)[2:]]


@pytest.mark.parametrize(
    ("by", "fault"),
    [
        ((FIRST, SECOND), f"uneven_shares {key_id(public_of(THIRD))}"),
        ((THIRD, FOURTH), "secret_not_committed"),
        ((FIRST, THIRD), "secret_not_committed"),
    ],
)
def test_a_deal_that_is_good_for_friends_only_is_bad_whoever_publishes(by: Sequence[Who], fault: str) -> None:
    revoked(settled(by, dealer=uneven), Cause.BAD_DEAL, fault)


def of_another_secret(ctx: bytes, secret: bytes, k: int, publics: Sequence[bytes]) -> list[Share]:
    return deal(ctx, bytes(32), k, publics)


def test_a_deal_of_another_secret_is_bad() -> None:
    revoked(settled(dealer=of_another_secret), Cause.BAD_DEAL, "secret_not_committed")


def sealed_to_nobody(ctx: bytes, secret: bytes, k: int, publics: Sequence[bytes]) -> list[Share]:
    """The commitments are right; what the first custodian gets is not."""
    first, *others = deal(ctx, secret, k, publics)
    return [msgspec.structs.replace(first, hpke=b64(bytes(1200))), *others]


def test_a_share_that_its_custodian_cannot_open_is_the_dealers_fault() -> None:
    fault = f"share_does_not_open {key_id(public_of(FIRST))}"
    revoked(settled((FIRST, SECOND), dealer=sealed_to_nobody), Cause.BAD_DEAL, fault)


def test_a_share_that_nobody_had_to_open_does_no_harm() -> None:
    """The keys of the first k are the judges: SECOND's and THIRD's recompute FIRST's share."""
    assert settled((SECOND, THIRD), dealer=sealed_to_nobody).outcome is Outcome.OPENED


def not_committed(ctx: bytes, secret: bytes, k: int, publics: Sequence[bytes]) -> list[Share]:
    first, *others = deal(ctx, secret, k, publics)
    return [msgspec.structs.replace(first, c=commitment(ctx, "T", b"other")), *others]


def test_a_share_that_is_not_the_committed_one_is_bad() -> None:
    kid = key_id(public_of(FIRST))
    revoked(settled((FIRST, SECOND), dealer=not_committed), Cause.BAD_DEAL, f"share_not_committed {kid}")
    revoked(settled((SECOND, THIRD), dealer=not_committed), Cause.BAD_DEAL, f"uneven_shares {kid}")


def cheating(inside: Callable[[bytes], bytes], halves: Callable[[Secrets], Secrets] = lambda halves: halves) -> Any:
    """A sealer whose every tag is right, whatever is inside and under whichever halves."""

    def sealer(raw: bytes, place: Place, own: Secrets) -> SealedBid:
        plain = inside(raw)
        core = bids.core_of(len(bids.padded(raw)), **place._asdict())
        header = jcs(bids.header_of(core, own))
        file = bids.written(plain, header, core, halves(own))
        return SealedBid(file, sealed_as(header, file))

    return sealer


def sealed_as(header: bytes, file: bytes) -> Sealed:
    """What an honest submission would say of this file."""
    _, root, length = tree_root(io.BytesIO(file))
    return Sealed(header, root, length)


def hidden(raw: bytes) -> bytes:
    """A second message in the padding."""
    return bids.padded(raw)[:-1] + b"\1"


def too_long(raw: bytes) -> bytes:
    return b"\xff" * 8 + bids.padded(raw)[8:]


@pytest.mark.parametrize(
    "sealer",
    [
        pytest.param(cheating(hidden), id="something in the padding"),
        pytest.param(cheating(too_long), id="an impossible length"),
        pytest.param(cheating(bids.padded, lambda own: Secrets(own.s_t, own.s_b)), id="other halves than committed to"),
    ],
)
def test_what_was_sealed_so_that_it_cannot_be_opened_is_garbage(sealer: Any) -> None:
    revoked(settled(sealer=sealer), Cause.GARBAGE, "garbage")


def test_a_form_that_is_too_large_is_garbage() -> None:
    form = msgspec.structs.replace(form_of(ALPHA), fields={"quality": "好" * (1 << 20)})
    revoked(settled(raw=msgspec.json.encode(form)), Cause.GARBAGE, "garbage")


def test_a_lost_envelope_is_the_platforms_fault() -> None:
    withdrawn(settled(lose=lambda file: None), "not_there")


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda file: b"", id="empty"),
        pytest.param(lambda file: file[:100], id="cut in the header"),
        pytest.param(lambda file: file[:-1], id="cut at the end"),
        pytest.param(lambda file: file + b"\0", id="longer"),
        pytest.param(lambda file: b"X" + file[1:], id="no envelope"),
        pytest.param(lambda file: flipped(file, 40), id="a bit of the header"),
        pytest.param(lambda file: flipped(file, len(file) - 2000), id="a bit of the payload"),
        pytest.param(lambda file: flipped(file, len(file) - 1), id="a bit of the last tag"),
        pytest.param(lambda file: bids.honest(b"{}").file, id="another envelope"),
    ],
)
def test_an_envelope_that_changed_on_the_platform_is_not_the_bidders_fault(lose: Any) -> None:
    withdrawn(settled(lose=lose), "changed")


def flipped(file: bytes, place: int) -> bytes:
    return file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]


def sealed_again(file: bytes) -> bytes:
    """By somebody who has both halves: another form under the same header. It opens, but is not what was submitted."""
    head = read_head(io.BytesIO(file))
    form = msgspec.json.encode(form_of(BETA))
    return bids.written(bids.padded(form), head.raw, msgspec.to_builtins(head.header.core), halves_of(ALPHA, 1))


def test_an_envelope_that_opens_and_is_not_the_submitted_one_is_not_read_out() -> None:
    withdrawn(settled(lose=sealed_again), "changed")


def test_garbage_that_also_changed_is_not_the_bidders_fault_any_more() -> None:
    """Nobody can tell what it was."""
    withdrawn(settled(sealer=cheating(hidden), lose=lambda file: flipped(file, len(file) - 1)), "changed")
