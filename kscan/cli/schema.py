"""``kscan schema``: the JSON Schema of the reports."""

from __future__ import annotations

import click

from kscan.cli.options import Word, debug_option
from kscan.cli.output import emit


@click.command(
    short_help="Print the JSON Schema of a report.", epilog="Example: kscan schema > kscan-check.schema.json"
)
@click.argument(
    "report",
    type=Word(["check", "review", "flow", "callers", "returns", "predicates", "rename", "matrix", "prove", "baseline"]),
    default="check",
)
@debug_option
def schema(report: str) -> int:
    """Print the JSON Schema of a report, by default of `kscan check`."""
    from kscan.report.json import render
    from kscan.report.schema import schema as schema_of

    emit(render(schema_of(report)))
    return 0
