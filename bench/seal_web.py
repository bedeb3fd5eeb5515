"""How fast the offline sealer seals a large file from a disk, in Chromium.

From the click to the envelope, the dealing and the release files with it. Last line: {"mb_s"}; asked are 100 MB/s.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.web.sealer import a_stick, filled_in, sealed_now
from tests.web.to_seal import TECHNICAL, to_seal

MIB = 1 << 20
SIZE = 256 * MIB
ROUNDS = 3


async def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        papers, told = _random(Path(folder) / "papers.bin"), to_seal(Path(folder), "readout_form", TECHNICAL)
        rates = [await _rate(told, papers) for _ in range(ROUNDS)]
    print(f"MB per second of {SIZE // MIB} MiB: {[round(rate) for rate in rates]}")
    print(json.dumps({"mb_s": round(statistics.median(rates))}))


def _random(path: Path) -> Path:
    with path.open("wb") as file:
        for _ in range(SIZE // MIB):
            file.write(os.urandom(MIB))
    return path


async def _rate(told: Path, papers: Path) -> float:
    async with a_stick() as stick:
        await stick.page.get_by_label("招标信息文件").set_input_files(told)
        await filled_in(stick.page, "9876543.21", {TECHNICAL: papers})
        began = time.perf_counter()
        await sealed_now(stick.page)
        return SIZE / 1e6 / (time.perf_counter() - began)


if __name__ == "__main__":
    asyncio.run(main())
