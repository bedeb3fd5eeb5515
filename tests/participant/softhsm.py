"""Where the software token's library is."""

from pathlib import Path

_PLACES = (
    "/usr/lib/softhsm",
    "/usr/lib/x86_64-linux-gnu/softhsm",
    "/usr/lib/aarch64-linux-gnu/softhsm",
    "/usr/lib64/pkcs11",
)


def library() -> str:
    """The path of SoftHSM2's PKCS#11 library."""
    found = [path for place in _PLACES if (path := Path(place) / "libsofthsm2.so").exists()]
    assert found, "softhsm2 is missing: ./dev doctor says how to install it"
    return str(found[0])
