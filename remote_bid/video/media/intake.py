"""What came of a speaker's stream and what is missing: sequence accounting, repeated NACKs, receiver reports. Pure.

One NACK is not enough: it may be lost as well as its answer, so it is repeated until the packet comes or is too late.
"""

from dataclasses import dataclass

REPEAT_S = 0.055
GIVE_UP_S = 1.0
MOST_MISSING = 64
"""More at once is not a loss but a break: a key frame heals it."""
_SEQ = 0xFFFF
_HALF = 0x8000


@dataclass
class _Missing:
    since: float
    asked: float


@dataclass(frozen=True)
class Account:
    """A receiver report's figures (RFC 3550 6.4.1); `share`: lost of those expected since the last, 0 to 1."""

    share: float
    lost: int
    highest: int
    jitter: int


class Intake:
    """The packets of one SSRC."""

    def __init__(self, ssrc: int, clock_rate: int, repairs: bool) -> None:
        self.ssrc = ssrc
        self._clock_rate, self._repairs = clock_rate, repairs
        self._missing: dict[int, _Missing] = {}
        self._first: int | None = None
        self._highest = 0
        """Extended by the turns of the counter."""
        self._received = 0
        self._expected_before = self._received_before = 0
        self._transit = 0.0
        self._jitter = 0.0

    @property
    def started(self) -> bool:
        """Whether anything came."""
        return self._first is not None

    def take(self, seq: int, stamp: int, now: float) -> tuple[bool, list[int]]:
        """Whether the packet is new, and the numbers to ask for at once."""
        if self._first is None:
            self._first = self._highest = seq
            self._received = 1
            return True, []
        ahead = (seq - self._highest) & _SEQ
        if ahead == 0:
            return False, []
        if ahead >= _HALF:
            return self._takes_late(seq), []
        self._received += 1
        self._highest += ahead
        self._feel_jitter(stamp, now)
        return True, self._miss(ahead, now) if ahead > 1 else []

    def broken(self) -> bool:
        """Whether more is missing than can be asked for: a key frame is needed. Asked once, it is forgotten."""
        if len(self._missing) <= MOST_MISSING:
            return False
        self._missing.clear()
        return True

    def ask_again(self, now: float) -> tuple[list[int], bool]:
        """The numbers to ask for once more, and whether one was given up."""
        late = [seq for seq, missing in self._missing.items() if now - missing.since > GIVE_UP_S]
        for seq in late:
            del self._missing[seq]
        again = [seq for seq, missing in self._missing.items() if now - missing.asked >= REPEAT_S]
        for seq in again:
            self._missing[seq].asked = now
        return again, bool(late)

    def account(self) -> Account | None:
        """Since the last one; None before the first packet."""
        if self._first is None:
            return None
        expected = self._highest - self._first + 1
        expected_now, received_now = expected - self._expected_before, self._received - self._received_before
        self._expected_before, self._received_before = expected, self._received
        share = max(0.0, 1 - received_now / expected_now) if expected_now > 0 else 0.0
        return Account(share, expected - self._received, self._highest & 0xFFFFFFFF, int(self._jitter))

    def _takes_late(self, seq: int) -> bool:
        if self._repairs and self._missing.pop(seq, None) is None:
            return False
        self._received += 1
        return True

    def _miss(self, ahead: int, now: float) -> list[int]:
        if not self._repairs:
            return []
        lost = [(self._highest - behind) & _SEQ for behind in range(min(ahead, MOST_MISSING + 2) - 1, 0, -1)]
        self._missing.update((seq, _Missing(now, now)) for seq in lost)
        return lost if len(self._missing) <= MOST_MISSING else []

    def _feel_jitter(self, stamp: int, now: float) -> None:
        transit = now * self._clock_rate - stamp
        moved = abs(transit - self._transit)
        if self._transit and moved < self._clock_rate:
            self._jitter += (moved - self._jitter) / 16
        self._transit = transit
