"""Reports as JSON: indented by two, UTF-8, one line break at the end, the same bytes for the same report."""

from __future__ import annotations

from typing import Any

import msgspec

from kscan.report.escape import json_safe


def render(report: Any) -> str:
    """``report`` (a report, or anything else that msgspec encodes) as JSON text."""
    return json_safe(msgspec.json.format(msgspec.json.encode(report), indent=2).decode()) + "\n"
