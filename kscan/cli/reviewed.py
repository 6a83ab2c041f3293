"""A review in each of the formats that it can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kscan.model.review import ReadVersion, ReviewResult
    from kscan.report.paint import Painter


def rendered(result: ReviewResult, read: ReadVersion, form: str, paint: Painter, quiet: bool, only: int = 0) -> str:
    """The review in the format named ``form``; ``paint``, ``quiet`` (no totals) and ``only`` (the number of the one
    patch to tell of) are for people."""
    match form:
        case "mail":
            from kscan.report.mail.reply import render as as_mail

            return as_mail(result, read)
        case "sarif":
            from kscan import api
            from kscan.report.sarif.log import render_review as as_sarif

            return as_sarif(result, read, api.rules())
        case "github" | "b4" | "b4-lines":
            return _from_remarks(result, read, form, quiet)
    return _from_report(result, read, form, paint, quiet, only)


def _from_remarks(result: ReviewResult, read: ReadVersion, form: str, quiet: bool) -> str:
    from kscan.report import b4, github
    from kscan.report.remarks import of_review

    remarks = of_review(result, read)
    if form == "b4-lines":
        return b4.lines(remarks)
    gaps = len({gap for patch in result.patches for gap in patch.gaps})
    if form == "b4":
        return b4.review(remarks, gaps, b4.repairs(result.bisect))
    return github.render(remarks, 0 if quiet else gaps)


def _from_report(result: ReviewResult, read: ReadVersion, form: str, paint: Painter, quiet: bool, only: int) -> str:
    from kscan.report.reviewing import locate_review

    report = locate_review(result, read)
    if form == "json":
        from kscan.report.json import render as as_json

        return as_json(report)
    if form == "terse":
        from kscan.report.terse import render as as_lines

        found = (finding for patch in report.patches for finding in patch.findings)
        return as_lines(found, None if quiet else report.counts)
    from kscan.report.review import render as as_text

    return as_text(report, paint, quiet, only)
