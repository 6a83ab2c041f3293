"""Expressions of a predicate's body to values: bit tests, type comparisons, other predicates, and what surrounds
them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from kscan.dialect.conditions import CONFIG_TESTS
from kscan.facts.words import TRANSPARENT
from kscan.model.code import Binary, Call, Cast, Dot, Expr, Index, Name, Num, Opaque, Unary
from kscan.model.facts import Macro
from kscan.model.regex import regex
from kscan.predicates.formula import Bit, Const, Formula, Type, choice, conjunction, disjunction, negation
from kscan.predicates.subject import Page, Some, head, nth
from kscan.predicates.syntax import read
from kscan.predicates.values import (
    CONSTANT,
    PAGES,
    PARAMETER,
    UNKNOWN,
    Address,
    Member,
    Number,
    Truth,
    Value,
    Words,
    binary,
    call,
    truth,
    unary,
    words,
)
from kscan.predicates.words import BIT_TESTS, BITS_OF, FIRST_PAGES, FLAG_WORDS, HEADS, NTH, TYPE_WORDS

Env = Mapping[str, Value]
_STRENGTH = {"|": 3, "^": 4, "&": 5, "==": 6, "!=": 6, "<": 7, "<=": 7, ">": 7, ">=": 7, "<<": 8, ">>": 8, "+": 9}
_NEGATED = {"!=": "==", ">=": "<", "<=": ">"}
"""Each of these is said as the opposite of another, so that a condition and its opposite are one leaf."""
_LIKE_CONSTANT = regex(r"_*[A-Z][A-Z0-9]*(?:_\w*)?\Z")
_MAX_INLINED = 30


class Surroundings(Protocol):
    """What a body can see beyond itself."""

    def macro(self, name: str) -> Macro | None:
        """The function-like macro ``name``."""

    def number(self, name: str) -> int | None:
        """The number that constant ``name`` stands for."""

    def spelling(self, name: str) -> str | None:
        """The replacement text of the object-like macro ``name``."""

    def called(self, name: str, args: tuple[Value, ...]) -> Value | None:
        """What a call of the function ``name`` is worth, when it is a predicate or hands on a place."""

    def takes_one_more(self) -> bool:
        """Counts one more macro or function that is read into the body; False where there were too many."""


class Evaluator:
    """Values of expressions under ``env``, the values of variables and parameters."""

    def __init__(self, around: Surroundings, others: frozenset[str] = frozenset()) -> None:
        self.around = around
        self.others = others
        """The parameters that point to something else than a page."""
        self._depth = 0

    def value(self, expr: Expr, env: Env) -> Value:
        """What ``expr`` stands for."""
        handler = _HANDLERS.get(type(expr))
        return handler(self, expr, env) if handler is not None else Words(("?",), UNKNOWN)

    def _number(self, expr: Num, env: Env) -> Value:
        return Number(expr.value, expr.text)

    def _name(self, expr: Name, env: Env) -> Value:
        found = env.get(expr.name)
        if found is None:
            inner = [name for name in env if name.startswith(expr.name + "#")]
            found = env[inner[-1]] if inner else None
        if found is not None:
            return found
        constant = _LIKE_CONSTANT.match(expr.name) or self.around.number(expr.name) is not None
        return Words((expr.name,), CONSTANT if constant else UNKNOWN)

    def _opaque(self, expr: Opaque, env: Env) -> Value:
        inner = read(expr.text)
        return Words((expr.text,), UNKNOWN) if inner is None else self.value(inner, env)

    def _cast(self, expr: Cast, env: Env) -> Value:
        return self.value(expr.operand, env)

    def _dot(self, expr: Dot, env: Env) -> Value:
        base = self.value(expr.base, env)
        if isinstance(base, PAGES):
            first = expr.name in FIRST_PAGES and not (isinstance(base, Page) and base.name in self.others)
            return base if first else Member(base, expr.name)
        if isinstance(base, Member) and not expr.arrow:
            return Member(base.subject, f"{base.path}.{expr.name}")
        return Words((*words(base).text, "->" if expr.arrow else ".", expr.name), UNKNOWN)

    def _index(self, expr: Index, env: Env) -> Value:
        return self._after(self.value(expr.base, env), self.value(expr.at, env))

    def _after(self, base: Value, at: Value) -> Value:
        """The page ``at`` after ``base``."""
        number = self._known(at)
        if isinstance(base, PAGES) and number is not None:
            return nth(base, number)
        shown = Words((*words(base).text, "[", *words(at).text, "]"), UNKNOWN)
        return Some(shown.text) if isinstance(base, PAGES) else shown

    def _known(self, value: Value) -> int | None:
        if isinstance(value, Number):
            return value.value
        if isinstance(value, Words) and value.made_of == CONSTANT and len(value.text) == 1:
            return self.around.number(str(value.text[0]))
        return None

    def _unary(self, expr: Unary, env: Env) -> Value:
        inner = self.value(expr.operand, env)
        if expr.op == "&" and isinstance(inner, Member):
            return Address(inner)
        if expr.op in {"&", "*"} and isinstance(inner, PAGES):
            return inner
        if expr.op == "*" and isinstance(inner, Address):
            return inner.of
        if expr.op == "!":
            return Truth(negation(truth(inner)))
        return unary(expr.op, inner)

    # -- operators

    def _binary(self, expr: Binary, env: Env) -> Value:
        if expr.op in {"&&", "||"}:
            parts = (truth(self.value(expr.left, env)), truth(self.value(expr.right, env)))
            return Truth(conjunction(parts) if expr.op == "&&" else disjunction(parts))
        left, right = self.value(expr.left, env), self.value(expr.right, env)
        if expr.op in {"==", "!="}:
            same = self._equal(expr, left, right, env)
            if same is not None:
                return Truth(same if expr.op == "==" else negation(same))
        if expr.op == "&":
            masked = self._masked(expr, left, right)
            if masked is not None:
                return masked
        if expr.op == "+" and isinstance(left, PAGES):
            return self._after(left, right)
        if expr.op == "-" and isinstance(left, PAGES):
            return Some(binary("-", 9, left, right).text)
        if expr.op in _NEGATED:
            operator = _NEGATED[expr.op]
            return Truth(negation(truth(binary(operator, _STRENGTH[operator], left, right))))
        return binary(expr.op, _STRENGTH.get(expr.op, 9), left, right)

    def _equal(self, expr: Binary, left: Value, right: Value, env: Env) -> Formula | None:
        """When both sides are equal, where that is more than words."""
        if isinstance(left, PAGES) and left == right:
            return Const(True)
        if isinstance(left, Number) and isinstance(right, Number):
            return Const(left.value == right.value)
        if isinstance(left, Truth) and isinstance(right, Truth):
            return choice(left.formula, right.formula, negation(right.formula))
        if isinstance(left, Truth) and isinstance(right, Number) and right.value == 1:
            return left.formula
        if isinstance(right, Number) and right.value == 0:
            return negation(truth(left))
        shift = _shifted(expr.left)
        if shift is not None and words(right).made_of == CONSTANT:
            member, by = self.value(shift.left, env), words(self.value(shift.right, env))
            if isinstance(member, Member) and member.path in TYPE_WORDS and by.made_of == CONSTANT:
                return Type(_plain(right), member.subject, f"{member.path} >> {_plain(by)}")
        return None

    def _masked(self, expr: Binary, left: Value, right: Value) -> Value | None:
        """The bits of a mask, where the other side is a page's flags."""
        for flags, mask, written in ((left, right, expr.right), (right, left, expr.left)):
            if isinstance(flags, Member) and flags.path in FLAG_WORDS and not isinstance(mask, Truth):
                names = self._bits(written, 0)
                if names:
                    return Truth(disjunction(Bit(name, flags.subject) for name in names))
        if isinstance(left, Truth) and isinstance(right, Truth):
            return Truth(conjunction((left.formula, right.formula)))
        return None

    def _bits(self, mask: Expr, depth: int) -> list[str] | None:
        """The names of the bits in ``mask`` (1UL << a | BIT(b), or a macro for such); None when it is no such mask."""
        if depth > _MAX_INLINED:
            return None
        if isinstance(mask, Binary) and mask.op == "|":
            left, right = self._bits(mask.left, depth + 1), self._bits(mask.right, depth + 1)
            return None if left is None or right is None else left + right
        if isinstance(mask, Binary) and mask.op == "<<" and isinstance(mask.left, Num) and mask.left.value == 1:
            return [mask.right.name] if isinstance(mask.right, Name) else None
        if isinstance(mask, Call) and mask.callee in BITS_OF and len(mask.args) == 1:
            return [mask.args[0].name] if isinstance(mask.args[0], Name) else None
        text = (
            mask.text
            if isinstance(mask, Opaque)
            else self.around.spelling(mask.name)
            if isinstance(mask, Name)
            else None
        )
        inner = read(text) if text is not None else None
        return None if inner is None else self._bits(inner, depth + 1)

    # -- calls

    def _call(self, expr: Call, env: Env) -> Value:
        if expr.callee in TRANSPARENT and expr.args:
            return self.value(expr.args[0], env)
        args = tuple(self.value(arg, env) for arg in expr.args)
        if not expr.callee:
            return call(expr.via, args, UNKNOWN)
        if expr.callee in CONFIG_TESTS:
            return call(expr.callee, args, PARAMETER)
        known = self._place(expr.callee, args) or self.around.called(expr.callee, args)
        if known is None:
            known = self._expanded(expr.callee, args)
        return known if known is not None else call(expr.callee, args, _of_constants(expr.callee, args))

    def _place(self, callee: str, args: tuple[Value, ...]) -> Value | None:
        """The words that the table knows: bit tests and ways from one page to another."""
        if callee in BIT_TESTS and len(args) == 2:
            word = args[1]
            name = _plain(args[0])
            if isinstance(word, Address) and name.isidentifier():
                return Truth(Bit(name, word.of.subject))
        elif callee in HEADS and len(args) == 1:
            return head(args[0] if isinstance(args[0], PAGES) else Some(words(args[0]).text))
        elif callee in NTH and len(args) == 2 and isinstance(args[0], PAGES):
            return self._after(args[0], args[1])
        return None

    def _expanded(self, callee: str, args: tuple[Value, ...]) -> Value | None:
        """A macro's replacement text, with its parameters for variables."""
        macro = self.around.macro(callee)
        body = read(macro.body) if macro is not None and len(macro.params) == len(args) else None
        if macro is None or body is None or self._depth >= _MAX_INLINED or not self.around.takes_one_more():
            return None
        self._depth += 1
        found = self.value(body, dict(zip(macro.params, args, strict=True)))
        self._depth -= 1
        return found


