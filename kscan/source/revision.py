"""The tree that another one is compared with: a git revision of it, or a second folder; read only, no checkout."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Mapping
from pathlib import Path

from kscan.model.error import InputError
from kscan.model.gap import Gap
from kscan.model.source import Source
from kscan.source.git import Blobs, Entry, Repository
from kscan.source.overlay import Overlay, digest, source
from kscan.source.tree import WorkingTree, open_tree

_LINK = "120000"
_MAX_LINKS = 8


def other_tree(tree: WorkingTree, name: str) -> Overlay:
    """
    The tree that ``name`` means, as an overlay of ``tree``: a folder with a kernel tree, else a git revision.

    Raises InputError if it is neither.
    """
    try:
        return folder(tree, open_tree(name))
    except InputError as no_folder:
        try:
            return revision(tree, name)
        except InputError as no_revision:
            raise (no_folder if Path(name).exists() else no_revision) from None


def revision(tree: WorkingTree, name: str) -> Overlay:
    """
    ``tree`` as it was in revision ``name`` ("HEAD~1", a tag, a branch). What git ignores counts as unchanged.

    Raises InputError when there is no git, no repository, or no such revision.
    """
    repository = Repository(tree.root)
    changed = repository.unstaged()
    wanted = repository.tree_of(name)
    if wanted is None:
        raise InputError(f"{name}: neither a folder nor a revision of the git repository at {tree.root}")
    changed |= repository.staged(wanted)
    entries = repository.entries(wanted, changed)
    reader = _Reader(tree, repository.blobs(), entries, changed)
    told = (f"{path}\0{entries[path].blob if path in entries else ''}" for path in sorted(changed))
    return Overlay(tree, frozenset(entries), changed - entries.keys(), reader.read, digest(told))


def folder(tree: WorkingTree, other: WorkingTree) -> Overlay:
    """``tree`` as the one at ``other`` is: files of one size are compared byte by byte, unless they are one file."""
    mine = {stat.path: stat.size for stat in tree.files()}
    theirs = {stat.path: stat for stat in other.files()}
    present = frozenset(
        path
        for path, stat in theirs.items()
        if mine.get(path) != stat.size or not _same(f"{tree.root}/{path}", f"{other.root}/{path}")
    )
    told = (f"{path}\0{theirs[path].size}\0{theirs[path].mtime_ns}" for path in sorted(present))
    return Overlay(tree, present, frozenset(mine.keys() - theirs.keys()), other.read, digest([str(other.root), *told]))


def _same(one: str, other: str) -> bool:
    try:
        if os.path.samestat(os.stat(one), os.stat(other)):  # noqa: PTH116 - once per file of the tree
            return True
        with open(one, "rb") as first, open(other, "rb") as second:  # noqa: PTH123
            return first.read() == second.read()
    except OSError:
        return False


class _Reader:
    """Reads the files of a revision; links are followed inside it."""

    def __init__(self, tree: WorkingTree, blobs: Blobs, entries: Mapping[str, Entry], changed: frozenset[str]) -> None:
        self._tree = tree
        self._blobs = blobs
        self._entries = entries
        self._changed = changed

    def read(self, path: str) -> Source | Gap:
        """As for a tree on disk."""
        at = path
        for _ in range(_MAX_LINKS):
            entry = self._entries.get(at)
            if at not in self._changed:
                return self._unchanged(path, at)
            data = None if entry is None else self._blobs.read(entry.blob)
            if entry is None or data is None:
                return _gap(path, "no such file")
            if entry.mode != _LINK:
                return source(path, data)
            at = posixpath.normpath(posixpath.join(posixpath.dirname(at), data.decode(errors="surrogateescape")))
        return _gap(path, "a symbolic link that leads to itself")

    def _unchanged(self, path: str, at: str) -> Source | Gap:
        found = self._tree.read(at)
        return Source(path, found.data) if isinstance(found, Source) else _gap(path, found.reason)


def _gap(path: str, reason: str) -> Gap:
    return Gap(path.encode(errors="backslashreplace").decode(), -1, "read", "", reason)
