"""A body's paths to one value: what the function returns, as a choice under the conditions on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kscan.model.code import (
    Binary,
    Call,
    Cast,
    Code,
    Do,
    Expr,
    Havoc,
    Jump,
    Name,
    Opaque,
    Ret,
    Set,
    Stop,
    Store,
    Test,
    Unary,
)
from kscan.model.regex import regex
from kscan.predicates.evaluate import Evaluator
from kscan.predicates.formula import Const, choice
from kscan.predicates.subject import written
from kscan.predicates.values import MEMBER, PARAMETER, PRIMARY, UNKNOWN, Number, Truth, Value, Words, truth
from kscan.predicates.words import EFFECTS

_MAX_STEPS = 4_000
_LOWEST_BIT = " & 1"


class NoFormula(Exception):
    """The body is no formula over its parameters: it loops, it is too large, or sides return different things."""


class NoTruth(NoFormula):
    """The body returns more than true and false."""


class _Never:
    """A path that comes back to where it was with nothing changed: it repeats until another is taken."""


_NEVER = _Never()
_PLAIN = regex(r"!?\w+(?:\(\w+\))?\Z")
_Env = dict[str, Value]
_Seen = dict[int, _Env]


def result(code: Code, args: dict[str, Value], evaluator: Evaluator, returns: str = "") -> Value:
    """What the body returns for ``args``: as it is, or as a truth where ``returns`` is "bool" or "int". Raises
    NoFormula.

    A re-check such as ``if (head != compound_head(page)) goto retry`` compares two equal terms: the formula is that of
    the last turn, in which nothing raced."""
    return result_from(code, 0, args, evaluator, returns)


def result_from(
    code: Code, start: int, env: dict[str, Value], evaluator: Evaluator, returns: str = "", *, straight: bool = False
) -> Value:
    """What the body returns from instruction ``start`` on, with variables as ``env`` says. Raises NoFormula;
    ``straight``: also for a body that waits for something, or ends the kernel, on some of its paths."""
    walk = _Walk(code, evaluator, returns)
    found = walk.at(start, env, {})
    if straight and walk.waits:
        raise NoFormula("a path without an end")
    if isinstance(found, _Never):
        raise NoFormula("no way out")
    return found


def assigned(code: Code, value: Expr, env: dict[str, Value], evaluator: Evaluator) -> Value:
    """What a variable is worth that is set to ``value``; locals whose address is handed on are not known any more."""
    return _Walk(code, evaluator, "").value(value, env)


def is_pure(code: Code, harmless: Callable[[str], bool]) -> bool:
    """Whether the body only reads: no stores, no calls for their effect but ``harmless`` ones, none through pointers.

    What the calls made for their value do is not looked at, but for those that are known to change what they test."""
    if code.gaps or any(not name or EFFECTS.match(name) for name in calls(code)):
        return False
    return all(_reads(instr, harmless) for instr in code.instrs)


def _reads(instr: object, harmless: Callable[[str], bool]) -> bool:
    if isinstance(instr, Do):
        return isinstance(instr.value, Call) and harmless(instr.value.callee)
    return not isinstance(instr, Store)


def calls(code: Code) -> Iterator[str]:
    """The functions called for their value, in the order of the text."""
    for instr in code.instrs:
        if isinstance(instr, Test):
            yield from _called(instr.cond)
        elif isinstance(instr, Set | Ret) and instr.value is not None:
            yield from _called(instr.value)


def _called(expr: Expr) -> Iterator[str]:
    if isinstance(expr, Call):
        yield expr.callee
        for arg in expr.args:
            yield from _called(arg)
    elif isinstance(expr, Binary):
        yield from _called(expr.left)
        yield from _called(expr.right)
    elif isinstance(expr, Unary | Cast):
        yield from _called(expr.operand)


class _Walk:
    def __init__(self, code: Code, evaluator: Evaluator, returns: str) -> None:
        self.code = code
        self.returns = returns
        self.evaluator = evaluator
        self.steps = 0
        self.waits = False
        """Whether a path comes back to where it was, or does not come back at all."""
        self.known: dict[tuple[int, frozenset[tuple[str, Value]]], Value | _Never] = {}

    def at(self, index: int, env: _Env, above: _Seen) -> Value | _Never:
        """What is returned from instruction ``index`` on."""
        env = dict(env)
        while True:
            self._step()
            instr = self.code.instrs[index]
            if isinstance(instr, Test):
                return self._test(index, instr, env, above)
            if isinstance(instr, Ret):
                return self._returned(instr.value, env)
            if isinstance(instr, Stop):
                self.waits = True
                return _NEVER
            if isinstance(instr, Set):
                env[instr.target] = self.value(instr.value, env)
            elif isinstance(instr, Havoc):
                env.update({name: Words((_shown(name),), UNKNOWN) for name in instr.targets})
            index = instr.to if isinstance(instr, Jump) else index + 1

    def _returned(self, value: Expr | None, env: _Env) -> Value:
        if value is None:
            raise NoFormula("an end without a value")
        found = self.value(value, env)
        if not self.returns:
            return found
        if self.returns == "int" and not _is_boolean(found):
            raise NoTruth("more values than true and false")
        return Truth(truth(found))

    def _step(self) -> None:
        self.steps += 1
        if self.steps > _MAX_STEPS:
            raise NoFormula("too many paths")

    def _test(self, index: int, test: Test, env: _Env, above: _Seen) -> Value | _Never:
        if index in above:
            if above[index] == env:
                self.waits = True
                return _NEVER
            raise NoFormula("a loop")
        key = (index, frozenset(env.items()))
        if key not in self.known:
            self.known[key] = self._sides(test, env, {**above, index: env})
        return self.known[key]

    def _sides(self, test: Test, env: _Env, above: _Seen) -> Value | _Never:
        condition = truth(self._config(test.cond) if test.kind == "config" else self.value(test.cond, env))
        if isinstance(condition, Const):
            return self.at(test.then if condition.value else test.other, env, above)
        yes, no = self.at(test.then, env, above), self.at(test.other, env, above)
        if isinstance(yes, _Never):
            return no
        if isinstance(no, _Never) or yes == no:
            return yes
        if isinstance(yes, Truth) and isinstance(no, Truth):
            return Truth(choice(condition, yes.formula, no.formula))
        raise NoFormula("sides of different kinds")

    @staticmethod
    def _config(condition: Expr) -> Value:
        text = condition.text if isinstance(condition, Opaque) else "?"
        return Words((text,), PARAMETER, PRIMARY if _PLAIN.match(text) else 1)

    def value(self, expr: Expr, env: _Env) -> Value:
        """What ``expr`` is worth; ``env`` is changed where it hands on the address of a local."""
        if isinstance(expr, Name) and expr.name in self.code.types and expr.name not in env:
            return Words((_shown(expr.name),), UNKNOWN)
        found = self.evaluator.value(expr, env)
        touched = [name for name in _addressed(expr) if name in env]
        env.update({name: Words((_shown(name),), UNKNOWN) for name in touched})
        return found


def _is_boolean(value: Value) -> bool:
    """Whether an int can be taken for a truth: 0, 1, or the lowest bit of a member."""
    if isinstance(value, Number):
        return value.value in (0, 1)
    if isinstance(value, Words):
        return value.made_of <= MEMBER and written(value.text).endswith(_LOWEST_BIT)
    return isinstance(value, Truth)


def _addressed(expr: Expr) -> Iterator[str]:
    """The locals whose address is handed to a call."""
    if isinstance(expr, Call):
        for arg in expr.args:
            if isinstance(arg, Unary) and arg.op == "&" and isinstance(arg.operand, Name):
                yield arg.operand.name
            yield from _addressed(arg)
    elif isinstance(expr, Binary):
        yield from _addressed(expr.left)
        yield from _addressed(expr.right)


def _shown(name: str) -> str:
    """A variable's name as the author wrote it."""
    return name.partition("#")[0]
