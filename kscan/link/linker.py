"""Fills the holes of summaries with their callees' results, in contexts, until nothing changes.

A least fixpoint by worklist: a function's result is recomputed when a callee's grows (Kildall 1973; contexts as in
Sharir and Pnueli's functional approach, restricted to constant arguments and bounded).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from kscan.flow.summary import Needs, Summary, Symbol, Term
from kscan.flow.values import ALL, BOOLEAN, ERRORS, IntSet, contains, intersect, join, negate, size
from kscan.link.atoms import UNKNOWN, Atom, atoms_of, narrowed
from kscan.link.catalog import Catalog
from kscan.link.context import Context, allows, known_of, learned, masked, parameters_that_matter, passed
from kscan.link.tables import Tables, Targets
from kscan.model.facts import Function
from kscan.model.flow import Opening
from kscan.model.span import Span

MAX_CONTEXTS = 24
"""Contexts of one function kept apart; further calls share the one that knows nothing."""
MAX_NODES = 60_000


class Node(NamedTuple):
    """A function in a context."""

    function: Function
    context: Context


class Derivation(NamedTuple):
    """How an atom comes about: a term of the function, and the callee's atom it hands on; ``cost`` counts steps."""

    cost: int
    term: int
    callee: Node | None = None
    atom: Atom | None = None


class Result(NamedTuple):
    """What a node can return, and why that is not all (empty when closed)."""

    atoms: dict[Atom, Derivation]
    openings: frozenset[Opening]


_NOTHING = Result({}, frozenset())


