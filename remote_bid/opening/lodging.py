"""Halves that are lodged with a cosigner: sealed to the server's lodging key, opened when the bidders' window is over.

The lodging key is only for the way: releases alone open nothing. Its seed is published when the bids are settled, so
that anybody decides by arithmetic whose fault a lodging was that did not open.
"""

import hmac
from collections.abc import Sequence
from datetime import datetime

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.opening.statements import LodgedRelease, LodgingItem, LodgingList, LodgingReceipt
from remote_bid.people.certificates import NotTrusted, Signed, signers
from remote_bid.seal.canonical import NotCanonical, b64, labelled_hash, unb64
from remote_bid.seal.dealing import SECRET_SIZE, commitment
from remote_bid.seal.envelope import Header, ctx_of
from remote_bid.seal.signing import keyid_of, spki_of
from remote_bid.seal.statements import BadStatement, P, Statement, is_signed_by, said, statement_id
from remote_bid.seal.xwing import CannotOpen, key_id, open_with, public_key, seal_to
from remote_bid.tender.statements import NamedLogKey


class BadLodging(ValueError):
    """What was lodged is not the half of this bid; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def lodging_seed(secret: bytes, session: str, lot: str, part: str) -> bytes:
    """The seed of the server's lodging key for one lot and part; `secret` is what also names its side lines."""
    return hmac.digest(
        secret, labelled_hash("sbe/1 lodging key", session.encode(), lot.encode(), part.encode()), "sha256"
    )


def lodging_key(secret: bytes, session: str, lot: str, part: str) -> str:
    """Its public key, as policies name it."""
    return b64(public_key(lodging_seed(secret, session, lot, part)))


def sealed_half(ctx: bytes, half: bytes, lodging_public: str) -> tuple[str, str]:
    """The key id, and the half sealed to that key for this envelope alone."""
    public = unb64(lodging_public)
    kid = key_id(public)
    return kid, b64(seal_to(public, half, _info(ctx, kid)))


def lodged_half(lodged: LodgedRelease, session: str, close: str, header: Header, seed: bytes) -> bytes:
    """The half of the bid with this header, or BadLodging: its bidder's fault, whoever repeats it."""
    if (lodged.session, lodged.close) != (session, close):
        raise BadLodging("other_close")
    if lodged.kid != key_id(public_key(seed)):
        raise BadLodging("other_key")
    ctx = ctx_of(header.core)
    try:
        half = open_with(seed, unb64(lodged.sealed), _info(ctx, lodged.kid))
    except (CannotOpen, NotCanonical) as error:
        raise BadLodging("does_not_open") from error
    if len(half) != SECRET_SIZE or commitment(ctx, "B", half) != header.B:
        raise BadLodging("not_committed")
    return half


class KeptRelease(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a cosigner keeps for one item of its list."""

    signed: Signed
    receipt: Statement


class LodgingsAnswer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A cosigner's answer: its signed list, and for each item, in the same order, what it keeps."""

    told: Statement
    kept: list[KeptRelease]


class BadAnswer(ValueError):
    """Not what this cosigner has signed for, or for something else than was asked."""


def from_cosigner(statement: Statement, kind: type[P], cosigner: NamedLogKey) -> P:
    """What a cosigner states under its own key, or BadAnswer."""
    spki = spki_of(ed25519.Ed25519PublicKey.from_public_bytes(unb64(cosigner.key)))
    try:
        told = said(statement, kind)
        signed = is_signed_by(statement, spki, keyid_of(spki))
    except BadStatement as error:
        raise BadAnswer(str(error)) from error
    if not signed:
        raise BadAnswer(f"the {kind.kind} is not signed by {cosigner.name}")
    return told


def checked_list(answer: LodgingsAnswer, cosigner: NamedLogKey, session: str, close: str) -> LodgingList:
    """The list in an answer, each of its items kept and receipted; BadAnswer otherwise."""
    told = from_cosigner(answer.told, LodgingList, cosigner)
    if (told.session, told.close, told.cosigner) != (session, close, cosigner.name):
        raise BadAnswer("the list is of another session or close")
    if [item_of(from_cosigner(kept.receipt, LodgingReceipt, cosigner)) for kept in answer.kept] != told.lodgings:
        raise BadAnswer("the list is not of what was receipted")
    if [statement_id(kept.signed.statement) for kept in answer.kept] != [item.lodging for item in told.lodgings]:
        raise BadAnswer("a receipt is for another statement")
    return told


def only_signer(signed: Signed, roots: Sequence[x509.Certificate], at: datetime) -> str:
    """The one person who signed, by a certificate good at `at`; empty if there is none such."""
    try:
        people = signers(signed, roots, at)
    except (NotTrusted, BadStatement):
        return ""
    return people[0].person if len(people) == 1 else ""


def item_of(receipt: LodgingReceipt) -> LodgingItem:
    """How a list names what was receipted."""
    return LodgingItem(lodging=receipt.lodging, submission=receipt.submission, at=receipt.at)


def _info(ctx: bytes, kid: str) -> bytes:
    return labelled_hash("sbe/1 lodging", ctx, kid.encode())
