"""Every name used here that its library does not promise to keep. The versions are pinned; a test looks each up."""

OF_MODULES = {
    "aiortc.rtcdtlstransport": ("RTCDtlsTransport._set_role", "State.CONNECTED"),
    "pylibsrtp": ("ffi.new", "ffi.buffer", "lib.srtp_protect", "lib.srtp_unprotect"),
}
OF_INSTANCES = {
    "aiortc.RTCDtlsTransport": ("_rx_srtp", "_tx_srtp", "_state"),
    "aiortc.RTCIceTransport": ("_recv", "_send", "role", "state"),
    "pylibsrtp.Session": ("_srtp",),
}
"""What DTLS leaves for us, and what it asks of the transport that we put under it."""
