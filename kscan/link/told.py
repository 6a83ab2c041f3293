"""What the outcome of a call tells of what it was handed: the numbers that can lead to it.

A callee's summary has for every way to return what its parameters must be; this reads it backwards, and through the
callees that are handed the parameter in turn. Whatever is not sure leaves every number possible.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from kscan.facts.macros import is_macro
from kscan.flow.primitives import INT, WIDE
from kscan.flow.summary import Argument, Needs, Summary, Symbol
from kscan.flow.values import ALL, EMPTY, IntSet, intersect, interval, negate, truth, union
from kscan.model.facts import Function

MAX_DEPTH: Final = 4
"""Callees below each other that are asked."""
MAX_TERMS: Final = 64
"""Ways to return; a function with more does not only check."""
_BOOLS: Final = frozenset({"bool", "_Bool"})
_NOT_INT: Final = union(interval(ALL[0][0], -(1 << 31) - 1), interval(1 << 31, ALL[0][1]))

Callees = Callable[[Function, Symbol], Sequence[Function]]
"""The definitions that a call of a function can mean; none where these are not all."""


class Read:
    """What answers are made of: the names that are called, and the functions whose summaries are read."""

    __slots__ = ("functions", "names")

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.functions: set[Function] = set()

    def add(self, other: Read) -> None:
        """Whatever ``other`` holds too."""
        self.names |= other.names
        self.functions |= other.functions


class Told:
    """Answers by callee, parameter and outcome, kept. ``summary`` gives what is known of a function. What an answer is
    made of is added to the ``read`` of who asks."""

    def __init__(self, callees: Callees, summary: Callable[[Function], Summary | None]) -> None:
        self._callees = callees
        self._summary = summary
        self._known: dict[tuple[str, int, str, int, IntSet, tuple[IntSet, ...], int], tuple[IntSet, Read]] = {}

    def of(
        self, caller: Function, call: Symbol, index: int, wanted: IntSet, read: Read, depth: int = MAX_DEPTH
    ) -> IntSet:
        """What argument ``index`` of ``call`` in ``caller`` can be where its result lies in ``wanted``."""
        if not call.text or not depth:
            return ALL
        read.names.add(call.text)
        found = self._callees(caller, call)
        if not found:
            return ALL
        total = EMPTY
        for one in found:
            read.functions.add(one)
            told, below = self._parameter(
                one, index, negate(wanted) if call.negated else wanted, _constants(call), depth
            )
            read.add(below)
            total = union(total, _as_handed(told, one, index, _is_wide(caller, call.args[index])))
            if total == ALL:
                return ALL
        return total

    def _parameter(
        self, function: Function, index: int, wanted: IntSet, given: tuple[IntSet, ...], depth: int
    ) -> tuple[IntSet, Read]:
        key = (function.file, function.start, function.name, index, wanted, given, depth)
        found = self._known.get(key)
        if found is None:
            read = Read()
            found = self._known[key] = (self._worked_out(function, index, wanted, given, read, depth), read)
        return found

    def _worked_out(
        self, function: Function, index: int, wanted: IntSet, given: tuple[IntSet, ...], read: Read, depth: int
    ) -> IntSet:
        if not _is_told(function, index):
            return ALL
        summary = self._summary(function)
        if summary is None or not summary.complete or summary.gaps or not 0 < len(summary.terms) <= MAX_TERMS:
            return ALL
        total = EMPTY
        for term in summary.terms:
            returned: Needs = () if term.symbol < 0 else ((term.symbol, intersect(term.values, wanted)),)
            for needs in term.needs if intersect(term.values, wanted) else ():
                every = [(summary.symbols[number], values) for number, values in (*needs, *returned)]
                if all([_is_allowed(symbol, values, function, given) for symbol, values in every]):
                    total = union(total, self._left(function, every, index, read, depth))
                if total == ALL:
                    return ALL
        return total

    def _left(
        self, function: Function, needs: Sequence[tuple[Symbol, IntSet]], index: int, read: Read, depth: int
    ) -> IntSet:
        """What parameter ``index`` of ``function`` can be where each of these symbols lies in its set."""
        left = ALL
        for symbol, values in needs:
            if symbol.kind == "param" and symbol.index == index and not symbol.changed:
                left = intersect(left, negate(values) if symbol.negated else values)
            elif symbol.kind == "call" and not symbol.stale:
                for position, arg in enumerate(symbol.args):
                    if is_parameter(arg, index):
                        left = intersect(left, self.of(function, symbol, position, values, read, depth - 1))
        return left


def is_parameter(arg: Argument, index: int) -> bool:
    """Whether ``arg`` is parameter ``index`` of the caller as it came."""
    return arg.param == index and not arg.ones and not arg.zeros


def _constants(call: Symbol) -> tuple[IntSet, ...]:
    """The arguments of ``call`` that are known numbers, all of the others; none where it has no such."""
    given = tuple([arg.values if arg.param < 0 else ALL for arg in call.args])
    return given if any([values != ALL for values in given]) else ()


def _is_allowed(symbol: Symbol, values: IntSet, function: Function, given: tuple[IntSet, ...]) -> bool:
    """Whether ``symbol`` can lie in ``values`` with the arguments ``given``."""
    if symbol.kind != "param" or symbol.changed or symbol.negated:
        return True
    if symbol.index >= min(len(given), len(function.params)):
        return True
    handed, kind = given[symbol.index], function.params[symbol.index].type
    if kind in _BOOLS:
        handed = truth(handed)
    elif not _is_signed(kind) and not is_macro(function):
        return True
    return bool(intersect(handed, values))


def _is_told(function: Function, index: int) -> bool:
    """Whether the numbers a summary has for the parameter and the result are what was handed over and returned."""
    if index >= len(function.params):
        return False
    if is_macro(function):
        return True
    kind, returned = function.params[index].type, function.return_type
    return _is_signed(kind) and (_is_signed(returned) or returned in _BOOLS)


def _is_signed(kind: str) -> bool:
    return INT.match(kind) is not None or WIDE.match(kind) is not None


def _is_wide(caller: Function, arg: Argument) -> bool:
    """Whether more than an int may be handed over."""
    if arg.param < 0:
        return arg.wide
    return arg.param >= len(caller.params) or INT.match(caller.params[arg.param].type) is None


def _as_handed(told: IntSet, callee: Function, index: int, wide: bool) -> IntSet:
    """``told``, and where a wider value is handed over as an int what may become any."""
    cut = wide and not is_macro(callee) and index < len(callee.params) and INT.match(callee.params[index].type)
    return union(told, _NOT_INT) if cut else told
