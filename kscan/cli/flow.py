"""``kscan flow``: what a function can return, with the path to each value."""

from __future__ import annotations

import time

import click

from kscan.cli.options import Place, assignments, report_options, tree_options
from kscan.cli.output import answer, check_output
from kscan.cli.sources import reader, remark
from kscan.cli.watch import watching


@click.command(epilog="Example: kscan flow linux get_hwpoison_page --flags MF_UNPOISON")
@click.argument("tree", type=Place())
@click.argument("function")
@click.option("--flags", metavar="VALUE", help="Short for --arg flags=VALUE.")
@click.option(
    "--arg",
    "arguments",
    multiple=True,
    callback=assignments,
    metavar="NAME=VALUE",
    help="Suppose the parameter NAME is the constant VALUE. May repeat.",
)
@report_options
@tree_options
def flow(
    *,
    tree: str,
    function: str,
    flags: str | None,
    arguments: dict[str, str],
    form: str,
    output: str | None,
    colour: str,
    quiet: bool,
    kconfig: str | None,
    cache: bool,
) -> int:
    """Show what FUNCTION in TREE can return.

    Each value comes with its shortest path: file and line, function, and what happens there. A set is closed when no
    other value is possible; what keeps an open one open is listed. What is left behind the pointers through which it
    writes has a table of its own.
    """
    from kscan import api
    from kscan.report import tables
    from kscan.report.locating import locate_flow

    given = arguments if flags is None else {"flags": flags, **arguments}
    started = time.time_ns()
    check_output(output)
    with watching(quiet) as progress:
        result = api.flow(tree, function, arguments=given, kconfig=kconfig, cache=cache, progress=progress)
    report = locate_flow(result, reader(result.tree, started))
    answer(report, lambda shown_on: tables.flow(report, shown_on), form, output, colour)
    remark(result.notes, quiet)
    return 0
