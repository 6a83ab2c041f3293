"""``kscan rename``: a name changed over a whole tree, or what that would change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kscan.cli.options import Place, debug_option, report_options
from kscan.cli.output import check_output, emit, painter, screen
from kscan.cli.sources import remark
from kscan.cli.watch import watching

if TYPE_CHECKING:
    from kscan.model.rename import RenameResult


@click.command(epilog="Example: kscan rename linux mm/memory-failure.c:me_kernel me_kernel_page --diff")
@click.argument("tree", type=Place())
@click.argument("old", metavar="[FILE:]OLD")
@click.argument("new")
@click.option("--fix", is_flag=True, help="Write the files, all or none.")
@click.option("--diff", is_flag=True, help="Print one diff for git apply or patch -p1.")
@click.option("--force", is_flag=True, help="With --fix, also write files with uncommitted changes.")
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes to use. [default: one a processor; at most 8]",
)
@click.option("--no-cache", "cache", is_flag=True, flag_value=False, default=True, help="Read everything anew.")
@report_options
@debug_option
def rename(
    *,
    tree: str,
    old: str,
    new: str,
    fix: bool,
    diff: bool,
    force: bool,
    jobs: int | None,
    cache: bool,
    form: str,
    output: str | None,
    colour: str,
    quiet: bool,
) -> int:
    """Rename the symbol OLD of TREE to NEW wherever it is meant.

    OLD is a function, macro, variable, constant, type or tag; FILE:OLD names one of several, 'struct
    OLD' a tag. Code, comments,
    documentation, scripts and the tree's Python are searched; fields, labels and locals of the same spelling stay. A
    name that is taken, or that something local would capture, is refused. Without --fix or --diff, what would change
    and what was left alone is listed.

    Exit code: 0 done, 2 refused or bad input, 3 a fault of kscan.
    """
    from kscan import api

    if fix and diff:
        raise click.UsageError("--fix and --diff: name one of them.")
    if force and not fix:
        raise click.UsageError("--force goes with --fix.")
    if diff and form != "text":
        raise click.UsageError("--format goes with the report, not with --diff.")
    check_output(output)
    with watching(quiet) as progress:
        result = api.rename(tree, old, new, jobs=jobs, cache=cache, progress=progress)
    if diff:
        emit(api.rename_diff(result), output)
    else:
        remarks = api.rename_files(result, force=force)[1] if fix else ()
        emit(_rendered(result, fix, form, output, colour, quiet), output)
        remark(remarks, quiet)
    remark(result.notes, quiet)
    return 0


def _rendered(result: RenameResult, written: bool, form: str, output: str | None, colour: str, quiet: bool) -> str:
    from kscan.report.renamed import locate_rename, render

    report = locate_rename(result)
    if form == "json":
        from kscan.report.json import render as as_json

        return as_json(report)
    return render(report, written, painter(screen(colour, output)), quiet)
