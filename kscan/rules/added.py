"""What of a file's text is new since the tree compared with, told by lines and, in a changed line, by words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher

from kscan.model.regex import regex
from kscan.model.span import Span

_TOKEN = regex(rb"\w+|[^\w\s]")
_WORD = regex(rb"\w+")
_MAX_TOKENS = 3000
"""Of a change with more, every word counts as new."""

Range = tuple[int, int]


class Added:
    """Answers about the new text of files; ``before`` and ``after`` give the bytes of a path, "" for a file that is
    not there."""

    def __init__(self, before: Callable[[str], bytes], after: Callable[[str], bytes], changed: frozenset[str]) -> None:
        self._before = before
        self._after = after
        self._changed = changed
        self._ranges: dict[str, list[Range]] = {}
        self._words: dict[str, frozenset[bytes]] = {}

    def __call__(self, span: Span) -> bool:
        """Whether anything at ``span`` is new. A single word that the file had before is not, wherever it stood; nor,
        in a file that was not there, one that those which changed beside it had: code moves within a folder."""
        if span.file not in self._changed:
            return False
        text = self._after(span.file)[span.start : span.end]
        if _WORD.fullmatch(text) and self._had(span.file, text):
            return False
        ranges = self._of(span.file)
        at = bisect_left(ranges, (span.start + 1, 0))
        near = ranges[max(at - 1, 0) : at + 1]
        return any(start < max(span.end, span.start + 1) and span.start < end for start, end in near)

    def adds(self, path: str, word: re.Pattern[bytes]) -> bool:
        """Whether a line of the file at ``path`` with something new has a ``word``."""
        if path not in self._changed:
            return False
        text = self._after(path)
        lines = ((text.rfind(b"\n", 0, start) + 1, text.find(b"\n", end)) for start, end in self._of(path))
        return any(word.search(text, start, len(text) if end < 0 else end) for start, end in lines)

    def _had(self, path: str, word: bytes) -> bool:
        before = self._before(path)
        if before:
            return re.search(rb"\b%b\b" % word, before) is not None
        return word in self._words_beside(path.rpartition("/")[0])

    def _words_beside(self, folder: str) -> frozenset[bytes]:
        """The words that the files of ``folder`` which changed had before."""
        if folder not in self._words:
            own = (self._before(path) for path in self._changed if path.rpartition("/")[0] == folder)
            self._words[folder] = frozenset(word for data in own for word in _WORD.findall(data))
        return self._words[folder]

    def _of(self, path: str) -> list[Range]:
        if path not in self._ranges:
            self._ranges[path] = list(added_ranges(self._before(path), self._after(path)))
        return self._ranges[path]


def added_ranges(before: bytes, after: bytes) -> Iterator[Range]:
    """The bytes of ``after`` that ``before`` does not have, in order; lines that were moved are not new."""
    # In a large file that is much quicker than line by line; where lines end in several ways, these have to be told.
    at, end = (0, 0) if b"\r" in before or b"\r" in after else _same_around(before, after)
    old = before[at : len(before) - end].splitlines(keepends=True)
    new = after[at : len(after) - end].splitlines(keepends=True)
    first = _same_lines(old, new)
    last = _same_lines(old[first:][::-1], new[first:][::-1])
    at += sum(map(len, new[:first]))
    old, new = old[first : len(old) - last], new[first : len(new) - last]
    starts = [at]
    for line in new:
        starts.append(starts[-1] + len(line))
    gone = {line.strip() for line in old}
    for kind, i, j, k, m in SequenceMatcher(None, old, new, autojunk=len(new) > 5000).get_opcodes():
        if kind == "replace":
            yield from _words(b"".join(old[i:j]), b"".join(new[k:m]), starts[k])
        elif kind == "insert":
            yield from ((starts[n], starts[n + 1]) for n in range(k, m) if new[n].strip() not in gone)


def _words(old: bytes, new: bytes, at: int) -> Iterator[Range]:
    """The words of ``new``, which begins at byte ``at``, that are not in ``old`` at the same place."""
    had, have = _TOKEN.findall(old), list(_TOKEN.finditer(new))
    if len(had) + len(have) > _MAX_TOKENS:
        yield at, at + len(new)
        return
    matcher = SequenceMatcher(None, had, [found[0] for found in have], autojunk=False)
    for kind, _, _, k, m in matcher.get_opcodes():
        if kind in {"insert", "replace"}:
            yield at + have[k].start(), at + have[m - 1].end()


def _same_lines(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    for number, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return number
    return min(len(one), len(other))


def _same_around(before: bytes, after: bytes) -> tuple[int, int]:
    """How many bytes of whole lines the two begin with alike, and how many of the rest they end with alike."""
    at = before.rfind(b"\n", 0, _common(before, after)) + 1
    one, other = before[at:], after[at:]
    end = _common(one[::-1], other[::-1])
    while end and not (_begins_line(one, len(one) - end) and _begins_line(other, len(other) - end)):
        line = one.find(b"\n", len(one) - end)
        end = 0 if line < 0 else len(one) - line - 1
    return at, end


def _begins_line(text: bytes, at: int) -> bool:
    return not at or text[at - 1 : at] == b"\n"


def _common(one: bytes, other: bytes) -> int:
    """How many bytes the two begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:  # those up to low are the same, those up to high may be
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
