"""Formulas over predicates to formulas over bits and types."""

from __future__ import annotations

from kscan.predicates.definitions import Definition, Definitions
from kscan.predicates.formula import Atom, Const, Formula, Opaque, Ref, atoms, bound, replaced
from kscan.predicates.spelling import spelt_call
from kscan.predicates.subject import Binding, Text

_MAX_DEPTH = 30


class Expanding:
    """Puts the formulas of predicates in the place of their names."""

    def __init__(self, known: Definitions) -> None:
        self.known = known
        self._done: dict[Ref, Formula] = {}

    def expanded(self, formula: Formula, depth: int = 0) -> Formula:
        """``formula`` without references, but to predicates of which nothing is known or whose variants differ."""
        return replaced(formula, lambda leaf: self._leaf(leaf, depth))

    def _leaf(self, leaf: Atom, depth: int) -> Formula:
        if not isinstance(leaf, Ref):
            return leaf
        if leaf not in self._done:
            self._done[leaf] = self._meant(leaf, depth)
        return self._done[leaf]

    def _meant(self, ref: Ref, depth: int) -> Formula:
        variants = self.known.variants(ref.name, ref.home)
        real = [one for one in variants if not isinstance(one.formula, Const)] or list(variants)
        found = {self._applied(one, ref, depth) for one in real} if depth < _MAX_DEPTH else set()
        meant = found.pop() if len(found) == 1 else None
        return Opaque(_call(ref)) if meant is None or _says_nothing(meant) else meant

    def _applied(self, one: Definition, ref: Ref, depth: int) -> Formula:
        return self.expanded(bound(one.formula, _binding(one, ref)), depth + 1)


def _says_nothing(formula: Formula) -> bool:
    leaves = list(atoms(formula))
    return bool(leaves) and all(isinstance(leaf, Opaque) for leaf in leaves)


def _binding(one: Definition, ref: Ref) -> Binding:
    names = (param.name for param in one.body.function.params)
    return dict(zip(names, ref.args, strict=False))


def _call(ref: Ref) -> Text:
    return spelt_call(ref.name, tuple(arg if isinstance(arg, tuple) else (arg,) for arg in ref.args))
