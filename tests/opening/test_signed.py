"""What every signed command has in common: whose statement it is, of which kind, for which session."""

from typing import Any

import pytest
from msgspec.structs import replace

from remote_bid.opening import commands as c
from remote_bid.opening.statements import Custody, RecordSignature, Release
from remote_bid.people.certificates import Signed
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import Payload, Signature, said, state, statement_id
from remote_bid.tender.statements import CheckInStatement, CustodianKey, Policy, Timetable, Withdraw
from remote_bid.timeline.context import Command
from remote_bid.timeline.entry import Who
from tests.given import Act, Story, given
from tests.opening.accepted import ACCEPTED
from tests.opening.actors import ALPHA, BETA, SUPERVISOR, TENDERER, certificate_of, signed
from tests.opening.authority import key_of
from tests.opening.day import opening

KINDS: dict[type[Command], type[Payload]] = {
    c.OfferCustodianKey: CustodianKey,
    c.PublishPolicy: Policy,
    c.ProposeTimetable: Timetable,
    c.CountersignTimetable: Timetable,
    c.WithdrawBid: Withdraw,
    c.CheckIn: CheckInStatement,
    c.ReleaseKey: Release,
    c.PublishKey: Custody,
    c.SignRecord: RecordSignature,
}
"""Which statement each command carries."""


class Remark(Payload, frozen=True):
    """A statement that nobody asked for."""

    kind = "remark"
    text: str


def signers_of(command: type[Command]) -> list[Who]:
    return [TENDERER, SUPERVISOR] if command is c.CountersignTimetable else [ACCEPTED[command][1].by]


def saying(command: type[Command], statement: Signed) -> Act:
    """The accepted act, but for its statement."""
    act = ACCEPTED[command][1]
    return replace_ask(act, lambda asked: replace(asked, signed=statement))


def replace_ask(act: Act, change: Any) -> Act:
    def ask(story: Story) -> Command:
        changed: Command = change(act.asked(story))
        return changed

    return Act(ask, act.by, act.at)


@pytest.mark.parametrize("command", KINDS)
def test_a_statement_of_another_kind_is_malformed(command: type[Command]) -> None:
    remark = signed(Remark(text="?"), *signers_of(command))
    given(opening, ACCEPTED[command][0]).when(saying(command, remark)).then_refused("malformed_statement")


@pytest.mark.parametrize("command", KINDS)
def test_a_second_spelling_is_malformed(command: type[Command]) -> None:
    """Two spellings of one content would be two ids."""

    def respelt(asked: Any) -> Any:
        body = unb64(asked.signed.statement.payload).replace(b":", b": ", 1)
        spelt = replace(asked.signed.statement, payload=b64(body), signatures=[])
        return replace(asked, signed=resigned(spelt, signers_of(command)))

    past, act = ACCEPTED[command]
    given(opening, past).when(replace_ask(act, respelt)).then_refused("malformed_statement")


@pytest.mark.parametrize("command", KINDS)
def test_a_statement_made_for_another_session_counts_nothing_here(command: type[Command]) -> None:
    def elsewhere(asked: Any) -> Any:
        payload: Any = said(asked.signed.statement, KINDS[command])
        return replace(asked, signed=signed(replace(payload, session="another"), *signers_of(command)))

    past, act = ACCEPTED[command]
    given(opening, past).when(replace_ask(act, elsewhere)).then_refused("other_session")


@pytest.mark.parametrize("command", KINDS)
def test_without_a_signature_nothing_is_said(command: type[Command]) -> None:
    def unsigned(asked: Any) -> Any:
        return replace(asked, signed=Signed(statement=replace(asked.signed.statement, signatures=[]), certificates=[]))

    past, act = ACCEPTED[command]
    given(opening, past).when(replace_ask(act, unsigned)).then_refused("not_trusted")


@pytest.mark.parametrize("command", KINDS)
def test_somebody_elses_signature_beside_ones_own_is_one_too_many(command: type[Command]) -> None:
    def joined(asked: Any) -> Any:
        payload = said(asked.signed.statement, KINDS[command])
        return replace(asked, signed=signed(payload, *signers_of(command), BETA))

    past, act = ACCEPTED[command]
    code = "two_signatures" if command is c.CountersignTimetable else "not_signed_by_you"
    refusal = given(opening, past).when(replace_ask(act, joined)).then_refused(code)
    assert refusal.zh != refusal.en


def test_an_id_is_the_statements_whoever_signs_it() -> None:
    remark = Remark(text="?")
    assert statement_id(signed(remark, ALPHA).statement) == statement_id(state(remark))


def resigned(statement: Any, people: list[Who]) -> Signed:
    """Signed over whatever bytes the payload has."""
    name = statement.payload_type.encode()
    body = unb64(statement.payload)
    message = b"DSSEv1 %d %s %d %s" % (len(name), name, len(body), body)
    keys = [KeySigner(key_of(who.person)) for who in people]
    signatures = [Signature(keyid=key.keyid, sig=b64(key.sign(message))) for key in keys]
    return Signed(
        statement=replace(statement, signatures=signatures), certificates=[certificate_of(who) for who in people]
    )
