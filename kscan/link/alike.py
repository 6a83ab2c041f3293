"""What the linkers of trees that are mostly alike share: each function in a context is one node for all of them, and an
equation that is the same in all is built once; and so is it found out once what a caller that no tree changes does.

The equation of a function in a file that no tree replaces is the same where the names that it calls have no other
definitions, and nothing that it calls is replaced. Calls through pointers depend on the tables that a linker knows, so
that equations with one are not shared.
"""

from __future__ import annotations

from itertools import count
from typing import NamedTuple

from kscan.link.atoms import Atom
from kscan.link.catalog import Catalog
from kscan.link.context import Context
from kscan.link.dispositions import Arrival, Fate
from kscan.link.equations import Equation, Node
from kscan.model.code import Code
from kscan.model.facts import Function

Key = tuple[str, int, str, int]
"""File, start and name of a function, and the parameter behind which something is left (-1: none)."""


def key_of(function: Function, behind: int = -1) -> Key:
    """What tells ``function`` from others, and what it leaves ``behind`` a parameter."""
    return function.file, function.start, function.name, behind


class Shared(NamedTuple):
    """An equation, the names that it asks for, the nodes that it speaks of, and the functions that were ``read`` to
    learn of arguments."""

    equation: Equation
    names: frozenset[str]
    nodes: tuple[Node, ...]
    read: frozenset[Function] = frozenset()


class Matters(NamedTuple):
    """Which parameters of a function matter, and which of these may point to functions."""

    matters: frozenset[int]
    pointers: tuple[int, ...]


class Alike:
    """What is shared by the linkers of one tree and of overlays of it; ``numbers`` are those of nodes."""

    def __init__(self) -> None:
        self.numbers = count()
        self.nodes: dict[tuple[Key, Context], Node] = {}
        self.equations: dict[int, Shared] = {}
        self.matters: dict[Key, Matters] = {}
        self.looks: dict[tuple[Key, int], list[tuple[Code, tuple[Arrival, ...]]]] = {}
        """How calls, by where they stand in which function, are reached."""
        self.fates: dict[tuple[object, ...], tuple[Code, dict[Atom, Fate]]] = {}
        """What becomes of atoms there, in which code."""


class Sight:
    """What of ``alike`` is true of the tree of ``catalog``."""

    def __init__(self, alike: Alike, catalog: Catalog) -> None:
        self._alike = alike
        self._catalog = catalog
        self._all = catalog.below is None
        self._same: dict[str, bool] = {}
        self._names: dict[str, bool] = {}

    def is_same(self, function: Function) -> bool:
        """Whether ``function``, and what it returns by itself, is as in the tree that the others are overlays of."""
        catalog = self._catalog
        if catalog.told_about and (function.file, function.body_start, function.name) in catalog.told_about:
            return False
        found = self._same.get(function.file)
        if found is None:
            as_below = catalog.as_below
            found = self._same[function.file] = self._all or (as_below.constants and as_below.file(function.file))
        return found

    def are_same(self, shared: Shared) -> bool:
        """Whether the names of ``shared`` mean the same there, and its functions are the same."""
        functions = [*(node.function for node in shared.nodes), *shared.read]
        return all([self._is_name(name) for name in shared.names]) and all([self.is_same(one) for one in functions])

    def _is_name(self, name: str) -> bool:
        found = self._names.get(name)
        if found is None:
            found = self._names[name] = self._all or self._catalog.as_below.name(name)
        return found

    def node(self, key: Key, function: Function, context: Context) -> Node:
        """The node of ``function`` in ``context``."""
        alike = self._alike
        if not self.is_same(function):
            return Node(next(alike.numbers), function, context, key[3])
        found = alike.nodes.get((key, context))
        if found is None:
            found = alike.nodes[key, context] = Node(next(alike.numbers), function, context, key[3])
        return found
