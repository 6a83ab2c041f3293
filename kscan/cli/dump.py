"""``kscan dump``: what a stage makes of one file, for whoever writes a rule."""

from __future__ import annotations

import sys
from typing import Literal, cast

import click

from kscan.cli.options import Word, debug_option
from kscan.cli.output import emit
from kscan.report.escape import plain_lines


@click.command(epilog="Example: kscan dump facts linux/mm/memory-failure.c")
@click.argument("what", type=Word(["mask", "tree", "facts", "flow"]))
@click.argument("file")
@click.option(
    "--kconfig", type=click.Path(exists=True, dir_okay=False), metavar="FILE", help="A .config that chooses the code."
)
@debug_option
def dump(what: str, file: str, kconfig: str | None) -> int:
    """Show what a stage makes of FILE.

    mask: the text as it is parsed; tree: its syntax tree; facts: its functions, calls and comments; flow: its functions
    as instructions.
    """
    from kscan import api

    emit(_for_people(api.dump(cast(Literal["mask", "tree", "facts", "flow"], what), file, kconfig=kconfig)))
    return 0


def _for_people(shown: str | bytes) -> str | bytes:
    """The dump as it is for a pipe; on a terminal without what could steer it."""
    if sys.stdout is None or not sys.stdout.isatty():
        return shown
    return plain_lines(shown.decode("utf-8", "surrogateescape") if isinstance(shown, bytes) else shown)
