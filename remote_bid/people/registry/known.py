"""What the registry's rules need to know beyond it."""

import msgspec

from remote_bid.people.issuing import Wanted


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate made out, to be given to nobody unless the decision says so."""

    der: str
    serial: str
    until: str


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """Facts for one command: what a request asks for and its id; the certificate that an approval would give."""

    request: str = ""
    wanted: Wanted | None = None
    certificate: Certificate | None = None
