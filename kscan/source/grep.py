"""Which files have a word in their text."""

from __future__ import annotations

import itertools
from functools import partial
from pathlib import Path

from kscan.model.source import Source
from kscan.source.pool import chunks, map_chunks
from kscan.source.tree import NOT_KERNEL, FileStat, WorkingTree

_WORD_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


def grep(tree: WorkingTree, name: str, under: str | None = None, jobs: int = 2) -> tuple[str, ...]:
    """
    The kernel's files (below ``under``) whose text has the identifier ``name`` as a whole word, sorted. A file that
    cannot be read is left out: the refresh of the name index has told of it.
    """
    files = tree.files(() if under is None else (under,), skip=NOT_KERNEL)
    work = partial(_having, tree.root, name.encode(errors="surrogateescape"))
    return tuple(itertools.chain.from_iterable(map_chunks(work, chunks(files), jobs)))


def has_word(data: bytes, name: bytes) -> bool:
    """True if ``name`` stands in ``data`` with no letter, digit or underscore on either side."""
    at = data.find(name) if name else -1
    while at >= 0:
        end = at + len(name)
        if (at == 0 or data[at - 1] not in _WORD_BYTES) and (end == len(data) or data[end] not in _WORD_BYTES):
            return True
        at = data.find(name, at + 1)
    return False


def _having(root: Path, name: bytes, files: list[FileStat]) -> list[str]:
    tree = WorkingTree(root, "")
    read = ((stat.path, tree.read(stat.path)) for stat in files)
    return [path for path, got in read if isinstance(got, Source) and has_word(got.data, name)]
