"""Compact code: goldens of each shape in a short spelling, and laws that hold for any body."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from kscan.model.code import (
    Binary,
    Call,
    Cast,
    Code,
    Do,
    Expr,
    Havoc,
    Instr,
    Jump,
    Name,
    Num,
    Opaque,
    Ret,
    Set,
    Stop,
    Store,
)
from kscan.model.code import Test as Branch
from tests.flow.programs import Function, functions
from tests.toy import lowered


def _expr(expr: Expr) -> str:
    if isinstance(expr, Name):
        return expr.name
    if isinstance(expr, Num | Opaque):
        return expr.text
    if isinstance(expr, Call):
        return f"{expr.callee or f'[{expr.via}]'}({', '.join(_expr(arg) for arg in expr.args)})"
    if isinstance(expr, Binary):
        return f"({_expr(expr.left)} {expr.op} {_expr(expr.right)})"
    if isinstance(expr, Cast):
        return f"<{expr.type}>{_expr(expr.operand)}"
    return f"{expr.op}{_expr(expr.operand)}"


def _instr(instr: Instr) -> str:
    if isinstance(instr, Set):
        return f"{instr.target} = {_expr(instr.value)}"
    if isinstance(instr, Store):
        return f"[{instr.place}] = {_expr(instr.value)}"
    if isinstance(instr, Do):
        return f"do {_expr(instr.value)}"
    if isinstance(instr, Branch):
        return f"{instr.kind} {_expr(instr.cond)} {instr.then} {instr.other}"
    if isinstance(instr, Jump):
        return f"to {instr.to}"
    if isinstance(instr, Havoc):
        return f"havoc {' '.join(instr.targets)}"
    if isinstance(instr, Ret):
        return "end" if instr.value is None else f"return {_expr(instr.value)}"
    return "stop"


def told(body: str, params: str = "int a, int b") -> str:
    """The code of ``f(a, b)`` with ``body``, its instructions separated by semicolons, without the last end."""
    code = lowered(f"int f({params})\n{{\n{body}\n}}\n")
    assert code.gaps == ()
    return "; ".join(_instr(instr) for instr in code.instrs[:-1])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", ""),
        ("return;", "end"),
        ("return -EIO;", "return -EIO"),
        ("return (((a)));", "return a"),
        ("return -1;", "return -1"),
        ("int r = 1; return r;", "r = 1; return r"),
        ("int r; r = a; return r;", "r = a; return r"),
        ("a += b;", "a = (a + b)"),
        ("a |= 4;", "a = (a | 4)"),
        ("a++;", "a = (a + 1)"),
        ("--a;", "a = (a - 1)"),
        ("return a++;", "?1 = a; a = (a + 1); return ?1"),
        ("return ++a;", "a = (a + 1); return a"),
        ("g(a);", "do g(a)"),
        ("g(h(a), b);", "do g(h(a), b)"),
        ("a = g(&b);", "a = g(&b)"),
        ("*p = a;", "[*p] = a"),
        ("s->f = g(a);", "?1 = g(a); [s->f] = ?1"),
        ("return s->f;", "return s->f"),
        ("ops->go(a);", "do [ops->go](a)"),
        ("return (long)a;", "return <long>a"),
        ("return a, b;", "return b"),
        ("return true;", "return true"),
        ("return 'A';", "return 'A'"),
        ("a = b = 1;", "b = 1; a = b"),
        ("return ({ int x = a; x; });", "x = a; return x"),
        ("return unlikely(a);", "return a"),
    ],
)
def test_straight_code(body: str, code: str) -> None:
    assert told(body) == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("if (a) return 1; return 2;", "if a 1 3; return 1; to 3; return 2"),
        ("if (!a) return 1; return 2;", "if a 3 1; return 1; to 3; return 2"),
        ("if (a && b) return 1; return 2;", "if a 1 4; if b 2 4; return 1; to 4; return 2"),
        ("if (a || b) return 1; return 2;", "if a 2 1; if b 2 4; return 1; to 4; return 2"),
        ("if (!(a || b)) return 1; return 2;", "if a 4 1; if b 4 2; return 1; to 4; return 2"),
        ("if (unlikely(a < 0)) return 1; return 2;", "if (a < 0) 1 3; return 1; to 3; return 2"),
        ("if (a) b = 1; else b = 2;", "if a 1 3; b = 1; to 4; b = 2"),
        ("return a ? 1 : 2;", "?: a 1 2; return 1; return 2"),
        ("return a == 3;", "?: (a == 3) 1 2; return 1; return 0"),
        ("int r = a ? 1 : 2;", "?: a 1 3; r = 1; to 5; r = 2; to 5"),
        ("BUG();", "do BUG(); stop"),
        ("BUG_ON(a); return 1;", "if a 1 2; stop; return 1"),
        ("if (IS_ENABLED(CONFIG_X)) return 1; return 2;", "config IS_ENABLED(CONFIG_X) 1 3; return 1; to 3; return 2"),
        ("\n#ifdef CONFIG_X\nreturn 1;\n#endif\nreturn 2;", "config defined(CONFIG_X) 1 3; return 1; to 3; return 2"),
        ("\n#ifdef X\na = 1;\n#else\na = 2;\n#endif\n", "config defined(X) 1 3; a = 1; to 4; a = 2"),
    ],
)
def test_branches(body: str, code: str) -> None:
    assert told(body) == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("while (a) g();", "loop a 1 3; do g(); to 0"),
        ("do g(); while (a);", "do g(); loop a 0 2"),
        ("for (;;) g();", "do g(); to 0"),
        ("for (a = 0; a < b; a++) g();", "a = 0; loop (a < b) 2 5; do g(); a = (a + 1); to 1"),
        ("while (a) { if (b) break; continue; }", "loop a 1 6; if b 6 0; to 6; to 0; to 0; to 0"),
        ("goto out; g(); out: return 1;", "to 2; do g(); return 1"),
        ("again: if (a) goto again; return 1;", "if a 0 3; to 0; to 3; return 1"),
        (
            "switch (a) { case 1: return 1; default: return 2; }",
            "case (a == 1) 2 1; default 1 3 3; return 1; return 2",
        ),
        ("switch (a) { case 1: b = 1; }", "case (a == 1) 2 1; default 1 3 3; b = 1"),
        (
            "switch (g()) { case 1: b = 1; fallthrough; case 2: b = 2; break; }",
            "?1 = g(); case (?1 == 1) 4 2; case (?1 == 2) 5 3; default 1 7 7; b = 1; b = 2; to 7",
        ),
    ],
)
def test_loops_and_jumps(body: str, code: str) -> None:
    assert told(body) == code


def test_names_of_inner_scopes_are_their_own() -> None:
    code = told("int r = 1; { int r = 2; g(r); } return r;")
    assert code == "r = 1; r#2 = 2; do g(r#2); return r"


def test_a_loop_macro_may_write_what_it_is_given() -> None:
    code = told("for_each_thing(a, list) g(a); return a;")
    assert code.startswith("havoc a; loop ")
    assert code.endswith("return a")


def test_an_address_that_is_kept_escapes() -> None:
    code = lowered("int f(void) { int a = 1, b = 2, c = 3; int *p = &a; g(&b); return c; }\n")
    assert code.escaped == {"a"}


@pytest.mark.parametrize(
    ("body", "reason"),
    [("goto *where;", "label where not found"), ("goto nowhere;", "label nowhere not found")],
)
def test_what_is_not_followed_is_a_gap(body: str, reason: str) -> None:
    (gap,) = lowered(f"int f(void *where) {{ {body} }}\n").gaps
    assert gap[1] == reason


def test_depth_is_a_gap_and_no_recursion_error() -> None:
    depth = 400
    code = lowered(f"int f(int a) {{ {'if (a) {' * depth} a = 1; {'}' * depth} return a; }}\n")
    assert {reason for _, reason in code.gaps} == {"statements nested too deeply"}
    code = lowered(f"int f(int a) {{ return {'(1 + ' * 600} a {')' * 600}; }}\n")
    assert code.gaps
    code = lowered(f"int f(int *a, int i) {{ return {'a[' * 1500} i++ {']' * 1500}; }}\n")
    assert {reason for _, reason in code.gaps} == {"expression nested too deeply"}
    code = lowered(f"int f(int i) {{ int x[] = {'{' * 1500} i++ {'}' * 1500}; return x[0]; }}\n")
    assert {reason for _, reason in code.gaps} == {"expression nested too deeply"}


def check_laws(code: Code, size: int) -> None:
    assert isinstance(code.instrs[-1], Ret)
    for index, instr in enumerate(code.instrs):
        targets = (
            (instr.then, instr.other) if isinstance(instr, Branch) else (instr.to,) if isinstance(instr, Jump) else ()
        )
        assert all(0 <= target < len(code.instrs) for target in targets)
        assert isinstance(instr, Ret | Stop | Jump | Branch) or index + 1 < len(code.instrs)
        if not isinstance(instr, Jump):
            assert 0 <= instr.at <= getattr(instr, "end", instr.at) <= size
        if isinstance(instr, Set):
            assert instr.target in code.types


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(functions())
def test_any_function_keeps_the_laws(function: Function) -> None:
    text = function.c()
    code = lowered(text)
    assert code.gaps == ()
    check_laws(code, len(text))
    assert lowered(text) == code
    for instr in code.instrs[:-1]:
        if isinstance(instr, Ret):
            assert text[instr.at :].startswith("return")


def test_a_label_that_follows_another_and_cases_below_statements() -> None:
    text = (
        "int f(int a)\n{\n\tswitch (a) {\n\tcase 1:\n\t\twhile (a) {\n\tcase 2:\n\t\t\ta--;\n\t\t}\n"
        "\t\tswitch (a) {\n\t\tcase 7:\n\t\t\tbreak;\n\t\t}\n\tdefault:\n\t\tbreak;\n\t}\n"
        "first:\nsecond:\n\treturn a;\n}\n"
    )
    code = lowered(text)
    values = [instr.cond for instr in code.instrs if isinstance(instr, Branch) and instr.kind == "case"]
    assert [one.right.value for one in values if isinstance(one, Binary) and isinstance(one.right, Num)] == [1, 2, 7]
    assert not code.gaps
