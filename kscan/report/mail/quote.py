"""The diff of a patch as an answer quotes it: the hunks that something is said of, and what is said below its line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kscan.model.patch import FileChange
from kscan.model.review import PatchReview
from kscan.model.span import Span
from kscan.report.escape import plain_lines
from kscan.report.lines import Places

BEFORE: Final = 12
"""Lines that are quoted above the line that is spoken of; with fewer than three left out, all are."""
_CUT: Final = "> [...]"


class Diff:
    """The diff of one patch, and where in it a place of the tree after it stands."""

    def __init__(self, review: PatchReview, places: Places) -> None:
        self._review = review
        self._places = places
        self._lines = review.patch.diff.split(b"\n")
        self._files: dict[str, dict[int, tuple[int, int]]] = {}

    def spot(self, span: Span) -> int | None:
        """The last line of the diff (an index) that shows something of ``span``, in the first hunk that does; None
        where none does."""
        known = self._of(span.file)
        if not known:
            return None
        first = self._places.line(span.file, span.start)
        last = self._places.line(span.file, max(span.end - 1, span.start))
        hits = [known[number] for number in range(first, last + 1) if number in known]
        return max(index for hunk, index in hits if hunk == hits[0][0]) if hits else None

    def _of(self, file: str) -> dict[int, tuple[int, int]]:
        """The lines of a file after the patch that the diff shows: the hunk, and the index among its lines."""
        if file not in self._files:
            self._files[file] = {
                number: (placed.hunk.at, index)
                for placed in self._review.placed
                if placed.file == file
                for number, index, _ in placed.lines()
            }
        return self._files[file]

    def quoted(self, remarks: Mapping[int, Sequence[str]], shown: Sequence[int]) -> str:
        """The hunks with a line in ``remarks`` (by index, what is said of it: paragraphs) or among those ``shown``, and
        what is said below its line. "" where there is none."""
        spots = sorted({*remarks, *shown})
        parts: list[str] = []
        for change in self._review.patch.files:
            inside = [spot for spot in spots if self._is_in(change, spot)]
            if inside:
                parts += self._head(change)
                parts += self._hunks(change, inside, remarks)
        return "\n".join(parts)

    def _is_in(self, change: FileChange, spot: int) -> bool:
        return any(hunk.at < spot <= hunk.at + len(hunk.lines) for hunk in change.hunks)

    def _head(self, change: FileChange) -> Iterator[str]:
        lines = (self._lines[n] for n in range(change.at, change.hunks[0].at))
        yield from (_quoted(line) for line in lines if line.startswith((b"diff ", b"--- ", b"+++ ")))

    def _hunks(self, change: FileChange, spots: Sequence[int], remarks: Mapping[int, Sequence[str]]) -> Iterator[str]:
        for hunk in change.hunks:
            inside = [spot for spot in spots if hunk.at < spot <= hunk.at + len(hunk.lines)]
            if inside:
                yield _quoted(self._lines[hunk.at])
                at = hunk.at + 1
                for spot in inside:
                    start = max(at, spot - BEFORE)
                    if start > at + 2:
                        yield _CUT
                        at = start
                    yield from map(_quoted, self._lines[at : spot + 1])
                    at = spot + 1
                    yield from _below(remarks.get(spot, ()))
                if at <= hunk.at + len(hunk.lines):
                    yield _CUT


def grouped(pairs: Iterator[tuple[int, str]]) -> dict[int, list[str]]:
    """What is said, by the line it is said of."""
    found: dict[int, list[str]] = defaultdict(list)
    for spot, text in pairs:
        found[spot].append(text)
    return dict(found)


def _below(paragraphs: Sequence[str]) -> Iterator[str]:
    for paragraph in paragraphs:
        yield ""
        yield paragraph
    if paragraphs:
        yield ""


def _quoted(line: bytes) -> str:
    """A line behind its mark, as long as it is; what could steer a terminal is spelt out."""
    text = plain_lines(line.rstrip(b"\r").decode("utf-8", "surrogateescape"))
    return f"> {text}".rstrip()
