"""``kscan prove``: whether one predicate excludes, implies or equals another."""

from __future__ import annotations

import time

import click

from kscan.cli.options import Place, Word, report_options, tree_options
from kscan.cli.output import check_output, emit
from kscan.cli.sources import reader, remark
from kscan.cli.watch import watching
from kscan.model.proof import Relation


@click.command(
    short_help="Prove that page predicates exclude or imply each other.",
    epilog="Example: kscan prove linux 'page_has_movable_ops(p)' disjoint 'PageSlab(p) || PageTable(p)'",
)
@click.argument("tree", type=Place())
@click.argument("left")
@click.argument("relation", type=Word(["disjoint", "implies", "equals"]))
@click.argument("right")
@report_options
@tree_options
def prove(
    *,
    tree: str,
    left: str,
    relation: Relation,
    right: str,
    form: str,
    output: str | None,
    colour: str,  # noqa: ARG001
    quiet: bool,
    kconfig: str | None,
    cache: bool,
) -> int:
    """Prove that LEFT is disjoint with, implies or equals RIGHT for every page.

    LEFT and RIGHT are predicates of TREE joined by && || ! and ( ); a name means the same page in both. The answer is
    "proved", "not proved" with a witness, or "open" with what is not known. Exit code 0: proved; 1: not proved, or
    open. Needs z3: pip install 'kscan[prove]'.
    """
    from kscan import api
    from kscan.report import proof as reports
    from kscan.report.json import render

    started = time.time_ns()
    check_output(output)
    with watching(quiet) as progress:
        result = api.prove(tree, left, relation, right, kconfig=kconfig, cache=cache, progress=progress)
    report = reports.locate_proof(result, reader(result.tree, started))
    emit(render(report) if form == "json" else reports.as_text(report), output)
    remark(result.notes, quiet)
    return 0 if result.proof.verdict == "proved" else 1
