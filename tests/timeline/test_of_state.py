"""What is made of a state is made once, and never of another state."""

from remote_bid.timeline.of_state import MOST, of_state


class State:
    """Any state: known by its identity, equal to nothing else."""

    def __init__(self, name: str) -> None:
        self.name = name


def test_it_is_made_once_for_each_state_and_arguments() -> None:
    made: list[str] = []

    @of_state
    def page(state: State, reader: str) -> str:
        made.append(f"{state.name} for {reader}")
        return made[-1]

    first, second = State("1"), State("2")
    assert [page(first, "ann"), page(second, "ann"), page(first, "bob"), page(first, "ann")] == [
        "1 for ann",
        "2 for ann",
        "1 for bob",
        "1 for ann",
    ]
    assert made == ["1 for ann", "2 for ann", "1 for bob"]


def test_a_new_state_gets_nothing_of_one_that_is_gone() -> None:
    """Even where the system gives it the same place in memory."""

    @of_state
    def name(state: State) -> str:
        return state.name

    assert [name(State(str(number))) for number in range(20 * MOST)] == [str(number) for number in range(20 * MOST)]
