"""The tree that a series is applied on."""

from __future__ import annotations

from kscan.model.error import InputError
from kscan.model.patch import Series
from kscan.source.git import Repository
from kscan.source.revision import revision
from kscan.source.series.commits import parent_of
from kscan.source.tree import Tree, WorkingTree


def base_of(tree: WorkingTree, series: Series, named: str | None) -> tuple[Tree, tuple[str, ...]]:
    """
    ``tree`` as it was at the revision ``named``; else at the one that ``series`` names, if git has it; else ``tree``
    itself, as it is. And what to tell people of that.

    Raises InputError when ``named`` is no revision.
    """
    if named is not None:
        return revision(tree, named), ()
    if not series.base:
        return tree, ()
    if not _has(tree, series.base):
        return tree, (f"base-commit {series.base[:12]} is not in git here: the series is applied on the tree as it is",)
    return revision(tree, series.base), ()


def base_before(tree: WorkingTree, series: Series) -> tuple[Tree, tuple[str, ...]] | None:
    """``tree`` as it was before ``series``, if its commits are among the last that the tree is made of, and what to
    tell people of that; None if they are not."""
    try:
        found = parent_of(Repository(tree.root), series.patches[0])
    except InputError:
        return None
    if found is None:
        return None
    return revision(tree, found), (f"the tree has the series already: it is applied on {found[:12]}, as it was before",)


def _has(tree: WorkingTree, commit: str) -> bool:
    try:
        return Repository(tree.root).tree_of(commit) is not None
    except InputError:
        return False
