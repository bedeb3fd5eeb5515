"""The log's key is changed in the middle of a day, and everybody follows whose trust file names the first one."""

import io
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from typer.testing import CliRunner

from remote_bid.__main__ import app
from remote_bid.demo.cast import SESSION, Cast
from remote_bid.demo.day import answering, open_house, raise_curtain, seen, troupe
from remote_bid.demo.parts import play_server
from remote_bid.opening.terms import Phase
from remote_bid.participant.client import Client
from remote_bid.timeline.marks import CheckpointCosigned, LogKeyRotated
from remote_bid.timeline.note import is_signed
from remote_bid.timeline.office import office_keys
from remote_bid.timeline.rotation import rotation
from remote_bid.verify import verify
from tests.journeys.test_demo import LIMIT_S, patient


def rotate(cast: Cast) -> None:
    """The command itself, in this process: a window is open, and a new process takes its time."""
    settings = cast.server_folder / "settings.json"
    told = CliRunner().invoke(app, ["rotate-key", str(settings), "--data", str(cast.server_folder)])
    assert told.exit_code == 0, told.output


@pytest.mark.slow
async def test_a_day_goes_on_under_a_new_key(tmp_path: Path) -> None:
    cast = patient(tmp_path)
    first = office_keys(cast.server_folder / "office.json").log
    with troupe() as players:
        server = open_house(players, cast)
        await answering(cast.url, players)
        raise_curtain(players, cast)
        async with Client(cast.url, SESSION, None).connected() as client:
            await client.until(lambda view: view.phase is Phase.RELEASE)
            players.kill(server)
            rotate(cast)
            players.enter(play_server, cast.settings, cast.server_folder)
            await client.until(lambda view: view.phase is Phase.CLOSED)
            [(told, event)] = client.copy.events(LogKeyRotated)
            notes = [(shown.seq, note.note) for shown, note in client.copy.events(CheckpointCosigned)]
        day = await seen(cast, players, lambda _: None, LIMIT_S)
    old, new = cast.trust.log_keys([event.statement])
    assert {is_signed(note, old) for seq, note in notes if seq < told.seq} == {True}
    assert {is_signed(note, new) for seq, note in notes if seq > told.seq} == {True}
    for trusted in ([], [event.statement]):
        trust = msgspec.structs.replace(cast.trust, successors=trusted)
        assert verify(io.BytesIO(day.bundle), trust).verified
    forged = rotation(cast.trust.log.name, first, ed25519.Ed25519PrivateKey.generate(), datetime.now(UTC))
    other = msgspec.structs.replace(cast.trust, successors=[forged])
    assert not verify(io.BytesIO(day.bundle), other).verified
