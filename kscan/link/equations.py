"""The summary of a function in a context as an equation over the nodes it calls; nothing in it changes any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, NamedTuple

import msgspec

from kscan.flow.summary import Argument, Needs, Summary, Symbol, SymbolKind, Term
from kscan.flow.values import ALL, EMPTY, ERRORS, IntSet, contains, intersect, negate, size
from kscan.link.atoms import UNKNOWN, Atom, atoms_of, narrowed
from kscan.link.context import Context, allows, known_of, learned, masked
from kscan.link.promised import TYPES, address_of
from kscan.link.told import is_parameter
from kscan.model.facts import Function
from kscan.model.flow import Opening
from kscan.model.span import Span

_FEW: Final = 4
"""So many errnos are a condition by name; only then is it worth asking the callee."""


class Node:
    """A function in a context, or what it leaves behind its parameter ``behind`` (-1: its result); there is one object
    for each."""

    __slots__ = ("behind", "context", "function", "number")

    def __init__(self, number: int, function: Function, context: Context, behind: int = -1) -> None:
        self.behind = behind
        self.number = number
        self.function = function
        self.context = context


class Asked(NamedTuple):
    """What a call can reach in a context, and why this is not all ("" when it is). ``values`` bounds the result where
    it is ``promised``, whatever is reached; ``bare``: the negative ones are no errnos."""

    nodes: tuple[Node, ...]
    reason: str = ""
    values: IntSet = ALL
    bare: bool = False

    @property
    def promised(self) -> bool:
        return self.values != ALL


Ask = Callable[[Symbol, Context], Asked]


Tells = Callable[[Symbol, int, IntSet], IntSet]
"""What an argument of a call, by its number, can be where the result lies in the set."""


class Guard(NamedTuple):
    """Holds when one of ``nodes`` can return something in ``wanted``."""

    nodes: tuple[Node, ...]
    wanted: IntSet


class Edge(NamedTuple):
    """What ``callee`` returns inside ``values`` is returned, negated or not, when all ``guards`` hold."""

    callee: Node
    values: IntSet
    negated: bool
    guards: tuple[Guard, ...]


class Own(NamedTuple):
    """An atom that the function makes itself when all ``guards`` hold."""

    atom: Atom
    guards: tuple[Guard, ...] = ()


class Way(NamedTuple):
    """How something comes about: a term of the summary (-1: none of them) and the steps of its path."""

    cost: int
    term: int


_way: Final[Callable[[tuple[int, int]], Way]] = partial(tuple.__new__, Way)
_own: Final[Callable[[tuple[Atom, tuple[Guard, ...]]], Own]] = partial(tuple.__new__, Own)
"""There are as many of these as ways to return, and this makes one in a third of the time."""


class Equation(NamedTuple):
    """What a node returns: atoms of its own, and what it hands on; why the own ones are not all. Its type holds no
    more than ``within``."""

    own: dict[Own, Way]
    edges: dict[Edge, Way]
    openings: tuple[tuple[Opening, tuple[Guard, ...]], ...]
    within: IntSet = ALL

    def nodes(self) -> Iterator[Node]:
        """Every node the equation speaks of."""
        for own in self.own:
            for guard in own.guards:
                yield from guard.nodes
        for edge in self.edges:
            yield edge.callee
            for guard in edge.guards:
                yield from guard.nodes


def unread(function: Function, values: IntSet) -> Equation:
    """The equation of a function whose body could not be read."""
    why = Opening(Span(function.file, function.start, function.start), function.name, "its body could not be read")
    return Equation({Own(atom): Way(1, -1) for atom in atoms_of(values)}, {}, ((why, ()),))


def equation_of(node: Node, summary: Summary, ask: Ask, tells: Tells) -> Equation:
    """The equation of ``node``; ``ask`` tells what a call reaches, ``tells`` what it finds out about an argument."""
    builder = _Builder(node, summary, ask, tells)
    for number, term in enumerate(summary.terms):
        builder.term(number, term)
    if not summary.complete or summary.gaps:
        builder.incomplete()
    within = TYPES.get(_type_of(node), ALL)
    return Equation(builder.own, builder.edges, tuple(builder.openings), within)


def _type_of(node: Node) -> str:
    """The type of what ``node`` stands for."""
    if node.behind < 0:
        return node.function.return_type
    return node.function.params[node.behind].type[:-1].rstrip()


def _is_of(symbol: Symbol, kind: SymbolKind, at: int, args: tuple[Argument, ...]) -> bool:
    """Whether ``symbol`` is of this kind and speaks of the newest evaluation of the call at ``at`` with ``args``."""
    return symbol.kind == kind and symbol.at == at and symbol.args == args and not symbol.stale


def handed_on(edge: Edge, atom: Atom, cache: dict[tuple[Atom, IntSet], tuple[Atom, ...]]) -> tuple[Atom, ...]:
    """What becomes of the callee's ``atom`` on ``edge``."""
    if edge.negated:
        atom = Atom(-atom.hi, -atom.lo, atom.literal)
    if edge.values == ALL:
        return (atom,)
    key = (atom, edge.values)
    found = cache.get(key)
    if found is None:
        found = cache[key] = narrowed(atom, edge.values)
    return found


