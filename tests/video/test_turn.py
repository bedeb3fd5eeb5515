"""Short-lived access to the relay."""

from datetime import UTC, datetime, timedelta

import pytest

from remote_bid.video.turn import credential_of, turn_access

NOW = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
URLS = ["turns:turn.example:443?transport=tcp"]
SECRET = b"north"


def test_the_password_is_the_one_coturn_computes() -> None:
    """As by `openssl dgst -sha1 -hmac north`, in base64."""
    assert credential_of("1433895918:ninefingers", b"logen") == "HY+Vd729N0UZ/xCzjg1F0GsoMK8="


def test_the_name_says_until_when_and_names_nobody() -> None:
    access = turn_access(URLS, SECRET, timedelta(hours=1), NOW)
    until, _, chance = access.username.partition(":")
    assert int(until) == int(NOW.timestamp()) + 3600
    assert len(chance) == 16
    assert access.credential == credential_of(access.username, SECRET)


def test_two_people_never_share_a_name() -> None:
    names = {turn_access(URLS, SECRET, timedelta(hours=1), NOW).username for _ in range(50)}
    assert len(names) == 50


@pytest.mark.parametrize("lasts", [timedelta(), timedelta(seconds=-1), timedelta(hours=13)])
def test_access_is_neither_empty_nor_long(lasts: timedelta) -> None:
    with pytest.raises(ValueError, match="twelve hours"):
        turn_access(URLS, SECRET, lasts, NOW)
