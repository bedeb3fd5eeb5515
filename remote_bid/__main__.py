"""The command line: the house's commands and participants' own.

Each command's module is loaded when it is asked for: whoever checks in does not wait for a whole server to be loaded.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_group

_PARTICIPANTS = "participant.commandline"
_WHERE = {
    **dict.fromkeys(("serve", "rotate-key", "migrate", "backup", "restore", "wire"), "commandline.serving"),
    "demo": "commandline.playing",
    "verify": "commandline.checking",
    "cosign": "commandline.cosigning",
    "tender": "commandline.tendering",
    "price": "commandline.pricing",
}
"""All others are participants'."""


class _Loaded(TyperGroup):
    """Finds a command by its name alone. Typer names the types of contexts and commands to nobody."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*_WHERE, *_of(_PARTICIPANTS).list_commands(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return _of(_WHERE.get(cmd_name, _PARTICIPANTS)).get_command(ctx, cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """A name that nobody has is compared with all there are, for "did you mean"."""
        if args and self.get_command(ctx, args[0]) is None:
            self.commands = {name: self.get_command(ctx, name) for name in self.list_commands(ctx)}
        return super().resolve_command(ctx, args)


def _of(module: str) -> TyperGroup:
    """A module's commands."""
    return get_group(import_module(f"remote_bid.{module}").commands)


app = typer.Typer(cls=_Loaded, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def _about() -> None:
    """Remote bid opening and evaluation: an open, self-hosted server."""


def main() -> None:
    """The console script."""
    app()


if __name__ == "__main__":
    main()
