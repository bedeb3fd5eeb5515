"""`remote-bid verify`: exit 0, 1 or 2, a line for every item with its step, never a traceback, whatever it is given."""

import base64
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from remote_bid.__main__ import app
from remote_bid.seal.canonical import b64, parse_jcs
from remote_bid.verify import STEPS, container
from remote_bid.verify.manifest import LINES, RECORD, TIMELINE
from tests.played import Played, environment, started
from tests.verify.forger import Day, end_at_close
from tests.verify.keys import Keys
from tests.verify.zips import Entry, by_hand

LINE = re.compile(r"^ ?(\d+) (✓ verified|▒ withheld|✗ failed  ) (\S.*)$")
harsh = settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Said:
    """What the command line said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def items(self) -> list[tuple[int, str, str]]:
        """Step, verdict and what is said of each item."""
        found = [match for line in self.out.splitlines() if (match := LINE.match(line))]
        return [(int(match[1]), match[2][2:].strip(), match[3].rstrip()) for match in found]


class Verifier:
    """The command, in this process, on files in a folder of its own."""

    def __init__(self, folder: Path, trust: Path) -> None:
        self.folder, self.trust = folder, trust

    def file(self, raw: bytes) -> Path:
        path = self.folder / "given"
        path.write_bytes(raw)
        return path

    def __call__(self, bundle: bytes | Path, trust: Path | None = None, trusting: bool = True) -> Said:
        path = self.file(bundle) if isinstance(bundle, bytes) else bundle
        asked = ["--trust", str(trust or self.trust)] if trusting else []
        done = CliRunner().invoke(app, ["verify", str(path), *asked], env={"COLUMNS": "200"})
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        assert "Traceback" not in done.output
        return Said(done.exit_code, done.stdout, done.stderr)


@pytest.fixture
def verifier(played: Played, tmp_path: Path) -> Verifier:
    return Verifier(tmp_path, played.out / "trust.json")


def in_a_shell(*args: str | Path, **more: str) -> Said:
    """The command in a process of its own: what it printed, and how it ended."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    with started("verify", *map(str, args), env=environment(**more), **pipes) as process:
        out, err = process.communicate()
    return Said(process.returncode, out, err)


# ── In order ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_good_bundle_exits_0_and_every_step_says_so(verifier: Verifier, bundle: bytes) -> None:
    said = verifier(bundle)
    assert said.code == 0
    assert said.out.splitlines()[-1] == "verified"
    assert {step for step, _, _ in said.items} == {number for number, _, _ in STEPS} == set(range(1, 13))
    assert {verdict for _, verdict, _ in said.items} == {"verified", "withheld"}
    assert "self-asserted" not in said.out


def test_every_member_and_bid_has_a_line(verifier: Verifier, bundle: bytes, played: Played) -> None:
    said = verifier(bundle)
    record = json.loads((played.out / "record.json").read_bytes())
    for line in record["lines"]:
        (told,) = [what for step, _, what in said.items if step == 11 and line["bid"] in what]
        assert line["name"] in told
        assert line["outcome"] in told
    for name in (TIMELINE, LINES, RECORD):
        assert (2, "verified", name) in said.items


def test_in_a_shell_it_is_the_same(played: Played) -> None:
    done = in_a_shell(played.out / "bundle.zip", "--trust", played.out / "trust.json")
    assert (done.code, done.err) == (0, "")
    assert done.out.endswith("\nverified\n")


def test_without_trust_it_exits_0_and_gives_the_keys_to_compare(
    verifier: Verifier, bundle: bytes, played: Played
) -> None:
    said = verifier(bundle, trusting=False)
    trust = played.trust
    assert said.code == 0
    assert said.out.splitlines()[-1] == "consistent, self-asserted"
    for key in (trust.log, *trust.cosigners):
        assert f"{key.name} {key.key}" in said.out
    assert len(re.findall(r"^  authority \S{43}$", said.out, re.MULTILINE)) == 1


# ── Out of order ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_forged_bundle_exits_1_and_says_first_what_failed(verifier: Verifier, lived: Day) -> None:
    bid = lived.of("BidSettled", outcome="OPENED").fields["bid"]
    lived.of("BidReadOut", bid=bid).fields["form"] |= {"price": "1.00"}
    said = verifier(lived.bundle())
    assert said.code == 1
    assert f"envelopes/{bid}.sbe" in next(what for step, verdict, what in said.items if verdict == "failed")
    assert said.out.splitlines()[-1].startswith(f"FAILED: envelopes/{bid}.sbe")


