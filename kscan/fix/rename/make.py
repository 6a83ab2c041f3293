"""A rename as a diff, or written to its files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kscan.fix.apply import changes, write
from kscan.fix.make import uncommitted
from kscan.model.error import InputError
from kscan.model.rename import RenameResult
from kscan.report.diff import diff
from kscan.source.tree import WorkingTree


def diff_of(result: RenameResult) -> bytes:
    """One unified diff, for ``git apply`` and ``patch -p1``."""
    return diff(result.edits, _reader(result)).encode("utf-8", "surrogateescape")


def write_all(result: RenameResult, force: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    Writes the files of a rename, all or none; gives their paths, and remarks for people.

    Raises InputError for a file that is not what it was when it was read, that cannot be written or, unless ``force``,
    that holds work which is not committed.
    """
    tree = WorkingTree(Path(result.tree), "")
    todo = changes(result.edits, _reader(result))
    dirty = uncommitted(tree)
    for change in todo:
        if change.path in dirty and not force:
            raise InputError(
                f"{change.path}: has changes that are not committed; commit them first, or use --force to write anyway"
            )
    write(tree.root, todo)
    others = len(dirty - {change.path for change in todo})
    told = f"{others} other files of the tree have changes that are not committed"
    return tuple(change.path for change in todo), (told,) if others and not force else ()


def _reader(result: RenameResult) -> Callable[[str], bytes]:
    return lambda path: result.texts[path]
