"""The summary of one function: an equation whose holes are named after callees and filled by link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from kscan.flow.values import ALL, IntSet

SymbolKind = Literal["call", "param", "bits", "any", "config", "out", "result"]
MarkKind = Literal["test", "warn", "unwarn", "case", "default", "set", "call", "return"]


class Argument(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is known of an argument at a call: the numbers it can be, and when it is parameter ``param`` of the
    caller (-1 otherwise), the bits set (``ones``) and cleared (``zeros``) on the way. ``function`` names one passed by
    name. ``symbol``: it is that symbol's value; ``wide``: of a type in which more than 32 bits fit."""

    values: IntSet = ALL
    param: int = -1
    ones: int = 0
    zeros: int = 0
    function: str = ""
    symbol: int = -1
    wide: bool = False


class Symbol(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Something whose value is not known here.

    call: the result of ``text`` ("" when indirect, then ``via`` tells through what) at ``at``..``end``; param:
    parameter ``index``;
    bits: parameter ``index`` masked with ``mask``; any: an expression ``text``; config: an option or another
    preprocessor condition; out: what the same call leaves behind its argument ``index``, the address of a variable.
    Then ``args`` has two more: what the variable held before, and the call's result, of which nothing is known here;
    result: the same call's result is what the function returns.
    ``stale``: of an earlier turn of a loop.
    """

    kind: SymbolKind
    text: str
    at: int = -1
    end: int = -1
    index: int = -1
    mask: int = 0
    via: str = ""
    args: tuple[Argument, ...] = ()
    negated: bool = False
    stale: bool = False

    @property
    def changed(self) -> bool:
        """Whether it is a parameter with bits set or cleared on the way, and no longer what the caller passed."""
        return self.kind == "param" and bool(self.args) and bool(self.args[0].ones or self.args[0].zeros)


def speaking_of(symbol: Symbol, number: Mapping[int, int]) -> Symbol:
    """``symbol`` with the symbols among its arguments numbered anew."""
    args = symbol.args
    for arg in args:
        if arg.symbol >= 0:
            break
    else:
        return symbol
    given = [Argument(symbol=number[arg.symbol], wide=arg.wide) if arg.symbol >= 0 else arg for arg in args]
    return msgspec.structs.replace(symbol, args=tuple(given))


class Mark(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One step of a path inside a function: what happens at ``at``..``end``.

    ``kind``: "test" (taken tells which way), "warn" (a test that should never hold), "unwarn" (one that always should),
    "case", "default", "set" (of variable ``target``), "call", "return". For a test ``target`` is what it is about: "#3"
    for symbol 3, "@flags" for a parameter, "()" for a call made there, "" for anything else. ``before`` is the number
    of the step before it among those of the summary, -1 for the first of a path.
    """

    kind: MarkKind
    at: int
    end: int
    taken: bool = True
    target: str = ""
    before: int = -1


class StepColumns(msgspec.Struct, frozen=True, array_like=True):
    """Marks column by column, in numbers as small as can be: ``kinds`` and which way was taken; how far each is behind
    the one in the row before, and how long it is; how many rows ``back`` the step before it is.

    It is not where it is used: of a class in a module that is compiled, ``array_like`` is lost."""

    kinds: list[int]
    places: list[int]
    lengths: list[int]
    back: list[int]
    targets: list[str]


Needs = tuple[tuple[int, IntSet], ...]
"""Symbols by number and the sets they must meet, sorted by number."""


class Term(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One way to return: the value (``symbol`` restricted to ``values``, or plain numbers when it is -1), the
    alternatives of what must hold for it, and the shortest path.

    ``literal`` tells a bare number (-1) from an errno constant of the same value (-EPERM); ``last`` is the number of
    the path's last step in the summary, -1 when it has none, and ``at``..``end`` is where that happens, told only where
    the value is neither one number nor has a place of its own; ``variable`` is the one that held the value at the
    return, "" when the return gave it itself; ``cost`` is the path's length, a fired warning counting for many steps.
    """

    symbol: int
    values: IntSet
    literal: bool
    needs: tuple[Needs, ...]
    last: int = -1
    at: int = -1
    end: int = -1
    variable: str = ""
    cost: int = 1


class RemapFact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A named errno of call ``symbol`` (``source``) is overwritten with ``target`` at ``at``..``end``, under the
    test at ``test``."""

    symbol: int
    source: IntSet
    target: int
    at: int
    end: int
    test: tuple[int, int]


class Summary(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All that the rest of the program needs to know about a function's returns.

    ``behind`` has for a parameter that points to a number or a pointer the ways it can leave what is there, where that
    can be told: terms as for a return, with two more parameters: what was there before, and the function's own result
    on that way. ``steps`` are those of all paths, encoded: hardly any of them are shown.
    """

    symbols: tuple[Symbol, ...]
    terms: tuple[Term, ...]
    remaps: tuple[RemapFact, ...] = ()
    complete: bool = True
    gaps: tuple[tuple[int, str], ...] = ()
    behind: tuple[tuple[int, Summary], ...] = ()
    steps: bytes = b""
