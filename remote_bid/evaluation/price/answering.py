"""What `remote-bid price` prints: the answer to a file, the catalogue, and examples to begin from."""

from collections.abc import Iterator
from typing import Any

import msgspec

from remote_bid.evaluation.price.catalogue import METHODS
from remote_bid.evaluation.price.reading import read_case
from remote_bid.evaluation.price.scores import price_scores
from remote_bid.evaluation.price.working import rendered
from remote_bid.timeline.context import Refused


def answer(written: bytes) -> dict[str, Any]:
    """Benchmark, scores and derivation for the case in a file; ranking and evaluated prices where they are the
    result. Refused where the file or the case is at fault.
    """
    found = price_scores(read_case(written))
    told: dict[str, Any] = {
        "benchmark": found.benchmark,
        "scores": found.scores,
        "derivation": [rendered(line) for line in found.derivation],
    }
    return told | ({"ranking": found.ranking, "evaluated": found.evaluated} if found.ranking else {})


def catalogue() -> Iterator[str]:
    """The catalogue, line by line."""
    for method in METHODS.values():
        yield from (method.name, f"    {method.zh}", f"    {method.en}", f"    {method.source}")


def example(name: str) -> Any:
    """A case that runs, without the fields that are as they would be anyway; Refused if there is no such method."""
    if name not in METHODS:
        raise Refused(
            "no_such_method",
            f"目录中没有 {name!r}；有：{'、'.join(METHODS)}",
            f"there is no {name!r}; there are {', '.join(METHODS)}",
        )
    return _brief(METHODS[name].example)


def _brief(value: Any) -> Any:
    if isinstance(value, list):
        return [_brief(item) for item in value]
    if not isinstance(value, msgspec.Struct):
        return msgspec.to_builtins(value)
    config = value.__struct_config__
    told = {config.tag_field: config.tag} if config.tag_field else {}
    for field in msgspec.structs.fields(value):
        found = getattr(value, field.name)
        default = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
        if found != default:
            told[field.name] = _brief(found)
    return told
