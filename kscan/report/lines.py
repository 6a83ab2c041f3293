"""Byte offsets to lines and columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from typing import NamedTuple

_NEWLINE = re.compile(rb"\n")


class Position(NamedTuple):
    """A place as people name it: ``line`` from 1, ``column`` from 1 and in bytes."""

    line: int
    column: int


class LineIndex:
    """Where the lines of one file begin."""

    def __init__(self, data: bytes) -> None:
        self._starts = [0, *(match.end() for match in _NEWLINE.finditer(data))]
        self._size = len(data)

    def position(self, offset: int) -> Position:
        """The position of byte ``offset`` (0-based); an offset outside the file counts as its nearest end."""
        at = min(max(offset, 0), self._size)
        row = bisect_right(self._starts, at)
        return Position(row, at - self._starts[row - 1] + 1)


class Places:
    """The positions of a whole tree: each file is read (by ``read``, path to bytes) and indexed at most once."""

    def __init__(self, read: Callable[[str], bytes]) -> None:
        self._read = read
        self._files: dict[str, LineIndex] = {}

    def at(self, file: str, offset: int) -> Position:
        """The position of byte ``offset`` in ``file``. Raises what ``read`` raises."""
        if file not in self._files:
            self._files[file] = LineIndex(self._read(file))
        return self._files[file].position(offset)

    def line(self, file: str, offset: int) -> int:
        """The line of byte ``offset`` in ``file``."""
        return self.at(file, offset).line
