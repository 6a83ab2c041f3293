"""The result of a review, whose positions are byte spans of several versions of a tree, to a report with lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import kscan
from kscan.model.finding import Finding
from kscan.model.review import Changed, ContractChange, DispositionChange, PatchReview, Reach, ReadVersion, ReviewResult
from kscan.report import reviewed as to
from kscan.report.escape import unicode_only
from kscan.report.fingerprint import fingerprints
from kscan.report.lines import LineIndex, Places
from kscan.report.located import LocatedFinding, Tool
from kscan.report.locating import (
    located_contract,
    located_finding,
    located_gaps,
    located_outcome,
    located_steps,
)
from kscan.report.remarks import Remark, of_review

Read = Callable[[str], bytes]


def locate_review(result: ReviewResult, read: ReadVersion) -> to.ReviewReport:
    """The report of a review; ``read`` gives the bytes of a path in version N of the tree."""
    indexed: dict[bytes, LineIndex] = {}
    versions = [_Version(number, read, indexed) for number in range(len(result.patches) + 1)]
    whole = versions[-1]
    remarks = [remark for remark in of_review(result, read) if remark.counts]
    gaps = {gap for patch in result.patches for gap in patch.gaps}
    return to.ReviewReport(
        schema=to.SCHEMA,
        tool=Tool("kscan", kscan.__version__),
        tree=unicode_only(result.tree),
        base=unicode_only(result.base),
        patches=tuple(_patch(patch, remarks, versions) for patch in result.patches),
        changes=tuple(_change(change, versions[0], whole) for change in result.changes),
        dispositions=tuple(_handling(one, whole) for one in result.dispositions),
        contracts=tuple(_verdict(one, whole) for one in result.contracts),
        reach=tuple(_reach(one, whole) for one in result.reach),
        bisect=tuple(
            to.LocatedBisect(one.broken, one.repaired, found)
            for one in result.bisect
            for found in versions[one.broken].findings([one.finding])
        ),
        counts=to.ReviewCounts(
            patches=len(result.patches),
            functions=result.functions,
            files=result.files,
            findings=len(result.findings),
            gaps=len(gaps),
            by_rule=_tally([finding.rule for finding in result.findings]),
            by_severity=_tally([finding.severity for finding in result.findings]),
            allowed=sum(len(patch.allowed) for patch in result.patches),
            known=sum(len(patch.known) for patch in result.patches),
        ),
    )


class _Version:
    """One version of the tree: its lines and its bytes."""

    def __init__(self, number: int, read: ReadVersion, indexed: dict[bytes, LineIndex]) -> None:
        self.number = number
        self.read: Read = partial(read, number)
        self.places = Places(self.read, indexed)

    def findings(self, found: Sequence[Finding]) -> tuple[LocatedFinding, ...]:
        """Findings with their lines."""
        marks = fingerprints(found)
        remarks = (Remark(one, mark, self.places, self.number) for one, mark in zip(found, marks, strict=True))
        return tuple(located_finding(remark, self.read) for remark in remarks)


def _patch(patch: PatchReview, remarks: Sequence[Remark], versions: Sequence[_Version]) -> to.ReviewedPatch:
    before, now = versions[patch.number - 1], versions[patch.number]
    return to.ReviewedPatch(
        number=patch.number,
        subject=unicode_only(patch.patch.subject),
        commit=patch.patch.commit,
        message_id=unicode_only(patch.patch.mail.message_id),
        notes=tuple(to.PatchNote(unicode_only(one.file), unicode_only(one.text)) for one in patch.applied),
        changes=tuple(_change(change, before, now) for change in patch.changes),
        dispositions=tuple(_handling(one, now) for one in patch.dispositions),
        contracts=tuple(_verdict(one, now) for one in patch.contracts),
        reach=tuple(_reach(one, now) for one in patch.reach),
        findings=tuple(located_finding(one, now.read) for one in remarks if one.patch == patch.number),
        gaps=located_gaps(patch.gaps, now.places),
    )


def _change(change: Changed, before: _Version, now: _Version) -> to.LocatedChange:
    places = before.places if change.gone else now.places
    return to.LocatedChange(
        function=unicode_only(change.function),
        file=unicode_only(change.span.file),
        line=places.line(change.span.file, change.span.start),
        edited=change.edited,
        gone=change.gone,
        new=change.new,
        still_called=located_steps(change.still_called, now.places),
        added=tuple(located_outcome(one, now.places) for one in change.added),
        removed=change.removed,
        remapped=change.remapped,
        closed_before=change.closed_before,
        closed_after=change.closed_after,
    )


def _handling(change: DispositionChange, now: _Version) -> to.LocatedHandling:
    return to.LocatedHandling(
        caller=unicode_only(change.caller),
        callee=unicode_only(change.callee),
        file=unicode_only(change.span.file),
        line=now.places.line(change.span.file, change.span.start),
        value=change.value,
        before=change.before,
        after=change.after,
        decided=now.places.line(change.at.file, change.at.start),
        becomes=change.becomes,
    )


def _verdict(change: ContractChange, now: _Version) -> to.LocatedVerdict:
    return to.LocatedVerdict(change.before, located_contract(change.now, now.places))


def _reach(reach: Reach, now: _Version) -> to.LocatedReach:
    return to.LocatedReach(
        value=reach.value,
        function=unicode_only(reach.function),
        file=unicode_only(reach.span.file),
        line=now.places.line(reach.span.file, reach.span.start),
        entries=tuple(
            to.LocatedEntry(
                kind=one.kind,
                name=unicode_only(one.name),
                function=unicode_only(one.function),
                file=unicode_only(one.span.file),
                line=now.places.line(one.span.file, one.span.start),
                when=unicode_only(one.when),
                path=located_steps(one.path, now.places),
            )
            for one in reach.entries
        ),
    )


def _tally(words: Sequence[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))
