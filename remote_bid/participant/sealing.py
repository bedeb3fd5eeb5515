"""Sealing on one's own machine: a part of a bid becomes an envelope, two signed statements and a release file."""

import hashlib
from pathlib import Path
from typing import BinaryIO, NamedTuple

from remote_bid.opening.commands import OfferedPart
from remote_bid.opening.events import CustodianStruck, PolicyPublished
from remote_bid.opening.rules.remedy import GROUP
from remote_bid.participant.checks import Broken, check_policy, check_strike
from remote_bid.participant.copy import Copy
from remote_bid.participant.identity import Identity
from remote_bid.participant.release_file import write_release
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.dealing import Share, deal
from remote_bid.seal.envelope import Place, Secrets, ctx_of, fresh_secrets, parse_header, seal
from remote_bid.seal.statements import said, statement_id
from remote_bid.tender.statements import CustodianKey, Deal, Policy, Strike, Submission
from remote_bid.verify.trust import Trust


class Before(NamedTuple):
    """What a new version follows: its number, the ids of the submission and deal that it replaces; nothing at first."""

    version: int = 1
    submission: str | None = None
    deal: str | None = None


FIRST = Before()


class Sealer:
    """Seals as one person; release files are written before anything else is told of an envelope."""

    def __init__(self, identity: Identity, person: str, folder: Path, passphrase: str) -> None:
        self._identity, self._person = identity, person
        self._folder, self._passphrase = folder, passphrase

    def seal(
        self,
        policy: tuple[str, Policy],
        source: BinaryIO,
        length: int,
        target: BinaryIO,
        upload: str,
        before: Before = FIRST,
    ) -> tuple[OfferedPart, Secrets]:
        """Write the envelope of the next `length` bytes to `target`; gives what is handed in for it, as `upload`."""
        halves, (policy_id, terms) = fresh_secrets(), policy
        place = Place(policy_id, terms.lot, terms.part, self._person, before.version)
        sealed = seal(source, length, target, place, halves)
        submission = Submission(
            policy=policy_id,
            bidder=self._person,
            version=before.version,
            prev=before.submission,
            header=b64(hashlib.sha256(sealed.header).digest()),
            ct=b64(sealed.ct),
            n=sealed.n,
        )
        signed = self._identity.sign(submission)
        bid = statement_id(signed.statement)
        write_release(self._folder / f"{bid}.release", bid, halves, self._passphrase)
        dealt = deal_for(policy, self._person, ctx_of(parse_header(sealed.header).core), halves, before)
        return OfferedPart(upload=upload, submission=signed, deal=self._identity.sign(dealt)), halves


def deal_for(policy: tuple[str, Policy], person: str, ctx: bytes, halves: Secrets, before: Before = FIRST) -> Deal:
    """The shares of s_T for the policy's custodians, and of s_B for its escrow holders if it names any."""
    policy_id, terms = policy
    return Deal(
        policy=policy_id,
        bidder=person,
        version=before.version,
        prev=before.deal,
        ctx=b64(ctx),
        k=terms.k,
        shares=deal(ctx, halves.s_t, terms.k, _publics(terms)),
        escrow=_escrow(terms, ctx, halves.s_b),
    )


def policy_for(copy: Copy, trust: Trust, lot: str, part: str) -> tuple[str, Policy]:
    """Id and terms of a part's policy with its custodians of now, checked against our trust file; Broken otherwise."""
    for _, event in copy.events(PolicyPublished):
        policy = said(event.signed.statement, Policy)
        if (policy.lot, policy.part) == (lot, part):
            check_policy(trust, policy)
            name = statement_id(event.signed.statement)
            return name, _current(copy, trust, name, policy)
    raise Broken("no policy for this lot and part")


def _current(copy: Copy, trust: Trust, name: str, policy: Policy) -> Policy:
    for _, event in copy.events(CustodianStruck):
        if said(event.signed.statement, Strike).policy == name:
            policy = check_strike(trust, copy, policy, event.signed)
    return policy


def _escrow(policy: Policy, ctx: bytes, half: bytes) -> list[Share]:
    if policy.escrow is None:
        return []
    publics = [unb64(said(holder.proof.statement, CustodianKey).public_key) for holder in policy.escrow.holders]
    return deal(ctx, half, policy.escrow.k, publics, GROUP)


def _publics(policy: Policy) -> list[bytes]:
    """The custodians' keys, in the policy's order."""
    return [unb64(said(custodian.proof.statement, CustodianKey).public_key) for custodian in policy.custodians]
