"""Which nodes there are: functions in contexts, what their calls reach, and what they return.

Contexts as in Sharir and Pnueli's functional approach, restricted to what arguments are known to be, and bounded.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import msgspec

from kscan.flow.evaluate import Given
from kscan.flow.summary import Argument, Summary, Symbol
from kscan.flow.values import ALL, BOOLEAN, IntSet, intersect, join, single, truth
from kscan.link.alike import Alike, Matters, Shared, Sight
from kscan.link.architecture import meets
from kscan.link.atoms import Atom
from kscan.link.catalog import Catalog
from kscan.link.context import Context, Handed, parameters_that_matter, passed
from kscan.link.equations import Asked, Equation, Node, equation_of, handed_on, unread
from kscan.link.fillings import Fillings
from kscan.link.pointees import Key, Pointees
from kscan.link.promised import RESULTS
from kscan.link.solver import Budget, Costs, Solver
from kscan.link.statics import Statics
from kscan.link.tables import Tables, Targets
from kscan.link.told import Read, Told
from kscan.model.facts import Function
from kscan.model.flow import Opening
from kscan.model.span import Span
from kscan.source.tree import image_of

MAX_CONTEXTS = 24
"""Contexts of one function kept apart; further calls share the one that knows nothing."""


MAX_NEAR: Final = 200
"""Functions looked through for one that makes a number."""


class Derivation(NamedTuple):
    """How an atom comes about: a term of the function, and the callee's atom it hands on; ``cost`` counts steps."""

    cost: int
    term: int
    callee: Node | None = None
    atom: Atom | None = None


class _Known:
    """What the linker keeps of a function, or of what it leaves behind its parameter ``behind``."""

    __slots__ = ("behind", "function", "matters", "nodes", "pointers")

    def __init__(
        self, function: Function, matters: frozenset[int], pointers: tuple[int, ...], behind: int = -1
    ) -> None:
        self.behind = behind
        self.function = function
        self.matters = matters
        self.pointers = pointers
        self.nodes: dict[Context, Node] = {}


class _Asking:
    """What an equation that is being built asks for: names, whether a call ``through`` a pointer is among it, and what
    was ``read`` to learn of arguments."""

    __slots__ = ("names", "read", "through")

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.read = Read()
        self.through = False


