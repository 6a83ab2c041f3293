"""Edits to a unified diff, as ``diff -u`` writes it and ``patch -p1`` reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from difflib import unified_diff
from itertools import groupby

from kscan.model.edit import Edit

_CONTEXT = 3
_HUNK = re.compile(r"@@ -(\d+)((?:,\d+)?) \+(\d+)((?:,\d+)?) @@")


def diff(edits: Iterable[Edit], read: Callable[[str], bytes]) -> str:
    """
    The edits as one unified diff, files in order of path. Bytes that are no UTF-8 come out as lone surrogates.
    Raises ValueError when two edits overlap, and what ``read`` (path to bytes) raises.
    """
    parts = []
    for file, changes in groupby(sorted(edits), key=lambda edit: edit.span.file):
        parts += _file_diff(file, read(file), list(changes))
    return "".join(parts)


def apply(data: bytes, edits: Sequence[Edit]) -> bytes:
    """``data`` with the edits made, back to front. Raises ValueError when two overlap or one leaves the file."""
    end = len(data)
    for edit in sorted(edits, reverse=True):
        if not 0 <= edit.span.start <= edit.span.end <= end:
            raise ValueError(f"{edit.span.file}: edits overlap or leave the file at byte {edit.span.start}")
        data = data[: edit.span.start] + edit.text.encode() + data[edit.span.end :]
        end = edit.span.start
    return data


def _file_diff(file: str, data: bytes, edits: list[Edit]) -> list[str]:
    """Only the lines around the edits are compared: a file may have 30,000 lines and a run 1,000 fixes."""
    first, last = _window(data, edits[0].span.start, max(edit.span.end for edit in edits))
    changed = apply(data, edits)
    old, new = data[first:last], changed[first : len(changed) - (len(data) - last)]
    skipped = data.count(b"\n", 0, first)
    lines = unified_diff(_text_lines(old), _text_lines(new), f"a/{file}", f"b/{file}", n=_CONTEXT)
    return [_ended(_HUNK.sub(lambda hunk: _shifted(hunk, skipped), line, count=1)) for line in lines]


def _window(data: bytes, start: int, end: int) -> tuple[int, int]:
    """The bytes of the lines from ``start`` to ``end``, and on both sides more lines than a hunk shows."""
    first, last = data.rfind(b"\n", 0, start) + 1, end
    for _ in range(_CONTEXT + 1):
        first = data.rfind(b"\n", 0, max(first - 1, 0)) + 1
    for _ in range(_CONTEXT + 2):
        found = data.find(b"\n", last)
        last = len(data) if found < 0 else found + 1
    return first, last


def _shifted(hunk: re.Match[str], by: int) -> str:
    old, old_size, new, new_size = hunk.groups()
    return f"@@ -{int(old) + by}{old_size} +{int(new) + by}{new_size} @@"


def _text_lines(data: bytes) -> list[str]:
    # Not str.splitlines: form feeds and the like end no line of C.
    return [line.decode("utf-8", "surrogateescape") for line in re.findall(rb"[^\n]*\n|[^\n]+\Z", data)]


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
