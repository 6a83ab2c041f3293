"""``kscan predicates``: the page-type and page-flag predicates of a tree as formulas."""

from __future__ import annotations

import time

import click

from kscan.cli.options import Place, report_options, tree_options
from kscan.cli.output import answer, check_output
from kscan.cli.sources import reader, remark
from kscan.cli.watch import watching


@click.command(epilog="Example: kscan predicates linux --format json --output predicates.json")
@click.argument("tree", type=Place())
@report_options
@tree_options
def predicates(
    *,
    tree: str,
    form: str,
    output: str | None,
    colour: str,
    quiet: bool,
    kconfig: str | None,
    cache: bool,
) -> int:
    """Show the page predicates of TREE as formulas.

    They are made from the tree's own headers: those that macros write, and the hand-written ones built on them. JSON
    also has each formula expanded to flag bits and page types.
    """
    from kscan import api
    from kscan.report import tables
    from kscan.report.locating import locate_predicates

    started = time.time_ns()
    check_output(output)
    with watching(quiet) as progress:
        result = api.predicates(tree, kconfig=kconfig, cache=cache, progress=progress)
    report = locate_predicates(result, reader(result.tree, started))
    answer(report, lambda shown_on: tables.predicates(report, shown_on), form, output, colour)
    remark(result.notes, quiet)
    return 0
