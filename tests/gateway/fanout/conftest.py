"""These tests run on the event loop that servers run on."""

import asyncio
from collections.abc import Callable, Mapping

from remote_bid.gateway.fanout.tuning import new_loop


def pytest_asyncio_loop_factories() -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Everywhere else tests have Python's own."""
    return {"uvloop": new_loop}