def test_a_flipped_byte_names_the_member_though_the_container_was_made_to_fit(verifier: Verifier, server: Day) -> None:
    for name, raw in server.members.items():
        said = verifier(container.write(server.members | {name: raw[:-1] + bytes([raw[-1] ^ 1])}))
        assert said.code == 1
        assert said.out.splitlines()[-1].startswith(f"FAILED: {name}: ")


def test_what_is_withheld_is_said(verifier: Verifier, lived: Day) -> None:
    lived.one("OpeningScheduled").fields["tender"]["lots"][0]["minimum"] = 4
    end_at_close(lived)
    said = verifier(lived.bundle())
    entry = lived.one("BidSubmitted")
    assert said.code == 0
    assert (5, "withheld", f"lines.json {entry.line} entry 1  BidSubmitted") in said.items


def test_another_logs_trust_fails_by_the_manifest(verifier: Verifier, bundle: bytes, played: Played) -> None:
    other = msgspec.structs.replace(played.trust.log, key=b64(b"\1" * 32))
    path = verifier.folder / "other.json"
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(played.trust, log=other)))
    said = verifier(bundle, path)
    assert said.code == 1
    assert said.out.splitlines()[-1].startswith("FAILED: manifest.json: ")


@pytest.mark.parametrize("written", ["\r\n", "text before"])
def test_the_same_authority_written_otherwise_is_the_same(
    verifier: Verifier, bundle: bytes, played: Played, written: str
) -> None:
    (root,) = played.trust.roots
    other = root.replace("\n", "\r\n") if written == "\r\n" else f"{written}\n{root}"
    path = verifier.folder / "other.json"
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(played.trust, roots=[other])))
    assert verifier(bundle, path).code == 0


# ── Not to be judged ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("raw", [b"", b"\0", b"PK\3\4", b"not a zip", b"PK\5\6" + b"\xff" * 18], ids=repr)
def test_what_is_no_zip_exits_2_with_one_sentence(verifier: Verifier, raw: bytes) -> None:
    said = verifier(raw)
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1


def test_a_folder_or_nothing_exits_2_and_is_named(verifier: Verifier) -> None:
    for path in (verifier.folder, verifier.folder / "nothing"):
        said = verifier(path)
        assert (said.code, said.out) == (2, "")
        assert said.err.startswith(f"{path} cannot be read: ")


def test_a_bundle_cut_short_exits_2(verifier: Verifier, bundle: bytes) -> None:
    for size in (1, 1000, len(bundle) // 2, len(bundle) - 23, len(bundle) - 1):
        assert verifier(bundle[:size]).code == 2


def with_version(root: str, version: int) -> str:
    der = bytearray(x509.load_pem_x509_certificate(root.encode()).public_bytes(serialization.Encoding.DER))
    der[der.index(b"\xa0\x03\x02\x01\x02") + 4] = version
    body = base64.encodebytes(bytes(der)).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


TRUSTS: dict[str, dict[str, Any]] = {
    "no authority": {"roots": []},
    "no certificate": {"roots": ["x"]},
    "an empty certificate": {"roots": ["-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"]},
    "a number for a certificate": {"roots": [1]},
    "no cosigners": {"cosigners": []},
    "quorum 0": {"quorum": 0},
    "quorum -1": {"quorum": -1},
    "quorum 2 of 1": {"quorum": 2},
    "quorum of a word": {"quorum": "1"},
    "a short key": {"log": {"name": "log", "key": "AAAA"}},
    "a nameless key": {"log": {"key": b64(bytes(32))}},
    "a field too many": {"more": 1},
}


@pytest.mark.parametrize("changes", TRUSTS.values(), ids=TRUSTS)
def test_an_unusable_trust_file_exits_2_with_one_sentence(
    verifier: Verifier, bundle: bytes, played: Played, changes: dict[str, Any]
) -> None:
    path = verifier.folder / "trust.json"
    path.write_bytes(msgspec.json.encode(msgspec.to_builtins(played.trust) | changes))
    said = verifier(bundle, path)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(str(path))


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b'{"roots":["\\ud800"]}'],
    ids=lambda raw: repr(raw[:9]),
)
def test_garbage_for_a_trust_file_exits_2(verifier: Verifier, bundle: bytes, raw: bytes) -> None:
    path = verifier.folder / "trust.json"
    path.write_bytes(raw)
    assert verifier(bundle, path).code == 2


def test_a_folder_or_nothing_for_a_trust_file_exits_2(verifier: Verifier, bundle: bytes) -> None:
    for path in (verifier.folder, verifier.folder / "nothing"):
        assert verifier(bundle, path).code == 2


def test_a_certificate_of_a_version_that_does_not_exist_exits_2(
    verifier: Verifier, bundle: bytes, played: Played
) -> None:
    path = verifier.folder / "trust.json"
    roots = [with_version(played.trust.roots[0], 5)]
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(played.trust, roots=roots)))
    assert verifier(bundle, path).code == 2


