"""Time stamps (RFC 3161): an authority of time outside of the centre signs that an entry's leaf was there by then.

Pure: asking over the network is the keeper's, who holds what comes back to be anybody's.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from remote_bid.seal.canonical import NotCanonical, unb64

MOST = 16 << 10
"""Bytes that an answer may have; it lies in the timeline for good."""

_SHA256 = x509.ObjectIdentifier("2.16.840.1.101.3.4.2.1")


class BadStamp(ValueError):
    """Not a time stamp of this leaf by a trusted authority of time."""


def query(leaf: bytes) -> bytes:
    """The request (DER) for a stamp over SHA-256 of the leaf. No nonce: leaves are salted, so no two are alike."""
    asked = TimestampRequestBuilder(nonce=False).data(leaf).hash_algorithm(HashAlgorithm.SHA256)
    return asked.build().as_bytes()


def stamped_at(token: str, leaf: bytes, roots: Sequence[x509.Certificate]) -> datetime:
    """When a certificate for time stamping, issued by one of `roots` and valid then, signed for this leaf; BadStamp.

    `token` is the authority's whole answer (TimeStampResp, DER, base64url).
    """
    try:
        raw = unb64(token)
        if len(raw) > MOST:
            raise BadStamp("the answer is too long for a time stamp")
        answer = decode_timestamp_response(raw)
        if answer.tst_info.message_imprint.hash_algorithm != _SHA256:
            raise BadStamp("the stamp is not over a SHA-256 hash")
        _require_one_of(roots, answer, leaf)
        return answer.tst_info.gen_time.astimezone(UTC)
    except (NotCanonical, VerificationError, ValueError) as error:
        raise error if isinstance(error, BadStamp) else BadStamp(f"not a good time stamp: {error}") from error


def _require_one_of(roots: Sequence[x509.Certificate], answer: TimeStampResponse, leaf: bytes) -> None:
    """Each by itself: an authority may have two keys under one name."""
    failed: Exception = BadStamp("no authority of time is trusted")
    for root in roots:
        try:
            VerifierBuilder(roots=[root]).build().verify_message(answer, leaf)
        except VerificationError as error:
            failed = error
        else:
            return
    raise failed
