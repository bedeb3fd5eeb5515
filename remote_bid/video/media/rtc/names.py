"""Every name used here that its library does not promise to keep. The versions are pinned; the test looks each up."""

PRIVATE = {
    "aiortc.rtcdtlstransport": (
        "RTCDtlsTransport._set_role",
        "RTCDtlsTransport._recv_next",
        "RTCDtlsTransport._write_ssl",
        "RTCDtlsTransport._setup_srtp",
        "State.CONNECTED",
    ),
    "aiortc.rtcicetransport": ("RTCIceTransport.role", "RTCIceTransport.state"),
    "pylibsrtp": ("ffi.new", "ffi.buffer", "lib.srtp_protect", "lib.srtp_unprotect"),
}
SET_BY_INIT = {
    "aiortc.RTCDtlsTransport": ("_rx_srtp", "_tx_srtp", "_state"),
    "aiortc.RTCIceTransport": ("_recv", "_send"),
    "pylibsrtp.Session": ("_srtp",),
}
"""Attributes of instances: what DTLS leaves for us, and what it asks of the transport that we put under it."""
