"""What the linkers of trees that are mostly alike share: each function in a context is one node for all of them, and an
equation that is the same in all is built once; and so is what the text of a function tells by itself, in a file that a
tree replaces too, wherever that has the same content.

The equation of a function in a file that no tree replaces is the same where the names that it calls have no other
definitions, and nothing that it calls is replaced. Calls through pointers depend on the tables that a linker knows, so
that equations with one are not shared.
"""

from __future__ import annotations

from itertools import count
from typing import Final, NamedTuple

from kscan.flow.evaluate import Given
from kscan.flow.summary import Summary
from kscan.flow.values import IntSet
from kscan.link.atoms import Atom
from kscan.link.catalog import Catalog
from kscan.link.context import Context
from kscan.link.dispositions import Arrival, Fate
from kscan.link.equations import Equation, Node
from kscan.link.pointees import Key, Said
from kscan.link.recent import Recent
from kscan.model.code import Code
from kscan.model.facts import Function

_MAX_NODES: Final = 20_000
"""Nodes of which the equations are held."""
_MAX_WALKED: Final = 5_000
"""Walks through functions that are held."""
_MAX_CALLS: Final = 1_000
"""Calls of which is held what becomes of their results."""
Left = tuple[Key, int]
"""A function, and the parameter behind which it leaves something (-1: none)."""
Walk = tuple[Left, tuple[tuple[int, IntSet], ...], tuple[tuple[int, Given], ...]]
"""A function that is walked with the results of some calls and some parameters known."""


class Shared(NamedTuple):
    """An equation, the names that it asks for, and the nodes that it speaks of; the ``functions`` of these and those
    that were read to learn of arguments, and the ``files`` of all of them."""

    equation: Equation
    names: frozenset[str]
    nodes: tuple[Node, ...]
    functions: tuple[Function, ...]
    files: frozenset[str]


class Matters(NamedTuple):
    """Which parameters of a function matter, and which of these may point to functions."""

    matters: frozenset[int]
    pointers: tuple[int, ...]


class Alike:
    """What is shared by the linkers of one tree and of overlays of it; ``numbers`` are those of nodes."""

    def __init__(self) -> None:
        self.numbers = count()
        self.nodes: dict[tuple[Left, Context], Node] = {}
        self.equations: dict[int, Shared] = Recent(_MAX_NODES)
        self.matters: dict[Left, Matters] = Recent(_MAX_NODES)
        self.said = Said()
        """What bodies say of pointers."""
        self.walked: dict[Walk, Summary] = Recent(_MAX_WALKED)
        """What functions return as far as the numbers of their files tell."""
        self.looks: dict[tuple[Key, int], list[tuple[Code, tuple[Arrival, ...]]]] = Recent(_MAX_CALLS)
        """How calls, by where they stand in which function, are reached."""
        self.fates: dict[tuple[object, ...], tuple[Code, dict[Atom, Fate]]] = Recent(_MAX_CALLS)
        """What becomes of atoms there, in which code."""


class Sight:
    """What of ``alike`` is true of the tree of ``catalog``."""

    def __init__(self, alike: Alike, catalog: Catalog) -> None:
        self._alike = alike
        self._catalog = catalog
        self._all = catalog.below is None
        self._marks: dict[str, int] = {}
        self._names: dict[str, bool] = {}

    def is_same(self, function: Function) -> bool:
        """Whether ``function``, and what it returns by itself, is as in the tree that the others are overlays of."""
        return self.mark(function.file) == 0 and not self._is_told(function)

    def _is_told(self, function: Function) -> bool:
        told = self._catalog.told_about
        return bool(told) and (function.file, function.body_start, function.name) in told

    def mark(self, path: str) -> int:
        """What tells the content of the file at ``path``, and all that is read from it alone, from that in other trees:
        0 where it is as in the tree that they are overlays of; below 0 where nobody else has it."""
        found = self._marks.get(path)
        if found is None:
            found = self._marks[path] = self._marked(path)
        return found

    def _marked(self, path: str) -> int:
        catalog = self._catalog
        if self._all or (catalog.as_below.constants and catalog.as_below.file(path)):
            return 0
        carried = catalog.carried(path) if catalog.as_below.constants else None
        return -1 - next(self._alike.numbers) if carried is None else carried.number

    def is_known(self, function: Function) -> bool:
        """Whether others may have ``function``, and what it returns by itself, as it is here."""
        return self.mark(function.file) >= 0 and not self._is_told(function)

    def are_same(self, shared: Shared) -> bool:
        """Whether the names of ``shared`` mean the same there, and its functions are the same."""
        if self._catalog.told_about and any([self._is_told(one) for one in shared.functions]):
            return False
        return self._all or (
            all([self.mark(path) == 0 for path in shared.files]) and all([self._is_name(name) for name in shared.names])
        )

    def _is_name(self, name: str) -> bool:
        found = self._names.get(name)
        if found is None:
            found = self._names[name] = self._all or self._catalog.as_below.name(name)
        return found

    def key(self, function: Function) -> Key:
        """What tells ``function`` from all others."""
        return function.file, self.mark(function.file), function.start, function.name

    def node(self, function: Function, context: Context, behind: int) -> Node:
        """The node of ``function``, or of what it leaves ``behind`` a parameter, in ``context``."""
        alike = self._alike
        if not self.is_same(function):
            return Node(next(alike.numbers), function, context, behind)
        key = ((self.key(function), behind), context)
        found = alike.nodes.get(key)
        if found is None:
            found = alike.nodes[key] = Node(next(alike.numbers), function, context, behind)
        return found
