"""Making a session's public bundle: only what the observer's view shows, in the container the verifier expects."""

from collections.abc import Callable
from contextlib import suppress
from typing import BinaryIO

from remote_bid.evaluation.rules import Evaluation
from remote_bid.evaluation.terms import EvaluationPhase
from remote_bid.opening.rules.state import Opening
from remote_bid.opening.terms import Phase
from remote_bid.seal.canonical import jcs
from remote_bid.seal.signing import Signer
from remote_bid.seal.statements import state, statement_id
from remote_bid.timeline.context import Refused
from remote_bid.timeline.desk import Folded
from remote_bid.timeline.entry import Entry, Shown, Who, show
from remote_bid.verify import container
from remote_bid.verify.manifest import (
    LINES,
    MANIFEST,
    RECORD,
    REPORT,
    TIMELINE,
    Manifest,
    crl_name,
    envelope_name,
    hashes,
)
from remote_bid.verify.trust import Trust

_PUBLIC = Who(person="", role="observer")

ReadCrl = Callable[[str], bytes]
"""hash → the list of revoked certificates that a session has noted; KeyError if it is not here."""

OpenEnvelope = Callable[[str, str, str], BinaryIO]
"""(session, bidder, upload) → the stored envelope."""


def public_bundle(folded: Folded, vouched_by: Trust, signer: Signer, envelope: OpenEnvelope, crl: ReadCrl) -> bytes:
    """The bundle of a session that is over and whose end is cosigned; refused before."""
    if isinstance(folded.state, Evaluation):
        return _evaluated(folded, folded.state, vouched_by, signer, crl)
    opening: Opening = folded.state
    if opening.phase not in (Phase.CLOSED, Phase.ABORTED) or opening.marks:
        raise Refused(
            "not_over", "开标尚未结束，档案稍后可取。", "The session is not over yet; the bundle comes after."
        )
    members = {
        TIMELINE: jcs([_shown(folded, entry) for entry in folded.main]),
        LINES: jcs([_shown(folded, entry) for entry in folded.lines.entries()]),
    }
    if opening.record is not None:
        members[RECORD] = jcs(opening.record)
    if opening.phase is Phase.CLOSED:
        members |= _envelopes(folded.session.id, opening, envelope)
    members |= _crls(folded, crl)
    manifest = Manifest(session=folded.session.id, audience="public", vouched_by=vouched_by, members=hashes(members))
    return container.write(members | {MANIFEST: jcs(state(manifest, signer))})


def _evaluated(folded: Folded, evaluation: Evaluation, vouched_by: Trust, signer: Signer, crl: ReadCrl) -> bytes:
    """An evaluation whose report is public, or that is void, as anybody may see it."""
    void = evaluation.phase is EvaluationPhase.VOID
    if not (evaluation.published or void) or evaluation.uncosigned:
        raise Refused(
            "not_over", "评标报告尚未公布，档案稍后可取。", "The report is not public yet; the bundle comes after."
        )
    lines = [] if void else [_shown(folded, entry) for entry in folded.lines.entries()]
    members = {TIMELINE: jcs([_shown(folded, entry) for entry in folded.main]), LINES: jcs(lines)}
    if evaluation.published and evaluation.report is not None:
        members[REPORT] = jcs(evaluation.report)
    members |= _crls(folded, crl)
    manifest = Manifest(session=folded.session.id, audience="public", vouched_by=vouched_by, members=hashes(members))
    return container.write(members | {MANIFEST: jcs(state(manifest, signer))})


def party_bundle(folded: Folded, who: Who, vouched_by: Trust, signer: Signer, crl: ReadCrl) -> bytes:
    """An assessment or award as its sides and members see it, when it is over and its end is cosigned."""
    over, papers = folded.state, [entry for entry in folded.main if entry.type != "CheckpointCosigned"]
    if not (getattr(over, "closed", False) or getattr(over, "awarded", "")) or papers[-1].seq not in over.cosigned:
        raise Refused("not_over", "会议尚未结束，档案稍后可取。", "The session is not over yet.")
    shown = [show(entry, folded.context.show(over, entry.line, entry.fields, who, False)) for entry in folded.main]
    if any(entry.proof is None or entry.proof.hidden for entry in shown):
        raise Refused("not_allowed", "您不能取得本场档案。", "The bundle is for those who may read all of it.")
    members = {TIMELINE: jcs(shown), LINES: jcs([])} | _crls(folded, crl)
    manifest = Manifest(session=folded.session.id, audience="party", vouched_by=vouched_by, members=hashes(members))
    return container.write(members | {MANIFEST: jcs(state(manifest, signer))})


def _envelopes(session: str, opening: Opening, envelope: OpenEnvelope) -> dict[str, bytes]:
    """The readout forms, sealed; one that the platform has lost is not there, as its outcome says."""
    members = {}
    for bid in opening.bids.values():
        part = next(part for part in bid.parts if statement_id(part.submission) == bid.bid)
        with suppress(KeyError), envelope(session, bid.bidder, part.upload) as file:
            members[envelope_name(bid.bid)] = file.read()
    return members


def _crls(folded: Folded, crl: ReadCrl) -> dict[str, bytes]:
    """Every list that the session noted; one that is lost is not there, and the verifier says so."""
    members = {}
    for noted in [entry.fields["crl"]["hash"] for entry in folded.main if entry.type == "CrlNotedDown"]:
        with suppress(KeyError):
            members[crl_name(noted)] = crl(noted)
    return members


def _shown(folded: Folded, entry: Entry) -> Shown:
    return show(entry, folded.context.show(folded.state, entry.line, entry.fields, _PUBLIC, False))
