"""What ffprobe says of a recording."""

import asyncio
from pathlib import Path


async def complaints(path: Path) -> str:
    """Of reading every packet and decoding every frame; "" for none."""
    _, errors = await _run("ffmpeg", "-v", "error", "-i", str(path), "-f", "null", "-")
    _, more = await _run("ffprobe", "-v", "error", "-show_packets", str(path))
    return errors + more


async def seconds_of(path: Path) -> float:
    """The duration that the file states."""
    said, _ = await _run("ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path))
    return float(said)


async def packets_of(path: Path) -> int:
    """How many it holds."""
    counted = ("-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0")
    said, _ = await _run("ffprobe", "-v", "error", *counted, str(path))
    return int(said)


async def _run(*command: str) -> tuple[str, str]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    said, errors = await process.communicate()
    return said.decode(), errors.decode()
