"""``kscan callers``: what every caller of a function does with each value it can receive."""

from __future__ import annotations

import time

import click

from kscan.cli.options import Place, report_options, tree_options
from kscan.cli.output import answer, check_output
from kscan.cli.sources import reader, remark
from kscan.cli.watch import watching


@click.command(epilog="Example: kscan callers linux get_hwpoison_page --format json")
@click.argument("tree", type=Place())
@click.argument("function")
@report_options
@tree_options
def callers(
    *,
    tree: str,
    function: str,
    form: str,
    output: str | None,
    colour: str,
    quiet: bool,
    kconfig: str | None,
    cache: bool,
) -> int:
    """Show what the callers of FUNCTION in TREE do with each value.

    A value is distinguished (it has its own branch), folded (only a catch-all branch sees it), propagated, remapped to
    another value, or dropped.
    """
    from kscan import api
    from kscan.report import tables
    from kscan.report.locating import locate_callers

    started = time.time_ns()
    check_output(output)
    with watching(quiet) as progress:
        result = api.callers(tree, function, kconfig=kconfig, cache=cache, progress=progress)
    report = locate_callers(result, reader(result.tree, started))
    answer(report, lambda shown_on: tables.callers(report, shown_on), form, output, colour)
    remark(result.notes, quiet)
    return 0