class _Builder:
    """Collects the parts of one equation."""

    def __init__(self, node: Node, summary: Summary, ask: Ask, tells: Tells) -> None:
        self.function = node.function
        self.context = node.context
        self.behind = node.behind
        self.symbols = summary.symbols
        self.summary = summary
        self.ask = ask
        self.tells = tells
        self.asked: dict[tuple[int, Context], Asked] = {}
        self.own: dict[Own, Way] = {}
        self.edges: dict[Edge, Way] = {}
        self.openings: dict[tuple[Opening, tuple[Guard, ...]], None] = {}

    def term(self, number: int, term: Term) -> None:
        way = _way((term.cost, number))
        for needs in term.needs:
            guards = self._guards(needs)
            if guards is not None:
                self._value(term, needs, way, guards)

    def incomplete(self) -> None:
        gaps = self.summary.gaps
        at, reason = gaps[0] if gaps and self.summary.complete else (self.function.start, "too many paths")
        self.own.setdefault(Own(UNKNOWN), Way(1, -1))
        self._open(at, at, reason, ())

    def _learned(self, needs: Needs) -> Context:
        return learned(self.symbols, needs, self.context) if needs else self.context

    def _guards(self, needs: Needs) -> tuple[Guard, ...] | None:
        """What a path needs of callees; None when the context does not allow it."""
        guards = []
        for number, wanted in needs:
            symbol = self.symbols[number]
            if symbol.kind == "call":
                if contains(ERRORS, wanted) and size(wanted) <= _FEW:
                    asked = self._ask(number, self.context)
                    if asked.promised:
                        if not intersect(asked.values, negate(wanted) if symbol.negated else wanted):
                            return None
                    elif not asked.reason:
                        guards.append(Guard(asked.nodes, negate(wanted) if symbol.negated else wanted))
                about = () if symbol.stale else self._asked_about(symbol, wanted, needs)
                if about is None:
                    return None
                guards += about
            elif symbol.kind != "result" and not allows(symbol, wanted, self.context):
                return None
        return tuple(guards)

    def _asked_about(self, call: Symbol, wanted: IntSet, needs: Needs) -> tuple[Guard, ...] | None:
        """What a path on which the result of ``call`` lies in ``wanted`` needs of the errnos it is handed; None when it
        cannot be taken."""
        guards: tuple[Guard, ...] = ()
        for index, arg in enumerate(call.args):
            values = self._errnos(arg, needs)
            if values:
                left = intersect(values, self.tells(call, index, wanted))
                if not left:
                    return None
                if arg.symbol >= 0 and contains(ERRORS, left) and size(left) <= _FEW:
                    asked = self._ask(arg.symbol, self.context)
                    if not asked.promised and not asked.reason:
                        guards = (*guards, Guard(asked.nodes, left))
        return guards

    def _errnos(self, arg: Argument, needs: Needs) -> IntSet:
        """What ``arg`` can be where that is a few errnos, or the result of a call; none of anything else."""
        if arg.symbol >= 0:
            symbol = self.symbols[arg.symbol]
            known = dict(needs).get(arg.symbol, ALL)
            told = symbol.kind == "call" and not symbol.negated and (not arg.wide or contains(ERRORS, known))
            return known if told else EMPTY
        values = arg.values
        if arg.param >= 0 and not arg.ones and not arg.zeros:
            values = intersect(values, known_of(self.context, arg.param).values)
        return values if contains(ERRORS, values) and size(values) <= _FEW else EMPTY

    def _value(self, term: Term, needs: Needs, way: Way, guards: tuple[Guard, ...]) -> None:
        context = self._learned(needs)
        if term.symbol < 0:
            self._plain(term, term.values, way, guards, "a computed value")
            return
        symbol = self.symbols[term.symbol]
        checked = self._checked(term.symbol, symbol, needs)
        if checked != ALL:
            term = msgspec.structs.replace(term, values=intersect(term.values, checked))
        if symbol.kind == "call":
            bound = ALL if symbol.stale else self._bound(symbol.at, symbol.args, needs)
            if bound != ALL:
                inside = intersect(term.values, negate(bound) if symbol.negated else bound)
                term = msgspec.structs.replace(term, values=inside)
            self._called(term, symbol, self._ask(term.symbol, context), way, guards)
        elif symbol.kind == "out":
            symbol = self._with_result(symbol, needs)
            self._called(term, symbol, self.ask(symbol, context), way, guards)
        elif symbol.kind in {"param", "bits"}:
            known = known_of(context, symbol.index)
            values = masked(known, symbol.mask) if symbol.kind == "bits" else known.values
            values = negate(values) if symbol.negated else values
            values = term.values if symbol.changed else intersect(values, term.values)
            own = symbol.text.startswith("*")
            told = f"may leave {symbol.text} as it was" if own else f"returns its parameter {symbol.text}"
            self._plain(term, values, way, guards, told)
        else:
            reason = f"the value of {symbol.text}" if symbol.text else "an unknown value"
            values = intersect(term.values, address_of(symbol.text))
            if symbol.kind == "any" and not symbol.negated:
                asked = self._ask(term.symbol, context)
                values = intersect(values, asked.values)
                term = msgspec.structs.replace(term, literal=True) if asked.bare else term
            self._plain(term, values, way, guards, reason, symbol)

    def _checked(self, number: int, symbol: Symbol, needs: Needs) -> IntSet:
        """What symbol ``number`` can be after the callees that it was handed to have returned what ``needs`` say."""
        left = ALL
        if symbol.negated or symbol.changed or symbol.kind not in {"call", "out", "param"}:
            return left
        for other, wanted in needs:
            call = self.symbols[other]
            if call.kind == "call" and not call.stale:
                for index, arg in enumerate(call.args):
                    if arg.symbol == number or (symbol.kind == "param" and is_parameter(arg, symbol.index)):
                        left = intersect(left, self.tells(call, index, wanted))
        return left

    def _ask(self, number: int, context: Context) -> Asked:
        """What symbol ``number`` reaches in ``context``: many terms speak of the same call."""
        key = (number, context)
        found = self.asked.get(key)
        if found is None:
            found = self.asked[key] = self.ask(self.symbols[number], context)
        return found

    def _called(self, term: Term, symbol: Symbol, asked: Asked, way: Way, guards: tuple[Guard, ...]) -> None:
        if asked.promised:
            values = negate(asked.values) if symbol.negated else asked.values
            self._plain(term, intersect(values, term.values), way, guards, "a promised value", symbol)
            return
        if asked.reason:
            self._plain(term, term.values, way, guards, asked.reason, symbol)
        for callee in asked.nodes:
            edge = Edge(callee, term.values, symbol.negated, guards)
            known = self.edges.get(edge)
            if known is None or way.cost < known.cost:
                self.edges[edge] = way

    def _with_result(self, symbol: Symbol, needs: Needs) -> Symbol:
        """``symbol``, what a call leaves in a variable, with what a path needs of the same call's result."""
        if symbol.stale:
            return symbol
        args = symbol.args[:-2]
        result = self._bound(symbol.at, args, needs)
        for number, wanted in needs:
            other = self.symbols[number]
            if _is_of(other, "call", symbol.at, args):
                result = intersect(result, negate(wanted) if other.negated else wanted)
        return msgspec.structs.replace(symbol, args=(*symbol.args[:-1], Argument(result)))

    def _bound(self, at: int, args: tuple[Argument, ...], needs: Needs) -> IntSet:
        """What the result of the call at ``at`` must lie in where it is what the function itself returns, and something
        is asked of that."""
        asked = known_of(self.context, len(self.function.params) + 1).values if self.behind >= 0 else ALL
        if asked != ALL:
            for number, _ in needs:
                other = self.symbols[number]
                if _is_of(other, "result", at, args):
                    return negate(asked) if other.negated else asked
        return ALL

    def _plain(
        self,
        term: Term,
        values: IntSet,
        way: Way,
        guards: tuple[Guard, ...],
        reason: str,
        symbol: Symbol | None = None,
    ) -> None:
        for atom in atoms_of(values, term.literal):
            own = _own((atom, guards))
            known = self.own.get(own)
            if known is None or way.cost < known.cost:
                self.own[own] = way
            if atom.unbounded:
                at, end = (-1, -1) if symbol is None else (symbol.at, symbol.end)
                if at < 0:
                    at, end = term.at, term.end
                self._open(at, end, reason, guards)

    def _open(self, at: int, end: int, reason: str, guards: tuple[Guard, ...]) -> None:
        why = Opening(Span(self.function.file, at, end), self.function.name, reason)
        self.openings[why, guards] = None
