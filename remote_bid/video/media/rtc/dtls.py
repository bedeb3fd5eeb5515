"""DTLS over our own ICE: who a peer is, by the fingerprint of its offer, and the keys of its packets."""

from collections.abc import Callable
from typing import cast

from aiortc import RTCCertificate, RTCDtlsParameters, RTCDtlsTransport, RTCIceTransport
from aiortc.rtcdtlstransport import State

from remote_bid.video.media.lite import Endpoint
from remote_bid.video.media.rtc.srtp import Inward, Outward


class Certificate:
    """One for all peers of a worker, made when it starts and never kept."""

    def __init__(self) -> None:
        self.made = RTCCertificate.generateCertificate()
        self.fingerprint = next(print_.value for print_ in self.made.getFingerprints() if print_.algorithm == "sha-256")


class _Wire:
    """What RTCDtlsTransport asks of the RTCIceTransport under it."""

    role = "controlled"
    state = "completed"

    def __init__(self, endpoint: Endpoint) -> None:
        self._recv = endpoint.received
        self._send = endpoint.send


class Handshake:
    """As the server of one peer; `changed` is told "connected", "failed" or "closed"."""

    def __init__(self, endpoint: Endpoint, certificate: Certificate, changed: Callable[[str], None]) -> None:
        self._transport = RTCDtlsTransport(cast(RTCIceTransport, _Wire(endpoint)), [certificate.made])
        self._transport._set_role("server")
        self._transport.on("statechange", lambda: changed(self._transport.state))

    async def run(self, peer: RTCDtlsParameters) -> None:
        """Until the keys are there or the peer proved to be another. Call once, when the peer has an address."""
        await self._transport.start(peer)

    def keys(self, outward: Outward) -> Inward | None:
        """Key the way out and return the way in; None while there are none."""
        if self._transport._state != State.CONNECTED:
            return None
        outward.key(self._transport._tx_srtp)
        return Inward(self._transport._rx_srtp)

    async def stop(self) -> None:
        """Tell the peer that it ends."""
        self._transport.remove_all_listeners()
        await self._transport.stop()
