"""A series applied in memory, patch by patch; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass

from kscan.model.patch import Applied, Patch, Series
from kscan.source.overlay import Overlay, overlay
from kscan.source.series.base import base_of
from kscan.source.series.change import Changes
from kscan.source.series.paths import Paths
from kscan.source.series.place import Effort
from kscan.source.tree import Tree, WorkingTree


@dataclass(frozen=True, slots=True)
class AppliedPatch:
    """A patch, what became of it, and the trees ``before`` and ``after`` it."""

    applied: Applied
    before: Tree
    after: Overlay

    @property
    def patch(self) -> Patch:
        """The patch itself."""
        return self.applied.patch


@dataclass(frozen=True, slots=True)
class AppliedSeries:
    """``patches`` in order, each on top of the one before, the first on ``base``; ``notes`` are for people."""

    base: Tree
    patches: tuple[AppliedPatch, ...]
    notes: tuple[str, ...] = ()


def apply_series(tree: WorkingTree, series: Series, base: str | None = None) -> AppliedSeries:
    """
    ``series`` applied on the revision ``base`` of ``tree``; without one on the commit that the series was made on, if
    git has it, or on the tree as it is.

    Raises InputError for a patch that does not apply: it names the line of the patch, the file, and the nearest place.
    """
    before, notes = base_of(tree, series, base)
    start = before
    effort, paths = Effort(), Paths(before)
    done = []
    for patch in series.patches:
        applied = Changes(patch, before, paths, effort).applied()
        after = overlay(before, applied.files)
        done.append(AppliedPatch(applied, before, after))
        before = after
    return AppliedSeries(start, tuple(done), notes)
