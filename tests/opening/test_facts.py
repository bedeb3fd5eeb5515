"""What is looked up before a decision: signatures and certificates, the safe, and the settlement of every bid."""

import asyncio
import hashlib
import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from msgspec.structs import replace

from remote_bid.opening.commands import CheckIn, OpenRelease, SettleBids, SubmitBid
from remote_bid.opening.facts import Envelopes, Facts
from remote_bid.opening.known import Known
from remote_bid.opening.terms import Cause, Outcome
from remote_bid.people.certificates import Certified, Signed
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.envelope import MAGIC, tree_root
from remote_bid.seal.statements import Signature, statement_id
from remote_bid.timeline.context import CLOCK, Command, Refused
from remote_bid.timeline.entry import Who
from tests.given import Act, given
from tests.opening.actors import (
    ALPHA,
    AUTHORITY,
    BETA,
    BIDDERS,
    DEPLOYMENT,
    NAMES,
    STRANGE_AUTHORITY,
    certificate_of,
)
from tests.opening.acts import check_in, submit
from tests.opening.authority import VALID
from tests.opening.day import CONVENED, LOBBY, UNSEAL, opening
from tests.opening.sealed import SAFE, MemorySafe
from tests.opening.tender import T0, after_t0
from tests.tender.safes import flip, put, safe_in

STATE: Any = given(opening, CONVENED).story.state


def looked_up(command: Any, by: Who = ALPHA, safe: Envelopes = SAFE, now: datetime = T0, state: Any = STATE) -> Known:
    facts = Facts(safe, [AUTHORITY.root], DEPLOYMENT, lambda: now)

    async def ask() -> Known:
        return await facts(state, command, by)

    return asyncio.run(ask())


def refused(command: Any, **how: Any) -> str:
    with pytest.raises(Refused) as refusal:
        looked_up(command, **how)
    assert refusal.value.zh
    assert refusal.value.en
    return refusal.value.code


def here() -> CheckIn:
    command = check_in(ALPHA).asked(given(opening, LOBBY).story)
    assert isinstance(command, CheckIn)
    return command


def a_bid() -> SubmitBid:
    command = submit(ALPHA).asked(given(opening, CONVENED).story)
    assert isinstance(command, SubmitBid)
    return command


# ── Signatures ───────────────────────────────────────────────────────────────────────────────────────


def test_who_signed_is_told_by_the_statements_id() -> None:
    command = here()
    assert looked_up(command).signers == {statement_id(command.signed.statement): [certified(ALPHA)]}
    bid = a_bid()
    ids = [statement_id(signed.statement) for signed in (bid.parts[0].submission, bid.parts[0].deal)]
    assert looked_up(bid).signers == {name: [certified(ALPHA)] for name in ids}


def certified(who: Who) -> Certified:
    command = check_in(who).asked(given(opening, LOBBY).story)
    assert isinstance(command, CheckIn)
    [people] = looked_up(command).signers.values()
    assert [(person.person, person.name) for person in people] == [(who.person, NAMES[who.person])]
    return people[0]


def test_a_command_without_a_statement_has_no_signers() -> None:
    known = looked_up(OpenRelease())
    assert (known.signers, known.envelopes, known.settlements) == ({}, {}, {})
    assert known.deployment == DEPLOYMENT


def with_certificate(certificate: str) -> CheckIn:
    command = here()
    return replace(command, signed=replace(command.signed, certificates=[certificate]))


EXPIRED = (VALID[0], after_t0(-1))
NOT_YET = (after_t0(1), VALID[1])


