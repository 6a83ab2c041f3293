"""An atom's derivation as located steps: through which calls and tests the value comes."""

from __future__ import annotations

from kscan.flow.summary import Mark, Summary, Term
from kscan.link.atoms import Atom
from kscan.link.linker import Derivation, Linker, Node
from kscan.link.text import quoted
from kscan.model.facts import Function
from kscan.model.finding import Step
from kscan.model.span import Span

MAX_DEPTH = 40
"""Calls deep at which a path is cut."""
TESTS_BEFORE = 2
"""Tests kept before the place a value comes from: those that lead there."""


def path_of(linker: Linker, node: Node, atom: Atom, depth: int = 0) -> tuple[Step, ...]:
    """The steps that make ``node`` return ``atom``, outermost function first, ending with its return.

    The function is walked again with what its context and its callees' results decide, so that the path shown is one
    that these allow."""
    function = node.function
    how = linker.result(*node).atoms.get(atom)
    summary = linker.explained(node)
    found = _derivation(linker, node, summary, atom) if summary is not None else None
    if how is None or summary is None or found is None or how.term < 0:
        return (_step(function, function.start, function.start, "not analysed in full"),)
    inner: tuple[Step, ...] = ()
    if found.callee is not None and found.atom is not None and depth < MAX_DEPTH:
        inner = path_of(linker, found.callee, found.atom, depth + 1)
    if function.via:
        return (_step(function, function.start, function.end, f"written by {function.via}"), *inner)
    return _own_steps(linker, function, summary, summary.terms[found.term], inner)


def _derivation(linker: Linker, node: Node, summary: Summary, atom: Atom) -> Derivation | None:
    ways = (how for made, how, _ in linker.derived(node, summary) if made == atom)
    return min(ways, key=lambda how: how.cost, default=None)


def _own_steps(
    linker: Linker, function: Function, summary: Summary, term: Term, inner: tuple[Step, ...]
) -> tuple[Step, ...]:
    source = linker.catalog.source(function.file)
    data = source.data if source is not None else b""
    origin = _origin(summary, term)
    asked = _parameters(summary, term)
    steps: list[Step] = []
    before = [i for i, mark in enumerate(term.path[:origin]) if mark.kind in {"test", "warn", "case", "default"}]
    near = set(before[-TESTS_BEFORE:])
    for number, mark in enumerate(term.path):
        if number < origin:
            if number not in near and mark.target not in asked:
                continue
        elif number > origin and mark.kind in {"set", "call"}:
            continue
        steps.append(_step(function, mark.at, mark.end, _note(data, mark)))
        if number == origin:
            steps.extend(inner)
    return tuple(steps)


def _origin(summary: Summary, term: Term) -> int:
    """The step at which the returned value comes about: the call, the last assignment, or the return itself."""
    last = len(term.path) - 1
    symbol = summary.symbols[term.symbol] if term.symbol >= 0 else None
    if symbol is not None and symbol.at >= 0:
        for number in range(last, -1, -1):
            mark = term.path[number]
            if mark.at <= symbol.at < mark.end and mark.kind in {"set", "call", "return"}:
                return number
    name = term.variable
    sets = [number for number, mark in enumerate(term.path) if mark.kind == "set" and mark.target == name]
    return sets[-1] if name and sets else last


def _parameters(summary: Summary, term: Term) -> set[str]:
    """The parameters the value depends on, as marks spell them."""
    numbers = {number for needs in term.needs for number, _ in needs}
    kinds = {"param", "bits"}
    return {f"@{summary.symbols[n].text}" for n in numbers if summary.symbols[n].kind in kinds}


def _note(data: bytes, mark: Mark) -> str:
    text = quoted(data, mark.at, mark.end)
    if mark.kind in {"test", "warn"}:
        return f"{text} is {'true' if mark.taken else 'false'}"
    if mark.kind == "default":
        return "no case matches" if not text.startswith("default") else "default:"
    return text.rstrip(";")


def _step(function: Function, start: int, end: int, note: str) -> Step:
    return Step(Span(function.file, start, end), function.name, note)
