"""Who excludes, implies and equals whom: every pair of a tree's exact predicates of one page, decided together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any

import msgspec
import z3

from kscan.link.catalog import Catalog
from kscan.model.gap import Gap
from kscan.model.proof import Pair, Relation, Subject
from kscan.model.span import Span
from kscan.predicates import formula as f
from kscan.predicates.collect import definitions, gaps
from kscan.predicates.definitions import Definition, Definitions
from kscan.predicates.encode import Encoder
from kscan.predicates.expanding import Expanding
from kscan.predicates.facts import TreeFacts
from kscan.predicates.solver import new_solver
from kscan.predicates.spelling import spell
from kscan.predicates.subject import Page
from kscan.predicates.words import PAGE_TYPES

PAGE = Page("page", head=True)
"""The page that a matrix speaks of: no tail, so that the predicates of pages and of folios speak of one word."""

LeftOut = tuple[tuple[str, str], ...]


class _Row(msgspec.Struct, frozen=True):
    """A predicate, its formula over ``PAGE``, and the truth that stands for it."""

    subject: Subject
    formula: f.Formula
    truth: Any
    about: frozenset[str]


def matrix(catalog: Catalog) -> tuple[tuple[Subject, ...], tuple[Pair, ...], LeftOut, tuple[Gap, ...]]:
    """The predicates of one page by name, how they are related, those left out and why, and what was not read."""
    known = Definitions(catalog)
    deciding = _Deciding(known)
    rows = deciding.rows(_of_one_page(definitions(known)))
    pairs = tuple(sorted(deciding.pairs(rows), key=lambda pair: (pair.left, pair.right)))
    subjects = tuple(row.subject for row in rows)
    missed = gaps(catalog, known, {(one.span.file, one.name) for one in subjects})
    return subjects, pairs, tuple(sorted(deciding.left_out.items())), missed


def _of_one_page(found: Sequence[Definition]) -> dict[str, list[Definition]]:
    """The definitions that take one page or folio and nothing else, by name; stubs only where there is nothing else."""
    named: dict[str, list[Definition]] = {}
    for one in found:
        params = one.body.function.params
        if len(params) == 1 and PAGE_TYPES.match(params[0].type):
            named.setdefault(one.body.function.name, []).append(one)
    return {name: _real(several) for name, several in sorted(named.items())}


def _real(several: list[Definition]) -> list[Definition]:
    return [one for one in several if not isinstance(one.formula, f.Const)] or several[:1]


class _Deciding:
    def __init__(self, known: Definitions) -> None:
        self.expanding = Expanding(known)
        self.encoder = Encoder(TreeFacts(known))
        self.encoder.tail(PAGE)
        self.solver = new_solver()
        self.left_out: dict[str, str] = {}
        self._asserted = 0

    # -- rows

    def rows(self, named: dict[str, list[Definition]]) -> list[_Row]:
        """The rows of the predicates that are exact, and neither always true nor never."""
        made = (self._row(name, several) for name, several in named.items())
        return [row for row in made if row is not None]

    def _row(self, name: str, several: list[Definition]) -> _Row | None:
        formulas = {self._formula(one) for one in several}
        formula = formulas.pop()
        why = "its definitions differ" if formulas else self._unfit(formula)
        if why:
            self.left_out[name] = why
            return None
        function = several[0].body.function
        span = Span(function.file, function.start, function.end)
        truth = self.encoder.truth(formula)
        return _Row(Subject(name, spell(formula), span), formula, truth, self._about(truth))

    def _formula(self, one: Definition) -> f.Formula:
        name = one.body.function.params[0].name
        return self.expanding.expanded(f.bound(one.formula, {name: PAGE}))

    def _unfit(self, formula: f.Formula) -> str:
        truth = self.encoder.truth(formula)
        unknown = [text for text, one in self.encoder.opaque.items() if any(one.eq(leaf) for leaf in _names(truth))]
        if unknown:
            return f"no formula: {', '.join(unknown)}"
        if not self._possible(truth):
            return "never true of a page that is no tail"
        return "" if self._possible(z3.Not(truth)) else "always true"

    def _about(self, truth: Any) -> frozenset[str]:
        """The words and bits that ``truth`` is made of, through the facts about its leaves."""
        leaves = {str(leaf) for leaf in _names(truth)}
        told = (known.holds for known in self.encoder.known if str(known.holds.arg(0)) in leaves)
        return frozenset(leaves | {str(name) for holds in told for name in _names(holds)})

    # -- pairs

    def pairs(self, rows: Sequence[_Row]) -> Iterator[Pair]:
        """How rows are related; equal formulas are decided once."""
        alike: dict[f.Formula, list[int]] = {}
        for at, row in enumerate(rows):
            alike.setdefault(row.formula, []).append(at)
        for places in alike.values():
            yield from (Pair(left, right, "equals") for left, right in combinations(places, 2))
        for some, others in combinations(alike.values(), 2):
            relation, swapped = self._relation(rows[some[0]], rows[others[0]])
            if relation is not None:
                yield from (
                    Pair(*((two, one) if swapped else (one, two)), relation) for one, two in product(some, others)
                )

    def _relation(self, one: _Row, two: _Row) -> tuple[Relation | None, bool]:
        """How the two are related, and whether it reads from the second to the first. Predicates that have no word in
        common are not, for each can be true and false."""
        if not one.about & two.about:
            return None, False
        if not self._possible(one.truth, two.truth):
            return "disjoint", False
        forth = not self._possible(one.truth, z3.Not(two.truth))
        back = not self._possible(two.truth, z3.Not(one.truth))
        return ("equals" if forth and back else "implies" if forth or back else None), back and not forth

    def _possible(self, *truths: Any) -> bool:
        for known in self.encoder.known[self._asserted :]:
            self.solver.add(known.holds)
        self._asserted = len(self.encoder.known)
        return bool(self.solver.check(*truths) != z3.unsat)


def _names(term: Any) -> Iterator[Any]:
    """The variables of a z3 term."""
    if term.num_args() == 0:
        if term.decl().kind() == z3.Z3_OP_UNINTERPRETED:
            yield term
        return
    for part in term.children():
        yield from _names(part)