def _shifted(expr: Expr) -> Binary | None:
    """``x >> n``, under blanks, casts and wrappers."""
    while True:
        if isinstance(expr, Cast):
            expr = expr.operand
        elif isinstance(expr, Call) and expr.callee in TRANSPARENT and expr.args:
            expr = expr.args[0]
        elif isinstance(expr, Opaque):
            inner = read(expr.text)
            if inner is None:
                return None
            expr = inner
        else:
            return expr if isinstance(expr, Binary) and expr.op == ">>" else None


def _plain(value: Value) -> str:
    return "".join(part if isinstance(part, str) else "?" for part in words(value).text)


def _of_constants(callee: str, args: tuple[Value, ...]) -> int:
    """A call in capitals is made of what its arguments are; of any other nothing is known."""
    if not args or not _LIKE_CONSTANT.match(callee):
        return UNKNOWN
    return max(words(arg).made_of for arg in args)


_HANDLERS: dict[type, Callable[..., Value]] = {
    Num: Evaluator._number,
    Name: Evaluator._name,
    Opaque: Evaluator._opaque,
    Cast: Evaluator._cast,
    Dot: Evaluator._dot,
    Index: Evaluator._index,
    Unary: Evaluator._unary,
    Binary: Evaluator._binary,
    Call: Evaluator._call,
}
