"""Chairs that people may take: the links, the program that steps aside, the address for phones."""

import asyncio
import ssl
import sys
import time
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from rich.console import Console

from remote_bid.demo.cast import OFFICES, Cast, assemble, fast, playable
from remote_bid.demo.chairs import EVALUATION_TAKEN, TAKEN, chair_link
from remote_bid.demo.committee import EXPERTS, OFFICIALS
from remote_bid.demo.day import troupe
from remote_bid.demo.forks import fork_server
from remote_bid.demo.lan import AUTHORITY, certify_host, tls_of, trusting
from remote_bid.demo.links import chair_links, committee_links, public_links, show_links
from remote_bid.demo.programme import own_programme
from remote_bid.demo.show import Options
from remote_bid.demo.stage import alone
from remote_bid.evaluation.terms import EvaluationRole
from remote_bid.participant.identity import read_identity
from remote_bid.seal.canonical import b64, unb64
from remote_bid.seal.signing import spki_of

_STOP_S = 20


@pytest.fixture
def cast(tmp_path: Path) -> Cast:
    return assemble(tmp_path, own_programme(3, seed=7), fast(3), playable=True)


def asked(*, fast: bool = False, stay: bool = False, terminal: bool = False) -> Options:
    return Options(fast=fast, out=None, bidders=None, stay=stay, port=0, terminal=terminal)


# ── When people may play ─────────────────────────────────────────────────────────────────────────────────


def test_people_may_play_where_somebody_sits_or_the_hall_is_to_stay() -> None:
    assert asked(terminal=True).playable
    assert asked(stay=True).playable
    assert not asked().playable
    assert not asked(fast=True, stay=True, terminal=True).playable


def test_a_playable_day_leaves_minutes_for_a_bid_and_nobody_postpones_it() -> None:
    pace = playable(3, 4)
    assert pace.until_deadline_ms == 240_000
    assert not pace.patient


# ── The links ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_link_of_a_chair_is_its_persons_key_in_a_fragment(cast: Cast) -> None:
    address, _, secret = chair_link(cast, "host-01").partition("#")
    assert address == f"{cast.url}/chair/host-01"
    public = ec.derive_private_key(int.from_bytes(unb64(secret), "big"), ec.SECP256R1()).public_key()
    certificate = x509.load_der_x509_certificate(unb64(read_identity(cast.home("host-01")).certificate))
    assert b64(spki_of(public)) == b64(spki_of(certificate.public_key()))  # type: ignore[arg-type]  # P-256 by make


def test_each_chair_and_page_has_a_line_that_nobody_cuts(cast: Cast) -> None:
    printed = StringIO()
    show_links(Console(file=printed, width=40), cast)
    links = [link for _, _, link in [*chair_links(cast), *public_links(cast)]]
    assert len(links) == len(cast.members) + len(cast.contenders) + len(OFFICES) + len(committee_links(cast)) + 4
    assert all(f"{link}\n" in printed.getvalue() for link in links)


def test_every_chair_of_the_evaluation_has_a_link_to_it(cast: Cast) -> None:
    """But a custodian's, whose draw key is on its program's device."""
    linked = {link.partition("?desk=evaluation#")[0].rpartition("/")[2] for _, _, link in committee_links(cast)}
    officials = {one.person for one in OFFICIALS if one.role is not EvaluationRole.CUSTODIAN}
    assert linked == officials | {person for person, _ in EXPERTS} | {one.person for one in cast.contenders}


def test_with_https_a_code_for_the_camera_stands_below(tmp_path: Path) -> None:
    printed = StringIO()
    cast = assemble(tmp_path, own_programme(1, seed=7), fast(1), playable=True, tls=True)
    show_links(Console(file=printed), cast)
    assert "▄" in printed.getvalue()
    assert f"{cast.url}/authority.cer" in printed.getvalue()
    assert cast.settings.origin == cast.url
    assert cast.url.startswith("https://")


# ── Stepping aside ───────────────────────────────────────────────────────────────────────────────────────


async def _forever() -> None:
    await asyncio.Event().wait()


def wait_for_ever(home: Path) -> None:
    alone(home / "log", _forever)


def wait_for_the_evaluation(home: Path) -> None:
    alone(home / "log", _forever, yields=EVALUATION_TAKEN)


@pytest.mark.slow
def test_the_program_ends_without_a_complaint_when_its_chair_is_taken(tmp_path: Path) -> None:
    process = fork_server().Process(target=wait_for_ever, args=(tmp_path,))
    process.start()
    (tmp_path / TAKEN).touch()
    process.join(_STOP_S)
    assert process.exitcode == 0


@pytest.mark.slow
def test_who_takes_a_chair_of_the_opening_leaves_the_evaluations_program_at_work(tmp_path: Path) -> None:
    process = fork_server().Process(target=wait_for_the_evaluation, args=(tmp_path,))
    process.start()
    (tmp_path / TAKEN).touch()
    process.join(2)
    assert process.exitcode is None
    (tmp_path / EVALUATION_TAKEN).touch()
    process.join(_STOP_S)
    assert process.exitcode == 0


def give_up() -> None:
    sys.exit(1)


@pytest.mark.parametrize("people_play", [True, False])
def test_a_participant_out_of_step_ends_the_day_only_where_nobody_plays(people_play: bool) -> None:
    with troupe(playable=people_play) as players:
        players.enter(give_up).join(_STOP_S)
        assert bool(players.failed()) is not people_play


def test_from_the_lobby_on_people_take_their_time(cast: Cast) -> None:
    slow = replace(cast, pace=replace(cast.pace, breath_s=2))
    assert {slow.breath_s(member.person) for member in cast.members} == {2, 4, 6, 8}
    assert {cast.breath_s(member.person) for member in cast.members} == {0}


# ── HTTPS ────────────────────────────────────────────────────────────────────────────────────────────────


def handshake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> None:
    """A whole one, in memory."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    there = server.wrap_bio(to_server, to_client, server_side=True)
    here = client.wrap_bio(to_client, to_server, server_hostname=name)
    until = time.monotonic() + _STOP_S
    done = set[int]()
    while len(done) < 2 and time.monotonic() < until:
        for number, side in enumerate((here, there)):
            try:
                side.do_handshake()
                done.add(number)
            except ssl.SSLWantReadError:
                continue
    assert len(done) == 2


def test_the_certificate_is_good_for_the_address_and_no_other(tmp_path: Path) -> None:
    certify_host(tmp_path, "192.168.1.20", "CA")
    handshake(tls_of(tmp_path), trusting(tmp_path), "192.168.1.20")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tls_of(tmp_path), trusting(tmp_path), "192.168.1.21")


def test_another_demonstrations_authority_does_not_do(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    for folder in (tmp_path, tmp_path / "other"):
        certify_host(folder, "192.168.1.20", "CA")
    assert (tmp_path / AUTHORITY).read_bytes() != (tmp_path / "other" / AUTHORITY).read_bytes()
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tls_of(tmp_path), trusting(tmp_path / "other"), "192.168.1.20")
