"""One summary for several variants of a function: whatever one of them can return."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from kscan.flow.steps import encoded_steps, steps_of
from kscan.flow.summary import Mark, Needs, RemapFact, Summary, Symbol, Term, speaking_of


def united(summaries: Sequence[Summary]) -> Summary:
    """The ways to return of all ``summaries`` (one at least), in one table of symbols; complete when each of them is.

    Symbols are the same when they are equal and as often seen before in their own summary: a call's result and the one
    of an earlier turn of a loop stay two."""
    if len(summaries) == 1:
        return summaries[0]
    numbers: dict[tuple[Symbol, int], int] = {}
    terms: dict[Term, None] = {}
    steps: dict[Mark, int] = {}
    remaps: dict[RemapFact, None] = {}
    for summary in summaries:
        number = _numbered(summary, numbers)
        step = _with_steps(summary, steps)
        terms.update((_renumbered(term, number, step), None) for term in summary.terms)
        remaps.update((msgspec.structs.replace(fact, symbol=number(fact.symbol)), None) for fact in summary.remaps)
    return Summary(
        tuple(symbol for symbol, _ in numbers),
        tuple(sorted(terms, key=lambda term: (term.symbol, term.values, term.literal))),
        tuple(sorted(remaps, key=lambda fact: (fact.at, fact.target))),
        all(summary.complete for summary in summaries),
        tuple(dict.fromkeys(gap for summary in summaries for gap in summary.gaps)),
        steps=encoded_steps(list(steps)),
    )


def _numbered(summary: Summary, numbers: dict[tuple[Symbol, int], int]) -> Callable[[int], int]:
    """Gives the symbols of ``summary`` their place in ``numbers``; the answer maps the old number to the new one."""
    seen: Counter[Symbol] = Counter()
    new = {-1: -1}
    for old, own in enumerate(summary.symbols):
        symbol = speaking_of(own, new)
        new[old] = numbers.setdefault((symbol, seen[symbol]), len(numbers))
        seen[symbol] += 1
    return new.__getitem__


def _with_steps(summary: Summary, steps: dict[Mark, int]) -> Callable[[int], int]:
    """Gives the steps of ``summary`` their place in ``steps``; the answer maps the old number to the new one."""
    new = {-1: -1}
    for old, own in enumerate(steps_of(summary)):
        new[old] = steps.setdefault(msgspec.structs.replace(own, before=new[own.before]), len(steps))
    return new.__getitem__


def _renumbered(term: Term, number: Callable[[int], int], step: Callable[[int], int]) -> Term:
    return msgspec.structs.replace(
        term,
        symbol=number(term.symbol),
        needs=tuple(_sorted(needs, number) for needs in term.needs),
        last=step(term.last),
    )


def _sorted(needs: Needs, number: Callable[[int], int]) -> Needs:
    return tuple(sorted((number(symbol), values) for symbol, values in needs))
