"""The whole day once more, with nobody's old keys: fresh authority, log and cosigner, every person enrolled anew, every
envelope sealed anew from what the public bundle tells. What comes out is in order, but for whom it asks to believe.
"""

import hashlib
import io
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.x509.oid import NameOID

from remote_bid.demo.authority import Authority
from remote_bid.opening.statements import Custody
from remote_bid.participant.identity import Identity, read_identity
from remote_bid.people.certificates import fingerprint
from remote_bid.seal.canonical import b64, parse_jcs, unb64
from remote_bid.seal.dealing import deal, recover
from remote_bid.seal.envelope import Header, Place, Secrets, ctx_of, fresh_secrets, parse_header, seal, unseal
from remote_bid.seal.signing import keyid_of, spki_of
from remote_bid.seal.statements import Statement, said, statement_id
from remote_bid.tender.statements import CustodianKey, Deal, NamedLogKey, Policy
from remote_bid.tender.terms import ReadoutForm
from remote_bid.timeline import instant
from remote_bid.timeline.entry import Fields
from remote_bid.verify.manifest import crl_name, envelope_name
from remote_bid.verify.trust import Trust
from tests.verify.forger import Day
from tests.verify.keys import Keys
from tests.verify.pieces import Payload

UNKNOWN = ReadoutForm(
    price="1.00", currency="CNY", fields={"duration_days": 1, "quality": "合格", "project_manager": "无"}
)
"""What an envelope says that nobody could open."""


class Inside(NamedTuple):
    """What an envelope holds, and the halves that open it."""

    form: bytes
    halves: Secrets


