"""The JSON Schema of each report, made from the shapes themselves."""

from __future__ import annotations

from typing import Any

import msgspec

from kscan.report.located import BaselineEntry, CallersReport, FlowReport, PredicatesReport, Report, ReturnsReport
from kscan.report.matrix import MatrixReport
from kscan.report.proof import ProofReport
from kscan.report.renamed import RenameReport
from kscan.report.reviewed import ReviewReport

SHAPES: dict[str, type[msgspec.Struct]] = {
    "check": Report,
    "review": ReviewReport,
    "flow": FlowReport,
    "callers": CallersReport,
    "returns": ReturnsReport,
    "predicates": PredicatesReport,
    "matrix": MatrixReport,
    "prove": ProofReport,
    "rename": RenameReport,
    "baseline": BaselineEntry,
}


def schema(command: str) -> dict[str, Any]:
    """The schema of what ``kscan COMMAND --format json`` prints (draft 2020-12); ``command`` is a key of ``SHAPES``."""
    made = msgspec.json.schema(SHAPES[command])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"kscan {command} report",
        "description": SHAPES[command].__doc__,
        **made,
    }
