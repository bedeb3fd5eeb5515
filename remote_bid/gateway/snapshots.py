"""Answers to joins, kept while they are good: when a whole hall comes back at once, each is made once for all."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from remote_bid.gateway.fanout import Ready

MOST = 16 << 20
"""Bytes of answers that are kept."""


class Snapshots:
    """The latest answers by what they depend on."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._size = most, 0
        self._kept: OrderedDict[Hashable, Ready] = OrderedDict()

    def of(self, key: Hashable, make: Callable[[], bytes]) -> Ready:
        """The answer of this key: the one that is kept, or a new one as JSON."""
        if (kept := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return kept
        made = self._kept[key] = Ready(make())
        self._size += len(made.text)
        while self._size > self._most:
            self._size -= len(self._kept.popitem(last=False)[1].text)
        return made
