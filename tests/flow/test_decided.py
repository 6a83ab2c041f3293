"""Conditions that earlier tests decide: by shape, and against runs of random functions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings

from kscan.flow.decided import Answer, answers
from kscan.model import code as code_model
from kscan.model.code import Binary, Call, Cast, Code, Expr, Jump, Name, Num, Ret, Set, Unary
from tests.flow.programs import CALLEES, ERRNOS, HEAD, Function, functions
from tests.toy import lowered

NUMBERS = {name.lstrip("-"): -value for name, value in ERRNOS.items()} | {"A": 1, "B": 2, "A_TOO": 1}
BEFORE = "int give(int n);\nint f(int a, int b, unsigned int u, struct s *p, unsigned long flags)\n{\n"
MAX_STEPS = 60
SOME = range(-2, 4)


def decided(body: str) -> set[tuple[str, bool]]:
    """The decided conditions of a function with this body, by their text."""
    text = f"{BEFORE}{body}\nreturn 0;\n}}\n"
    code = lowered(text)
    return {(_text(text, code, one), one.holds) for one in answers(code, NUMBERS.get)}


def _text(text: str, code: Code, one: Answer) -> str:
    test = code.instrs[one.test]
    assert isinstance(test, code_model.Test)
    return text.encode()[test.at : test.end].decode()


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("if (a > 3) return 1; if (a > 2) return 2; if (a <= 3) return 3;", {("a <= 3", True)}),
        ("if (!p) return 1; if (p) give(a);", {("p", True)}),
        ("if (a && !a) give(a);", {("a", True)}),
        ("if (a == 1 && a == 2) give(a);", {("a == 2", False)}),
        ("if (a == A && a == B) give(a);", {("a == B", False)}),
        ("if (u < 0) give(a);", {("u < 0", False)}),
        ("if (u > 0) return 1; if (u == 0) give(a);", {("u == 0", True)}),
        ("if (a < b) return 1; if (b <= a) give(a);", {("b <= a", True)}),
        ("if (flags & (A | B)) return 1; if (flags & B) give(a);", {("flags & B", False)}),
        ("if (!(flags & A)) return 1; if (flags & (A | B)) give(a);", {("flags & (A | B)", True)}),
        ("if (IS_ERR(p)) return 1; if (IS_ERR(p)) give(a);", {("IS_ERR(p)", False)}),
        ("switch (a) { case 1: case 2: if (a == 3) give(a); }", {("a == 3", False)}),
        (
            "if (a < 0) goto out; b = give(a); if (b < 0) return 1; return 2; out: if (a < 0) give(a);",
            {("a < 0", True)},
        ),
        ("while (a > 0) a = give(a); if (a > 0) give(a);", {("a > 0", False)}),
        ("a = give(a); if (a < 0) return a; if (a == -EIO) give(a);", {("a == -EIO", False)}),
    ],
)
def test_what_is_decided(body: str, wanted: set[tuple[str, bool]]) -> None:
    assert decided(body) == wanted


@pytest.mark.parametrize(
    "body",
    [
        "if (a > 3) return 1; a = give(a); if (a > 3) give(a);",
        "if (a > 3) return 1; give2(&a); if (a > 3) give(a);",
        "if (b) { if (a > 3) return 1; } if (a > 3) give(a);",
        "while (a > 0) { if (b) break; a = give(a); } if (a > 0) give(a);",
        "again: if (a > 3) return 1; a = give(a); if (b) goto again; if (a > 3) give(a);",
        "if (p->x) return 1; give(a); if (p->x) give(a);",
        "if (p->x) return 1; p->x = b; if (p->x) give(a);",
        "if (p->x) return 1; p = p->next; if (p->x) give(a);",
        "if (u == -1) return 1; if (u >= 5) give(a);",
        "if (flags & (A | B)) { if (flags & A) give(a); }",
        "if (a == b) return 1; b = give(a); if (a == b) give(a);",
        "if (a == UNKNOWN && a == OTHER) give(a);",
        "BUG_ON(a < 0); if (a >= 0) give(a);",
        'if (a) return 1; asm volatile("" : "+r" (a)); if (a) give(a);',
        "for (a = 0; a < 3; a++) give(a); if (b) give(a);",
        "if (a > 0) return 1; { int a = give(b); if (a > 0) give(a); }",
    ],
)
def test_what_is_not_decided(body: str) -> None:
    assert decided(body) == set()


def test_the_reasons_are_the_tests_on_each_way() -> None:
    body = "if (b) { if (a < 0) return 1; } else { if (a < -3) return 2; } if (a >= -3) return 3; return 0;"
    text = f"{BEFORE}{body}\n}}\n"
    code = lowered(text)
    (one,) = answers(code, NUMBERS.get)
    told = {(_text(text, code, Answer(went.test, False, (), one.question)), went.holds) for went in one.because}
    assert told == {("a < 0", False), ("a < -3", False)}


# -- against runs


def value(expr: Expr, env: dict[str, int]) -> int:
    """What ``expr`` is where the variables are as in ``env``."""
    match expr:
        case Num():
            return expr.value
        case Name():
            return env[expr.name] if expr.name in env else NUMBERS[expr.name]
        case Cast():
            return value(expr.operand, env)
        case Unary():
            operand = value(expr.operand, env)
            return -operand if expr.op == "-" else ~operand
        case Call():
            return CALLEES[expr.callee](value(expr.args[0], env))
        case Binary():
            a, b = value(expr.left, env), value(expr.right, env)
            table = {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}
            return (
                int(table[expr.op]) if expr.op in table else {"+": a + b, "-": a - b, "&": a & b, "|": a | b}[expr.op]
            )
        case _:
            raise AssertionError(expr)


def steps(code: Code, env: dict[str, int]) -> Iterator[tuple[int, bool]]:
    """The tests that a run meets, each with its answer."""
    index = 0
    for _ in range(MAX_STEPS):
        instr = code.instrs[index]
        index += 1
        if isinstance(instr, Set):
            env[instr.target] = value(instr.value, env)
        elif isinstance(instr, Jump):
            index = instr.to
        elif isinstance(instr, Ret):
            return
        elif isinstance(instr, code_model.Test):
            holds = bool(value(instr.cond, env))
            yield index - 1, holds
            index = instr.then if holds else instr.other


@settings(max_examples=40, deadline=None)
@given(functions())
def test_no_run_gives_another_answer(function: Function) -> None:
    code = lowered(function.c().removeprefix(HEAD))
    told = {one.test: one.holds for one in answers(code, NUMBERS.get)}
    for a, b in product(SOME, SOME):
        for index, holds in steps(code, {"a": a, "b": b}):
            assert told.get(index, holds) == holds
