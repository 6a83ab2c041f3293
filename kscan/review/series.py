"""A series reviewed patch by patch, and as a whole: what one patch breaks and a later one repairs is said once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from kscan.link.catalog import Catalog
from kscan.model.error import during
from kscan.model.finding import Finding
from kscan.model.patch import Applied, Series
from kscan.model.progress import Progress
from kscan.model.review import Bisect, PatchReview, ReviewResult
from kscan.review.asked import Asked
from kscan.review.pair import Compared, Meaning, compare, meaning_of
from kscan.review.versions import Versions
from kscan.rules import folded_errno
from kscan.source.series.apply import AppliedSeries

_WORSE: Final = frozenset({"folded", "dropped"})


def review_of(
    catalog: Catalog, series: Series, applied: AppliedSeries, asked: Asked, progress: Progress
) -> ReviewResult:
    """The review of ``series``, which is ``applied`` to the tree of ``catalog`` or to what that was at a revision."""
    patches = [one.applied for one in applied.patches]
    versions = Versions(catalog, [applied.base, *(one.after for one in applied.patches)])
    each = _each(versions, patches, asked, progress)
    bisect = tuple(_repaired(each))
    whole = each[0].meaning if len(each) == 1 else _whole(versions, patches, asked)
    return ReviewResult(
        tree=str(catalog.tree.root),
        base=applied.on or "the tree as it is",
        patches=tuple(_patch(n, one, seen, bisect) for n, (one, seen) in enumerate(zip(patches, each, strict=True), 1)),
        cover=series.cover,
        changes=whole.changes,
        dispositions=whole.dispositions,
        contracts=whole.contracts,
        reach=whole.reach,
        bisect=bisect,
        gaps=tuple(sorted({gap for seen in each for gap in seen.gaps})),
        functions=sum(len(seen.meaning.scope) for seen in each),
        files=sum(seen.files for seen in each),
    )


def _each(versions: Versions, patches: Sequence[Applied], asked: Asked, progress: Progress) -> list[Compared]:
    each: list[Compared] = []
    for number, one in enumerate(patches, 1):
        progress.stage(f"patch {number} of {len(patches)}", None)
        with during(f"reviewing patch {number}"):
            earlier = [finding for seen in each for finding in seen.findings]
            each.append(compare(versions.comparison(number - 1, number, sorted(one.files)), asked, earlier))
        if number > 1:
            versions.forget(number - 1)
    return each


def _whole(versions: Versions, applied: Sequence[Applied], asked: Asked) -> Meaning:
    """What the series means, whatever its patches do in between."""
    paths = sorted({path for one in applied for path in one.files})
    with during("reviewing the series as a whole"):
        return meaning_of(versions.comparison(0, len(applied), paths), asked.contracts)


def _patch(number: int, applied: Applied, seen: Compared, bisect: Sequence[Bisect]) -> PatchReview:
    repaired = {id(one.finding) for one in bisect if one.broken == number}
    meaning = seen.meaning
    return PatchReview(
        number=number,
        patch=applied.patch,
        placed=applied.placed,
        applied=applied.notes,
        changes=meaning.changes,
        dispositions=meaning.dispositions,
        contracts=meaning.contracts,
        reach=meaning.reach,
        findings=tuple(finding for finding in seen.findings if id(finding) not in repaired),
        gaps=seen.gaps,
        allowed=seen.allowed,
    )


def _repaired(each: Sequence[Compared]) -> Iterator[Bisect]:
    """The findings that a later patch makes go, each with the first one that does."""
    for broken, seen in enumerate(each, 1):
        for finding in seen.findings:
            for repaired, later in enumerate(each[broken:], broken + 1):
                if _repairs(later, finding):
                    yield Bisect(finding, broken, repaired)
                    break


def _repairs(later: Compared, finding: Finding) -> bool:
    key = (finding.rule, finding.span.file, finding.function, finding.subject)
    if any((one.rule, one.span.file, one.function, one.subject) == key for one in later.gone):
        return True
    # A fold is found only where it is new, so that it is not among those that are gone.
    callee, _, value = finding.subject.partition(" ")
    return finding.rule == folded_errno.RULE.id and any(
        (one.caller, one.callee, one.value) == (finding.function, callee, value)
        and one.before in _WORSE
        and one.after not in _WORSE
        for one in later.meaning.dispositions
    )
