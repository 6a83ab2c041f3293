"""A series applied in memory, patch by patch; nothing is written."""

from __future__ import annotations

from typing import NamedTuple

from kscan.model.error import InputError
from kscan.model.patch import Applied, Patch, Series
from kscan.source.overlay import Overlay, overlay
from kscan.source.series.base import base_before, base_of
from kscan.source.series.change import Changes
from kscan.source.series.paths import Paths
from kscan.source.series.place import Effort
from kscan.source.tree import Tree, WorkingTree


class AppliedPatch(NamedTuple):
    """A patch, what became of it, and the trees ``before`` and ``after`` it."""

    applied: Applied
    before: Tree
    after: Overlay

    @property
    def patch(self) -> Patch:
        """The patch itself."""
        return self.applied.patch


class AppliedSeries(NamedTuple):
    """
    ``patches`` in order, each on top of the one before, the first on ``base``: the tree at the revision ``on``, or as
    it is where that is "". ``notes`` are for people.
    """

    base: Tree
    patches: tuple[AppliedPatch, ...]
    on: str = ""
    notes: tuple[str, ...] = ()


def apply_series(tree: WorkingTree, series: Series, base: str | None = None) -> AppliedSeries:
    """
    ``series`` applied on the revision ``base`` of ``tree``; without one on the commit that the series was made on, if
    git has it; or on the tree as it is, or, where the series is committed in it, as it was before.

    Raises InputError for a patch that does not apply: it names the line of the patch, the file, and the nearest place.
    """
    start = base_of(tree, series, base)
    why: InputError | None = None
    done: tuple[AppliedPatch, ...] = ()
    try:
        done = _applied(series, start.tree)
    except InputError as wrong:
        why = wrong
    before = base_before(tree, series) if start.tree is tree and (why or _moved(done)) else None
    if before is not None:
        return AppliedSeries(before.tree, _applied(series, before.tree), before.name, before.notes)
    if why:
        raise why
    return AppliedSeries(start.tree, done, start.name, start.notes)


def _moved(done: tuple[AppliedPatch, ...]) -> bool:
    """Whether a hunk went elsewhere than where its patch has it."""
    return any(note.at >= 0 for one in done for note in one.applied.notes)


def _applied(series: Series, base: Tree) -> tuple[AppliedPatch, ...]:
    effort, paths = Effort(), Paths(base)
    before = base
    done = []
    for patch in series.patches:
        applied = Changes(patch, before, paths, effort).applied()
        after = overlay(before, applied.files)
        done.append(AppliedPatch(applied, before, after))
        before = after
    return tuple(done)
