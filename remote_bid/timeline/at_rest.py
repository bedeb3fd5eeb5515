"""How side-line entries lie in the database: sealed with the server's storage key, so a stolen database tells less."""

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class AtRest:
    """AES-256-GCM under one 32-byte key that is kept outside the database."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(key)

    def seal(self, plain: bytes, place: str) -> bytes:
        """nonce ‖ ciphertext, bound to the `place` it lies in."""
        nonce = os.urandom(12)
        return nonce + self._aead.encrypt(nonce, plain, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """The bytes that lie at `place`; cryptography.exceptions.InvalidTag when the row was changed or moved."""
        return self._aead.decrypt(sealed[:12], sealed[12:], place.encode())
