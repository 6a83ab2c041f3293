"""``kscan explain`` and ``kscan rules``: what the rules say and why, without a tree."""

from __future__ import annotations

from textwrap import fill, indent
from typing import TYPE_CHECKING

import click

from kscan.cli.options import Word, debug_option
from kscan.cli.output import emit, screen

if TYPE_CHECKING:
    from kscan.rules.registry import Rule

_RUNS = {"always": "always", "added": "--against", "named": "--select"}
_ONLY = {"always": "", "added": "; runs with --against or --select", "named": "; runs with --select"}


@click.command(short_help="Explain a rule.", epilog="Example: kscan explain undocumented-errno")
@click.argument("named", metavar="RULE")
@debug_option
def explain(named: str) -> int:
    """Explain RULE: what it finds, what breaks for whom, and a bad and a good example."""
    from kscan import api
    from kscan.rules.registry import select

    (one,) = select(api.rules(), [named])
    emit(_explained(one))
    return 0


@click.command(epilog="Example: kscan rules --format json")
@click.option("--format", "form", type=Word(["text", "json"]), default="text", help="How to write it. [default: text]")
@debug_option
def rules(form: str) -> int:
    """List the rules."""
    from kscan import api

    known = sorted(api.rules(), key=lambda one: one.id)
    if form == "json":
        from kscan.report.json import render

        keys = ("id", "title", "severity", "audience", "when", "why", "bad", "good")
        emit(render([{key: getattr(one, key) for key in keys} for one in known]))
    else:
        from kscan.report import tables

        rows = ((one.id, one.severity, one.audience, _RUNS[one.when], one.title) for one in known)
        emit(tables.rules(rows, screen("auto", None)))
    return 0


def _explained(one: Rule) -> str:
    parts = [
        f"{one.id} ({one.severity}, for the {one.audience}{_ONLY[one.when]}): {one.title}",
        "Why",
        _block(fill(" ".join(one.why.split()), 84)),
    ]
    parts += ["Bad", _block(one.bad), "Good", _block(one.good)]
    return "\n".join(parts)


def _block(text: str) -> str:
    return indent(text.strip("\n"), "    ") + "\n"
