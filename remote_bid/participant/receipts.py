"""Receipts on a bidder's own disk: what it holds as proof is there before it is told that an act is done."""

import hashlib
from pathlib import Path

import msgspec

from remote_bid.seal.canonical import b64
from remote_bid.seal.statements import Statement
from remote_bid.timeline import durable


def keep_receipt(folder: Path, statement: str, receipt: Statement) -> Path:
    """Keep the server's receipt for the statement with this id."""
    return _keep(folder / f"{statement}.receipt.json", receipt)


def keep_lodging_receipt(folder: Path, bid: str, cosigner: str, receipt: Statement) -> Path:
    """Keep what a cosigner promises; its name may be anything, the file's is safe."""
    return _keep(folder / f"{bid}.lodged.{b64(hashlib.sha256(cosigner.encode()).digest()[:9])}.json", receipt)


def _keep(path: Path, receipt: Statement) -> Path:
    durable.replace(path, msgspec.json.encode(receipt))
    return path
