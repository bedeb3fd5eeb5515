"""The container has one form. Every other zip that says the same fails, named `container`; what is no zip is none."""

import io
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress

import pytest

from remote_bid.verify import NotAZip, Trust, container
from tests.verify.judging import failures, judged
from tests.verify.zips import Entry, Members, Zip, by_hand, by_zipfile, infos

TIMELINE = "timeline.json"


@pytest.fixture(scope="module")
def members(bundle: bytes) -> Members:
    return container.read(io.BytesIO(bundle))[0]


def is_readable(raw: bytes) -> bool:
    try:
        zipfile.ZipFile(io.BytesIO(raw)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    return True


def refuses(raw: bytes) -> None:
    """As another form; only what is no readable zip is not judged at all."""
    if is_readable(raw):
        assert not container.read(io.BytesIO(raw))[1]
        return
    with pytest.raises(NotAZip):
        container.read(io.BytesIO(raw))


# ── The same ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rewrite_that_keeps_the_form_verifies(bundle: bytes, members: Members, trust: Trust) -> None:
    rewritten = by_zipfile(infos(members))
    assert rewritten == bundle
    assert judged(rewritten, trust).verified


def test_the_form_written_by_hand_is_that_of_the_library(bundle: bytes, members: Members) -> None:
    assert by_hand(members).whole() == bundle


def test_whatever_order_members_come_in_they_are_written_in_one(bundle: bytes, members: Members) -> None:
    assert container.write(dict(reversed(members.items()))) == bundle


def test_on_every_system_it_is_the_same_form(bundle: bytes, members: Members, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert container.write(members) == bundle


def test_what_was_written_is_read_again(members: Members) -> None:
    for some in (members, {}, {"a": b""}, {"a/b": b"\0" * 70000, "ä": b"x"}):
        assert container.read(io.BytesIO(container.write(some))) == (some, True)


# ── Another form, by Python's library ────────────────────────────────────────────────────────────────────


def in_reverse(members: Members) -> bytes:
    return by_zipfile(reversed(infos(members)))


def dated(members: Members) -> bytes:
    return by_zipfile(infos(members, lambda info: setattr(info, "date_time", (2026, 11, 22, 9, 30, 0))))


def with_permissions(members: Members) -> bytes:
    return by_zipfile(infos(members, lambda info: setattr(info, "external_attr", 0o644 << 16)))


def from_another_system(members: Members) -> bytes:
    return by_zipfile(infos(members, lambda info: setattr(info, "create_system", 0)))


def with_extra_fields(members: Members) -> bytes:
    return by_zipfile(infos(members, lambda info: setattr(info, "extra", b"\xfe\xca\4\0test")))


def with_comments_to_members(members: Members) -> bytes:
    return by_zipfile(infos(members, lambda info: setattr(info, "comment", b"x")))


def streamed(members: Members) -> bytes:
    """With data descriptors, as a pipe needs them."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    out = Pipe()
    with zipfile.ZipFile(out, "w") as archive:
        for info, raw in infos(members):
            archive.writestr(info, raw)
    return out.getvalue()


def in_zip64(members: Members) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for info, raw in infos(members):
            with archive.open(info, "w", force_zip64=True) as file:
                file.write(raw)
    return out.getvalue()


def twice(members: Members) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for info, raw in infos(members):
            archive.writestr(info, raw)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(zipfile.ZipInfo(TIMELINE), members[TIMELINE])
    return out.getvalue()


def deflated(members: Members) -> bytes:
    return by_zipfile(infos(members), zipfile.ZIP_DEFLATED)


def commented(members: Members) -> bytes:
    return by_zipfile(infos(members), comment=b"a comment")


BY_ZIPFILE: list[Callable[[Members], bytes]] = [
    in_reverse,
    dated,
    with_permissions,
    from_another_system,
    with_extra_fields,
    with_comments_to_members,
    streamed,
    in_zip64,
    twice,
    deflated,
    commented,
]


@pytest.mark.parametrize("write", BY_ZIPFILE)
def test_another_form_by_pythons_library_fails_by_the_name_of_container(
    members: Members, trust: Trust, write: Callable[[Members], bytes]
) -> None:
    raw = write(members)
    assert zipfile.ZipFile(io.BytesIO(raw)).read(TIMELINE) == members[TIMELINE]
    first, *_ = failures(judged(raw, trust))
    assert (first.step, first.what) == (1, "container")


# ── Another form, by hand ────────────────────────────────────────────────────────────────────────────────

FIELDS: dict[str, object] = {
    "flags": 0x800,
    "method": 8,
    "time": 1,
    "date": 0x5976,
    "made_by": 63,
    "needs": 10,
    "internal": 1,
    "external": 0,
    "extra": b"\xfe\xca\0\0",
    "local_extra": b"\xfe\xca\0\0",
    "comment": b"x",
    "before": b"\0",
    "crc": 0,
    "local_name": b"timeline.jsoN",
    "at": 0,
    "listed": False,
}
"""What an entry may say otherwise."""


@pytest.mark.parametrize("name", FIELDS)
def test_an_entry_told_otherwise_fails(members: Members, name: str) -> None:
    changed = by_hand(members)
    setattr(changed.entries[-1], name, FIELDS[name])
    refuses(changed.whole())


@pytest.mark.parametrize("flag", [1, 8, 0x20, 0x40, 0x2000])
def test_an_entry_with_a_flag_fails(members: Members, flag: int) -> None:
    changed = by_hand(members)
    changed.entries[0].flags |= flag
    refuses(changed.whole())


@pytest.mark.parametrize("place", ["prefix", "gap", "suffix", "comment"])
@pytest.mark.parametrize("more", [b"\0", b"#!/bin/sh\nexit\n", b"PK\5\6" + bytes(18)], ids=["zero", "script", "end"])
def test_bytes_before_between_or_after_fail(members: Members, place: str, more: bytes) -> None:
    changed = by_hand(members)
    setattr(changed, place, more)
    refuses(changed.whole())


def test_two_zips_one_after_the_other_fail(bundle: bytes) -> None:
    refuses(bundle + bundle)


def test_two_listings_of_the_same_bytes_fail(members: Members) -> None:
    changed = by_hand(members)
    last = changed.entries[-1]
    place = changed.whole().index(b"PK\3\4", changed.whole().index(b"record.json"))
    other = Entry(b"timeline.jsonx", last.data, last.crc, at=place)
    changed.directory = [*changed.entries, other]
    refuses(changed.whole())


def test_many_listings_of_the_same_bytes_take_no_more_memory_than_the_file() -> None:
    changed = by_hand({"big": bytes(1 << 20)})
    (big,) = changed.entries
    changed.directory = [big, *(Entry(b"%d" % number, big.data, big.crc, at=0) for number in range(100))]
    raw = changed.whole()
    tracemalloc.start()
    with suppress(NotAZip):
        assert not container.read(io.BytesIO(raw))[1]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 * len(raw)


def test_listings_in_another_order_than_the_bytes_fail(members: Members) -> None:
    changed = by_hand(members)
    changed.directory = list(reversed(changed.entries))
    refuses(changed.whole())


NAMES = [
    b"envelopes/",
    b"../timeline.json",
    b"/timeline.json",
    b"C:\\timeline.json",
    b"envelopes\\x",
    b"timeline.json\0.txt",
    b"TIMELINE.JSON",
    b"timeline.json ",
    b"",
    b"\xff\xfe",
    b"timeline\xe2\x80\xae.json",
    b"x" * 65535,
    "时间线".encode(),
]


@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_a_member_under_another_name_fails(members: Members, trust: Trust, name: bytes) -> None:
    """Either in another form, or as a member that the manifest does not list."""
    for flags in (0, 0x800):
        changed = by_hand(members)
        last = changed.entries[-1]
        changed.entries.append(Entry(name, last.data, last.crc, flags=flags))
        raw = changed.whole()
        if not is_readable(raw):
            refuses(raw)
            continue
        assert {item.what for item in failures(judged(raw, trust))} & {"container", name.decode("utf-8", "replace")}


def test_an_extra_member_in_good_form_is_not_listed(members: Members, trust: Trust) -> None:
    first, *_ = failures(judged(container.write(members | {"extra.json": b"{}"}), trust))
    assert (first.step, first.what, first.why) == (2, "extra.json", "the member is not listed in the manifest")


def test_a_missing_member_is_missed(members: Members, trust: Trust) -> None:
    for name in members:
        others = {other: raw for other, raw in members.items() if other != name}
        first, *_ = failures(judged(container.write(others), trust))
        assert (first.what, first.why) == (name, "the member is missing")


# ── No zip ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "raw", [b"", b"PK", b"PK\3\4", b"PK\5\6", bytes(22), b"{}", b"\x1f\x8b" + bytes(100)], ids=repr
)
def test_what_is_no_zip_is_not_judged(raw: bytes, trust: Trust) -> None:
    with pytest.raises(NotAZip):
        judged(raw, trust)


def test_an_empty_zip_is_one_in_which_everything_is_missing(trust: Trust) -> None:
    first, *_ = failures(judged(Zip([]).whole(), trust))
    assert (first.what, first.why) == ("manifest.json", "the member is missing")


def test_a_bundle_cut_short_is_never_verified(bundle: bytes) -> None:
    for size in (*range(0, len(bundle), 4001), *range(len(bundle) - 30, len(bundle))):
        refuses(bundle[:size])
