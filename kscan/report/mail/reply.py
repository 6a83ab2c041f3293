"""A series' review as an mbox: an answer to each patch that something is said of, and one to the cover letter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Final

import kscan
from kscan.model.review import Bisect, PatchReview, ReadVersion, ReviewResult
from kscan.report.diff import diff
from kscan.report.lines import Places
from kscan.report.mail.letter import letter
from kscan.report.mail.quote import Diff, grouped
from kscan.report.mail.wording import bisects, briefly, filled, proposal, reaches, said
from kscan.report.remarks import Remark, of_review, versions

_IN_FULL: Final = 3
"""Remarks of one rule on places that the diff does not show, from which on a line each will do."""


def render(result: ReviewResult, read: ReadVersion) -> str:
    """The answers; "" where nothing is to be said. What is said of the series as a whole is an answer to the cover
    letter, or without one to the last patch that it is about."""
    remarks = [remark for remark in of_review(result, read) if remark.counts]
    places = versions(result, read)
    letters = [letter(result.cover, _of_series(result))] if result.cover is not None and result.bisect else []
    for review in result.patches:
        own = [remark for remark in remarks if remark.patch == review.number]
        late = [one for one in result.bisect if result.cover is None and one.repaired == review.number]
        if own or late:
            answer = _Answer(review, own, places[review.number], read)
            letters.append(letter(review.patch, answer.text(late)))
    return "".join(letters)


def _of_series(result: ReviewResult) -> str:
    return "\n\n".join(["> [...]", *map(bisects, result.bisect), _signature(len(set(result.gaps)))])


class _Answer:
    """What is said of one patch."""

    def __init__(self, review: PatchReview, remarks: Sequence[Remark], places: Places, read: ReadVersion) -> None:
        self._review = review
        self._places = places
        self._diff = Diff(review, places)
        self._read: Callable[[str], bytes] = lambda path: read(review.number, path)
        self._proposed: set[str] = set()
        self._at = [(remark, self._diff.spot(remark.finding.span)) for remark in remarks]

    def text(self, late: Sequence[Bisect]) -> str:
        """The body below the line that says whom it quotes."""
        below = grouped(self._below())
        quote = self._diff.quoted(below, [*self._shown()])
        parts = ["> [...]", *([quote.rstrip("\n")] if quote else [])]
        after = [*self._elsewhere()]
        after += [reaches(one, self._places) for one in self._review.reach if self._diff.spot(one.span) is None]
        text = "\n".join(parts)
        return "\n\n".join([text, *after, *map(bisects, late), _signature(len(set(self._review.gaps)))])

    def _below(self) -> Iterator[tuple[int, str]]:
        for remark, spot in self._at:
            if spot is not None:
                yield from ((spot, text) for text in self._said(remark, False))
        for one in self._review.reach:
            spot = self._diff.spot(one.span)
            if spot is not None:
                yield spot, reaches(one, self._places)

    def _shown(self) -> Iterator[int]:
        """The lines of the patch on the paths of what is said of other places."""
        for remark, spot in self._at:
            if spot is None:
                spots = (self._diff.spot(step.span) for step in remark.finding.steps)
                yield from (one for one in spots if one is not None)

    def _elsewhere(self) -> Iterator[str]:
        """What is said of places that the diff does not show: of each rule a few in full, the others in short."""
        kinds: dict[str, list[Remark]] = defaultdict(list)
        for remark, spot in self._at:
            if spot is None:
                kinds[remark.finding.rule].append(remark)
        for some in kinds.values():
            for remark in some[:_IN_FULL]:
                yield from self._said(remark, True)
            if some[_IN_FULL:]:
                yield briefly(some[_IN_FULL:])

    def _said(self, remark: Remark, code: bool) -> Iterator[str]:
        steps = [one for one in remark.finding.steps if one.role == "step" or self._diff.spot(one.span) is None]
        yield from said(remark, steps, code)
        fix = remark.finding.fix
        if fix is not None:
            shown = diff(fix.edits, self._read)
            if shown in self._proposed:
                yield "The diff above is meant for this, too."
                return
            self._proposed.add(shown)
            yield from proposal(fix, shown)


def _signature(gaps: int) -> str:
    missed = f" {gaps} gap{'s' * (gaps != 1)}: what could not be analysed is not judged." if gaps else ""
    told = f"Found by static analysis; 'kscan explain RULE' tells more of what stands in brackets.{missed}"
    return f"{filled(told)}\n\n-- \nkscan {kscan.__version__}"
