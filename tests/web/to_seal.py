"""A `.tender` file without any server: its policies are signed by the people of the rules' own tests."""

from pathlib import Path

import msgspec
from msgspec.structs import replace

from remote_bid.participant.to_seal import PartToSeal, ToSeal
from remote_bid.seal.canonical import b64
from remote_bid.seal.envelope import SUITE
from remote_bid.tender.statements import Custodian, CustodianKey, Policy
from remote_bid.tender.terms import LotPart
from tests.opening.actors import ALPHA, CUSTODIANS, DEPLOYMENT, TENDERER, public_of, signed
from tests.opening.tender import LOT, SESSION, TENDER

TECHNICAL, BUSINESS = "technical", "business"


def policy(part: str) -> Policy:
    offers = [
        (who, CustodianKey(session=SESSION, lot=LOT, part=part, public_key=b64(public_of(who, LOT, part))))
        for who in CUSTODIANS
    ]
    return Policy(
        session=SESSION,
        tender=TENDER.code,
        lot=LOT,
        part=part,
        suites=[SUITE],
        custodians=[Custodian(person=who.person, side=who.person, proof=signed(key, who)) for who, key in offers],
        k=2,
        authorities=DEPLOYMENT.authorities,
        log=DEPLOYMENT.log,
        cosigners=DEPLOYMENT.cosigners,
        quorum=DEPLOYMENT.quorum,
        lodging_key="",
    )


def to_seal(folder: Path, *parts: str, title: str = TENDER.title) -> Path:
    """The file that a bidder takes along."""
    lot = replace(TENDER.lots[0], parts=[LotPart(part=part, opened_here=True) for part in parts])
    told = ToSeal(
        session=SESSION,
        code=TENDER.code,
        title=title,
        lot=lot,
        form=[],
        bidder=ALPHA.person,
        version=1,
        parts=[PartToSeal(policy=signed(policy(part), TENDERER)) for part in parts],
    )
    path = folder / "bid.tender"
    path.write_bytes(msgspec.json.encode(told))
    return path
