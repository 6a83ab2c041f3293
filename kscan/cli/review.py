"""``kscan review``: what a patch or a series changes, and what it newly does wrong."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from kscan.cli.options import Place, baseline_option, reporting, rule_options, tree_options
from kscan.cli.output import check_output, emit, painter, screen
from kscan.cli.reviewed import rendered
from kscan.cli.sources import remark, version_reader
from kscan.cli.watch import watching
from kscan.model.error import InputError

if TYPE_CHECKING:
    from kscan.model.review import ReadVersion, ReviewResult

_FEW_LOOKS = 1_000_000
"""Objects made before the first look for cyclic garbage. Most reviews make fewer, and a look goes through all."""


@click.command(
    epilog="Example: kscan review 0001-mm-say-so.patch, or kscan review HEAD~3.., or kscan review - < mail",
)
@click.argument("patches", nargs=-1, type=Place(), metavar="(PATCH... | MBOX | RANGE | -)")
@click.option("--staged", is_flag=True, help="What is staged for the next commit, in place of patches.")
@click.option(
    "--tree",
    type=Place(),
    metavar="TREE",
    help="The Linux source tree. [default: the one around the working directory]",
)
@click.option(
    "--base",
    type=Place(),
    metavar="COMMIT",
    help="What the series is applied to. [default: its base-commit, if git has it; else the tree as it is]",
)
@click.option("--cover", is_flag=True, help="Only a table of the return values that change, for a cover letter.")
@rule_options
@baseline_option
@reporting("text", "terse", "json", "sarif", "mail", "github", "b4", "b4-lines")
@tree_options
def review(
    *,
    patches: tuple[str, ...],
    staged: bool,
    tree: str | None,
    base: str | None,
    cover: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    contracts: tuple[str, ...],
    jobs: int | None,
    baseline: str | None,
    form: str,
    output: str | None,
    colour: str,
    quiet: bool,
    kconfig: str | None,
    cache: bool,
) -> int:
    """Review patches before they are mailed.

    PATCH are patch files, an MBOX may hold a whole series with its cover letter, RANGE is what git understands
    (HEAD~3.., a branch against its upstream), and - is one mail on standard input. The series is applied in memory;
    nothing is written to the tree. Each patch is compared with the tree before it, files that it does not touch
    included, and only what it introduces is a finding. What one patch breaks and a later one repairs is a note.

    Exit code: 0 no findings, 1 findings, 2 bad usage or input, 3 a fault of kscan.
    """
    from kscan import api

    if cover and form != "text":
        raise click.UsageError("--cover is plain text: leave out --format, or leave out --cover.")
    if staged == bool(patches):
        raise click.UsageError("Name patches, a range of commits or -, or give --staged alone.")
    check_output(output)
    gc.set_threshold(_FEW_LOOKS, 20, 20)
    started = time.time_ns()
    with watching(quiet) as progress:
        result, trees = api.review(
            tree or api.tree_around(),
            patches,
            stdin=_standard_input(patches),
            staged="" if staged else None,
            base=base,
            select=select,
            ignore=ignore,
            contracts=contracts,
            baseline=baseline,
            kconfig=kconfig,
            jobs=jobs,
            cache=cache,
            progress=progress,
        )
    read = version_reader(trees, started)
    if cover:
        emit(_cover(result, read), output)
    else:
        emit(rendered(result, read, form, painter(screen(colour, output)), quiet), output)
    # b4 takes every line on standard error for a failure.
    remark(result.notes, quiet or form == "b4-lines")
    return 1 if result.findings else 0


def _standard_input(patches: Sequence[str]) -> bytes | None:
    """What stands there, if it is named; no more than a series may have."""
    if "-" not in patches:
        return None
    from kscan.source.series.boxes import MAX_BYTES

    if sys.stdin is None:
        raise InputError("standard input is closed; name a patch file, or pipe a mail in")
    return sys.stdin.buffer.read(MAX_BYTES + 1)


def _cover(result: ReviewResult, read: ReadVersion) -> str:
    from kscan.report.cover import render
    from kscan.report.reviewing import locate_review

    return render(locate_review(result, read))
