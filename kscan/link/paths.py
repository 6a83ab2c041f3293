"""An atom's derivation as located steps: through which calls and tests the value comes."""

from __future__ import annotations

from collections.abc import Sequence

from kscan.flow.steps import path_to, steps_of
from kscan.flow.summary import Mark, Summary, Term
from kscan.link.atoms import Atom
from kscan.link.equations import Node
from kscan.link.linker import Derivation, Linker
from kscan.link.text import quoted
from kscan.model.facts import Function
from kscan.model.finding import Step
from kscan.model.span import Span

MAX_DEPTH = 40
"""Calls deep at which a path is cut."""
TESTS_BEFORE = 2
"""Tests kept before the place a value comes from: those that lead there."""
_TESTS = frozenset({"test", "warn", "unwarn"})
_ASKS = _TESTS | {"case", "default"}


NOT_SHOWN = "not analysed in full"
"""The note of a step that stands for a path nobody could follow."""
MAX_WAYS = 12
"""Ways tried to find one that can be followed all the way down."""


class Paths:
    """Paths by node and atom, each looked for once.

    A function is walked again with what its context and its callees' results decide, so that the path shown is one that
    these allow; of several ways the shortest that can be followed down to where the value is made."""

    def __init__(self, linker: Linker) -> None:
        self._linker = linker
        self._known: dict[tuple[Node, Atom], tuple[Step, ...] | None] = {}
        self._steps: dict[Node, tuple[Mark, ...]] = {}

    def of(self, node: Node, atom: Atom) -> tuple[Step, ...]:
        """The steps that make ``node`` return ``atom``, outermost function first, ending with its return."""
        found = self._find(node, atom, 0)
        function = node.function
        return found or (_step(function, function.start, function.start, NOT_SHOWN),)

    def _find(self, node: Node, atom: Atom, depth: int) -> tuple[Step, ...] | None:
        key = (node, atom)
        if key not in self._known:
            self._known[key] = None  # a path that comes back to itself is none
            self._known[key] = self._look(node, atom, depth)
        return self._known[key]

    def _look(self, node: Node, atom: Atom, depth: int) -> tuple[Step, ...] | None:
        summary = self._linker.explained(node)
        if summary is None:
            return None
        # A value that no term gives comes from what could not be followed.
        ways = [how for how in self._linker.derived(node).get(atom, ()) if how.term >= 0]
        for how in sorted(ways, key=lambda way: way.cost)[:MAX_WAYS]:
            inner = self._inner(how, depth)
            if inner is not None:
                return self._told(node, summary, summary.terms[how.term], inner)
        return None

    def _inner(self, how: Derivation, depth: int) -> tuple[Step, ...] | None:
        if how.callee is None or how.atom is None or depth >= MAX_DEPTH:
            return ()
        return self._find(how.callee, how.atom, depth + 1)

    def _told(self, node: Node, summary: Summary, term: Term, inner: tuple[Step, ...]) -> tuple[Step, ...]:
        function = node.function
        if function.via:
            return (_step(function, function.start, function.end, f"written by {function.via}"), *inner)
        if node not in self._steps:
            self._steps[node] = steps_of(summary)
        source = self._linker.catalog.source(function.file)
        data = source.data if source is not None else b""
        path = path_to(term.last, self._steps[node])
        if not _leads_there(summary, term, path):
            return _beside(function, summary, term, path[-1], inner, data)
        return _own_steps(function, summary, term, path, inner, data)


def _own_steps(
    function: Function,
    summary: Summary,
    term: Term,
    path: tuple[Mark, ...],
    inner: tuple[Step, ...],
    data: bytes,
) -> tuple[Step, ...]:
    origin = _origin(summary, term, path)
    asked = _parameters(summary, term)
    steps: list[Step] = []
    before = [i for i, mark in enumerate(path[:origin]) if mark.kind in _ASKS]
    near = set(before[-TESTS_BEFORE:])
    for number, mark in enumerate(path):
        if number < origin:
            if number not in near and mark.target not in asked:
                continue
        elif number > origin and mark.kind in {"set", "call"}:
            continue
        steps.append(_step(function, mark.at, mark.end, _note(data, mark)))
        if number == origin:
            steps.extend(inner)
    return tuple(steps)


def _leads_there(summary: Summary, term: Term, path: Sequence[Mark]) -> bool:
    """Whether the call whose result is returned is on the term's path: of a function with very many paths only some are
    kept, and the values of others with them."""
    at = summary.symbols[term.symbol].at if term.symbol >= 0 else -1
    return at < 0 or not path or any(mark.at <= at < mark.end for mark in path)


def _beside(
    function: Function, summary: Summary, term: Term, last: Mark, inner: tuple[Step, ...], data: bytes
) -> tuple[Step, ...]:
    """The call and the return alone, where the tests on the path are those of another way."""
    symbol = summary.symbols[term.symbol]
    call = _step(function, symbol.at, symbol.end, quoted(data, symbol.at, symbol.end))
    end = (_step(function, last.at, last.end, _note(data, last)),) if last.kind == "return" else ()
    return call, *inner, *end


def _origin(summary: Summary, term: Term, path: Sequence[Mark]) -> int:
    """The step at which the returned value comes about: the call, the last assignment, or the return itself."""
    last = len(path) - 1
    symbol = summary.symbols[term.symbol] if term.symbol >= 0 else None
    if symbol is not None and symbol.at >= 0:
        for number in range(last, -1, -1):
            mark = path[number]
            if mark.at <= symbol.at < mark.end and mark.kind in {"set", "call", "return"}:
                return number
    name = term.variable
    sets = [number for number, mark in enumerate(path) if mark.kind == "set" and mark.target == name]
    return sets[-1] if name and sets else last


def _parameters(summary: Summary, term: Term) -> set[str]:
    """The parameters the value depends on, as marks spell them."""
    numbers = {number for needs in term.needs for number, _ in needs}
    kinds = {"param", "bits"}
    return {f"@{summary.symbols[n].text}" for n in numbers if summary.symbols[n].kind in kinds}


def _note(data: bytes, mark: Mark) -> str:
    text = quoted(data, mark.at, mark.end)
    if mark.kind in _TESTS:
        return f"{text} is {'true' if mark.taken else 'false'}"
    if mark.kind == "default":
        return "no case matches" if not text.startswith("default") else "default:"
    return text.rstrip(";")


def _step(function: Function, start: int, end: int, note: str) -> Step:
    return Step(Span(function.file, start, end), function.name, note)
