"""Findings as reports go through them: in order, each with its fingerprint and with what stands between it and those
that count."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from kscan.model.finding import Finding
from kscan.model.result import CheckResult
from kscan.model.review import PatchReview, ReadVersion, ReviewResult
from kscan.model.span import Span
from kscan.model.standing import Allowed
from kscan.report.fingerprint import fingerprints
from kscan.report.lines import Places


class Remark(NamedTuple):
    """A finding with its ``fingerprint``. ``places`` has the lines of the tree that it speaks of, the one after patch
    ``patch`` (0 where there are no patches). ``allowed`` is the comment that hides it; ``known``: a baseline has it."""

    finding: Finding
    fingerprint: str
    places: Places
    patch: int = 0
    allowed: Allowed | None = None
    known: bool = False

    @property
    def counts(self) -> bool:
        """Whether nothing stands between it and those that count."""
        return self.allowed is None and not self.known


Standing = tuple[Finding, Allowed | None, bool]


def of_check(result: CheckResult, places: Places) -> list[Remark]:
    """All that a check found, those that do not count too, in the order of files and places. A fingerprint does not
    depend on what hides a finding."""
    some = sorted(_standing(result), key=lambda one: finding_key(one[0]))
    marks = fingerprints(finding for finding, _, _ in some)
    return [
        Remark(finding, mark, places, 0, allowed, known)
        for (finding, allowed, known), mark in zip(some, marks, strict=True)
    ]


def of_review(result: ReviewResult, read: ReadVersion) -> list[Remark]:
    """All that the patches of a series introduce, those that do not count too, patch by patch, in the order of files
    and places."""
    places = versions(result, read)
    some = [
        (patch.number, *one)
        for patch in result.patches
        for one in sorted(_standing(patch), key=lambda one: finding_key(one[0]))
    ]
    marks = fingerprints(finding for _, finding, _, _ in some)
    return [
        Remark(finding, mark, places[number], number, allowed, known)
        for (number, finding, allowed, known), mark in zip(some, marks, strict=True)
    ]


def versions(result: ReviewResult, read: ReadVersion) -> dict[int, Places]:
    """The lines of each version of the series, by its number; 0 is the tree that it is applied to."""
    return {number: Places(partial(read, number)) for number in (0, *(patch.number for patch in result.patches))}


def finding_key(finding: Finding) -> tuple[Span, str, str, str, str]:
    """What findings are sorted by."""
    return (finding.span, finding.rule, finding.function, finding.subject, finding.message)


def _standing(result: CheckResult | PatchReview) -> Iterator[Standing]:
    yield from ((finding, None, False) for finding in result.findings)
    yield from ((one.finding, one, one.known) for one in result.allowed)
    yield from ((finding, None, True) for finding in result.known)
