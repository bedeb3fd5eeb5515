"""How long a fast day lasts, opening and evaluation, on a machine that does nothing else.

Last line: {"seconds_3", "seconds_7"}, by the number of bidders, medians; asked are less than 20.
"""

import json
import statistics
import subprocess
import sys
from pathlib import Path

BIDDERS = (3, 7)
ROUNDS = 3
_PROGRAM = Path(sys.executable).with_name("remote-bid")


def main() -> None:
    """Measure and print."""
    print(json.dumps({f"seconds_{bidders}": _seconds(bidders) for bidders in BIDDERS}))


def _seconds(bidders: int) -> float:
    found = [_day(bidders) for _ in range(ROUNDS)]
    print(f"{bidders} bidders: {found} s", flush=True)
    return statistics.median(found)


def _day(bidders: int) -> float:
    command = [_PROGRAM, "demo", "--fast", "--bidders", str(bidders)]
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - this project's own program
    figures = json.loads(done.stdout.splitlines()[-1])
    if not figures["verified"]:
        raise SystemExit("the day does not verify")
    seconds: float = figures["seconds"]
    return seconds


if __name__ == "__main__":
    main()
