"""tests/vectors/envelope.json: one envelope and its deal, which every implementation opens and recomputes."""

import hashlib
import hmac
import io
from itertools import combinations

import msgspec

from remote_bid.seal.canonical import b64, jcs, labelled_hash, unb64
from remote_bid.seal.dealing import Share, commitment, recover
from remote_bid.seal.envelope import Core, Secrets, ctx_of, parse_header, read_head, tree_root, unseal
from remote_bid.seal.floe import Floe
from remote_bid.seal.tree import leaf_hash, root_of
from remote_bid.seal.xwing import key_id, open_with, public_key
from tests.seal import bids
from tests.seal.published import shared_vector

VECTOR = shared_vector("envelope")
HALVES = Secrets(unb64(VECTOR["secrets"]["s_b"]), unb64(VECTOR["secrets"]["s_t"]))
CTX, HEADER, FLOE_HEADER = unb64(VECTOR["ctx"]), unb64(VECTOR["header"]), unb64(VECTOR["floe_header"])
SEGMENTS = [unb64(segment) for segment in VECTOR["segments"]]
FILE = bids.framed(HEADER) + FLOE_HEADER + b"".join(SEGMENTS)
CUSTODIANS, K = VECTOR["deal"]["custodians"], VECTOR["deal"]["k"]
SHARES = [Share(kid=share["kid"], c=share["c"], hpke=share["hpke"]) for share in VECTOR["deal"]["shares"]]


def test_it_opens() -> None:
    target = io.BytesIO()
    assert b64(unseal(io.BytesIO(FILE), target, HALVES)) == VECTOR["ct"]
    assert target.getvalue() == unb64(VECTOR["plaintext"])


def test_its_header_and_context_are_recomputed() -> None:
    core = msgspec.convert(VECTOR["core"], type=Core)
    assert ctx_of(core) == labelled_hash("sbe/1 core", jcs(VECTOR["core"])) == CTX
    commitments = {"B": commitment(CTX, "B", HALVES.s_b), "T": commitment(CTX, "T", HALVES.s_t)}
    assert commitments == VECTOR["commitments"]
    assert jcs({"v": "sbe/1", "core": VECTOR["core"], **commitments}) == HEADER
    assert parse_header(HEADER).core == core


def test_its_keys_are_recomputed() -> None:
    assert hmac.digest(CTX, HALVES.s_b + HALVES.s_t, "sha256") == unb64(VECTOR["root_key"])
    assert bids.payload_key(VECTOR["core"], HALVES) == unb64(VECTOR["floe_key"])
    assert hashlib.sha256(HEADER).digest() == unb64(VECTOR["floe_aad"])


def test_its_segment_opens_by_floe_alone() -> None:
    floe = Floe(unb64(VECTOR["floe_key"]), unb64(VECTOR["floe_aad"]), VECTOR["core"]["segment"], FLOE_HEADER)
    (segment,) = SEGMENTS
    inside = memoryview(bytearray(VECTOR["core"]["size"]))
    assert floe.decrypt(0, True, memoryview(segment), inside) == VECTOR["core"]["size"]
    assert bytes(inside) == bids.padded(unb64(VECTOR["plaintext"]))


def test_its_root_and_length_are_recomputed() -> None:
    head = read_head(io.BytesIO(FILE))
    assert root_of([leaf_hash(head.read), *map(leaf_hash, SEGMENTS)]) == unb64(VECTOR["ct"])
    assert tree_root(io.BytesIO(FILE)) == (head, unb64(VECTOR["ct"]), VECTOR["n"])
    assert len(FILE) == VECTOR["n"]


def test_its_custodians_keys_are_recomputed() -> None:
    for custodian in CUSTODIANS:
        assert public_key(unb64(custodian["seed"])) == unb64(custodian["public"])
        assert key_id(unb64(custodian["public"])) == custodian["kid"]


def test_each_share_opens_to_what_it_commits_to() -> None:
    for custodian, share in zip(CUSTODIANS, VECTOR["deal"]["shares"], strict=True):
        info = labelled_hash("sbe/1 share", CTX, custodian["kid"].encode())
        assert info == unb64(share["info"])
        assert open_with(unb64(custodian["seed"]), unb64(share["hpke"]), info) == unb64(share["share"])
        assert commitment(CTX, f"T/{custodian['kid']}", unb64(share["share"])) == share["c"]


def test_its_deal_opens_with_any_k_custodians() -> None:
    seeds = {custodian["kid"]: unb64(custodian["seed"]) for custodian in CUSTODIANS}
    for kids in combinations(seeds, K):
        published = {kid: seeds[kid] for kid in kids}
        assert recover(CTX, VECTOR["commitments"]["T"], K, SHARES, published) == HALVES.s_t