@pytest.mark.parametrize(
    "certificate",
    [
        pytest.param(lambda: STRANGE_AUTHORITY.certify(ALPHA.person, "甲"), id="another authority's"),
        pytest.param(lambda: AUTHORITY.certify(ALPHA.person, "甲", EXPIRED), id="expired"),
        pytest.param(lambda: AUTHORITY.certify(ALPHA.person, "甲", NOT_YET), id="not valid yet"),
        pytest.param(lambda: certificate_of(BETA), id="somebody else's"),
        pytest.param(lambda: flipped(certificate_of(ALPHA)), id="changed"),
        pytest.param(lambda: "", id="empty"),
        pytest.param(lambda: "not base64url!", id="no base64url"),
        pytest.param(lambda: b64(b"\x30\x00"), id="no certificate"),
    ],
)
def test_a_certificate_that_no_authority_vouches_for_counts_nothing(certificate: Any) -> None:
    assert refused(with_certificate(certificate())) == "not_trusted"


def flipped(certificate: str) -> str:
    raw = bytearray(unb64(certificate))
    raw[len(raw) // 2] ^= 1
    return b64(bytes(raw))


def test_a_certificate_of_an_unknown_version_counts_nothing() -> None:
    raw = unb64(certificate_of(ALPHA)).replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x05", 1)
    assert refused(with_certificate(b64(raw))) == "not_trusted"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda signed: replace(signed, certificates=[]), id="no certificate"),
        pytest.param(lambda signed: replace(signed, certificates=signed.certificates * 2), id="one certificate twice"),
        pytest.param(lambda signed: with_signatures(signed, []), id="no signature"),
        pytest.param(lambda signed: with_signatures(signed, signed.statement.signatures * 2), id="one signature twice"),
        pytest.param(lambda signed: with_signatures(signed, [Signature("another", sig_of(signed))]), id="another key"),
        pytest.param(lambda signed: with_signatures(signed, [Signature(key_of(signed), "")]), id="empty"),
        pytest.param(lambda signed: with_signatures(signed, [Signature(key_of(signed), "no!")]), id="no base64url"),
        pytest.param(lambda signed: with_signatures(signed, [Signature(key_of(signed), b64(bytes(70)))]), id="zeros"),
        pytest.param(lambda signed: with_payload(signed, b64(b"{}")), id="another payload"),
        pytest.param(lambda signed: with_payload(signed, "no base64url!"), id="no payload"),
        pytest.param(lambda signed: with_type(signed, "application/json"), id="another type"),
    ],
)
def test_a_signature_that_does_not_hold_counts_nothing(spoil: Any) -> None:
    command = here()
    assert refused(replace(command, signed=spoil(command.signed))) == "not_trusted"


def sig_of(signed: Signed) -> str:
    return signed.statement.signatures[0].sig


def key_of(signed: Signed) -> str:
    return signed.statement.signatures[0].keyid


def with_signatures(signed: Signed, signatures: list[Signature]) -> Signed:
    return replace(signed, statement=replace(signed.statement, signatures=signatures))


def with_payload(signed: Signed, payload: str) -> Signed:
    return replace(signed, statement=replace(signed.statement, payload=payload))


def with_type(signed: Signed, payload_type: str) -> Signed:
    return replace(signed, statement=replace(signed.statement, payload_type=payload_type))


def test_every_statement_of_a_bid_is_checked() -> None:
    bid = a_bid()
    spoilt = replace(bid.parts[0], deal=with_signatures(bid.parts[0].deal, []))
    assert refused(replace(bid, parts=[spoilt])) == "not_trusted"


# ── The safe ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_the_safe_holds_is_told_by_the_uploads_name() -> None:
    bid = a_bid()
    [(upload, stored)] = looked_up(bid).envelopes.items()
    head, root, length = tree_root(io.BytesIO(SAFE.files[ALPHA.person, upload]))
    assert upload == bid.parts[0].upload
    assert (stored.header, stored.ct, stored.n) == (head.header, b64(root), length)
    assert stored.header_hash == b64(hashlib.sha256(head.raw).digest())


def test_what_is_not_there_or_anothers_is_left_out() -> None:
    bid = a_bid()
    assert looked_up(bid, safe=MemorySafe()).envelopes == {}
    assert looked_up(bid, by=BETA).envelopes == {}


