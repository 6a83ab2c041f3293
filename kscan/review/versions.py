"""The versions of a tree that a series makes, each linked when it is first asked about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kscan.facts.overlaid import Aside, Remembering
from kscan.link.alike import Alike
from kscan.link.carried import Carrier
from kscan.link.catalog import Catalog
from kscan.link.overlaid import overlaid
from kscan.link.program import LinkedProgram
from kscan.link.solver import Budget
from kscan.rules.against import Comparison
from kscan.source.overlay import Overlay
from kscan.source.tree import C_SUFFIXES, NOT_KERNEL, Tree

EACH: Final = 400
"""Functions that one function may reach before what it returns is too much to find out."""
TOTAL: Final = 4_000
"""The same for all functions that one version of the tree is asked about."""


class Versions:
    """The ``trees`` before a series and after each of its patches, as versions 0 and on. ``catalog`` is that of the
    tree on disk, which all of them are like but for the files that they replace. A file that several versions have
    alike is read once."""

    def __init__(self, catalog: Catalog, trees: Sequence[Tree]) -> None:
        self._catalog = catalog
        catalog.index = Remembering(catalog.index)
        self._trees = trees
        self._aside = Aside(catalog.store)
        self._carrier = Carrier(catalog)
        self._alike = Alike()
        self._programs: dict[int, LinkedProgram] = {}

    def program(self, number: int) -> LinkedProgram:
        """Version ``number``, linked. Calls through tables of other files are not followed: over the whole tree these
        lead from nearly anywhere to nearly anywhere."""
        if number not in self._programs:
            tree = self._trees[number]
            own = (
                overlaid(self._catalog, tree, self._aside, self._carrier)
                if isinstance(tree, Overlay)
                else self._catalog
            )
            self._programs[number] = LinkedProgram(own, None, Budget(EACH, TOTAL), self._alike)
        return self._programs[number]

    def forget(self, number: int) -> None:
        """Version ``number`` is not asked about again."""
        self._programs.pop(number, None)

    def comparison(self, before: int, after: int, paths: Sequence[str]) -> Comparison:
        """Two versions that differ in ``paths``, of which the C files of the kernel count."""
        kept = (path for path in paths if path.endswith(C_SUFFIXES) and path.split("/", 1)[0] not in NOT_KERNEL)
        return Comparison(self.program(after), self.program(before), frozenset(kept))
