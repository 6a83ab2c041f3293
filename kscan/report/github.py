"""Findings as workflow commands, which annotate the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterable

from kscan.model.finding import Severity
from kscan.report.escape import plain, plain_lines, unicode_only
from kscan.report.remarks import Remark

_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def render(remarks: Iterable[Remark], gaps: int = 0) -> str:
    """One command a finding that counts: its first and last line, and its path below the message. The number of
    ``gaps`` comes last, if there are any."""
    lines = [_command(remark) for remark in remarks if remark.counts]
    if gaps:
        told = f"{gaps} gap{'s' * (gaps > 1)}, about which nothing is said (--format json lists them)"
        lines.append(f"::notice title=kscan::{told}")
    return "".join(f"{line}\n" for line in lines)


def escape_data(text: str) -> str:
    """``text`` as the message of a command."""
    return _escaped(text, _DATA)


def escape_property(text: str) -> str:
    """``text`` as the value of a property."""
    return _escaped(text, _PROPERTY)


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(char, char) for char in text)


def _command(remark: Remark) -> str:
    finding = remark.finding
    properties = {"file": plain(unicode_only(finding.span.file)), **_region(remark), "title": finding.rule}
    told = ",".join(f"{name}={escape_property(str(value))}" for name, value in properties.items())
    return f"::{_LEVELS[finding.severity]} {told}::{escape_data(_message(remark))}"


def _region(remark: Remark) -> dict[str, int]:
    """Columns only within one line, and in code units as the page counts them; the end is that of the last one."""
    span = remark.finding.span
    first = remark.places.wide(span.file, span.start)
    last = remark.places.wide(span.file, max(span.end - 1, span.start))
    lines = {"line": first.line, "endLine": last.line}
    return {**lines, "col": first.column, "endColumn": last.column} if first.line == last.line else lines


def _message(remark: Remark) -> str:
    finding = remark.finding
    lines = [plain_lines(unicode_only(finding.message))]
    for step in finding.steps:
        at = f"{unicode_only(step.span.file)}:{remark.places.line(step.span.file, step.span.start)}"
        where = f"in {unicode_only(step.function)}(): " if step.function else ""
        lines.append(plain(f"{at}: {where}{unicode_only(step.note)}"))
    return "\n".join(lines)
