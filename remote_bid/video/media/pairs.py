"""Which speaker a listener's pair of sound and picture carries: who is there stays where he is. Pure."""

from collections.abc import Sequence


def seated(before: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Speakers by pair, "" for nobody. More speakers than pairs: the first of `wanted` are carried."""
    carried = list(wanted)[: len(before)]
    after = [speaker if speaker in carried else "" for speaker in before]
    newcomers = iter([speaker for speaker in carried if speaker not in after])
    return [speaker or next(newcomers, "") for speaker in after]
