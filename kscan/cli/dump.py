"""``kscan dump``: what a stage makes of one file, or the functions of many, for whoever writes a rule."""

from __future__ import annotations

import sys
import time
from typing import Literal, cast

import click

from kscan.cli.options import Place, Word, debug_option
from kscan.cli.output import answer, emit
from kscan.report.escape import plain_lines

Stage = Literal["mask", "tree", "facts", "flow"]


@click.command(epilog="Example: kscan dump facts linux/mm/memory-failure.c")
@click.argument("what", type=Word(["mask", "tree", "facts", "flow", "functions"]))
@click.argument("file", type=Place())
@click.argument("paths", nargs=-1, type=Place(), metavar="[PATH]...")
@click.option("--format", "form", type=Word(["text", "json"]), default="text", help="How to list functions.")
@click.option(
    "--kconfig", type=click.Path(exists=True, dir_okay=False), metavar="FILE", help="A .config that chooses the code."
)
@debug_option
def dump(what: str, file: str, paths: tuple[str, ...], form: str, kconfig: str | None) -> int:
    """Show what a stage makes of FILE.

    mask: the text as it is parsed; tree: its syntax tree; facts: its functions, calls and comments; flow: its functions
    as instructions. functions: FILE is a kernel tree, PATH are files or folders in it (all of it without one), and the
    functions defined there are listed.
    """
    if what == "functions":
        _functions(file, paths, form, kconfig)
        return 0
    if paths or form != "text":
        raise click.UsageError("PATH and --format go with 'dump functions' only.")
    from kscan import api

    emit(_for_people(api.dump(cast(Stage, what), file, kconfig=kconfig)))
    return 0


def _functions(tree: str, paths: tuple[str, ...], form: str, kconfig: str | None) -> None:
    from kscan import api
    from kscan.cli.sources import reader
    from kscan.report import tables
    from kscan.report.locating import locate_functions

    started = time.time_ns()
    result = api.functions(tree, paths, kconfig=kconfig)
    report = locate_functions(result, reader(result.tree, started))
    answer(report, lambda shown_on: tables.functions(report, shown_on), form, None, "auto")


def _for_people(shown: str | bytes) -> str | bytes:
    """The dump as it is for a pipe; on a terminal without what could steer it."""
    if sys.stdout is None or not sys.stdout.isatty():
        return shown
    return plain_lines(shown.decode("utf-8", "surrogateescape") if isinstance(shown, bytes) else shown)
