"""What must be looked up before the registry decides: what a request asks for, what an approval would give."""

from collections.abc import Callable
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from remote_bid.people.issuing import BadRequest, Issuer, request_id, wanted
from remote_bid.people.registry.commands import ApproveEnrolment, RegistryCommand, RequestEnrolment
from remote_bid.people.registry.known import Certificate, Known
from remote_bid.people.registry.state import Registry
from remote_bid.people.registry.terms import AdminRole, Enrolment
from remote_bid.seal.canonical import b64
from remote_bid.timeline import instant
from remote_bid.timeline.context import Refused
from remote_bid.timeline.entry import Who


class RegistryFacts:
    """The registry's look-ups; `issuer` is None where the centre has no authority of its own."""

    def __init__(self, issuer: Issuer | None, now: Callable[[], datetime]) -> None:
        self._issuer, self._now = issuer, now

    async def __call__(self, registry: Registry, command: RegistryCommand, by: Who) -> Known:
        """All that `decide` may ask for. The authority's key is used for security admins only."""
        match command:
            case RequestEnrolment(request=request):
                return self._asked(request)
            case ApproveEnrolment(request=request) if registry.role_of(by.person) is AdminRole.SECURITY:
                enrolment = registry.enrolments.get(request)
                return Known(certificate=self._made(enrolment)) if enrolment and enrolment.pending else Known()
            case _:
                return Known()

    def _asked(self, request: str) -> Known:
        try:
            asked = wanted(request)
        except BadRequest as error:
            raise Refused("bad_request", "证书申请无效。", str(error)) from error
        return Known(request=request_id(request), wanted=asked)

    def _made(self, enrolment: Enrolment) -> Certificate | None:
        if self._issuer is None:
            return None
        certificate = self._issuer.certify(wanted(enrolment.signed_request), self._now())
        return certificate_of(certificate)


def certificate_of(certificate: x509.Certificate) -> Certificate:
    """A certificate as it is recorded."""
    return Certificate(
        der=b64(certificate.public_bytes(serialization.Encoding.DER)),
        serial=f"{certificate.serial_number:x}",
        until=instant.text(certificate.not_valid_after_utc),
    )
