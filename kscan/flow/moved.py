"""The summary of a function whose text has moved in its file."""

from __future__ import annotations

import msgspec

from kscan.flow.steps import encoded_steps, steps_of
from kscan.flow.summary import Mark, RemapFact, Summary, Symbol, Term
from kscan.model.span import shifted


class _Elsewhere(Exception):
    """Something of a summary does not stand in the function."""


def moved_summary(summary: Summary, start: int, end: int, by: int) -> Summary | None:
    """``summary``, of a function from ``start`` to ``end``, with all offsets moved ``by`` so much; None where one of
    them is outside of the function."""
    if not by:
        return summary
    try:
        return _Mover(start, end, by).summary(summary)
    except _Elsewhere:
        return None


class _Mover:
    """Puts everything where it stands now."""

    def __init__(self, start: int, end: int, by: int) -> None:
        self._start = start
        self._end = end
        self._by = by

    def summary(self, one: Summary) -> Summary:
        return Summary(
            tuple([self._symbol(symbol) for symbol in one.symbols]),
            tuple([self._term(term) for term in one.terms]),
            tuple([self._remap(remap) for remap in one.remaps]),
            one.complete,
            tuple([(self._at(at), reason) for at, reason in one.gaps]),
            tuple([(index, self.summary(behind)) for index, behind in one.behind]),
            encoded_steps([self._mark(mark) for mark in steps_of(one)]),
        )

    def _at(self, offset: int) -> int:
        if offset >= 0 and not self._start <= offset <= self._end:
            raise _Elsewhere
        return shifted(offset, self._by)

    def _symbol(self, one: Symbol) -> Symbol:
        if one.at < 0 and one.end < 0:
            return one
        return msgspec.structs.replace(one, at=self._at(one.at), end=self._at(one.end))

    def _term(self, one: Term) -> Term:
        at, end = self._at(one.at), self._at(one.end)
        return Term(one.symbol, one.values, one.literal, one.needs, one.last, at, end, one.variable, one.cost)

    def _mark(self, one: Mark) -> Mark:
        return Mark(one.kind, self._at(one.at), self._at(one.end), one.taken, one.target, one.before)

    def _remap(self, one: RemapFact) -> RemapFact:
        start, end = one.test
        test = (self._at(start), self._at(end))
        return RemapFact(one.symbol, one.source, one.target, self._at(one.at), self._at(one.end), test)
