"""The bytes of a tree's files, for reports that turn offsets into lines; and remarks for people."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING

import click

from kscan.model.error import InputError
from kscan.model.gap import Gap
from kscan.report.escape import plain

if TYPE_CHECKING:
    from kscan.model.review import ReadVersion
    from kscan.source.tree import Tree

_AT_REST = "run again when the tree is at rest"


def reader(tree: str, since: int) -> Callable[[str], bytes]:
    """A function from a path in ``tree`` to its bytes. It raises InputError for a file that has gone or has been
    written to after ``since`` (nanoseconds since the epoch): offsets found before would name the wrong lines."""
    from kscan.source.tree import open_tree

    opened = open_tree(tree)

    def read(path: str) -> bytes:
        found = opened.read(path)
        if isinstance(found, Gap):
            raise InputError(f"{path}: {found.reason}; it could be read a moment ago: {_AT_REST}")
        # A time in the future is some archive's, not that of a change.
        if any(since <= stat.mtime_ns <= time.time_ns() for stat in opened.files((path,))):
            raise InputError(f"{path}: changed while kscan was at work: {_AT_REST}")
        return found.data

    return read


def version_reader(trees: Sequence[Tree], since: int) -> ReadVersion:
    """A function from the number of a version among ``trees`` (each of one tree on disk, with files replaced) and a
    path to its bytes; b"" where there is no such file. It raises as that of ``reader`` does."""
    from kscan.source.overlay import Overlay

    on_disk = cache(reader(str(trees[0].root), since))  # most versions have most files as they are there

    def read(number: int, path: str) -> bytes:
        tree = trees[number]
        if path not in (tree.replaced if isinstance(tree, Overlay) else ()):
            return on_disk(path)
        found = tree.read(path)
        return b"" if isinstance(found, Gap) else found.data

    return read


def remark(notes: Iterable[str], quiet: bool) -> None:
    """The notes of a result, one line each, on standard error."""
    if not quiet:
        for note in notes:
            click.echo(f"kscan: note: {plain(note)}", err=True)