class Linker:
    """Results by node, computed on demand."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.tables = Tables(catalog)
        self._results: dict[Node, Result] = {}
        self._users: dict[Node, set[Node]] = {}
        self._contexts: dict[Function, set[Context]] = {}
        self._pending: deque[Node] = deque()
        self._queued: set[Node] = set()
        self._explained: dict[Node, Summary | None] = {}
        self._matters: dict[Function, frozenset[int]] = {}

    def result(self, function: Function, context: Context = ()) -> Result:
        """What ``function`` can return in ``context``."""
        node = self._node(function, context)
        self._ask(node)
        while self._pending:
            current = self._pending.pop()
            self._queued.discard(current)
            self._recompute(current)
        return self._results[node]

    def node(self, function: Function, context: Context = ()) -> Node:
        """The node that stands for ``function`` in ``context``."""
        return self._node(function, context)

    def reached(self, function: Function) -> set[Function]:
        """The functions whose results flow into that of ``function``."""
        pending, seen = [self._node(function, ())], set()
        while pending:
            node = pending.pop()
            if node in seen:
                continue
            seen.add(node)
            derivations = self._results.get(node, _NOTHING).atoms.values()
            pending.extend(d.callee for d in derivations if d.callee is not None)
            pending.extend(user for user, users in self._users.items() if node in users)
        return {node.function for node in seen}

    def callees(self, function: Function, symbol: Symbol) -> Targets:
        """The definitions a call symbol of ``function`` can mean, and why these are not all."""
        if not symbol.text:
            return self.tables.targets(function, symbol)
        found = self.catalog.definitions(symbol.text, function.file)
        return Targets(found, "" if found else f"no definition of {symbol.text}() found")

    def _node(self, function: Function, context: Context) -> Node:
        matters = self._parameters(function)
        kept = tuple(known if index in matters else None for index, known in enumerate(context))
        while kept and kept[-1] is None:
            kept = kept[:-1]
        contexts = self._contexts.setdefault(function, set())
        if kept not in contexts and len(contexts) >= MAX_CONTEXTS:
            kept = ()
        contexts.add(kept)
        return Node(function, kept)

    def _parameters(self, function: Function) -> frozenset[int]:
        if function not in self._matters:
            summary = self.catalog.summary(function)
            self._matters[function] = frozenset() if summary is None else parameters_that_matter(summary)
        return self._matters[function]

    def _ask(self, node: Node, user: Node | None = None) -> Result:
        """The result so far; asks for it to be computed when it is new, and for ``user`` to hear of changes."""
        if user is not None:
            self._users.setdefault(node, set()).add(user)
        if node not in self._results:
            self._results[node] = _NOTHING
            self._queue(node)
        return self._results[node]

    def _queue(self, node: Node) -> None:
        if node not in self._queued:
            self._queued.add(node)
            self._pending.append(node)

    def _recompute(self, node: Node) -> None:
        old = self._results[node]
        new = self._evaluate(node)
        if _grew(old, new):
            self._results[node] = new
            for user in self._users.get(node, ()):
                self._queue(user)

    def _evaluate(self, node: Node) -> Result:
        summary = self.catalog.summary(node.function)
        if summary is None:
            return _opened(node.function, "its body could not be read")
        atoms: dict[Atom, Derivation] = dict(self._results[node].atoms)
        openings: set[Opening] = set(self._results[node].openings)
        for atom, derivation, why in self.derived(node, summary):
            openings |= why
            if atom not in atoms or derivation.cost < atoms[atom].cost:
                atoms[atom] = derivation
        if not summary.complete or summary.gaps:
            reason = "too many paths" if not summary.complete else summary.gaps[0][1]
            start = summary.gaps[0][0] if summary.gaps else node.function.start
            atoms.setdefault(UNKNOWN, Derivation(1, -1))
            openings.add(Opening(Span(node.function.file, start, start), node.function.name, reason))
        return Result(atoms, frozenset(openings))

    def derived(self, node: Node, summary: Summary) -> Iterator[tuple[Atom, Derivation, frozenset[Opening]]]:
        """Every atom that ``summary`` gives in the node's context, how, and what leaves the set open."""
        for number, term in enumerate(summary.terms):
            for needs in term.needs:
                if self._possible(node, summary, needs):
                    context = learned(summary.symbols, needs, node.context)
                    yield from self._values(node, summary, number, term, context)

    def explained(self, node: Node) -> Summary | None:
        """The summary of one node: the function walked with its context and its callees' results known."""
        if node not in self._explained:
            self._explained[node] = self._explain(node)
        return self._explained[node]

    def _explain(self, node: Node) -> Summary | None:
        general = self.catalog.summary(node.function)
        if general is None:
            return None
        fixed: dict[int, IntSet] = {}
        for symbol in general.symbols:
            if symbol.kind == "call" and not symbol.negated:
                functions, missing = self.callees(node.function, symbol)
                if not missing:
                    fixed[symbol.at] = join([self._returned(function) for function in functions])
        given = {index: known for index, known in enumerate(node.context) if known is not None}
        return self.catalog.summary_with(node.function, fixed, given)

    def _returned(self, function: Function) -> IntSet:
        """The numbers a callee can return, whatever path leads to the call."""
        return join([((atom.lo, atom.hi),) for atom in self.result(function).atoms])

    def _possible(self, node: Node, summary: Summary, needs: Needs) -> bool:
        """Whether everything a path needs can hold."""
        for number, wanted in needs:
            symbol = summary.symbols[number]
            if symbol.kind == "call":
                if _named(wanted) and not self._can_be(node, symbol, wanted):
                    return False
            elif not allows(symbol, wanted, node.context):
                return False
        return True

    def _can_be(self, node: Node, symbol: Symbol, wanted: IntSet) -> bool:
        """Whether a callee can return something in ``wanted``; so far, that is: the answer may turn true later."""
        functions, missing = self.callees(node.function, symbol)
        if missing:
            return True
        context = node.context
        for function in functions:
            callee = self._node(function, passed(symbol.args, context, self._parameters(function)))
            atoms = self._ask(callee, node).atoms
            if any(intersect(((a.lo, a.hi),), _sided(wanted, symbol)) for a in atoms):
                return True
        return False

    def _values(
        self, node: Node, summary: Summary, number: int, term: Term, context: Context
    ) -> Iterator[tuple[Atom, Derivation, frozenset[Opening]]]:
        """The atoms of one term, how each comes about, and what leaves the set open."""
        cost = term.cost
        if term.symbol < 0:
            yield from self._plain(node, term.values, term, Derivation(cost, number), "a computed value")
            return
        symbol = summary.symbols[term.symbol]
        if symbol.kind == "call":
            yield from self._called(node, symbol, number, term, context)
        elif symbol.kind in {"param", "bits"} and not symbol.negated:
            known = known_of(context, symbol.index)
            values = masked(known, symbol.mask) if symbol.kind == "bits" else known.values
            values = term.values if symbol.changed else intersect(values, term.values)
            reason = f"returns its parameter {symbol.text}"
            yield from self._plain(node, values, term, Derivation(cost, number), reason)
        else:
            reason = f"the value of {symbol.text}" if symbol.text else "an unknown value"
            yield from self._plain(node, term.values, term, Derivation(cost, number), reason, symbol)

    def _plain(
        self, node: Node, values: IntSet, term: Term, derivation: Derivation, reason: str, symbol: Symbol | None = None
    ) -> Iterator[tuple[Atom, Derivation, frozenset[Opening]]]:
        for atom in atoms_of(values, term.literal):
            why: frozenset[Opening] = frozenset()
            if atom.unbounded:
                last = term.path[-1] if term.path else None
                at, end = (symbol.at, symbol.end) if symbol is not None and symbol.at >= 0 else (-1, -1)
                if at < 0 and last is not None:
                    at, end = last.at, last.end
                why = frozenset({Opening(Span(node.function.file, at, end), node.function.name, reason)})
            yield atom, derivation, why

    def _called(
        self, node: Node, symbol: Symbol, number: int, term: Term, context: Context
    ) -> Iterator[tuple[Atom, Derivation, frozenset[Opening]]]:
        functions, missing = self.callees(node.function, symbol)
        if missing:
            yield from self._plain(node, term.values, term, Derivation(term.cost, number), missing, symbol)
        for function in functions:
            callee = self._node(function, passed(symbol.args, context, self._parameters(function)))
            result = self._ask(callee, node)
            for atom, how in result.atoms.items():
                sided = Atom(-atom.hi, -atom.lo, atom.literal) if symbol.negated else atom
                for left in narrowed(sided, term.values):
                    cost = how.cost + term.cost
                    why = result.openings if left.unbounded else frozenset()
                    yield left, Derivation(cost, number, callee, atom), why


def _named(wanted: IntSet) -> bool:
    """Whether a condition asks for a few errnos by name; only then is it worth asking the callee."""
    return contains(ERRORS, wanted) and size(wanted) <= 4


def _sided(wanted: IntSet, symbol: Symbol) -> IntSet:
    return negate(wanted) if symbol.negated else wanted


def _opened(function: Function, reason: str) -> Result:
    values = BOOLEAN if function.return_type == "bool" else ALL
    why = Opening(Span(function.file, function.start, function.start), function.name, reason)
    atoms = {atom: Derivation(1, -1) for atom in atoms_of(values)}
    return Result(atoms, frozenset({why}))


def _grew(old: Result, new: Result) -> bool:
    if old.openings != new.openings or old.atoms.keys() != new.atoms.keys():
        return True
    return any(new.atoms[atom].cost < how.cost for atom, how in old.atoms.items())
