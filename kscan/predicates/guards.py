"""Early returns that the rest of their function makes needless: found in its code, decided by the prover."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kscan.dialect.scan import clean
from kscan.model.code import Code, Set
from kscan.model.facts import Function
from kscan.model.gap import Gap
from kscan.model.guard import Guard
from kscan.model.regex import regex
from kscan.predicates import formula as f
from kscan.predicates.definitions import Definitions
from kscan.predicates.expanding import Expanding
from kscan.predicates.explore import is_pure
from kscan.predicates.facts import TreeFacts
from kscan.predicates.sight import MAX_READ, Sight
from kscan.predicates.spelling import spell
from kscan.predicates.spine import Place, Spine
from kscan.predicates.statement import Statement, guard_statement, unused_elsewhere
from kscan.predicates.subject import Page, written
from kscan.predicates.whole import WholeFiles

if TYPE_CHECKING:
    from kscan.predicates.prover import Answer

_VALUED = regex(r" (?:==|&) ")
_ORDERED = regex(r"[^<>-][<>][^<>]")
_LEAST_PROVED = 2
"""A guard of which one part is not proved is spoken of only when at least so many others are."""


class Guards:
    """Finds the needless guards in functions of the tree that ``known`` speaks of."""

    def __init__(self, known: Definitions) -> None:
        self.known = known
        self.sees = WholeFiles(known)
        self.expanding = Expanding(known)

    def of(self, function: Function) -> Iterator[Guard]:
        """The needless guards of ``function``; none where its body is no formula."""
        source = self.known.catalog.source(function.file)
        codes = self.known.catalog.codes(function) if source is not None else ()
        if source is None or len(codes) != 1 or codes[0].switches:
            return
        code = codes[0]
        if not is_pure(code, Sight(self.sees, function.file).harmless) or _sets_globals(code):
            return
        text = clean(source.data).text
        spine = Spine(self.sees, function, code)
        for place in spine.guards():
            statement = guard_statement(text, place.tests[0].at, place.leaving.at, place.leaving.end)
            if statement is not None:
                found = self._decided(function, place, statement, source.data)
                yield from () if found is None else (found,)
        if spine.sight.budget.left < 0:
            why = f"more than {MAX_READ} macros and functions are read into its guards: these are not compared"
            self.known.catalog.gaps.add(Gap(function.file, function.start, "check", function.name, why))

    def _decided(self, function: Function, place: Place, statement: Statement, data: bytes) -> Guard | None:
        parts = _parts(place.differs)
        context = f.conjunction((place.before, place.condition))
        if not parts or not all(map(self._plain, (context, *parts))) or not self._names_a_value(place.condition):
            return None
        from kscan.predicates.prover import refute  # noqa: PLC0415 - with z3, and hardly any function gets here

        constants = TreeFacts(self.known, function.file)
        if _never(refute(constants, self.expanding.expanded(context))):
            return None  # dead, which is not the rest's doing
        answers = [(part, self._answer(constants, context, part)) for part in parts]
        excluded = [part for part, answer in answers if answer.verdict == "proved"]
        assumed = tuple((spell(part), answer.witness) for part, answer in answers if answer.verdict != "proved")
        if not self._worth_saying(answers):
            return None
        body = clean(data).text[function.body_start : function.end]
        inside = (statement.start - function.body_start, statement.end - function.body_start)
        return Guard(
            function=function,
            span=statement.span(function.file),
            condition=_one_line(data[statement.condition[0] : statement.condition[1]]),
            value=place.value,
            excluded=tuple(map(spell, excluded)),
            assumed=assumed,
            facts=self._answer(constants, context, f.disjunction(excluded)).facts,
            spare=tuple(param.name for param in function.params if unused_elsewhere(param.name, body, inside)),
        )

    def _answer(self, constants: TreeFacts, context: f.Formula, part: f.Formula) -> Answer:
        from kscan.predicates.prover import refute  # noqa: PLC0415 - with z3

        whole = self.expanding.expanded(f.conjunction((context, part)))
        return refute(constants, whole, typed_are_heads=True)

    def _plain(self, formula: f.Formula) -> bool:
        """Whether all is known of ``formula``, and it asks for values and bits: a range is often spelt out on
        purpose."""
        leaves = list(f.atoms(self.expanding.expanded(formula)))
        return not any(isinstance(leaf, f.Opaque | f.Ref) or _is_ordered(leaf) for leaf in leaves)

    def _names_a_value(self, condition: f.Formula) -> bool:
        """Whether the guard asks for one of several values or bits. What only asks whether there is anything at all (a
        pointer, a mask) spares the rest, or keeps it from harm."""
        leaves = list(f.atoms(self.expanding.expanded(condition)))
        null = any(isinstance(leaf, f.Test) and isinstance(leaf.text[0], Page) for leaf in leaves)
        return not null and any(isinstance(leaf, f.Bit | f.Type) or _is_valued(leaf) for leaf in leaves)

    def _worth_saying(self, answers: Sequence[tuple[f.Formula, Answer]]) -> bool:
        """All proved; or all but one, which is a bit or a plain condition of its own and has a witness."""
        rest = [(part, answer) for part, answer in answers if answer.verdict != "proved"]
        if not rest:
            return True
        single = all(isinstance(self.expanding.expanded(part), f.Bit) and one.witness for part, one in rest)
        return len(rest) == 1 and single and len(answers) - 1 >= _LEAST_PROVED


def _parts(formula: f.Formula) -> tuple[f.Formula, ...]:
    """The alternatives of ``formula``; none where it is always false."""
    if isinstance(formula, f.Const):
        return (formula,) if formula.value else ()
    return formula.parts if isinstance(formula, f.Or) else (formula,)


def _is_ordered(leaf: f.Atom) -> bool:
    return isinstance(leaf, f.Field | f.Test) and bool(_ORDERED.search(written(leaf.text)))


def _is_valued(leaf: f.Atom) -> bool:
    return isinstance(leaf, f.Field | f.Test) and bool(_VALUED.search(written(leaf.text)))


def _never(answer: Answer) -> bool:
    return answer.verdict == "proved"


def _one_line(text: bytes) -> str:
    return " ".join(text.decode("utf-8", "replace").split())


def _sets_globals(code: Code) -> bool:
    return any(isinstance(instr, Set) and instr.target not in code.types for instr in code.instrs)