def test_a_cosigner_who_is_named_twice_is_no_quorum_of_two(verifier: Verifier, bundle: bytes, played: Played) -> None:
    (cosigner,) = played.trust.cosigners
    cosigners = [cosigner, msgspec.structs.replace(cosigner, name="another")]
    path = verifier.folder / "trust.json"
    path.write_bytes(msgspec.json.encode(msgspec.structs.replace(played.trust, cosigners=cosigners, quorum=2)))
    assert verifier(bundle, path).code == 2


# ── Garbage ──────────────────────────────────────────────────────────────────────────────────────────────


@harsh
@given(st.binary(max_size=400))
def test_any_bytes_exit_2(verifier: Verifier, raw: bytes) -> None:
    assert verifier(raw).code == 2


@harsh
@given(st.data())
def test_a_spliced_bundle_exits_1_or_2(verifier: Verifier, bundle: bytes, data: st.DataObject) -> None:
    begin, end = sorted(data.draw(st.tuples(*[st.integers(0, len(bundle))] * 2)))
    spliced = bundle[:begin] + data.draw(st.binary(max_size=20)) + bundle[end:]
    assert verifier(spliced).code in ((0,) if spliced == bundle else (1, 2))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, item in inner for place in places(item, (*path, name)))]


def put(value: Any, path: tuple[Any, ...], other: Any) -> Any:
    """`value` with `other` at a place."""
    if not path:
        return other
    first, rest = path[0], path[1:]
    if isinstance(value, list):
        return [put(item, rest, other) if number == first else item for number, item in enumerate(value)]
    return {name: put(item, rest, other) if name == first else item for name, item in value.items()}


@pytest.mark.parametrize("name", [TIMELINE, LINES, RECORD])
@harsh
@given(st.data())
def test_a_member_with_anything_anywhere_listed_by_the_log_exits_1(
    verifier: Verifier, bundle: bytes, keys: Keys, name: str, data: st.DataObject
) -> None:
    day = Day(bundle, keys.only_the_log())
    told = parse_jcs(day.members[name])
    changed = put(told, data.draw(st.sampled_from(places(told))), data.draw(json_values))
    raw = json.dumps(changed, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")
    assert verifier(day.listed(day.members | {name: raw})).code == (0 if raw == day.members[name] else 1)


@harsh
@given(st.data())
def test_a_manifest_with_anything_anywhere_exits_1(verifier: Verifier, server: Day, data: st.DataObject) -> None:
    told = parse_jcs(server.members["manifest.json"])
    changed = put(told, data.draw(st.sampled_from(places(told))), data.draw(json_values))
    raw = json.dumps(changed, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "replace")
    forged = container.write(server.members | {"manifest.json": raw})
    assert verifier(forged).code == (0 if raw == server.members["manifest.json"] else 1)
    verifier(forged, trusting=False)


# ── On the terminal ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["[/b]", "[link=https://example.org]x", "[bold]x"])
def test_a_members_name_is_printed_as_it_is(verifier: Verifier, server: Day, name: str) -> None:
    said = verifier(container.write(server.members | {name: b""}))
    assert said.code == 1
    assert said.out.splitlines()[-1] == f"FAILED: {name}: the member is not listed in the manifest"


def test_a_members_name_does_not_steer_the_terminal(verifier: Verifier, server: Day) -> None:
    said = verifier(container.write(server.members | {"\x1b[2J\x1b[H\nverified\n": b""}))
    assert said.code == 1
    assert "\x1b" not in said.out
    assert "verified" not in said.out.splitlines()


def test_a_name_too_long_to_write_again_is_another_form(verifier: Verifier, server: Day) -> None:
    changed = by_hand(server.members)
    changed.entries.append(Entry(b"\xff" * 40_000, b"", 0))
    assert verifier(changed.whole()).code in (1, 2)


def test_a_terminal_without_utf_8_is_told_the_verdict_too(played: Played) -> None:
    done = in_a_shell(played.out / "bundle.zip", "--trust", played.out / "trust.json", PYTHONIOENCODING="ascii")
    assert "Traceback" not in done.err
    assert done.code == 0


def test_whoever_stops_listening_is_no_failure_of_ours(played: Played) -> None:
    options = (str(played.out / "bundle.zip"), "--trust", str(played.out / "trust.json"))
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started("verify", *options, env=environment(), **pipes) as verify:
        assert verify.stdout is not None
        assert verify.stderr is not None
        verify.stdout.close()
        assert b"Traceback" not in verify.stderr.read()
