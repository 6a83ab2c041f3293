"""``kscan baseline``: what is found now, so that only what comes later counts."""

from __future__ import annotations

import time

import click

from kscan.cli.options import Place, rule_options, tree_options
from kscan.cli.output import check_output, emit
from kscan.cli.sources import reader, remark
from kscan.cli.watch import watching


@click.command(
    short_help="Write down what is found, so that only what is new counts.",
    epilog="Example: kscan baseline linux --output kscan.baseline",
)
@click.argument("tree", type=Place())
@click.argument("paths", nargs=-1, type=Place(), metavar="[PATH]...")
@rule_options
@click.option("--output", metavar="FILE", help="Write to FILE, whole or not at all, not to standard output.")
@click.option("--quiet", "-q", is_flag=True, help="No progress, no notes.")
@tree_options
def baseline(
    *,
    tree: str,
    paths: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    contracts: tuple[str, ...],
    jobs: int | None,
    output: str | None,
    quiet: bool,
    kconfig: str | None,
    cache: bool,
) -> int:
    """Write down the findings of the whole tree, or of PATH, for --baseline.

    One JSON object a line, sorted, without positions: it changes as findings come and go, and git merges it.
    """
    from kscan import api
    from kscan.report.baseline import render
    from kscan.report.lines import Places
    from kscan.report.remarks import of_check

    check_output(output)
    started = time.time_ns()
    with watching(quiet) as progress:
        result = api.check(
            tree,
            paths,
            everything=not paths,
            select=select,
            ignore=ignore,
            contracts=contracts,
            kconfig=kconfig,
            jobs=jobs,
            cache=cache,
            progress=progress,
        )
    emit(render(of_check(result, Places(reader(result.tree, started)))), output)
    remark(result.notes, quiet)
    return 0
