"""Whether two formulas exclude, imply or equal each other: proved, refuted by a witness in words, or open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec
import z3

from kscan.model.proof import Relation, Verdict
from kscan.predicates import formula as f
from kscan.predicates.encode import Constants, Encoder
from kscan.predicates.solver import new_solver
from kscan.predicates.spelling import spell
from kscan.predicates.subject import Head, Nth, Page, Subject, spelt

TIMEOUT_MS: Final = 10_000
"""How long z3 may think about one question; none of a real tree takes a tenth of a second."""


class Answer(msgspec.Struct, frozen=True):
    """A verdict, with the facts used, a witness, and an assumption that would make it a proof ("" each when none)."""

    verdict: Verdict
    facts: tuple[str, ...] = ()
    witness: str = ""
    provided: str = ""
    unknown: tuple[str, ...] = ()


def ask(constants: Constants, left: f.Formula, relation: Relation, right: f.Formula) -> Answer:
    """Whether ``left`` RELATION ``right`` holds for every page."""
    return refute(constants, against(left, relation, right))


def against(left: f.Formula, relation: Relation, right: f.Formula) -> f.Formula:
    """What holds exactly where the relation does not."""
    if relation == "disjoint":
        return f.conjunction((left, right))
    if relation == "implies":
        return f.conjunction((left, f.negation(right)))
    return f.choice(left, f.negation(right), right)


def refute(constants: Constants, formula: f.Formula, *, typed_are_heads: bool = False) -> Answer:
    """Whether ``formula`` never holds: proved, or with a witness where it does; ``typed_are_heads`` assumes that a page
    that has a type is no tail."""
    question = _Question(constants, formula, typed_are_heads)
    answer = question.answer()
    signs = tuple(dict.fromkeys(question.encoder.signs))
    if answer.verdict == "open" or not signs:
        return answer
    signed = _Question(constants, formula, typed_are_heads, signed=True).answer()
    return answer if signed.verdict == answer.verdict else Answer("open", unknown=signs)


class _Question:
    def __init__(
        self, constants: Constants, formula: f.Formula, typed_are_heads: bool, *, signed: bool = False
    ) -> None:
        self.formula = formula
        bits = any(isinstance(leaf, f.Bit) for leaf in f.atoms(formula))
        self.encoder = Encoder(constants, bits, typed_are_heads, signed)
        self.claim = self.encoder.truth(formula)
        self.pages = sorted({page for leaf in f.atoms(formula) for page in _pages(leaf)}, key=spelt)
        self.whole = [z3.Not(self.encoder.tail(page)) for page in self.pages]
        self.solver = new_solver()
        self.solver.set("timeout", TIMEOUT_MS)
        self.solver.set("core.minimize", True)
        self.marks = [z3.Bool(f"fact {at}") for at in range(len(self.encoder.known))]
        for mark, known in zip(self.marks, self.encoder.known, strict=True):
            self.solver.add(z3.Implies(mark, known.holds))

    def answer(self) -> Answer:
        found = self._check(self.claim)
        if found == z3.unsat:
            return Answer("proved", facts=tuple(self._facts(self.solver.unsat_core())))
        if found != z3.sat:
            return Answer("open", unknown=("z3 gave no answer in time",))
        if self.encoder.opaque and not self._certain():
            return Answer("open", unknown=tuple(self._decisive()), provided=self._provided())
        return Answer("not proved", witness=self._witness(), provided=self._provided())

    def _check(self, *more: Any) -> Any:
        return self.solver.check(*self.marks, *more)

    # -- a proof

    def _facts(self, core: Iterable[Any]) -> Iterator[str]:
        used = {str(one) for one in core}
        known = [one for mark, one in zip(self.marks, self.encoder.known, strict=True) if str(mark) in used]
        whole = any(isinstance(one.same_as, Head) for one in known)
        types: dict[tuple[str, str], list[str]] = {}
        for one in known:
            if one.type_of is not None:
                page, word, value = one.type_of
                types.setdefault((spelt(_plain(page) if whole else page), word), []).append(value)
        for (name, word), values in types.items():
            if len(values) > 1:
                yield f"{word} of {name} is one value: {' or '.join(dict.fromkeys(values))}"
        yield from dict.fromkeys(one.text for one in known if one.text)

    # -- no proof

    def _certain(self) -> bool:
        """Whether the claim can hold whatever the unknown parts are."""
        return bool(self._check(z3.ForAll(list(self.encoder.opaque.values()), self.claim)) == z3.sat)

    def _decisive(self) -> list[str]:
        """The unknown parts that a witness hangs on."""
        opaque = self.encoder.opaque
        self._check(self.claim)
        model = self.solver.model()
        given = {text: one if z3.is_true(model.eval(one, True)) else z3.Not(one) for text, one in opaque.items()}
        certain = [
            text for text, one in given.items() if self._check(self.claim, *_others(given, text), z3.Not(one)) == z3.sat
        ]
        return [text for text in opaque if text not in certain] or list(opaque)

    def _witness(self) -> str:
        """A smallest set of leaves that makes the claim hold, in words; of no tail pages where that is possible."""
        plain = self._check(self.claim, *self.whole) == z3.sat
        if not plain:
            self._check(self.claim)
        model = self.solver.model()
        given = self._literals(model)
        checker = new_solver()
        checker.set("core.minimize", True)
        checker.add(z3.Not(self.claim), *(known.holds for known in self.encoder.known), *(self.whole if plain else ()))
        marks = {leaf: z3.Bool(f"leaf {at}") for at, leaf in enumerate(given)}
        for leaf, mark in marks.items():
            checker.add(z3.Implies(mark, given[leaf]))
        checker.check(*marks.values())
        used = {str(one) for one in checker.unsat_core()}
        kept = [
            (leaf, z3.is_true(model.eval(self.encoder.leaves[leaf], True)))
            for leaf in marks
            if str(marks[leaf]) in used
        ]
        tails = (
            () if plain else tuple(page for page in self.pages if z3.is_true(model.eval(self.encoder.tail(page), True)))
        )
        return in_words(kept, tails)

    def _literals(self, model: Any) -> dict[f.Atom, Any]:
        leaves = self.encoder.leaves
        asked = [leaf for leaf in dict.fromkeys(f.atoms(self.formula)) if leaf in leaves]
        return {
            leaf: leaves[leaf] if z3.is_true(model.eval(leaves[leaf], True)) else z3.Not(leaves[leaf]) for leaf in asked
        }

    def _provided(self) -> str:
        """The assumption that makes it a proof: that pages are no tails."""
        if not self.whole or self._check(self.claim, *self.whole) != z3.unsat:
            return ""
        names = " and ".join(spelt(page) for page in self.pages)
        return f"{names} {'is no tail page' if len(self.pages) == 1 else 'are no tail pages'}"


def _others(given: dict[str, Any], text: str) -> Iterator[Any]:
    return (one for name, one in given.items() if name != text)


def _pages(leaf: f.Atom) -> Iterator[Subject]:
    """The pages of a leaf that may be tails: those that are named without being heads."""
    subjects: Sequence[object] = (leaf.subject,) if isinstance(leaf, f.Bit | f.Type) else getattr(leaf, "text", ())
    for one in subjects:
        root = one
        while isinstance(root, Head | Nth):
            root = root.of
        if isinstance(root, Page) and not root.head:
            yield root


def in_words(leaves: Sequence[tuple[f.Atom, bool]], tails: Sequence[Subject]) -> str:
    """ "PG_reserved set, type PGTY_offline": the page is named only where there are several."""
    names = {
        spelt(one.subject if tails else _plain(one.subject)) for one, _ in leaves if isinstance(one, f.Bit | f.Type)
    }
    several = len(names) > 1
    said = [f"{spelt(page)} a tail page" for page in tails]
    said += [_said(leaf, holds, several, bool(tails)) for leaf, holds in leaves]
    return ", ".join(dict.fromkeys(said)) or "always"


def _plain(subject: Subject) -> Subject:
    return _plain(subject.of) if isinstance(subject, Head) else subject


def _said(leaf: f.Atom, holds: bool, several: bool, tails: bool) -> str:
    if isinstance(leaf, f.Bit | f.Type):
        of = f" of {spelt(leaf.subject if tails else _plain(leaf.subject))}" if several else ""
        if isinstance(leaf, f.Bit):
            return f"{leaf.name}{of} {'set' if holds else 'clear'}"
        return f"type{of} {'' if holds else 'not '}{leaf.value}"
    return spell(leaf if holds else f.Not(leaf))
