"""The keys that an attacker holds, from one machine's to everybody's."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519

from remote_bid.participant.cosigner import cosigner_key
from remote_bid.participant.identity import Identity, read_identity
from remote_bid.seal.signing import KeySigner, Signer
from remote_bid.timeline.office import office_keys
from remote_bid.verify.trust import Trust


@dataclass(frozen=True)
class Keys:
    """The log's key, cosigners' by name, people's by person. What is missing here cannot be signed anew."""

    log: ed25519.Ed25519PrivateKey
    cosigners: dict[str, ed25519.Ed25519PrivateKey] = field(default_factory=dict)
    people: dict[str, Identity] = field(default_factory=dict)

    def signer(self, keyid: str) -> Signer | None:
        """Who signs under this key id."""
        keepers = [KeySigner(cosigner) for cosigner in self.cosigners.values()]
        signers = [KeySigner(self.log), *keepers, *(person.signer for person in self.people.values())]
        return next((signer for signer in signers if signer.keyid == keyid), None)

    def only_the_log(self) -> "Keys":
        """What a thief of the server alone has."""
        return replace(self, cosigners={}, people={})


def stolen(folder: Path, trust: Trust) -> Keys:
    """All keys of a day, from copies of everybody's folders."""
    homes = (path.parent for path in sorted(folder.glob("people/*/key.pem")))
    return Keys(
        log=office_keys(folder / "server" / "office.json").log,
        cosigners={trust.cosigners[0].name: cosigner_key(folder / "cosigner" / "key")},
        people={home.name: read_identity(home) for home in homes},
    )
