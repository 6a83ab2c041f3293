"""``kscan predicates``: the page-type and page-flag predicates of a tree as formulas, and how they are related."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from kscan.cli.options import Place, reporting, tree_options
from kscan.cli.output import answer, check_output, emit
from kscan.cli.sources import reader, remark
from kscan.cli.watch import watching

if TYPE_CHECKING:
    from kscan.report.matrix import MatrixReport


@click.command(epilog="Example: kscan predicates linux --matrix --format svg --output matrix.svg")
@click.argument("tree", type=Place())
@click.option(
    "--matrix", is_flag=True, help="Who excludes and implies whom, instead. Needs z3: pip install 'kscan[prove]'."
)
@reporting("text", "json", "svg")
@tree_options
def predicates(
    *,
    tree: str,
    matrix: bool,
    form: str,
    output: str | None,
    colour: str,
    quiet: bool,
    kconfig: str | None,
    cache: bool,
) -> int:
    """Show the page predicates of TREE as formulas.

    They are made from the tree's own headers: those that macros write, and the hand-written ones built on them. JSON
    also has each formula expanded to flag bits and page types. With --matrix: who excludes, implies and equals whom,
    of a page that is no tail; svg is a picture of that.
    """
    from kscan import api
    from kscan.report import tables
    from kscan.report.locating import locate_predicates
    from kscan.report.matrix import locate_matrix

    if form == "svg" and not matrix:
        raise click.UsageError("--format svg is a picture of the matrix: add --matrix")
    started = time.time_ns()
    check_output(output)
    if matrix:
        with watching(quiet) as progress:
            decided = api.matrix(tree, kconfig=kconfig, cache=cache, progress=progress)
        emit(_drawn(locate_matrix(decided, reader(decided.tree, started)), form), output)
        remark(decided.notes, quiet)
        return 0
    with watching(quiet) as progress:
        result = api.predicates(tree, kconfig=kconfig, cache=cache, progress=progress)
    report = locate_predicates(result, reader(result.tree, started))
    answer(report, lambda shown_on: tables.predicates(report, shown_on), form, output, colour)
    remark(result.notes, quiet)
    return 0


def _drawn(report: MatrixReport, form: str) -> str:
    from kscan.report import matrix
    from kscan.report.json import render

    if form == "json":
        return render(report)
    return matrix.as_svg(report) if form == "svg" else matrix.as_text(report)