SPOILT: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "empty": ("not_an_envelope", lambda file: b""),
    "a zip": ("not_an_envelope", lambda file: b"PK\3\4" + file),
    "cut in the header": ("truncated", lambda file: file[:20]),
    "cut at the end": ("wrong_length", lambda file: file[:-1]),
    "longer": ("wrong_length", lambda file: file + b"\0"),
    "a header of four gigabytes": ("header_too_large", lambda file: MAGIC + b"\xff" * 4),
    "a header without a field": ("malformed_header", lambda file: MAGIC + b"\0\0\0\2{}" + bytes(74)),
    "another version": ("unknown_suite", lambda file: file.replace(b"sbe/1", b"sbe/2", 1)),
}


@pytest.mark.parametrize("how", SPOILT)
def test_an_upload_that_is_no_envelope_is_refused_by_what_is_wrong_with_it(how: str) -> None:
    code, spoil = SPOILT[how]
    bid, safe = a_bid(), MemorySafe()
    place = (ALPHA.person, bid.parts[0].upload)
    safe.files[place] = spoil(SAFE.files[place])
    assert refused(bid, safe=safe) == code


# ── Settlement ───────────────────────────────────────────────────────────────────────────────────────


def test_every_bid_is_settled_for_the_clock_and_for_nobody_before() -> None:
    state = given(opening, UNSEAL).story.state
    settled = looked_up(SettleBids(), by=CLOCK, state=state).settlements
    assert set(settled) == set(state.bids)
    assert {found.outcome for found in settled.values()} == {Outcome.OPENED}
    assert looked_up(OpenRelease(), state=state).settlements == {}


def test_one_lost_envelope_does_not_stop_the_others() -> None:
    state = given(opening, UNSEAL).story.state
    lost = next(bid for bid in state.bids.values() if bid.bidder == BIDDERS[0].person)

    class Losing(MemorySafe):
        def open(self, session: str, person: str, upload: str) -> BinaryIO:
            if person == BIDDERS[0].person:
                raise KeyError(upload)
            return SAFE.open(session, person, upload)

    settled = looked_up(SettleBids(), by=CLOCK, safe=Losing(), state=state).settlements
    assert settled[lost.bid].outcome is Outcome.DEEMED_WITHDRAWN
    assert sorted(found.outcome for found in settled.values()) == ["DEEMED_WITHDRAWN", "OPENED", "OPENED"]


def test_a_bit_that_flips_on_the_disk_is_the_platforms_fault(tmp_path: Path) -> None:
    """Whichever: in the head, in a segment."""
    state = given(opening, UNSEAL).story.state
    bid = next(bid for bid in state.bids.values() if bid.bidder == ALPHA.person)
    safe = safe_in(tmp_path)
    for person, upload in ((bid.bidder, bid.parts[0].upload) for bid in state.bids.values()):
        asyncio.run(put(safe, SAFE.files[person, upload], state.session, person, upload))
    assert looked_up(SettleBids(), by=CLOCK, safe=safe, state=state).settlements[bid.bid].outcome is Outcome.OPENED
    key = safe.key(state.session, bid.bidder, bid.parts[0].upload)
    [path] = tmp_path.rglob(f"*{key.name}.sbe")
    for at in (3, 100, path.stat().st_size - 1):
        flip(path, at)
        settled = looked_up(SettleBids(), by=CLOCK, safe=safe, state=state).settlements
        assert (settled[bid.bid].outcome, settled[bid.bid].cause) == (Outcome.DEEMED_WITHDRAWN, Cause.ENVELOPE_LOST)
        assert sorted(found.outcome for found in settled.values()) == ["DEEMED_WITHDRAWN", "OPENED", "OPENED"]
        flip(path, at)


def test_looking_up_decides_nothing() -> None:
    """The same command twice is looked up twice the same."""
    commands: list[Command] = [here(), a_bid(), OpenRelease()]
    for command in commands:
        assert looked_up(command) == looked_up(command)


def test_a_refusal_of_the_look_up_reaches_the_sender() -> None:
    spoilt = with_certificate(certificate_of(BETA))
    given(opening, LOBBY).when(Act(spoilt, ALPHA)).then_refused("not_trusted")
