"""What is made of a session's state once, for everybody who looks at it."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

MOST = 16
"""States of which something is kept: the newest of sessions that go on at the same time."""

S = TypeVar("S")
P = ParamSpec("P")
T = TypeVar("T")


def of_state(function: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """Keep what a pure function makes of a state and of further, hashable arguments. A state is known by its identity:
    it never changes, and is kept as long as what was made of it.
    """
    kept: OrderedDict[int, tuple[S, dict[Hashable, T]]] = OrderedDict()

    @wraps(function)
    def once(state: S, /, *args: P.args, **named: P.kwargs) -> T:
        _, made = kept.setdefault(id(state), (state, {}))
        kept.move_to_end(id(state))
        key: Any = (args, tuple(named.items()))
        if key not in made:
            made[key] = function(state, *args, **named)
        while len(kept) > MOST:
            kept.popitem(last=False)
        return made[key]

    return once
