"""The tree that a series is applied on."""

from __future__ import annotations

from kscan.model.error import InputError
from kscan.model.patch import Series
from kscan.source.git import Repository
from kscan.source.revision import revision
from kscan.source.tree import Tree, WorkingTree


def base_of(tree: WorkingTree, series: Series, named: str | None) -> tuple[Tree, tuple[str, ...]]:
    """
    ``tree`` as it was at the revision ``named``; else at the one that ``series`` names, if git has it; else as it is.
    And what to tell people of that.

    Raises InputError when ``named`` is no revision.
    """
    if named is not None:
        return revision(tree, named), ()
    if not series.base:
        return tree, ()
    if not _has(tree, series.base):
        return tree, (f"base-commit {series.base[:12]} is not in git here: the series is applied on the tree as it is",)
    return revision(tree, series.base), ()


def _has(tree: WorkingTree, commit: str) -> bool:
    try:
        return Repository(tree.root).tree_of(commit) is not None
    except InputError:
        return False
