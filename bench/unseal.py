"""How fast a sealed part opens, beside OpenSSL's own speed on the same machine in the same run.

Per CPU-second on one thread: unsealing with the tree against SHA-256, without the tree against AES-256-GCM decryption;
peak memory for 512 MiB and for 16 MiB. Last line: {"ratio_sha256", "ratio_gcm", "peak_rss_mib", "rss_16_mib"}.
"""

import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from remote_bid.seal.envelope import Place, Secrets, fresh_secrets, seal, unseal
from remote_bid.seal.tree import GrowingTree

MIB = 1 << 20
LARGE, SMALL = 512, 16
ROUNDS = 7


class _NoTree(GrowingTree):
    """Hashes nothing: shows what decryption alone costs."""

    def take(self, data: bytes | bytearray | memoryview) -> None:
        pass


class _Zeros:
    """A source of plaintext that costs nothing to read."""

    def readinto(self, buffer: memoryview) -> int:
        return len(buffer)


class _Nowhere:
    """A target that costs nothing to write."""

    def write(self, part: memoryview) -> int:
        return len(part)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        halves = fresh_secrets()
        large, small = (_sealed(Path(folder) / f"{size}.sbe", size, halves) for size in (LARGE, SMALL))
        rates: dict[str, list[float]] = {"tree": [], "plain": [], "sha256": [], "gcm": []}
        for _ in range(ROUNDS):
            rates["tree"].append(_rate(large, halves, GrowingTree()))
            rates["sha256"].append(_openssl("sha256"))
            rates["plain"].append(_rate(large, halves, _NoTree()))
            rates["gcm"].append(_openssl("-decrypt", "-evp", "aes-256-gcm"))
        figures = {name: round(statistics.median(found)) for name, found in rates.items()}
        print(f"MB per CPU-second, median of {ROUNDS}: {figures}")
        print(json.dumps(_ratios(rates) | {"peak_rss_mib": _peak(large, halves), "rss_16_mib": _peak(small, halves)}))


def _ratios(rates: dict[str, list[float]]) -> dict[str, float]:
    """Medians of the ratios of neighbours in time: the machine's speed drifts."""
    pairs = {"ratio_sha256": ("tree", "sha256"), "ratio_gcm": ("plain", "gcm")}
    return {
        name: round(statistics.median(a / b for a, b in zip(rates[ours], rates[theirs], strict=True)), 2)
        for name, (ours, theirs) in pairs.items()
    }


def _sealed(path: Path, size: int, halves: Secrets) -> Path:
    place = Place("policy", "1", "technical", "bench", 1)
    with path.open("wb") as file:
        seal(_Zeros(), size * MIB, file, place, halves)  # type: ignore[arg-type]  # needs readinto only
    return path


def _rate(path: Path, halves: Secrets, tree: GrowingTree) -> float:
    with path.open("rb", buffering=0) as file:
        began = time.process_time()
        unseal(file, _Nowhere(), halves, tree)  # type: ignore[arg-type]  # needs write only
        return path.stat().st_size / 1e6 / (time.process_time() - began)


def _openssl(*algorithm: str) -> float:
    """MB per CPU-second on blocks of 1 MiB (without -elapsed, openssl counts its own CPU time)."""
    command = ["openssl", "speed", "-seconds", "2", "-bytes", str(MIB), *algorithm]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603 - fixed words
    return float(re.findall(r"([\d.]+)k\s*$", out)[-1]) / 1000


def _peak(path: Path, halves: Secrets) -> int:
    """Peak memory in MiB of a fresh process that unseals the file."""
    command = [sys.executable, __file__, "--peak", str(path), halves.s_b.hex(), halves.s_t.hex()]
    return int(subprocess.run(command, capture_output=True, text=True, check=True).stdout)  # noqa: S603 - our own file


def _print_peak(path: Path, halves: Secrets) -> None:
    _rate(path, halves, GrowingTree())
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        _print_peak(Path(sys.argv[2]), Secrets(bytes.fromhex(sys.argv[3]), bytes.fromhex(sys.argv[4])))
    else:
        main()
