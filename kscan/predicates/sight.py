"""What a body can see beyond itself: macros, constants, predicates and the small helpers beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from kscan.link.catalog import Catalog
from kscan.model.code import Num
from kscan.model.facts import Constant, FileFacts, Function, Macro, Param
from kscan.model.regex import regex
from kscan.predicates.bodies import Body
from kscan.predicates.evaluate import Evaluator
from kscan.predicates.explore import NoFormula, is_pure, result
from kscan.predicates.formula import Ref
from kscan.predicates.subject import Some, joined
from kscan.predicates.syntax import read
from kscan.predicates.values import (
    CAST,
    MEMBER,
    PAGES,
    UNKNOWN,
    Address,
    Member,
    Number,
    Truth,
    Value,
    Words,
    call,
    words,
)
from kscan.predicates.words import HARMLESS, PAGE_TYPES

MAX_READ = 2_000
"""Macros and small functions that are read into one body: a predicate of the kernel takes some dozen. Of the rest
nothing is known."""
_CALLED = regex(r"(\w+)\s*\(")


class Known(Protocol):
    """What is known of the tree."""

    catalog: Catalog
    headers: tuple[str, ...]

    @property
    def macros(self) -> Mapping[str, Macro]:
        """The function-like macros of the headers that write predicates."""

    @property
    def constants(self) -> Mapping[str, Constant]:
        """The constants of those headers."""

    def facts(self, path: str) -> FileFacts:
        """The facts of the file at ``path``."""

    def functions(self, path: str) -> Mapping[str, Function]:
        """The functions written in the file at ``path``."""

    def named(self, name: str, seen_from: str) -> Sequence[Body]:
        """The candidates that ``name`` can mean in the file ``seen_from``."""

    def linkages(self, name: str, seen_from: str) -> Sequence[str]:
        """The linkage of each predicate that ``name`` can mean in the file ``seen_from``."""

    def shared_macro(self, name: str, seen_from: str) -> Macro | None:
        """The function-like macro of a header that ``name`` means in the file ``seen_from``."""

    def shared_inline(self, name: str, seen_from: str) -> Function | None:
        """The small function of a header that ``name`` means in the file ``seen_from``, where it may be read into its
        caller though it is no predicate."""


class Budget:
    """How many macros and small functions may still be read into the body that looks at them."""

    def __init__(self) -> None:
        self.left = MAX_READ

    def takes_one_more(self) -> bool:
        self.left -= 1
        return self.left >= 0


class Sight:
    """What a body in the file at ``path`` can see."""

    def __init__(
        self, all_of: Known, path: str, inside: frozenset[str] = frozenset(), budget: Budget | None = None
    ) -> None:
        self.all_of = all_of
        self.path = path
        self.inside = inside
        self.budget = budget or Budget()

    def takes_one_more(self) -> bool:
        return self.budget.takes_one_more()

    def macro(self, name: str) -> Macro | None:
        own = (macro for macro in self.all_of.facts(self.path).macros if macro.name == name)
        return next(own, None) or self.all_of.shared_macro(name, self.path)

    def harmless(self, name: str) -> bool:
        """Whether a call of ``name`` for its effect changes nothing: an assertion, or a macro of nothing but such."""
        if HARMLESS.match(name):
            return True
        macro = self.macro(name)
        called = _CALLED.findall(macro.body) if macro is not None else []
        return bool(called) and all(HARMLESS.match(one) or self.all_of.named(one, self.path) for one in called)

    def spelling(self, name: str) -> str | None:
        constant = self._constant(name)
        return constant.value if constant is not None else None

    def _constant(self, name: str) -> Constant | None:
        own = (one for one in self.all_of.facts(self.path).constants if one.name == name)
        return next(own, self.all_of.constants.get(name))

    def number(self, name: str) -> int | None:
        for _ in range(10):
            inner = read(self.spelling(name) or "")
            name = getattr(inner, "name", "")
            if not name:
                return inner.value if isinstance(inner, Num) else None
        return None

    def called(self, name: str, args: tuple[Value, ...]) -> Value | None:
        if self.macro(name) is not None:
            # some variants of it are functions, and this one is not: neither can stand for both
            return call(name, args, UNKNOWN) if self.all_of.named(name, self.path) else None
        linkages = self.all_of.linkages(name, self.path)
        if linkages:
            shown = tuple(arg if isinstance(arg, PAGES) else words(arg).text for arg in args)
            return Truth(Ref(name, shown, self.path if "static" in linkages else ""))
        return self._handed_on(name, args)

    def _handed_on(self, name: str, args: tuple[Value, ...]) -> Value | None:
        """What a small function of this file, or of those headers, makes of its arguments: a place, or a truth."""
        for path in dict.fromkeys((self.path, *self.all_of.headers)):
            function = self.all_of.functions(path).get(name)
            if function is not None and len(function.params) == len(args):
                return self._inlined(function, args)
        shared = self.all_of.shared_inline(name, self.path)
        return self._inlined(shared, args) if shared is not None and len(shared.params) == len(args) else None

    def _inlined(self, function: Function, args: tuple[Value, ...]) -> Value | None:
        if function.linkage == "global" or function.name in self.inside or not self.takes_one_more():
            return None
        found = self._result(function, args)
        if isinstance(found, (*PAGES, Address, Member, Number, Truth)) or _is_known(found):
            return found
        somewhere = PAGE_TYPES.match(function.return_type)
        return Some(call(function.name, args, UNKNOWN).text) if somewhere else None

    def _result(self, function: Function, args: tuple[Value, ...]) -> Value | None:
        codes = self.all_of.catalog.codes(function)
        code = codes[0] if len(codes) == 1 else None
        if code is None or not is_pure(code, self.harmless):
            return None
        bound = {param.name: _passed(param, arg) for param, arg in zip(function.params, args, strict=True)}
        returns = function.return_type if function.return_type in {"bool", "int"} else ""
        inner = Sight(self.all_of, function.file, self.inside | {function.name}, self.budget)
        try:
            return result(code, bound, Evaluator(inner), returns)
        except NoFormula:
            return None


def _is_known(found: Value | None) -> bool:
    """Whether an expression is made of members, parameters and constants alone."""
    return isinstance(found, Words) and found.made_of <= MEMBER


def _passed(param: Param, arg: Value) -> Value:
    """``arg`` as the callee has it: a member of a page is converted to the parameter's type."""
    if not isinstance(arg, Member) or param.type.endswith("*"):
        return arg
    return Words(joined(f"({param.type})", words(arg).text), MEMBER, CAST)
