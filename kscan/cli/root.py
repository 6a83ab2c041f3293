"""The group of commands; the module of one is loaded when it is called, or described."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

import kscan
from kscan.cli.options import debug_option, meant

_MODULES: Final = {
    **{name: name for name in ("check", "review", "baseline", "flow", "callers", "returns", "index", "predicates")},
    **{name: name for name in ("prove", "rename", "hook", "cc", "explain")},
    "rules": "explain",
    **{name: name for name in ("schema", "dump")},
}
"""The module of ``kscan/cli`` that each command stands in, in the order of their use."""


class Commands(click.Group):
    """A group that lists its commands in the order of their use, and suggests one for a slip."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order of their use."""
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """As click does."""
        if cmd_name not in _MODULES:
            return None
        command: click.Command = getattr(import_module(f"kscan.cli.{_MODULES[cmd_name]}"), cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; an unknown name is answered with the closest one."""
        if args and not args[0].startswith("-") and args[0] not in _MODULES:
            ctx.fail(f"no command '{args[0]}'{meant(args[0], _MODULES) or '.'}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=Commands,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: kscan check linux mm/memory-failure.c",
)
@click.version_option(kscan.__version__, prog_name="kscan", message="%(prog)s %(version)s")
@debug_option
def root() -> None:
    """What kernel functions return, what their kerneldoc says, and what callers do with it."""
