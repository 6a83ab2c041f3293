"""The group of commands."""

from __future__ import annotations

import click

import kscan
from kscan.cli.baseline import baseline
from kscan.cli.callers import callers
from kscan.cli.cc import cc
from kscan.cli.check import check
from kscan.cli.dump import dump
from kscan.cli.explain import explain, rules
from kscan.cli.flow import flow
from kscan.cli.hook import hook
from kscan.cli.index import index
from kscan.cli.options import debug_option, meant
from kscan.cli.predicates import predicates
from kscan.cli.prove import prove
from kscan.cli.rename import rename
from kscan.cli.returns import returns
from kscan.cli.review import review
from kscan.cli.schema import schema


class Commands(click.Group):
    """A group that lists its commands in the order of their use, and suggests one for a slip."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order they were added."""
        return list(self.commands)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; an unknown name is answered with the closest one."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            ctx.fail(f"no command '{args[0]}'{meant(args[0], self.commands) or '.'}")
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


for _command in (
    check,
    review,
    baseline,
    flow,
    callers,
    returns,
    index,
    predicates,
    prove,
    rename,
    hook,
    cc,
    explain,
    rules,
    schema,
    dump,
):
    root.add_command(_command)
