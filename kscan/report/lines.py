"""Byte offsets to lines and columns."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import cached_property
from typing import Final, NamedTuple

from kscan.model.regex import regex

_NEWLINE = regex(rb"\n")


_FEW: Final = 20
"""Positions in a file that are counted out one by one; where more are asked for, all lines are found."""
_BOM = b"\xef\xbb\xbf"


class Position(NamedTuple):
    """A place as people name it: ``line`` from 1, ``column`` from 1 and in bytes where nothing else is said."""

    line: int
    column: int


class LineIndex:
    """Where the lines of one file begin."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._asked = 0
        self._last = 0, 1
        """An offset, and the line that it is on."""

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _NEWLINE.finditer(self._data))]

    def position(self, offset: int) -> Position:
        """The position of byte ``offset`` (0-based); an offset outside the file counts as its nearest end."""
        at = min(max(offset, 0), len(self._data))
        self._asked += 1
        if self._asked <= _FEW:
            start = self._data.rfind(b"\n", 0, at) + 1
            row = self._counted(at)
            return Position(row, at - start + 1)
        row = bisect_right(self._starts, at)
        return Position(row, at - self._starts[row - 1] + 1)

    def _counted(self, at: int) -> int:
        """The line that ``at`` is on, counted from the place that was asked for last, or from the begin."""
        near, row = self._last
        if at >= near:
            row += self._data.count(b"\n", near, at)
        elif at > near // 2:
            row -= self._data.count(b"\n", at, near)
        else:
            row = self._data.count(b"\n", 0, at) + 1
        self._last = at, row
        return row

    def wide(self, offset: int) -> Position:
        """The same with the column in UTF-16 code units, a byte order mark not counted. What is no UTF-8 counts as the
        replacement characters that a reader sees in its place."""
        row, column = self.position(offset)
        at = min(max(offset, 0), len(self._data))
        before = self._data[at - column + 1 : at]
        if row == 1:
            before = before.removeprefix(_BOM)
        return Position(row, _units(before) + 1)

    def text(self, line: int) -> bytes:
        """Line ``line`` (from 1) without what ends it; b"" where there is none."""
        if not 1 <= line <= len(self._starts):
            return b""
        end = self._starts[line] if line < len(self._starts) else len(self._data)
        return self._data[self._starts[line - 1] : end].rstrip(b"\r\n")


class Places:
    """The positions of a whole tree: each file is read (by ``read``, path to bytes) and indexed at most once; those of
    trees that are alike share what is ``indexed``, by content."""

    def __init__(self, read: Callable[[str], bytes], indexed: dict[bytes, LineIndex] | None = None) -> None:
        self._read = read
        self._files: dict[str, LineIndex] = {}
        self._indexed: dict[bytes, LineIndex] = {} if indexed is None else indexed

    def at(self, file: str, offset: int) -> Position:
        """The position of byte ``offset`` in ``file``. Raises what ``read`` raises."""
        return self._of(file).position(offset)

    def wide(self, file: str, offset: int) -> Position:
        """The position with its column in UTF-16 code units. Raises what ``read`` raises."""
        return self._of(file).wide(offset)

    def line(self, file: str, offset: int) -> int:
        """The line of byte ``offset`` in ``file``."""
        return self.at(file, offset).line

    def text(self, file: str, line: int) -> str:
        """Line ``line`` of ``file``; a byte that is no UTF-8 is a lone surrogate."""
        return self._of(file).text(line).decode("utf-8", "surrogateescape")

    def _of(self, file: str) -> LineIndex:
        if file not in self._files:
            data = self._read(file)
            self._files[file] = self._indexed.get(data) or self._indexed.setdefault(data, LineIndex(data))
        return self._files[file]


def _units(text: bytes) -> int:
    return len(text) if text.isascii() else len(text.decode("utf-8", "replace").encode("utf-16-le")) // 2
