"""The tree that a series is applied on."""

from __future__ import annotations

from typing import NamedTuple

from kscan.model.error import InputError
from kscan.model.patch import Series
from kscan.source.git import Repository
from kscan.source.revision import revision
from kscan.source.series.commits import parent_of
from kscan.source.tree import Tree, WorkingTree


class Base(NamedTuple):
    """``tree`` is that of the revision ``name``, or the working tree as it is where that is ""; ``notes`` are for
    people."""

    tree: Tree
    name: str = ""
    notes: tuple[str, ...] = ()


def base_of(tree: WorkingTree, series: Series, named: str | None) -> Base:
    """
    ``tree`` as it was at the revision ``named``; else at the one that ``series`` names, if git has it; else as it is.

    Raises InputError when ``named`` is no revision.
    """
    if named is not None:
        return Base(revision(tree, named), named)
    if not series.base:
        return Base(tree)
    if _has(tree, series.base):
        return Base(revision(tree, series.base), series.base)
    missing = f"base-commit {series.base[:12]} is not in git here: the series is applied on the tree as it is"
    return Base(tree, notes=(missing,))


def base_before(tree: WorkingTree, series: Series) -> Base | None:
    """``tree`` as it was before ``series``, if its commits are among the last that the tree is made of; None if they
    are not."""
    try:
        found = parent_of(Repository(tree.root), series.patches[0])
    except InputError:
        return None
    if found is None:
        return None
    note = f"the tree has the series already: it is applied on {found[:12]}, as it was before"
    return Base(revision(tree, found), found, (note,))


def _has(tree: WorkingTree, commit: str) -> bool:
    try:
        return Repository(tree.root).tree_of(commit) is not None
    except InputError:
        return False
