"""What a call tells its callee: known values and bits of arguments, and whether they allow a path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, TypeAlias

from kscan.flow.evaluate import Given
from kscan.flow.summary import Argument, Needs, Summary, Symbol
from kscan.flow.values import ALL, ZERO, IntSet, contains, intersect, interval, negate, single

Known = Given
_NOTHING: Final = Known()


class Pointer(NamedTuple):
    """A parameter that points to one function or to one object (``object``), named as ``file`` names it."""

    name: str
    file: str
    object: bool = False


class Choice(NamedTuple):
    """A parameter that is one of several pointers."""

    pointers: tuple[Pointer, ...]


class Carrier(NamedTuple):
    """A parameter that points to a struct of which some fields, by their paths, hold one of these pointers for good."""

    fields: tuple[tuple[tuple[str, ...], tuple[Pointer, ...]], ...]


Handed: TypeAlias = Pointer | Choice | Carrier
"""What is known of a pointer."""
Context: TypeAlias = tuple[Given | Handed | None, ...]
"""Per parameter what is known; shorter than the parameter list where nothing is known of the rest."""


def known_of(context: Context, index: int) -> Known:
    found = context[index] if 0 <= index < len(context) else None
    return found if isinstance(found, Given) else _NOTHING


def allows(symbol: Symbol, wanted: IntSet, context: Context) -> bool:
    """Whether a parameter (or its masked bits) can lie in ``wanted``."""
    known = known_of(context, symbol.index)
    if symbol.negated:
        wanted = negate(wanted)
    if symbol.kind == "bits":
        return bool(intersect(masked(known, symbol.mask), wanted))
    if symbol.changed:
        return True
    return bool(intersect(known.values, wanted))


def masked(known: Known, mask: int) -> IntSet:
    """The values ``parameter & mask`` can have."""
    exact = _only(known.values)
    if exact is not None:
        return single(exact & mask)
    low, high = known.ones & mask, mask & ~known.zeros
    return single(low) if low == high else interval(low, high)


def learned(symbols: Sequence[Symbol], needs: Needs, context: Context) -> Context:
    """``context`` with what the needs of a path add to it."""
    out = list(context)
    for number, values in needs:
        symbol = symbols[number]
        if symbol.kind in {"param", "bits"} and not symbol.negated:
            while len(out) <= symbol.index:
                out.append(None)
            before = out[symbol.index]
            if before is None or isinstance(before, Given):
                out[symbol.index] = _with_need(symbol, values, before or _NOTHING)
    return tuple(out)


def _with_need(symbol: Symbol, values: IntSet, known: Known) -> Known:
    if symbol.kind == "param":
        return known if symbol.changed else Known(intersect(known.values, values), known.ones, known.zeros)
    if contains(ZERO, values):
        return Known(known.values, known.ones, known.zeros | symbol.mask)
    single_bit = symbol.mask & (symbol.mask - 1) == 0
    if single_bit and not intersect(values, ZERO):
        return Known(known.values, known.ones | symbol.mask, known.zeros)
    return known


def passed(args: tuple[Argument, ...], context: Context, matters: frozenset[int]) -> Context:
    """The callee's context for a call with ``args`` in ``context``; only parameters in ``matters`` are told apart."""
    out: list[Given | Handed | None] = [None] * (max(matters) + 1 if matters else 0)
    for index in matters:
        if index < len(args):
            handed = args[index].param
            pointer = context[handed] if 0 <= handed < len(context) else None
            known = pointer is not None and not isinstance(pointer, Given)
            out[index] = pointer if known else _argument(args[index], context)
    while out and out[-1] is None:
        out.pop()
    return tuple(out)


def _argument(argument: Argument, context: Context) -> Known | None:
    if argument.param < 0:
        return None if argument.values == ALL else Known(argument.values)
    base = known_of(context, argument.param)
    exact = _only(base.values)
    if argument.ones or argument.zeros:
        if exact is not None:
            return Known(single((exact | argument.ones) & ~argument.zeros))
        known = Known(
            ALL, (base.ones | argument.ones) & ~argument.zeros, (base.zeros & ~argument.ones) | argument.zeros
        )
    else:
        known = Known(intersect(base.values, argument.values), base.ones, base.zeros)
    return None if known == _NOTHING else known


def _only(values: IntSet) -> int | None:
    return values[0][0] if len(values) == 1 and values[0][0] == values[0][1] else None


def parameters_that_matter(summary: Summary) -> frozenset[int]:
    """The parameters a return of this function can depend on, itself or through a callee."""
    found = {symbol.index for symbol in summary.symbols if symbol.kind in {"param", "bits"}}
    found |= {arg.param for symbol in summary.symbols if symbol.kind in {"call", "out"} for arg in symbol.args}
    return frozenset(found - {-1})
