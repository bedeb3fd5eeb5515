"""Gates that tell by themselves who has come: devices with keys of their own, enrolled by the centre.

token = H("sbe/1 gate token", session, person)     what a gate tells instead of a person
"""

from datetime import datetime, timedelta

import msgspec

from remote_bid.evaluation.commands import EnrolGate, HearGate
from remote_bid.evaluation.events import GateEnrolled, GateHeard
from remote_bid.evaluation.rules.arriving import IN_SESSION
from remote_bid.evaluation.rules.course import change
from remote_bid.evaluation.rules.guards import require_phase, require_role, require_session
from remote_bid.evaluation.rules.member import Member
from remote_bid.evaluation.rules.state import Evaluation, Gate
from remote_bid.evaluation.statements import GateDevice, GateTold
from remote_bid.evaluation.terms import EvaluationRole, GateOutcome
from remote_bid.people.required import refuse, signed_by_sender
from remote_bid.seal.canonical import NotCanonical, b64, labelled_hash, unb64
from remote_bid.seal.signing import BadKey, keyid_of, public_key
from remote_bid.seal.statements import BadStatement, is_signed_by, said, statement_id
from remote_bid.timeline import instant
from remote_bid.timeline.context import Event, Happened, Turn
from remote_bid.timeline.entry import Who

GATE = Who(person="gate", role="gate")
"""Whatever a gate has signed arrives as this participant's; which gate it was, its key tells."""

FRESH = timedelta(seconds=60)
"""How far a gate's clock may be from ours, its way to us included."""


def token_of(session: str, person: str) -> str:
    """By what a gate names a person in one session."""
    return b64(labelled_hash("sbe/1 gate token", session.encode(), person.encode()))


def enrol(evaluation: Evaluation, command: EnrolGate, turn: Turn) -> list[Event]:
    """A device that is enrolled anew has its new key only."""
    require_role(evaluation, turn, EvaluationRole.TRADING_CENTER)
    told, _ = signed_by_sender(turn, command.signed, GateDevice)
    require_session(turn, told.session)
    if statement_id(command.signed.statement) in evaluation.acts:
        return []
    if evaluation.over or told.site not in [site.site for site in evaluation.ordered.sites]:
        refuse("no_such_site", "本场没有这个场地。", "There is no such site in this session.")
    if not _is_key(told.key):
        refuse("bad_key", "设备密钥格式有误。", "The device's key is malformed.")
    return [GateEnrolled(device=told.device, site=told.site, signed=command.signed)]


def _is_key(text: str) -> bool:
    try:
        public_key(unb64(text))
    except (NotCanonical, BadKey):
        return False
    return True


def hear(evaluation: Evaluation, command: HearGate, turn: Turn) -> list[Event]:
    """What a gate has seen, once: of this session, signed by its own key, now, about somebody who is expected."""
    if turn.by != GATE:
        refuse("not_allowed", "此事由门禁设备办理。", "Only a gate does this.")
    told, gate = _signed(evaluation, command)
    require_session(turn, told.session)
    if told.number <= gate.heard:
        refuse("replayed", "该门禁事件已经收到。", "This or a later event of the gate was heard already.")
    if not _is_fresh(told.at, turn.at):
        refuse("stale", "门禁事件的时间与服务器时间相差过大。", "The event's time is too far from the server's.")
    require_phase(evaluation, *IN_SESSION)
    member = _expected(evaluation, told)
    if member.gate == gate.site:
        return []
    if member.gate:
        refuse("entered_already", "该专家已从其他场地进入。", "This member is inside another site.")
    return [
        GateHeard(
            alias=member.alias,
            site=gate.site,
            device=told.device,
            number=told.number,
            outcome=told.outcome,
            statement=command.statement,
        )
    ]


def _signed(evaluation: Evaluation, command: HearGate) -> tuple[GateTold, Gate]:
    """What is told, and the gate by whose key it is signed."""
    try:
        told = said(command.statement, GateTold)
    except BadStatement as error:
        refuse("malformed_statement", "签署内容格式有误。", str(error))
    gate = evaluation.gates.get(told.device)
    if gate is None:
        refuse("unknown_device", "该门禁设备未在本场登记。", "This device is not enrolled here.")
    spki = unb64(gate.key)
    if len(command.statement.signatures) != 1 or not is_signed_by(command.statement, spki, keyid_of(spki)):
        refuse("bad_signature", "门禁事件未由该设备签署。", "The event is not signed by this device's key.")
    return told, gate


def _is_fresh(at: str, now: datetime) -> bool:
    try:
        return abs(now - instant.when(at)) <= FRESH
    except ValueError:
        return False


def _expected(evaluation: Evaluation, told: GateTold) -> Member:
    """Who stands before the gate."""
    here = (member for member in evaluation.active() if member.accepted_at is not None)
    member = next((one for one in here if token_of(evaluation.session, one.person) == told.token), None)
    if member is None:
        refuse("no_such_member", "没有这名应到的专家。", "Nobody is expected under this token.")
    return member


def enrolled(evaluation: Evaluation, event: GateEnrolled, happened: Happened) -> Evaluation:
    """The gate as it is known from now on."""
    gate = Gate(site=event.site, key=said(event.signed.statement, GateDevice).key)
    acts = evaluation.acts | {statement_id(event.signed.statement)}
    return msgspec.structs.replace(evaluation, gates=evaluation.gates | {event.device: gate}, acts=acts)


def heard(evaluation: Evaluation, event: GateHeard, happened: Happened) -> Evaluation:
    """Who was let in is inside; the number is used up either way."""
    gate = msgspec.structs.replace(evaluation.gates[event.device], heard=event.number)
    evaluation = msgspec.structs.replace(evaluation, gates=evaluation.gates | {event.device: gate})
    return change(evaluation, event.alias, gate=event.site) if event.outcome is GateOutcome.ENTERED else evaluation
