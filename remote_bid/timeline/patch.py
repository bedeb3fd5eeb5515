"""JSON merge patches (RFC 7396): how a view travels from one state to the next."""

from typing import Any

View = dict[str, Any]


def diff(before: View, after: View) -> View:
    """The patch that turns `before` into `after`. Views hold no nulls, so null always means: gone."""
    patch: View = {name: None for name in before if name not in after}
    for name, value in after.items():
        old = before.get(name)
        if old == value:
            continue
        patch[name] = diff(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return patch


def apply(view: View, patch: View) -> View:
    """`view` after `patch`."""
    result = {name: value for name, value in view.items() if not (name in patch and patch[name] is None)}
    for name, value in patch.items():
        if isinstance(value, dict):
            old = result.get(name)
            result[name] = apply(old if isinstance(old, dict) else {}, value)
        elif value is not None:
            result[name] = value
    return result
