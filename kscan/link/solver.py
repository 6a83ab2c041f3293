"""The least solution of the equations of all nodes that one depends on.

Strongly connected components in topological order (Tarjan 1972, without recursion); within one by worklist until
nothing changes. Which nodes an equation speaks of does not depend on results, so each is built once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from kscan.flow.values import ALL, BOOLEAN, IntSet, contains, intersect, truth
from kscan.link.atoms import UNKNOWN, Atom, atoms_of
from kscan.link.equations import Edge, Equation, Guard, Node, Own, handed_on
from kscan.model.flow import Opening
from kscan.model.span import Span

Costs = dict[Atom, int]
"""What a node can return, each with the length of the shortest way to it."""
_NOTHING: Final[Costs] = {}


class _Frame(NamedTuple):
    """A node on the search's own stack, and the nodes its equation speaks of that were not looked at yet."""

    number: int
    rest: Iterator[Node]


class Budget:
    """How many equations one search may build (``each``), and all of them (``total``), before they give up. Then few
    are left to each, so that what is near is still told."""

    def __init__(self, each: int, total: int) -> None:
        self.each = each
        self._left = total

    def next(self) -> int:
        """How many the next search may build."""
        return max(min(self.each, self._left), _NEAR)

    def spend(self, built: int) -> None:
        """A search has built so many."""
        self._left -= built


