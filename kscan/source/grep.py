"""Which files have a word in their text."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from kscan.model.gap import Gap
from kscan.model.regex import regex
from kscan.model.source import Source
from kscan.source.overlay import Overlay
from kscan.source.pool import chunks, map_chunks
from kscan.source.tree import NOT_KERNEL, FileStat, Tree, WorkingTree

_FEW = 30
"""Names up to which looking for one after the other is faster than reading every word."""
_WORD = regex(rb"\b[A-Za-z_]\w*")
_WORD_BYTES = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


def grep(
    tree: Tree, *names: str, under: str | None = None, jobs: int = 2, files: Iterable[FileStat] | None = None
) -> tuple[str, ...]:
    """
    The kernel's files (of ``files``, or below ``under``) whose text has one of the identifiers ``names`` as a whole
    word, sorted. A file that cannot be read is left out: the refresh of the name index has told of it.
    """
    words = tuple(name.encode(errors="surrogateescape") for name in names)
    files = list(tree.files(() if under is None else (under,), skip=NOT_KERNEL) if files is None else files)
    if not isinstance(tree, Overlay):
        return tuple(_on_disk(tree.root, words, files, jobs))
    as_on_disk = _on_disk(tree.root, words, [stat for stat in files if stat.path not in tree.present], jobs)
    replaced = (stat.path for stat in files if stat.path in tree.present)
    return tuple(sorted([*as_on_disk, *(path for path in replaced if mentions(tree.read(path), words))]))


def _on_disk(root: Path, words: tuple[bytes, ...], files: list[FileStat], jobs: int) -> Iterator[str]:
    return itertools.chain.from_iterable(map_chunks(partial(_having, root, words), chunks(files), jobs))


def has_word(data: bytes, name: bytes) -> bool:
    """True if ``name`` stands in ``data`` with no letter, digit or underscore on either side."""
    at = data.find(name) if name else -1
    while at >= 0:
        end = at + len(name)
        if (at == 0 or data[at - 1] not in _WORD_BYTES) and (end == len(data) or data[end] not in _WORD_BYTES):
            return True
        at = data.find(name, at + 1)
    return False


def _having(root: Path, names: tuple[bytes, ...], files: list[FileStat]) -> list[str]:
    tree = WorkingTree(root, "")
    read = ((stat.path, tree.read(stat.path)) for stat in files)
    return [path for path, got in read if mentions(got, names)]


def mentions(got: Source | Gap, names: tuple[bytes, ...]) -> bool:
    """Whether a file that could be read has one of the words ``names``."""
    if not isinstance(got, Source):
        return False
    if len(names) > _FEW and all(map(_WORD.fullmatch, names)):
        return not frozenset(names).isdisjoint(_WORD.findall(got.data))
    return any(has_word(got.data, name) for name in names)
