"""A cosigner keeps lodged releases: durably, for certified people, within a quota; it tells nobody but the log."""

from datetime import timedelta
from pathlib import Path

import pytest

from remote_bid.opening.lodging import checked_list
from remote_bid.opening.statements import LodgedRelease, LodgingReceipt, LodgingsWanted
from remote_bid.participant.keeper import QUOTA, Keeper, NotKept
from remote_bid.seal.canonical import unb64
from remote_bid.seal.signing import KeySigner
from remote_bid.seal.statements import BadStatement, said, state, statement_id
from remote_bid.timeline.note import NamedKey
from tests.opening.actors import ALPHA, AUTHORITY, BETA, COSIGNERS, DEPLOYMENT, LOG_NAME, OFFICE, log_key_of, signed
from tests.opening.tender import SESSION, T0

NAME = COSIGNERS[0]
LOG = NamedKey(name=LOG_NAME, key=unb64(DEPLOYMENT.log.key))


def keeper(folder: Path, minutes: int = 0) -> Keeper:
    now = T0 + timedelta(minutes=minutes)
    return Keeper(NAME, log_key_of(NAME), lambda: LOG, [AUTHORITY.root], folder / "lodged", lambda: now)


def lodged(number: int = 0, session: str = SESSION) -> LodgedRelease:
    return LodgedRelease(session=session, submission=f"bid {number}", close="close", kid="kid", sealed="sealed")


def wanted() -> LodgingsWanted:
    return LodgingsWanted(session=SESSION, close="close", at="")


def test_what_was_lodged_survives_a_restart_with_its_receipt(tmp_path: Path) -> None:
    release = signed(lodged(), ALPHA)
    receipt = keeper(tmp_path).lodge(release)
    assert said(receipt, LodgingReceipt).lodging == statement_id(release.statement)
    assert keeper(tmp_path, minutes=5).lodge(release) == receipt
    answer = keeper(tmp_path, minutes=9).told(state(wanted(), OFFICE))
    listed = checked_list(answer, DEPLOYMENT.cosigners[0], SESSION, "close")
    assert [item.submission for item in listed.lodgings] == ["bid 0"]


def test_a_line_that_a_power_cut_has_torn_was_never_promised(tmp_path: Path) -> None:
    keeper(tmp_path).lodge(signed(lodged(), ALPHA))
    with (tmp_path / "lodged").open("ab") as file:
        file.write(b'{"person":"torn')
    again = keeper(tmp_path)
    again.lodge(signed(lodged(1), ALPHA))
    assert len(keeper(tmp_path).told(state(wanted(), OFFICE)).kept) == 2


def test_only_the_log_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotKept, match="only the log"):
        keeper(tmp_path).told(state(wanted(), KeySigner(log_key_of("stranger"))))


def test_strangers_and_other_statements_are_not_kept(tmp_path: Path) -> None:
    with pytest.raises(NotKept):
        keeper(tmp_path).lodge(signed(lodged(), ALPHA, BETA))
    with pytest.raises(BadStatement):
        keeper(tmp_path).lodge(signed(wanted(), ALPHA))


def test_nobody_lodges_without_end(tmp_path: Path) -> None:
    kept = keeper(tmp_path)
    for number in range(QUOTA):
        kept.lodge(signed(lodged(number), ALPHA))
    with pytest.raises(NotKept, match="too many"):
        kept.lodge(signed(lodged(QUOTA), ALPHA))
    kept.lodge(signed(lodged(QUOTA), BETA))
