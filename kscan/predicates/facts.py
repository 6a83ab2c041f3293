"""What the prover asks of a tree: the values of its constants, and when a page is a tail."""

from __future__ import annotations

from functools import cached_property

from kscan.model.code import Name
from kscan.predicates import formula as f
from kscan.predicates.definitions import Definitions
from kscan.predicates.expanding import Expanding
from kscan.predicates.subject import Subject
from kscan.predicates.syntax import read
from kscan.predicates.words import TAIL_TEST

_MAX_NAMES = 10


class TreeFacts:
    """The facts of the tree that ``known`` speaks of, constants as the file ``seen_from`` sees them."""

    def __init__(self, known: Definitions, seen_from: str = "") -> None:
        self.known = known
        self.seen_from = seen_from
        self._numbers: dict[str, int | None] = {}

    def number(self, name: str) -> int | None:
        if name not in self._numbers:
            self._numbers[name] = self._number(name)
        return self._numbers[name]

    def _number(self, name: str) -> int | None:
        numbers = self.known.catalog.numbers
        constant = self.known.constants.get(name)
        homes = (
            [path for path in self.known.headers if constant in self.known.facts(path).constants] if constant else []
        )
        for path in (*([self.seen_from] if self.seen_from else ()), *homes, *self.known.headers):
            found = numbers.number(name, path)
            if found is not None:
                return found
        return None

    def same_as(self, name: str) -> str:
        for _ in range(_MAX_NAMES):
            constant = self.known.constants.get(name)
            inner = read(constant.value) if constant is not None and constant.value else None
            if not isinstance(inner, Name) or inner.name not in self.known.constants:
                break
            name = inner.name
        return name

    def tail(self, subject: Subject) -> f.Formula | None:
        return None if self._tail is None else f.bound(self._tail[1], {self._tail[0]: subject})

    @cached_property
    def _tail(self) -> tuple[str, f.Formula] | None:
        """The parameter and formula of the tree's test for tail pages."""
        for one in self.known.variants(TAIL_TEST, ""):
            formula = Expanding(self.known).expanded(one.formula)
            if not isinstance(formula, f.Const):
                return one.body.function.params[0].name, formula
        return None