class Linker:
    """Results by node, computed on demand; ``alike`` is what other linkers know that may be true here."""

    def __init__(
        self,
        catalog: Catalog,
        fillings: Fillings | None = None,
        budget: Budget | None = None,
        alike: Alike | None = None,
    ) -> None:
        self.catalog = catalog
        self.alike = alike
        self._sight = None if alike is None else Sight(alike, catalog)
        self.tables = Tables(catalog, fillings)
        said, key = (None, None) if alike is None or self._sight is None else (alike.said, self._sight.key)
        self._pointees = Pointees(catalog, self.tables, said, key)
        self._statics = Statics(catalog.source, catalog.numbers.number, lambda path: catalog.facts(path).macros)
        self._solver = Solver(self._equation, budget)
        self._functions: dict[tuple[str, int, str], _Known] = {}
        self._behind: dict[tuple[str, int, str, int], _Known | None] = {}
        self._direct: dict[tuple[str, str], tuple[_Known, ...]] = {}
        self._told = Told(self._all_callees, catalog.summary)
        self._nodes = 0
        self._asking = _Asking()
        self._explained: dict[Node, Summary | None] = {}
        self._derived: dict[Node, dict[Atom, list[Derivation]]] = {}
        self._narrowed: dict[tuple[Atom, IntSet], tuple[Atom, ...]] = {}

    def node(self, function: Function, context: Context = ()) -> Node:
        """The node that stands for ``function`` in ``context``."""
        return self._node(self._known(function), context)

    def left(self, function: Function, index: int, context: Context, before: Given) -> Node | None:
        """The node for what ``function`` leaves behind its parameter ``index`` where ``before`` stood there; None when
        that cannot be followed."""
        known = self._left_behind(function, index)
        if known is None:
            return None
        count = len(function.params)
        return self._node(known, (*context, *[None] * (count - len(context)), before))

    def result(self, node: Node) -> Costs:
        """What ``node`` can return, each atom with the length of the shortest way to it."""
        return self._solver.result(node)

    def gave_up(self, node: Node) -> bool:
        """Whether what ``node`` returns was more than the budget allows to find out."""
        return self._solver.gave_up(node)

    def give_up(self, node: Node) -> None:
        """What ``node`` returns is not looked for, unless it is known."""
        self._solver.give_up(node)

    def may_return(self, node: Node, number: int) -> bool:
        """Whether ``node`` or something near that it hands on makes ``number``, whatever that depends on."""
        pending, seen = deque([(node, number)]), {(node.number, number)}
        while pending and len(seen) <= MAX_NEAR:
            at, wanted = pending.popleft()
            made = self._solver.equation(at)
            one = ((wanted, wanted),)
            if any(intersect(((own.atom.lo, own.atom.hi),), one) and not own.atom.unbounded for own in made.own):
                return True
            for edge in made.edges:
                below = (edge.callee, -wanted if edge.negated else wanted)
                if intersect(edge.values, one) and (edge.callee.number, below[1]) not in seen:
                    seen.add((edge.callee.number, below[1]))
                    pending.append(below)
        return False

    def openings(self, node: Node) -> frozenset[Opening]:
        """Why the result of ``node`` is not all it can return."""
        found = self._solver.openings(node)
        if found or not any(atom.unbounded for atom in self.result(node)):
            return found
        function = node.function
        span = Span(function.file, function.name_start, function.name_start + len(function.name))
        return frozenset({Opening(span, function.name, "a positive number is returned with its sign turned")})

    def reached(self, function: Function) -> set[Function]:
        """The functions whose results flow into that of ``function``."""
        pending, seen = [self.node(function)], set()
        while pending:
            node = pending.pop()
            if node not in seen:
                seen.add(node)
                pending.extend(self._solver.equation(node).nodes())
        return {node.function for node in seen}

    def callees(self, function: Function, symbol: Symbol) -> Targets:
        """The definitions a call symbol of ``function`` can mean, and why these are not all."""
        found, missing = self._reached(function, symbol, ())
        return Targets(tuple(known.function for known in found), missing)

    def derived(self, node: Node) -> Mapping[Atom, Sequence[Derivation]]:
        """Every atom that the ``explained`` summary of ``node`` gives, and how; none where there is no such summary."""
        if node not in self._derived:
            summary = self.explained(node)
            self._derived[node] = {} if summary is None else self.derive(node, summary)
        return self._derived[node]

    def derive(self, node: Node, summary: Summary) -> dict[Atom, list[Derivation]]:
        """Every atom that ``summary``, one of ``node``, gives, and how."""
        equation = self._equation_of(node, summary)
        found: dict[Atom, list[Derivation]] = {}
        for one, way in equation.own.items():
            if self._solver.holds(one):
                found.setdefault(one.atom, []).append(Derivation(way.cost, way.term))
        for edge, way in equation.edges.items():
            if self._solver.holds(edge):
                for atom, below in self.result(edge.callee).items():
                    how = Derivation(below + way.cost, way.term, edge.callee, atom)
                    for left in handed_on(edge, atom, self._narrowed):
                        found.setdefault(left, []).append(how)
        return found

    def explained(self, node: Node) -> Summary | None:
        """The summary of one node: the function walked with its context and its callees' results known."""
        if node not in self._explained:
            self._explained[node] = self._explain(node)
        return self._explained[node]

    def _explain(self, node: Node) -> Summary | None:
        general = self._summary(node)
        if general is None:
            return None
        fixed: dict[int, IntSet] = {}
        for symbol in general.symbols:
            if symbol.kind == "call" and not symbol.negated:
                functions, missing = self.callees(node.function, symbol)
                if not missing and all(map(self._is_near, functions)):
                    returned = join([self._returned(function) for function in functions])
                    if returned != ALL:
                        fixed[symbol.at] = returned
        given = {index: known for index, known in enumerate(node.context) if isinstance(known, Given)}
        if not fixed and not given:
            return general
        shared = self.shared(node.function)
        if shared is None:
            return self.catalog.summary_with(node.function, fixed, given, node.behind)
        alike, key = shared
        walk = (key, node.behind), tuple(sorted(fixed.items())), tuple(given.items())
        found = alike.walked.get(walk)
        if found is None:
            found = self.catalog.summary_with(node.function, fixed, given, node.behind)
            if found is not None:
                alike.walked[walk] = found
        return found

    def _is_near(self, function: Function) -> bool:
        return self._solver.is_near(self.node(function))

    def _returned(self, function: Function) -> IntSet:
        """The numbers a callee can return, whatever path leads to the call."""
        return join([((atom.lo, atom.hi),) for atom in self.result(self.node(function))])

    # -- functions and nodes

    def _known(self, function: Function) -> _Known:
        key = (function.file, function.start, function.name)
        found = self._functions.get(key)
        if found is None:
            found = self._functions[key] = self._looked_at(function)
        return found

    def _looked_at(self, function: Function) -> _Known:
        found = self._matters(function, -1)
        if found is None:
            summary = self.catalog.summary(function)
            found = Matters(frozenset(), ()) if summary is None else self._looked_into(function, summary, -1)
        return _Known(function, *found)

    def _left_behind(self, function: Function, index: int) -> _Known | None:
        """What ``function`` leaves behind its parameter ``index``; None when that cannot be followed."""
        key = (function.file, function.start, function.name, index)
        if key not in self._behind:
            found = self._matters(function, index)
            summary = _behind(self.catalog.summary(function), index) if found is None else None
            if summary is not None:
                found = self._looked_into(function, summary, index)
            self._behind[key] = None if found is None else _Known(function, *found, index)
        return self._behind[key]

    def shared(self, function: Function) -> tuple[Alike, Key] | None:
        """Where to keep what ``function`` says by itself for other linkers too, and under what; None where nobody else
        may have it."""
        if self.alike is None or self._sight is None or not self._sight.is_known(function):
            return None
        return self.alike, self._sight.key(function)

    def _matters(self, function: Function, behind: int) -> Matters | None:
        """What another linker knows of the parameters of ``function``."""
        shared = self.shared(function)
        return None if shared is None else shared[0].matters.get((shared[1], behind))

    def _looked_into(self, function: Function, summary: Summary, behind: int) -> Matters:
        matters = parameters_that_matter(summary) | self._pointees.through(function, summary)
        if any(symbol.kind == "result" for symbol in summary.symbols):
            matters |= {len(function.params) + 1}
        found = Matters(matters, tuple([index for index in sorted(matters) if _may_point(function, index)]))
        shared = self.shared(function)
        if shared is not None:
            alike, key = shared
            alike.matters[key, behind] = found
        return found

    def _node(self, known: _Known, context: Context) -> Node:
        kept = _kept(context, known.matters) if context else ()
        found = known.nodes.get(kept)
        if found is None and len(known.nodes) >= MAX_CONTEXTS:
            kept = ()
            found = known.nodes.get(kept)
        if found is None:
            found = known.nodes[kept] = self._new(known, kept)
        return found

    def _new(self, known: _Known, context: Context) -> Node:
        function = known.function
        if self._sight is not None:
            return self._sight.node(function, context, known.behind)
        self._nodes += 1
        return Node(self._nodes, function, context, known.behind)

    def _named(self, name: str, seen_from: str) -> tuple[_Known, ...]:
        key = (name, seen_from)
        found = self._direct.get(key)
        if found is None:
            functions = self.catalog.definitions(name, seen_from)
            found = self._direct[key] = tuple(self._known(function) for function in functions)
        return found

    def _assembled(self, name: str, seen_from: str) -> bool:
        """Whether a call of ``name`` may reach code in assembly."""
        kconfig = self.catalog.kconfig
        files = (one for one in self.tables.fillings.assembled(name) if image_of(one) == image_of(seen_from))
        return any(meets(seen_from, one, kconfig) for one in files)

    # -- equations

    def _equation(self, node: Node) -> Equation:
        if self.alike is None or self._sight is None:
            return self._built(node)
        shared = self.alike.equations.get(node.number)
        if shared is not None and self._takes(node, shared):
            return shared.equation
        asking = self._asking = _Asking()
        self._pointees.asked = False
        made = self._built(node)
        if not asking.through and self._sight.is_same(node.function):
            names, nodes = frozenset(asking.names | asking.read.names), tuple(dict.fromkeys(made.nodes()))
            functions = (*[one.function for one in nodes], *asking.read.functions)
            shared = Shared(made, names, nodes, functions, frozenset([one.file for one in functions]))
            if self._sight.are_same(shared):
                self.alike.equations[node.number] = shared
        return made

    def _takes(self, node: Node, shared: Shared) -> bool:
        """Whether an equation of ``node`` that another linker has built is the one here; then its nodes are known."""
        if self._sight is None or not self._sight.is_same(node.function):
            return False
        return self._sight.are_same(shared) and all([self._admits(one) for one in shared.nodes])

    def _admits(self, node: Node) -> bool:
        """Whether ``node``, made by another linker, is one here too."""
        function = node.function
        known = self._known(function) if node.behind < 0 else self._left_behind(function, node.behind)
        if known is None:
            return False
        if node.context not in known.nodes:
            if len(known.nodes) >= MAX_CONTEXTS and node.context:
                return False
            known.nodes[node.context] = node
        return known.nodes[node.context] is node

    def _built(self, node: Node) -> Equation:
        function = node.function
        summary = self._summary(node)
        if summary is None:
            return unread(function, BOOLEAN if function.return_type == "bool" else ALL)
        return self._equation_of(node, summary)

    def _equation_of(self, node: Node, summary: Summary) -> Equation:
        function = node.function
        return equation_of(
            node,
            summary,
            lambda symbol, context: self._asked(function, symbol, context),
            lambda symbol, index, wanted: self._told.of(function, symbol, index, wanted, self._asking.read),
        )

    def _all_callees(self, function: Function, symbol: Symbol) -> tuple[Function, ...]:
        """The definitions a call by name can mean, none where these are not all."""
        found = self._named(symbol.text, function.file)
        return () if self._assembled(symbol.text, function.file) else tuple(one.function for one in found)

    def _summary(self, node: Node) -> Summary | None:
        summary = self.catalog.summary(node.function)
        return summary if node.behind < 0 else _behind(summary, node.behind)

    def _asked(self, function: Function, symbol: Symbol, context: Context) -> Asked:
        """The nodes a call in ``function`` reaches when its parameters are as ``context`` says; of any other symbol
        what it can be."""
        if symbol.kind == "any":
            return Asked((), "", *self._statics.values(function.file, symbol.text))
        if symbol.kind == "out":
            return self._left(function, symbol, context)
        promised = RESULTS.get(symbol.text)
        if promised is not None and not self.catalog.functions_in(function.file, symbol.text):
            return Asked((), "", promised)
        found, missing = self._reached(function, symbol, context)
        nodes = tuple([self._node(one, self._passed(function, symbol, context, one)) for one in found])
        return Asked(nodes, missing)

    def _left(self, function: Function, symbol: Symbol, context: Context) -> Asked:
        """The nodes for what a call in ``function`` leaves in a variable of it."""
        found, missing = self._reached(function, symbol, context)
        nodes = []
        for one in found:
            fits = len(one.function.params) == len(symbol.args) - 2
            known = self._left_behind(one.function, symbol.index) if fits else None
            if known is None:
                missing = missing or f"what {one.function.name}() stores through its argument {symbol.index + 1}"
            else:
                given = symbol if _is_signed(one.function.return_type) else _of_any_result(symbol)
                nodes.append(self._node(known, self._passed(function, given, context, known)))
        return Asked(tuple(nodes), missing)

    def _reached(self, function: Function, symbol: Symbol, context: Context) -> tuple[tuple[_Known, ...], str]:
        """What a call in ``function`` can mean, and why this is not all."""
        name = symbol.text
        if name:
            self._asking.names.add(name)
        found = self._named(name, function.file) if name else ()
        if found:
            return found, f"{name}() is also written in assembly" if self._assembled(name, function.file) else ""
        if name and self.tables.through(function, symbol) is None:
            assembled = self._assembled(name, function.file)
            return (), f"{name}() is written in assembly" if assembled else f"no definition of {name}() found"
        self._asking.through = True
        functions, missing = self._pointees.targets(function, symbol, context)
        return tuple(self._known(one) for one in functions), missing

    def _passed(self, function: Function, symbol: Symbol, context: Context, callee: _Known) -> Context:
        """The callee's context: what is known of its parameters, and which functions and objects they are."""
        if not callee.matters:
            return ()
        given = _as_declared(passed(symbol.args, context, callee.matters), callee.function)
        for index in callee.pointers:
            kind = callee.function.params[index].type
            pointer = self._pointees.handed(function, symbol, index, context, kind)
            if pointer is not None:
                given = (*given, *[None] * (index + 1 - len(given)))
                given = (*given[:index], pointer, *given[index + 1 :])
        self._asking.through = self._asking.through or self._pointees.asked
        return given


