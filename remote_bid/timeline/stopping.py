"""How long-running programs end: told once, by SIGTERM or SIGINT."""

import asyncio
import signal


async def told_to_stop() -> None:
    """Return when the process is asked to end."""
    stop = asyncio.Event()
    for told in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(told, stop.set)
    await stop.wait()
