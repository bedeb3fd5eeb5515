"""The headers of tus 1.0, written by hand."""

import base64
import hashlib

Headers = dict[str, str]

VERSION = {"Tus-Resumable": "1.0.0"}
TYPE = {"Content-Type": "application/offset+octet-stream"}


def creation(name: str, length: int) -> Headers:
    return VERSION | {"Upload-Length": str(length), "Upload-Metadata": f"name {base64_of(name.encode())}"}


def piece(offset: int, data: bytes) -> Headers:
    return unchecked(offset) | {"Upload-Checksum": f"sha256 {base64_of(hashlib.sha256(data).digest())}"}


def unchecked(offset: int) -> Headers:
    return VERSION | TYPE | {"Upload-Offset": str(offset)}


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()