class Solver:
    """Results by node number; ``equation`` builds the equation of a node. With a ``budget`` a search may give up: then
    the result is what the node makes itself, and unknown."""

    def __init__(self, equation: Callable[[Node], Equation], budget: Budget | None = None) -> None:
        self._equation = equation
        self._budget = budget
        self._given_up: set[int] = set()
        self._far: set[int] = set()
        self._results: dict[int, Costs] = {}
        self._own: dict[int, tuple[Opening, ...]] = {}
        self._open: dict[int, tuple[int, ...]] = {}
        self._equations: dict[int, Equation] = {}
        self._narrowed: dict[tuple[Atom, IntSet], tuple[Atom, ...]] = {}

    def result(self, node: Node) -> Costs:
        """What ``node`` can return."""
        found = self._results.get(node.number)
        if found is None:
            if not self._search(node):
                self._give_up(node)
            found = self._results[node.number]
        return found

    def is_near(self, node: Node) -> bool:
        """Whether the result of ``node`` is there or takes few equations to find out."""
        if node.number in self._results:
            return True
        return node.number not in self._far and self._is_soon(node)

    def _is_soon(self, node: Node) -> bool:
        found = self._search(node, _SOON if self._budget is None else _NEAR)
        if not found:
            self._far.add(node.number)
        return found

    def gave_up(self, node: Node) -> bool:
        """Whether the result of ``node`` was too much to find out."""
        self.result(node)
        return node.number in self._given_up

    def give_up(self, node: Node) -> None:
        """The result of ``node`` is not looked for, unless it is known."""
        if node.number not in self._results:
            self._give_up(node)

    def equation(self, node: Node) -> Equation:
        """The equation of ``node``."""
        return self._equations.get(node.number) or self._equation(node)

    def _give_up(self, node: Node) -> None:
        function = node.function
        own = {one.atom: way.cost for one, way in self.equation(node).own.items()}
        self._results[node.number] = {**own, UNKNOWN: 1}
        span = Span(function.file, function.name_start, function.name_start + len(function.name))
        self._own[node.number] = (Opening(span, function.name, "it reaches too many functions to follow them all"),)
        self._given_up.add(node.number)

    def openings(self, node: Node) -> frozenset[Opening]:
        """Why the result of ``node`` is not all it can return: its own reasons, and those of what it hands on."""
        self.result(node)
        found: set[Opening] = set()
        pending, seen = [node.number], {node.number}
        while pending:
            number = pending.pop()
            found.update(self._own.get(number, ()))
            fresh = [other for other in self._open.get(number, ()) if other not in seen]
            seen.update(fresh)
            pending.extend(fresh)
        return frozenset(found)

    def holds(self, part: Own | Edge) -> bool:
        """Whether the guards of a part of an equation hold."""
        for guard in part.guards:
            for node in guard.nodes:
                self.result(node)
        return self._hold(part.guards)

    def _search(self, start: Node, most: int = 0) -> bool:
        """Tarjan's search from ``start``; every component it closes is solved at once. False if it was given up, with
        ``most`` equations or as many as the budget has for one."""
        most = most or (_FAR if self._budget is None else self._budget.next())
        order: dict[int, int] = {}
        low: dict[int, int] = {}
        stack: list[int] = []
        waiting: set[int] = set()
        frames: list[_Frame] = []

        def enter(node: Node) -> None:
            number = node.number
            order[number] = low[number] = len(order)
            stack.append(number)
            waiting.add(number)
            made = self._equations[number] = self.equation(node)
            frames.append(_Frame(number, made.nodes()))

        enter(start)
        while frames:
            number, rest = frames[-1]
            for node in rest:
                other = node.number
                if other in waiting:
                    low[number] = min(low[number], order[other])
                elif other not in self._results:
                    if len(order) >= most:
                        return self._ended(order, whole=False)
                    enter(node)
                    break
            else:
                frames.pop()
                if frames:
                    above = frames[-1].number
                    low[above] = min(low[above], low[number])
                if low[number] == order[number]:
                    at = stack.index(number)
                    component = stack[at:]
                    del stack[at:]
                    waiting.difference_update(component)
                    self._solve(component)
        return self._ended(order, whole=True)

    def _ended(self, built: Mapping[int, int], *, whole: bool) -> bool:
        """A search that went through these nodes is over; gives ``whole``. Equations that it could not solve serve the
        next one."""
        if self._budget is not None:
            self._budget.spend(len(built))
        return whole

    def _solve(self, component: list[int]) -> None:
        for number in component:
            self._results[number] = _NOTHING
        if len(component) == 1 and not self._speaks_of_itself(component[0]):
            self._results[component[0]] = self._evaluated(self._equations[component[0]], {})
        else:
            self._iterate(component)
        for number in component:
            self._keep(number, self._equations.pop(number))

    def _speaks_of_itself(self, number: int) -> bool:
        return any(node.number == number for node in self._equations[number].nodes())

    def _iterate(self, component: list[int]) -> None:
        users: dict[int, list[int]] = {number: [] for number in component}
        for number in component:
            for other in {node.number for node in self._equations[number].nodes()}:
                if other in users:
                    users[other].append(number)
        pending, queued = deque(reversed(component)), set(component)
        while pending:
            number = pending.popleft()
            queued.discard(number)
            old = self._results[number]
            new = self._evaluated(self._equations[number], dict(old))
            if new != old:
                self._results[number] = new
                fresh = [user for user in users[number] if user not in queued]
                pending.extend(fresh)
                queued.update(fresh)

    def _evaluated(self, equation: Equation, costs: Costs) -> Costs:
        """``costs`` with what the equation gives under the results so far."""
        for (atom, guards), way in equation.own.items():
            if way.cost < costs.get(atom, _FAR) and (not guards or self._hold(guards)):
                costs[atom] = way.cost
        for edge, way in equation.edges.items():
            if edge.guards and not self._hold(edge.guards):
                continue
            for atom, below in self._results[edge.callee.number].items():
                cost = below + way.cost
                for left in handed_on(edge, atom, self._narrowed):
                    if cost < costs.get(left, _FAR):
                        costs[left] = cost
        return costs if equation.within == ALL else _held(costs, equation.within)

    def _hold(self, guards: tuple[Guard, ...]) -> bool:
        return all(any(self._can_be(node, guard.wanted) for node in guard.nodes) for guard in guards)

    def _can_be(self, node: Node, wanted: IntSet) -> bool:
        return any(intersect(((atom.lo, atom.hi),), wanted) for atom in self._results[node.number])

    def _keep(self, number: int, equation: Equation) -> None:
        """What is needed later to tell why the result is open."""
        why = tuple(opening for opening, guards in equation.openings if not guards or self._hold(guards))
        if why:
            self._own[number] = why
        if any(atom.unbounded for atom in self._results[number]):
            opened = {edge.callee.number for edge in equation.edges if self._is_open(edge)}
            if opened:
                self._open[number] = tuple(opened)

    def _is_open(self, edge: Edge) -> bool:
        if edge.guards and not self._hold(edge.guards):
            return False
        below = (atom for atom in self._results[edge.callee.number] if atom.unbounded)
        return any(left.unbounded for atom in below for left in handed_on(edge, atom, self._narrowed))


def _held(costs: Costs, within: IntSet) -> Costs:
    """``costs`` as a type that only holds ``within`` holds them: what does not fit becomes any of it, in a bool 1."""
    held: Costs = {}
    for atom, cost in costs.items():
        values = ((atom.lo, atom.hi),)
        left = truth(values) if within == BOOLEAN else within
        for one in (atom,) if contains(within, values) else atoms_of(left):
            held[one] = min(cost, held.get(one, _FAR))
    return held


_FAR: Final = 1 << 62
_NEAR: Final = 30
"""Equations that any search may build."""
_SOON: Final = 60
"""Equations that are built to tell what a path need not know."""
