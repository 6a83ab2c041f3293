"""Edits to a unified diff, as ``diff -u`` writes it and ``patch -p1`` reads it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import unified_diff
from functools import partial
from itertools import groupby

from kscan.model.edit import Edit
from kscan.model.regex import regex
from kscan.model.span import Span

_CONTEXT = 3
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}
_HUNK = regex(r"@@ -(\d+)((?:,\d+)?) \+(\d+)((?:,\d+)?) @@")


def diff(edits: Iterable[Edit], read: Callable[[str], bytes]) -> str:
    """
    The edits as one unified diff, files in order of path. Bytes that are no UTF-8 come out as lone surrogates.
    Raises ValueError when two edits overlap, and what ``read`` (path to bytes) raises.
    """
    parts = []
    for file, changes in groupby(sorted(set(edits)), key=lambda edit: edit.span.file):
        parts += _file_diff(file, read(file), list(changes))
    return "".join(parts)


def apply(data: bytes, edits: Sequence[Edit]) -> bytes:
    """``data`` with the edits made, back to front; lone surrogates in their texts are the bytes that are no UTF-8.
    Raises ValueError when two overlap or one leaves the file."""
    end = len(data)
    for edit in sorted(edits, reverse=True):
        if not 0 <= edit.span.start <= edit.span.end <= end:
            raise ValueError(f"{edit.span.file}: edits overlap or leave the file at byte {edit.span.start}")
        data = data[: edit.span.start] + edit.text.encode("utf-8", "surrogateescape") + data[edit.span.end :]
        end = edit.span.start
    return data


def _file_diff(file: str, data: bytes, edits: list[Edit]) -> list[str]:
    """Only the lines around the edits are compared: a file may have 30,000 lines and a run 1,000 fixes."""
    hunks: list[str] = []
    shift = 0
    for first, last, some in _groups(data, edits):
        old = data[first:last]
        new = apply(old, [_moved(edit, -first) for edit in some])
        skipped = data.count(b"\n", 0, first)
        lines = unified_diff(_text_lines(old), _text_lines(new), n=_CONTEXT)
        hunks += [_ended(_HUNK.sub(partial(_shifted, skipped, shift), line, count=1)) for line in [*lines][2:]]
        shift += len(_text_lines(new)) - len(_text_lines(old))
    return [f"--- {_name(f'a/{file}')}\n", f"+++ {_name(f'b/{file}')}\n", *hunks] if hunks else []


def _groups(data: bytes, edits: list[Edit]) -> Iterator[tuple[int, int, list[Edit]]]:
    """Edits whose surroundings meet, with the bytes of the lines around them."""
    waiting: list[Edit] = []
    first = last = 0
    for edit in edits:
        start, end = _window(data, edit.span.start, edit.span.end)
        if waiting and start > last:
            yield first, last, waiting
            waiting = []
        first, last = (first, max(last, end)) if waiting else (start, end)
        waiting.append(edit)
    yield first, last, waiting


def _moved(edit: Edit, by: int) -> Edit:
    return Edit(Span(edit.span.file, edit.span.start + by, edit.span.end + by), edit.text)


def _name(path: str) -> str:
    """As git writes it: quoted where it has odd characters; a tab ends one with a blank, where patch would cut it."""
    if re.search(r'[\x00-\x1f"\\\x7f]', path):
        return '"' + "".join(_ESCAPES.get(c) or (c if " " <= c != "\x7f" else f"\\{ord(c):03o}") for c in path) + '"'
    return f"{path}\t" if " " in path else path


def _window(data: bytes, start: int, end: int) -> tuple[int, int]:
    """The bytes of the lines from ``start`` to ``end``, and on both sides more lines than a hunk shows."""
    first, last = data.rfind(b"\n", 0, start) + 1, end
    for _ in range(_CONTEXT + 1):
        first = data.rfind(b"\n", 0, max(first - 1, 0)) + 1
    for _ in range(_CONTEXT + 2):
        found = data.find(b"\n", last)
        last = len(data) if found < 0 else found + 1
    return first, last


def _shifted(skipped: int, shift: int, hunk: re.Match[str]) -> str:
    old, old_size, new, new_size = hunk.groups()
    return f"@@ -{int(old) + skipped}{old_size} +{int(new) + skipped + shift}{new_size} @@"


def _text_lines(data: bytes) -> list[str]:
    # Not str.splitlines: form feeds and the like end no line of C.
    return [line.decode("utf-8", "surrogateescape") for line in re.findall(rb"[^\n]*\n|[^\n]+\Z", data)]


def _ended(line: str) -> str:
    return line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