class Reborn(Day):
    """A bundle in pieces, everybody in it replaced by a namesake, for whom `trust` vouches."""

    def __init__(self, bundle: bytes, folder: Path) -> None:
        log, cosigner = ed25519.Ed25519PrivateKey.generate(), ed25519.Ed25519PrivateKey.generate()
        super().__init__(bundle, Keys(log))
        self._keyids: dict[str, str] = {}
        authority, people = self._enrolled(folder)
        old = self.vouched_by
        name = old.cosigners[0].name
        self.trust = Trust(
            roots=[authority.pem],
            log=NamedLogKey(name=old.log.name, key=_raw(log)),
            cosigners=[NamedLogKey(name=name, key=_raw(cosigner))],
            quorum=1,
        )
        self.keys = Keys(log, {name: cosigner}, people)
        self.renamed |= {old.log.key: _raw(log), old.cosigners[0].key: _raw(cosigner)}
        self.renamed |= {fingerprint(root): fingerprint(authority.root) for root in old.authorities()}
        self._keyids[_log_keyid(unb64(old.log.key))] = _log_keyid(log.public_key().public_bytes_raw())
        self._keyids[_log_keyid(unb64(old.cosigners[0].key))] = _log_keyid(cosigner.public_key().public_bytes_raw())
        policies = [_said(entry.fields["signed"]["statement"]) for entry in self.all("PolicyPublished")]
        self._policies = {statement_id(policy): said(policy, Policy) for policy in policies}
        self._revoke_nobody(authority)
        self._inside = {entry.fields["bid"]: self._opened(entry.fields) for entry in self.all("BidSubmitted")}

    def offer(self, bid: str, form: ReadoutForm) -> None:
        """The bid always said this."""
        self._inside[bid] = self._inside[bid]._replace(form=msgspec.json.encode(form))
        for told in (self.of("BidSettled", bid=bid), self.of("BidReadOut", bid=bid)):
            told.fields["form"] = msgspec.to_builtins(form)

    def take_the_log(self, stolen: Keys) -> None:
        """With the true log's and cosigner's keys after all: only the people are strangers."""
        old = self.vouched_by
        for key in (old.log.key, *(cosigner.key for cosigner in old.cosigners)):
            del self.renamed[key]
            del self._keyids[_log_keyid(unb64(key))]
        self._forget_lists()
        self.keys = replace(self.keys, log=stolen.log, cosigners=stolen.cosigners)
        self.trust = old

    def keyid_now(self, keyid: str) -> str:
        return self._keyids.get(keyid, keyid)

    def resealed(self, fields: Fields, renamed: dict[str, str]) -> Fields:
        parts = [self._part(part, renamed) for part in fields["parts"]]
        return fields | {"parts": parts}

    def _revoke_nobody(self, authority: Authority) -> None:
        """The lists that were noted, as our own authority would have issued them."""
        for told in [entry.fields["crl"] for entry in self.all("CrlNotedDown")]:
            raw = authority.issuer.crl(1, [], instant.when(told["this_update"]))
            self.renamed[told["hash"]] = now = b64(hashlib.sha256(raw).digest())
            self.members[crl_name(now)] = raw
            self.members.pop(crl_name(told["hash"]), None)

    def _forget_lists(self) -> None:
        """No authority that is believed has signed ours."""
        for noted in self.all("CrlNotedDown"):
            self.main.remove(noted)
            del self.members[crl_name(self.renamed[noted.fields["crl"]["hash"]])]

    def _enrolled(self, folder: Path) -> tuple[Authority, dict[str, Identity]]:
        """Namesakes of everybody whose certificate is in the bundle, under an authority of our own."""
        authority, people = Authority("另一家认证机构"), {}
        for certificate in {found for entry in self.entries() for found in _certificates(entry.fields)}:
            leaf = x509.load_der_x509_certificate(unb64(certificate))
            person, name = (_subject(leaf, oid) for oid in (NameOID.SERIAL_NUMBER, NameOID.COMMON_NAME))
            authority.enrol(folder / person, person, name)
            namesake = people[person] = read_identity(folder / person)
            der, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
            self._keyids[keyid_of(leaf.public_key().public_bytes(der, form))] = namesake.signer.keyid
            self.renamed[certificate] = namesake.certificate
        return authority, people

    def _opened(self, fields: Fields) -> Inside:
        """What anybody can read out of the public bundle."""
        part, bid = fields["parts"][0], fields["bid"]
        releases = [entry.fields["s_b"] for entry in self.all("KeyReleased") if entry.fields["bid"] == bid]
        if not releases:
            return Inside(msgspec.json.encode(UNKNOWN), fresh_secrets())
        header, dealt = msgspec.convert(part["header"], type=Header), said(_said(part["deal"]), Deal)
        custody = [said(_said(entry.fields["signed"]["statement"]), Custody) for entry in self.all("KeyPublished")]
        seeds = {told.kid: unb64(told.seed) for told in custody}
        s_t = recover(ctx_of(header.core), header.T, dealt.k, dealt.shares, seeds)
        halves = Secrets(unb64(releases[0]), s_t)
        plain = io.BytesIO()
        unseal(io.BytesIO(self.members[envelope_name(bid)]), plain, halves)
        return Inside(plain.getvalue(), halves)

    def _part(self, part: Payload, renamed: dict[str, str]) -> Payload:
        """The part sealed under the policy as it is now, with submission and deal by the namesake."""
        core, out, bid = part["header"]["core"], io.BytesIO(), statement_id(_said(part["submission"]))
        inside = self._inside.get(bid) or Inside(b"whatever", fresh_secrets())
        policy = renamed[core["policy"]]
        place = Place(policy, core["lot"], core["part"], core["bidder"], core["version"])
        sealed = seal(io.BytesIO(inside.form), len(inside.form), out, place, inside.halves)
        header = parse_header(sealed.header)
        ctx, known = ctx_of(header.core), self._policies[core["policy"]]
        publics = [unb64(said(c.proof.statement, CustodianKey).public_key) for c in known.custodians]
        shares = msgspec.to_builtins(deal(ctx, inside.halves.s_t, known.k, publics))
        hashed = b64(hashlib.sha256(sealed.header).digest())
        submission = {"policy": policy, "header": hashed, "ct": b64(sealed.ct), "n": sealed.n}
        dealt = {"policy": policy, "ctx": b64(ctx), "shares": shares}
        now = self._with(part["submission"], submission)
        renamed[bid] = statement_id(_said(now))
        if bid in self._inside:
            self.members[envelope_name(bid)] = out.getvalue()
        told = {"submission": now, "deal": self._with(part["deal"], dealt)}
        return part | told | {"header": msgspec.to_builtins(header)}

    def _with(self, statement: Payload, changes: Payload) -> Payload:
        return self.restated(statement, parse_jcs(unb64(statement["payload"])) | changes)


def _certificates(value: Any) -> set[str]:
    """Every certificate in an event."""
    match value:
        case {"certificates": [*found], **rest}:
            return set(found) | _certificates(rest)
        case dict():
            return {found for item in value.values() for found in _certificates(item)}
        case list():
            return {found for item in value for found in _certificates(item)}
        case _:
            return set()


def _said(statement: Payload) -> Statement:
    return msgspec.convert(statement, type=Statement)


def _subject(leaf: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    return str(leaf.subject.get_attributes_for_oid(oid)[0].value)


def _raw(key: ed25519.Ed25519PrivateKey) -> str:
    return b64(key.public_key().public_bytes_raw())


def _log_keyid(raw: bytes) -> str:
    return keyid_of(spki_of(ed25519.Ed25519PublicKey.from_public_bytes(raw)))
