"""Results made by hand, for the reports to render."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kscan.model.contract import ClauseResult, ContractResult
from kscan.model.edit import Edit, Fix
from kscan.model.finding import Finding, Step
from kscan.model.gap import Gap
from kscan.model.result import CheckResult
from kscan.model.span import Span

FILES = {
    "mm/b.c": b"int b(void)\n{\n\treturn -EIO;\n}\n",
    "mm/a.c": b"int a(void)\n{\n\tint ret = b();\n\n\tif (ret < 0)\n\t\treturn -EBUSY;\n\treturn 0;\n}\n",
}


def reader(files: dict[str, bytes] = FILES) -> Callable[[str], bytes]:
    return files.__getitem__


def span(file: str, text: bytes, files: dict[str, bytes] = FILES) -> Span:
    start = files[file].index(text)
    return Span(file, start, start + len(text))


def finding(
    file: str = "mm/a.c", text: bytes = b"return -EBUSY", files: dict[str, bytes] = FILES, **changes: Any
) -> Finding:
    at = span(file, text, files)
    values: dict[str, Any] = {
        "rule": "remapped-errno",
        "severity": "warning",
        "audience": "author",
        "span": at,
        "function": "a",
        "message": "-EIO becomes -EBUSY",
        "subject": "-EIO",
        "steps": (Step(at, "a", "returns -EBUSY"),),
    }
    return Finding(**(values | changes))


def result(*findings: Finding, **changes: Any) -> CheckResult:
    clause = ClauseResult("a", "distinguish", "met", "a branch of its own", span("mm/a.c", b"if"))
    values: dict[str, Any] = {
        "tree": "linux",
        "contracts": (
            ContractResult(
                "two", "not-applicable", (ClauseResult("z", "propagate", "not-applicable", "no such file", None),)
            ),
            ContractResult("one", "met", (clause,)),
        ),
        "findings": findings,
        "gaps": (Gap("mm/b.c", 14, "parse", "b", "odd"), Gap("mm/b.c", -1, "read", "", "binary")),
        "functions": 2,
        "files": 2,
    }
    return CheckResult(**(values | changes))


def fix(file: str, start: int, end: int, text: str) -> Fix:
    return Fix("change it", "safe", (Edit(Span(file, start, end), text),))
