"""Type tests that look at the given page only, on pages that the code around takes for possible tails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from kscan.model.code import Binary, Call, Cast, Code, Do, Dot, Expr, Index, Name, Opaque, Ret, Set, Store, Test, Unary
from kscan.model.facts import CallSite, Function
from kscan.model.guard import TailTest
from kscan.model.span import Span
from kscan.predicates import formula as f
from kscan.predicates.bodies import Body
from kscan.predicates.definitions import Definitions, arguments
from kscan.predicates.early import may_say_so
from kscan.predicates.evaluate import Evaluator
from kscan.predicates.expanding import Expanding
from kscan.predicates.explore import NoFormula, result
from kscan.predicates.sight import Sight
from kscan.predicates.subject import Head, Page
from kscan.predicates.syntax import read
from kscan.predicates.values import Truth
from kscan.predicates.words import FOLIO, HEAD_TESTS, HEADS, PAGE_TYPES, SINGLE_PAGE_TYPES

Sites = Callable[[Function], Iterable[tuple[Function, CallSite]]]
"""Who calls a function, and where."""


class Tails:
    """Finds type tests on possible tails in functions of the tree that ``known`` speaks of."""

    def __init__(self, known: Definitions, sites: Sites) -> None:
        self.known = known
        self.sites = sites
        self.expanding = Expanding(known)

    def may_hold_one(self, function: Function, text: bytes) -> bool:
        """Whether it is worth lowering ``function``, in a file with the clean ``text``: it says something of a page and
        tests a type."""
        return may_say_so(function) and bool(self._tested.search(text, function.body_start, function.end))

    def of(self, function: Function) -> Iterator[TailTest]:
        """The tests in ``function`` that make it say "yes" of a page that may be a tail."""
        codes = self.known.catalog.codes(function)
        if len(codes) != 1:
            return
        claims = self._claims(function, codes[0])
        calls = list(_calls(codes[0]))
        for param in function.params:
            tests = tuple(
                (call.callee, Span(function.file, call.at, call.end))
                for call in calls
                if call.callee in claims.get(param.name, ()) and _names(call, param.name)
            )
            asked = any(call.callee in HEAD_TESTS and _names(call, param.name) for call in calls)
            seen = self._seen(function, codes[0], param.name) if tests and not asked else None
            if seen is not None:
                yield TailTest(function, param.name, tests, *seen)

    # -- what a function claims

    @cached_property
    def on_the_page(self) -> frozenset[str]:
        """The predicates written by macros that are a type of the given page, one that compound pages can have."""
        bodies = (body for path in self.known.headers for some in self.known.bodies(path).values() for body in some)
        found = ((body, self.known.definition(body)) for body in bodies if body.invocation)
        return frozenset(body.function.name for body, one in found if one and _is_type_of_its_page(one.formula))

    @cached_property
    def _tested(self) -> re.Pattern[bytes]:
        names = "|".join(map(re.escape, sorted(self.on_the_page))) or r"(?!)"
        return re.compile(rf"\b(?:{names})\s*\(".encode())

    def _claims(self, function: Function, code: Code) -> dict[str, set[str]]:
        """For each page the type predicates that make ``function`` true where they hold, and never make it false."""
        evaluator = Evaluator(Sight(self.known, function.file))
        try:
            found = result(code, arguments(Body(function, code)), evaluator, "bool")
        except NoFormula:
            return {}
        if not isinstance(found, Truth):
            return {}
        signed = set(_signed(found.formula, True))
        claims: dict[str, set[str]] = {}
        for leaf, positive in signed:
            if positive and (leaf, False) not in signed and isinstance(leaf, f.Ref) and leaf.name in self.on_the_page:
                page = leaf.args[0]
                if isinstance(page, Page) and not page.head:
                    claims.setdefault(page.name, set()).add(leaf.name)
        return claims

    # -- who takes the page for a possible tail

    def _seen(self, function: Function, code: Code, page: str) -> tuple[Span, str, str] | None:
        """The call that shows it, in the function itself or in one that calls it with such a page."""
        own = self._asks_for_head(function, code, page)
        if own is not None:
            return own
        index = [param.name for param in function.params].index(page)
        for caller, site in self.sites(function):
            codes = self.known.catalog.codes(caller)
            passed = _passed(codes, site, index)
            found = self._asks_for_head(caller, codes[0], passed) if passed and len(codes) == 1 else None
            if found is not None:
                return found
        return None

    def _asks_for_head(self, function: Function, code: Code, page: str) -> tuple[Span, str, str] | None:
        kind = PAGE_TYPES.match(code.types.get(page, ""))
        if not kind or kind[1] == FOLIO:
            return None
        for call in _calls(code):
            if _names(call, page) and (call.callee in HEADS or self._is_of_the_head(call.callee, function.file)):
                at = Span(function.file, call.at, call.end)
                return at, function.name, f"{call.callee}({page.partition('#')[0]})"
        return None

    def _is_of_the_head(self, name: str, seen_from: str) -> bool:
        """Whether ``name`` is a predicate that asks for the type of a page's head."""
        for one in self.known.variants(name, seen_from):
            leaves = f.atoms(self.expanding.expanded(one.formula))
            if any(isinstance(leaf, f.Type) and isinstance(leaf.subject, Head) for leaf in leaves):
                return True
        return False


def _is_type_of_its_page(formula: f.Formula) -> bool:
    return (
        isinstance(formula, f.Type)
        and isinstance(formula.subject, Page)
        and not formula.subject.head
        and formula.value not in SINGLE_PAGE_TYPES
    )


def _signed(formula: f.Formula, positive: bool) -> Iterator[tuple[f.Atom, bool]]:
    """The leaves, and whether each speaks for the formula (True) or against it."""
    if isinstance(formula, f.Not):
        yield from _signed(formula.part, not positive)
    elif isinstance(formula, f.And | f.Or):
        for part in formula.parts:
            yield from _signed(part, positive)
    elif not isinstance(formula, f.Const):
        yield formula, positive


def _passed(codes: Sequence[Code], site: CallSite, index: int) -> str:
    """The variable that the call at ``site`` passes at ``index``; "" when it is none."""
    for code in codes:
        for call in _calls(code):
            if call.at == site.start and call.callee == site.callee and index < len(call.args):
                arg = call.args[index]
                return arg.name if isinstance(arg, Name) else ""
    return ""


def _names(call: Call, page: str) -> bool:
    return bool(call.args) and isinstance(call.args[0], Name) and call.args[0].name == page


def _calls(code: Code) -> Iterator[Call]:
    """All calls in the order of the code; those inside text that the lowering kept stand where the text stands."""
    for instr in code.instrs:
        if isinstance(instr, Test):
            yield from _inside(instr.cond, instr.at, instr.end)
        elif isinstance(instr, Set | Store | Do | Ret) and instr.value is not None:
            yield from _inside(instr.value, instr.at, instr.end)


def _inside(expr: Expr, at: int, end: int) -> Iterator[Call]:
    if isinstance(expr, Call):
        yield expr if expr.end else Call(expr.callee, expr.args, at, end)
        for arg in expr.args:
            yield from _inside(arg, at, end)
    elif isinstance(expr, Binary):
        yield from _inside(expr.left, at, end)
        yield from _inside(expr.right, at, end)
    elif isinstance(expr, Unary | Cast):
        yield from _inside(expr.operand, at, end)
    elif isinstance(expr, Dot | Index):
        yield from _inside(expr.base, at, end)
    elif isinstance(expr, Opaque):
        inner = read(expr.text)
        yield from _inside(inner, at, end) if inner is not None else ()
