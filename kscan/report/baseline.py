"""A baseline: the findings that are known, one JSON object a line, sorted, so that git merges it line by line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from kscan.report.escape import json_safe, unicode_only
from kscan.report.located import BaselineEntry
from kscan.report.remarks import Remark

SCHEMA: Final = "kscan.baseline/1"


def render(remarks: Iterable[Remark]) -> str:
    """The baseline of the findings that count: a line that names the format, then one for each."""
    entries = sorted(_entry(remark) for remark in remarks if remark.counts)
    lines = ({"schema": SCHEMA}, *entries)
    return "".join(f"{json_safe(msgspec.json.encode(line).decode())}\n" for line in lines)


def _entry(remark: Remark) -> BaselineEntry:
    finding = remark.finding
    file, function = unicode_only(finding.span.file), unicode_only(finding.function)
    return BaselineEntry(file, function, finding.rule, remark.fingerprint)
