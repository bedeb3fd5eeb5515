"""Checkpoints as signed notes: their format to the byte, and who signed what when."""

import base64
import hashlib
import struct

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from hypothesis import given, settings
from hypothesis import strategies as st

from remote_bid.seal.canonical import jcs
from remote_bid.seal.tree import leaf_hash
from remote_bid.timeline.note import (
    BadNote,
    Checkpoint,
    NamedKey,
    body_of,
    cosign,
    cosigned_at,
    is_signed,
    parse,
    platform_leaf,
    sign,
)

some = settings(deadline=None, max_examples=40)

LOG_KEY, COSIGNER_KEY, STRANGER_KEY = (ed25519.Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
ROOT = bytes(range(32))
ROOT_TEXT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
POINT = Checkpoint(origin="log.example", size=7, root=ROOT)
BODY = f"log.example\n7\n{ROOT_TEXT}\n"
NOTE = sign(POINT, "log.example", LOG_KEY)
TIME = 1_795_312_800
LINE = cosign(BODY, "cosigner.example", COSIGNER_KEY, TIME)


def named(name: str, key: ed25519.Ed25519PrivateKey) -> NamedKey:
    return NamedKey(name=name, key=key.public_key().public_bytes_raw())


LOG = named("log.example", LOG_KEY)
COSIGNER = named("cosigner.example", COSIGNER_KEY)


def signature_in(line: str, name: str) -> bytes:
    start = f"— {name} "
    assert line.startswith(start)
    assert line.endswith("\n")
    return base64.b64decode(line[len(start) : -1], validate=True)


def with_signature(line: str, name: str, raw: bytes) -> str:
    signature_in(line, name)
    return f"— {name} {base64.b64encode(raw).decode()}\n"


def test_a_note_is_body_blank_line_and_signature_lines() -> None:
    body, line = NOTE.split("\n\n")
    assert body + "\n" == BODY == body_of(POINT)
    raw = signature_in(line, "log.example")
    assert len(raw) == 4 + 64
    LOG_KEY.public_key().verify(raw[4:], BODY.encode())


def test_the_key_id_is_the_one_that_the_format_publishes() -> None:
    """The example key of golang.org/x/mod/sumdb/note: PeterNeumann+c74f20a3+ARpc2Q…"""
    raw = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    assert raw[0] == 1
    assert NamedKey(name="PeterNeumann", key=raw[1:]).tag(1).hex() == "c74f20a3"


def test_a_cosignature_carries_its_own_time() -> None:
    raw = signature_in(LINE, "cosigner.example")
    tag = hashlib.sha256(b"cosigner.example\n\x04" + COSIGNER.key).digest()[:4]
    assert raw[:12] == tag + struct.pack(">Q", TIME)
    COSIGNER_KEY.public_key().verify(raw[12:], f"cosignature/v1\ntime {TIME}\n{BODY}".encode())


@some
@given(st.integers(0, 2**53), st.binary(min_size=32, max_size=32))
def test_a_note_is_read_as_it_was_signed(size: int, root: bytes) -> None:
    point = Checkpoint(origin="log.example", size=size, root=root)
    note = sign(point, "log.example", LOG_KEY) + cosign(body_of(point), "cosigner.example", COSIGNER_KEY, TIME)
    read, body, lines = parse(note)
    assert (read, body, len(lines)) == (point, body_of(point), 2)
    assert is_signed(note, LOG)
    assert cosigned_at(note, COSIGNER) == TIME


@pytest.mark.parametrize("at", range(5))
def test_lines_of_strangers_neither_help_nor_harm(at: int) -> None:
    lines = [cosign(BODY, f"stranger-{n}.example", STRANGER_KEY, TIME + n) for n in range(3)]
    lines = [*lines[:at], LINE, *lines[at:]]
    assert cosigned_at(NOTE + "".join(lines), COSIGNER) == TIME
    assert is_signed(NOTE + "".join(lines), LOG)


FORGED = {
    "nobody": "",
    "a stranger's key under the name": cosign(BODY, "cosigner.example", STRANGER_KEY, TIME),
    "the key under another name": cosign(BODY, "other.example", COSIGNER_KEY, TIME),
    "the line renamed": LINE.replace("cosigner.example", "cosigner.exampl"),
    "the name cut": LINE.replace("cosigner.example ", "cosigner.example"),
    "another checkpoint": cosign(BODY.replace("7", "8", 1), "cosigner.example", COSIGNER_KEY, TIME),
    "another log": cosign(BODY.replace("log", "lob", 1), "cosigner.example", COSIGNER_KEY, TIME),
    "another dash": LINE.replace("— ", "- "),
    "a log's signature": sign(POINT, "cosigner.example", COSIGNER_KEY).split("\n\n")[1],
}


@pytest.mark.parametrize("who", FORGED)
def test_a_forged_cosignature_is_none(who: str) -> None:
    assert cosigned_at(NOTE + LINE, COSIGNER) == TIME
    assert cosigned_at(NOTE + FORGED[who], COSIGNER) is None


@some
@given(st.data())
def test_any_flipped_bit_of_a_cosignature_or_its_time_spoils_it(data: st.DataObject) -> None:
    raw = bytearray(signature_in(LINE, "cosigner.example"))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    assert cosigned_at(NOTE + with_signature(LINE, "cosigner.example", bytes(raw)), COSIGNER) is None


@pytest.mark.parametrize("cut", [0, 4, 11, 12, 75, 77])
def test_a_cosignature_of_another_length_is_none(cut: int) -> None:
    raw = (signature_in(LINE, "cosigner.example") + b"\0")[:cut]
    assert cosigned_at(NOTE + with_signature(LINE, "cosigner.example", raw), COSIGNER) is None


def test_the_log_did_not_sign_what_a_cosigner_or_stranger_signed() -> None:
    unsigned = BODY + "\n"
    assert is_signed(NOTE, LOG)
    assert not is_signed(unsigned + cosign(BODY, "log.example", LOG_KEY, TIME), LOG)
    assert not is_signed(unsigned + LINE, LOG)
    assert not is_signed(sign(POINT, "log.example", STRANGER_KEY), LOG)
    assert not is_signed(sign(POINT, "other.example", LOG_KEY), LOG)
    assert not is_signed(NOTE.replace("\n7\n", "\n8\n"), LOG)


def test_two_signatures_of_which_one_holds_are_enough() -> None:
    raw = signature_in(NOTE.split("\n\n")[1], "log.example")
    spoiled = with_signature(NOTE.split("\n\n")[1], "log.example", raw[:-1] + bytes([raw[-1] ^ 1]))
    assert is_signed(f"{BODY}\n{spoiled}{NOTE.split(chr(10) * 2)[1]}", LOG)
    assert not is_signed(f"{BODY}\n{spoiled}", LOG)


REST = NOTE.split("\n\n")[1]
MALFORMED = {
    "nothing": "",
    "no blank line": BODY + REST,
    "no signature section": BODY,
    "cut short": NOTE[:-1],
    "no origin": NOTE.replace("log.example\n7", "\n7"),
    "no root": f"log.example\n7\n\n{REST}",
    "a line more": f"{BODY}more\n\n{REST}",
    "only an origin": f"log.example\n\n{REST}",
    "size -1": NOTE.replace("\n7\n", "\n-1\n"),
    "size +7": NOTE.replace("\n7\n", "\n+7\n"),
    "size 07": NOTE.replace("\n7\n", "\n07\n"),
    "size 7.0": NOTE.replace("\n7\n", "\n7.0\n"),
    "size 1_0": NOTE.replace("\n7\n", "\n1_0\n"),
    "size with a space": NOTE.replace("\n7\n", "\n7 \n"),
    "size in full width": NOTE.replace("\n7\n", "\n７\n"),
    "size in superscript": NOTE.replace("\n7\n", "\n⁷\n"),
    "no size": NOTE.replace("\n7\n", "\n\n"),
    "a root of 31 bytes": NOTE.replace(ROOT_TEXT, base64.b64encode(ROOT[1:]).decode()),
    "a root of 33 bytes": NOTE.replace(ROOT_TEXT, base64.b64encode(ROOT + b"\0").decode()),
    "a root without padding": NOTE.replace(ROOT_TEXT, ROOT_TEXT.rstrip("=")),
    "a root in base64url": NOTE.replace(ROOT_TEXT, ROOT_TEXT[:-4] + "_-8="),
    "a root with a space": NOTE.replace(ROOT_TEXT, f" {ROOT_TEXT}"),
    "line ends of Windows": NOTE.replace("\n", "\r\n"),
}


@pytest.mark.parametrize("how", MALFORMED)
def test_a_malformed_note_is_no_checkpoint(how: str) -> None:
    with pytest.raises(BadNote):
        parse(MALFORMED[how])


def test_a_size_of_thousands_of_digits_is_no_checkpoint() -> None:
    with pytest.raises(BadNote):
        parse(NOTE.replace("\n7\n", f"\n{'9' * 5000}\n"))


def test_a_named_line_that_is_not_base64_spoils_the_note() -> None:
    with pytest.raises(BadNote):
        cosigned_at(f"{NOTE}— cosigner.example nonsense!\n", COSIGNER)


def test_the_platform_log_holds_head_seq_and_session() -> None:
    leaf = platform_leaf("KB-1", 3, "h")
    assert leaf == leaf_hash(b'{"head":"h","seq":3,"session":"KB-1"}')
    assert leaf == leaf_hash(jcs({"session": "KB-1", "seq": 3, "head": "h"}))
    assert (
        len({leaf, platform_leaf("KB-13", 3, "h"), platform_leaf("KB-1", 33, "h"), platform_leaf("KB-1", 3, "")}) == 4
    )
