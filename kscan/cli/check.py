"""``kscan check``: the findings, the contracts and the gaps of a tree."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import click

from kscan.cli.fixing import fix_options, printed, way_of, written
from kscan.cli.options import Place, baseline_option, reporting, rule_options, tree_options
from kscan.cli.output import check_output, emit, painter, screen
from kscan.cli.sources import reader, remark
from kscan.cli.watch import watching

if TYPE_CHECKING:
    from kscan.model.edit import Grade
    from kscan.model.result import CheckResult
    from kscan.report.paint import Painter


@click.command(
    epilog="Example: kscan check linux mm/memory-failure.c --format json --output report.json",
)
@click.argument("tree", type=Place())
@click.argument("paths", nargs=-1, type=Place(), metavar="[PATH]...")
@click.option("--all", "everything", is_flag=True, help="Check the whole tree.")
@rule_options
@click.option(
    "--against",
    type=Place(),
    metavar="OTHER",
    help="Only what is new since OTHER: another tree, or a git revision of this one. Without PATH, what changed.",
)
@baseline_option
@click.option("--stale", is_flag=True, help="With --baseline, also list what of it is found no more.")
@fix_options
@reporting("text", "terse", "json", "sarif", "github")
@tree_options
def check(
    *,
    tree: str,
    paths: tuple[str, ...],
    everything: bool,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    contracts: tuple[str, ...],
    jobs: int | None,
    against: str | None,
    baseline: str | None,
    stale: bool,
    fix: bool,
    diff: bool,
    mail: bool,
    grade: Grade | None,
    force: bool,
    form: str,
    output: str | None,
    colour: str,
    quiet: bool,
    kconfig: str | None,
    cache: bool,
) -> int:
    """Check return values, their documentation and their callers.

    TREE is a Linux source tree; PATH are files or folders in it. Without PATH, all that the contracts concern and what
    it reaches is checked, or with --against what changed since OTHER and what that reaches.

    Exit code: 0 no findings, 1 findings (with --fix, those that are left), 2 bad usage or input, 3 a fault of kscan.
    """
    from kscan import api

    if everything and paths:
        raise click.UsageError("--all checks the whole tree: leave out the paths, or leave out --all.")
    if stale and (baseline is None or against is not None or not (paths or everything)):
        raise click.UsageError("--stale goes with --baseline, and with PATH or --all: else only a part is looked at.")
    way, wanted = way_of(fix, diff, mail, grade, force)
    if way in {"diff", "mail"} and form != "text":
        raise click.UsageError("--format goes with the report, not with --diff or --patch-mail.")
    check_output(output)

    def run() -> CheckResult:
        with watching(quiet) as progress:
            return api.check(
                tree,
                paths,
                everything=everything,
                select=select,
                ignore=ignore,
                contracts=contracts,
                against=against,
                baseline=baseline,
                kconfig=kconfig,
                jobs=jobs,
                cache=cache,
                progress=progress,
            )

    started = time.time_ns()
    result = run()
    if way == "diff" or way == "mail":
        printed(result, way, wanted, output, quiet)
    else:
        if way == "write" and written(result, wanted, force, quiet):
            started = time.time_ns()
            result = run()
        read = reader(result.tree, started)
        as_text = _Text(painter(screen(colour, output)), quiet, stale)
        emit(_rendered(result, read, form, as_text, baseline is not None), output)
    remark(result.notes, quiet)
    return 1 if result.findings else 0


class _Text(NamedTuple):
    """How a report looks as text."""

    paint: Painter
    quiet: bool
    stale: bool


def _rendered(result: CheckResult, read: Callable[[str], bytes], form: str, looks: _Text, baseline: bool) -> str:
    if form == "sarif":
        return _sarif(result, read, baseline, looks.stale)
    if form == "github":
        return _github(result, read, looks.quiet)
    from kscan.report.locating import locate

    report = locate(result, read)
    if form == "json":
        from kscan.report.json import render as as_json

        return as_json(report)
    if form == "terse":
        from kscan.report.terse import render as as_lines

        return as_lines(report.findings, None if looks.quiet else report.counts)
    from kscan.report.text import render as as_text

    return as_text(report, *looks)


def _sarif(result: CheckResult, read: Callable[[str], bytes], baseline: bool, stale: bool) -> str:
    from kscan import api
    from kscan.report.lines import Places
    from kscan.report.sarif.log import render

    return render(result, Places(read), api.rules(), baseline=baseline, stale=stale)


def _github(result: CheckResult, read: Callable[[str], bytes], quiet: bool) -> str:
    from kscan.report.github import render
    from kscan.report.lines import Places
    from kscan.report.remarks import of_check

    return render(of_check(result, Places(read)), 0 if quiet else len(set(result.gaps)))