def _as_declared(given: Context, callee: Function) -> Context:
    """``given`` as the parameters of ``callee`` hold it: a bool is 1 for whatever is not 0."""
    if all([param.type not in _BOOLS for param in callee.params]):
        return given
    declared = [param.type in _BOOLS for param in callee.params]
    return tuple([_as_bool(known) if at < len(declared) and declared[at] else known for at, known in enumerate(given)])


def _as_bool(known: Given | Handed | None) -> Given | None:
    values = single(1) if not isinstance(known, Given) or known.ones else truth(known.values)
    return None if known is None else Given(values)


def _is_signed(kind: str) -> bool:
    """Whether a result of this type is the number that was returned, below zero too."""
    return kind.endswith("*") or kind in _SIGNED


def _of_any_result(symbol: Symbol) -> Symbol:
    """What a call leaves in a variable, whatever its result is."""
    return msgspec.structs.replace(symbol, args=(*symbol.args[:-1], Argument()))


def _behind(summary: Summary | None, index: int) -> Summary | None:
    return None if summary is None else dict(summary.behind).get(index)


def _kept(context: Context, matters: frozenset[int]) -> Context:
    """What of ``context`` matters, without what is not known at its end."""
    kept = [known if index in matters else None for index, known in enumerate(context)]
    while kept and kept[-1] is None:
        kept.pop()
    return tuple(kept)


def _may_point(function: Function, index: int) -> bool:
    """Whether a parameter may be a function or an object of functions: that is worth looking at the argument."""
    kind = function.params[index].type if index < len(function.params) else ""
    words = kind.replace("*", " ").split()
    return "(" in kind or "*" in kind or (bool(words) and words[-1] not in _NUMBERS)


_BOOLS: Final = frozenset({"bool", "_Bool"})
_SIGNED: Final = frozenset({"int", "long", "long long", "ssize_t", "bool", "_Bool", "s32", "s64"})
_NUMBERS: Final = frozenset({"int", "long", "short", "char", "bool", "unsigned", "signed", "size_t", "gfp_t", "loff_t"})
