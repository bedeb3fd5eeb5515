"""Figures for the operator: from allowed networks or by token, and nothing in them of any session or person."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from remote_bid.config import BadSettings, read_settings
from remote_bid.gateway.metrics import MetricsSettings
from tests.gateway.house import BIDDERS, HALL, House, bearer, house

TOKEN = "a token of twenty-four letters or more"  # noqa: S105 - of the tests


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def inside(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Loopback is allowed."""
    async with house(tmp_path_factory.mktemp("in"), metrics=MetricsSettings(networks=["127.0.0.0/8"])) as found:
        await found.schedule()
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def outside(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """Loopback is not."""
    settings = MetricsSettings(networks=["192.0.2.0/24"], token=TOKEN)
    async with house(tmp_path_factory.mktemp("out"), metrics=settings) as found:
        yield found


async def look(found: House, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
    async with found.http.get(f"{found.url}/metrics", headers=headers) as answer:
        return answer.status, await answer.text()


def figures(text: str) -> dict[tuple[str, ...], float]:
    """Each by its name and its labels' values."""
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {(sample.name, *sample.labels.values()): sample.value for sample in samples}


@pytest.mark.asyncio(loop_scope="module")
async def test_they_tell_how_this_process_does(inside: House) -> None:
    line = await inside.line()
    status, text = await look(inside)
    told = figures(text)
    assert status == 200
    assert told["remote_bid_leads",] == told["remote_bid_sockets",] == 1
    assert told["remote_bid_entries_total", "here"] >= 1
    assert told["remote_bid_turn_seconds_count",] >= 1
    assert told["remote_bid_alert", "checkpoints"] == 0
    await line.disconnect()


@pytest.mark.asyncio(loop_scope="module")
async def test_nobody_and_no_session_is_named(inside: House) -> None:
    await inside.sign_in(BIDDERS[0])
    _, text = await look(inside)
    assert not [name for name in (HALL, *BIDDERS, "host-01", "bidder") if name in text]


@pytest.mark.asyncio(loop_scope="module")
async def test_by_a_proxy_nobody_is_inside(inside: House) -> None:
    assert (await look(inside, {"X-Forwarded-For": "127.0.0.1"}))[0] == 403


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("token", ["", "x", TOKEN[:-1], TOKEN + "x", "é"])
async def test_from_elsewhere_only_the_token_opens(outside: House, token: str) -> None:
    assert (await look(outside, bearer(token)))[0] == 403
    assert (await look(outside, bearer(await outside.sign_in(BIDDERS[0]))))[0] == 403
    assert (await look(outside, bearer(TOKEN)))[0] == 200


async def test_without_settings_there_are_none(tmp_path_factory: pytest.TempPathFactory) -> None:
    async with house(tmp_path_factory.mktemp("none")) as found:
        assert (await look(found, bearer(TOKEN)))[0] == 404


@pytest.mark.parametrize("network", ["", "300.0.0.0/8", "127.0.0.1/8"])
def test_a_network_that_is_none_is_said_to_be_none(hall: House, tmp_path: Path, network: str) -> None:
    settings = msgspec.structs.replace(hall.settings, metrics=MetricsSettings(networks=[network]))
    (tmp_path / "settings.json").write_bytes(msgspec.json.encode(settings))
    with pytest.raises(BadSettings):
        read_settings(tmp_path / "settings.json")
