"""Deciding by arithmetic what became of a sealed part, and who is at fault if it could not be opened.

The server and the offline verifier run this same function on the same evidence: what the bidder committed to before the
deadline, what it released, and the custodians' published keys.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO

from remote_bid.opening.terms import Cause, Outcome, Settlement
from remote_bid.seal.canonical import unb64_sized
from remote_bid.seal.dealing import BadDeal, TooFewKeys, recover
from remote_bid.seal.envelope import BadEnvelope, Header, Secrets, ctx_of, tree_root, unseal
from remote_bid.tender.statements import Deal, Submission
from remote_bid.tender.terms import FormField, InvalidForm, readout_form

_MAX_FORM = 1 << 20


def settle(
    header: Header,
    submission: Submission,
    deal: Deal,
    s_b: bytes | None,
    seeds: Mapping[str, bytes],
    envelope: Callable[[], BinaryIO],
    declared: Sequence[FormField],
) -> Settlement:
    """What became of a readout form. `s_b` is the released half (already checked against its commitment), None if there
    is none; `seeds` are the published custodian keys by key id; `envelope` opens the stored file, KeyError if it is
    lost; `declared` are the fields that the tender wants read out.
    """
    if s_b is None:
        return _failed(Cause.NOT_RELEASED)
    try:
        s_t = recover(ctx_of(header.core), header.T, deal.k, deal.shares, seeds)
    except BadDeal as fault:
        return _failed(Cause.BAD_DEAL, f"{fault.code} {fault.kid}".strip())
    except TooFewKeys:
        return _lost("too_few_keys")
    try:
        with envelope() as file:
            plain = _Limited()
            root = unseal(file, plain, Secrets(s_b, s_t))
    except KeyError:
        return _lost("not_there")
    except BadEnvelope as fault:
        return _blamed(fault, submission, envelope)
    if root != unb64_sized(submission.ct, 32):
        return _lost("changed")
    try:
        return Settlement(outcome=Outcome.OPENED, cause=Cause.OPENED, form=readout_form(plain.getvalue(), declared))
    except InvalidForm as fault:
        return _failed(Cause.INVALID_FORM, str(fault))


def _blamed(fault: BadEnvelope, submission: Submission, envelope: Callable[[], BinaryIO]) -> Settlement:
    """Garbage is the bidder's fault only if the file is still the one it signed for; else the platform lost it."""
    try:
        with envelope() as file:
            _, root, _ = tree_root(file)
    except BadEnvelope:
        return _lost("changed")
    if root != unb64_sized(submission.ct, 32):
        return _lost("changed")
    return _failed(Cause.GARBAGE, fault.code)


class _Limited(io.BytesIO):
    """Takes a readout form, which is small; one that is not is garbage."""

    def write(self, part: Any) -> int:
        if self.tell() + memoryview(part).nbytes > _MAX_FORM:
            raise BadEnvelope("garbage", "a readout form is not that large")
        return super().write(part)


def _failed(cause: Cause, detail: str = "") -> Settlement:
    """The bidder's fault: the bid is deemed revoked."""
    return Settlement(outcome=Outcome.DEEMED_REVOKED, cause=cause, detail=detail)


def _lost(detail: str) -> Settlement:
    """Not the bidder's fault: the bid is deemed withdrawn."""
    return Settlement(outcome=Outcome.DEEMED_WITHDRAWN, cause=Cause.ENVELOPE_LOST, detail=detail)
