"""``kscan returns``: the return sets of many functions at once."""

from __future__ import annotations

import time

import click

from kscan.cli.options import Place, reporting, tree_options
from kscan.cli.output import answer, check_output, emit
from kscan.cli.sources import reader, remark
from kscan.cli.watch import watching


@click.command(epilog="Example: kscan returns linux mm/memory-failure.c")
@click.argument("tree", type=Place())
@click.argument("paths", nargs=-1, type=Place(), metavar="[PATH]...")
@reporting("text", "json", "parquet")
@tree_options
def returns(
    *,
    tree: str,
    paths: tuple[str, ...],
    form: str,
    output: str | None,
    colour: str,
    quiet: bool,
    kconfig: str | None,
    cache: bool,
) -> int:
    """List what the functions of TREE can return.

    PATH are files or folders in it; without one the whole tree is listed. A set that is not closed is a lower bound;
    kscan flow tells what keeps it open. parquet is a table for whoever asks in SQL; it needs pip install
    'kscan[parquet]'.
    """
    from kscan import api
    from kscan.report import parquet, tables
    from kscan.report.locating import locate_returns

    started = time.time_ns()
    check_output(output)
    if form == "parquet":
        parquet.want_parquet()
    with watching(quiet) as progress:
        result = api.returns(tree, paths, kconfig=kconfig, cache=cache, progress=progress)
    report = locate_returns(result, reader(result.tree, started))
    if form == "parquet":
        emit(parquet.render(report), output)
    else:
        answer(report, lambda shown_on: tables.returns(report, shown_on), form, output, colour)
    remark(result.notes, quiet)
    return 0
