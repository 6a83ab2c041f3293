"""Macros that return or jump are control flow of the function they stand in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kscan.facts.definers import defining_macros
from kscan.facts.extract import facts_of, tree_of
from kscan.facts.inlined import called, inlined
from kscan.facts.leaving import Leaving
from kscan.facts.variants import bodies
from kscan.flow.explore import summarize
from kscan.model import code as model
from kscan.model.code import Binary, Call, Code, Do, Expr, Ret
from kscan.model.source import Source

HEADER = b"""#define CHECK(x) do { if (x) return -5; } while (0)
#define NEED(p, n, bad) do { if (!has_room(p, n)) goto bad; } while (0)
#define READ_OR_RETURN(p) ({ int r = read_it(p); if (r < 0) return -7; r; })
#define return_STATUS(s) return (s)
#define CHECK_ALL(x, y) do { CHECK(x); CHECK(y); } while (0)
#define PLAIN(x) do { note(x); } while (0)
#define FETCH(x, bad) do { if (fetch(x)) goto bad; } while (0)
#define FETCH(x, bad) do { read(x); if (0) goto bad; } while (0)
"""
TABLE = defining_macros([("include/linux/check.h", HEADER)])


def code_of(body: str, before: str = "") -> tuple[Code | None, bytes]:
    text = f"{before}int f(struct item *p, int a, int b)\n{{\n{body}\n}}\n".encode()
    source = Source("mm/thing.c", text)
    parsed = tree_of(source)
    seen = TABLE.seen_from("mm/thing.c", text)
    facts = facts_of(source, parsed, macros=seen)
    function = next(one for one in facts.functions if one.name == "f")
    (variant,) = bodies(parsed, function)
    return inlined(variant, function, text, Leaving(facts, seen), frozenset()), text


def test_which_names_leave() -> None:
    text = b"#define OWN(x) do { if (x) return -1; } while (0)\n#define MILD(x) note(x)\nstatic int NEED(int a)\n{\n}\n"
    source = Source("mm/thing.c", text)
    seen = TABLE.seen_from("mm/thing.c", text)
    leaving = Leaving(facts_of(source, tree_of(source), macros=seen), seen)
    names = frozenset({"OWN", "MILD", "NEED", "CHECK", "PLAIN", "return_STATUS", "nothing"})
    assert leaving.among(names) == {name for name in names if name in leaving} == {"OWN", "CHECK", "return_STATUS"}


def values(code: Code) -> set[int]:
    terms = summarize(code, lambda _: None, False).terms
    return {low for term in terms if term.symbol < 0 for low, high in term.values if low == high}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("\tCHECK(a);\n\treturn 0;", {0, -5}),
        ("\tCHECK_ALL(a, b);\n\treturn 0;", {0, -5}),
        ("\tNEED(p, a, bad);\n\treturn 0;\nbad:\n\treturn -9;", {0, -9}),
        ("\ta = READ_OR_RETURN(p);\n\treturn 0;", {0, -7}),
        ("\tif (a)\n\t\treturn_STATUS(-3);\n\treturn 0;", {0, -3}),
        ("\tlist_for_each_entry(p, q, r)\n\t\tCHECK(a);\n\treturn 0;", {0, -5}),
    ],
)
def test_what_the_macro_returns(body: str, told: set[int]) -> None:
    code, _ = code_of(body)
    assert code is not None
    assert values(code) == told


@pytest.mark.parametrize(
    ("body", "before"),
    [
        ("\treturn g(a);", ""),
        ("\tPLAIN(a);\n\treturn 0;", ""),
        ("\tCHECK(a);\n\treturn 0;", "static void CHECK(int x)\n{\n}\n"),
        ("\tCHECK(a);\n\treturn 0;", "#define CHECK(x) note(x)\n"),
        ("\tCHECK(a;\n\treturn 0;", ""),
    ],
)
def test_left_alone(body: str, before: str) -> None:
    assert code_of(body, before)[0] is None


def test_the_macros_of_the_file_itself() -> None:
    code, _ = code_of("\tBAIL(a);\n\treturn 0;", "#define BAIL(x) if (x) return -4\n")
    assert code is not None
    assert values(code) == {0, -4}


def test_offsets() -> None:
    code, text = code_of("\tNEED(p, a, bad);\n\tg(a);\n\treturn 0;\nbad:\n\treturn h(b);")
    assert code is not None
    made = [one for one in code.instrs if isinstance(one, Do | Ret)]
    assert [text[one.at : one.end] for one in made] == [b"g(a)", b"return 0;", b"return h(b);", b""]
    tests = [one for one in code.instrs if isinstance(one, model.Test)]
    assert all(text[one.at : one.end].endswith(b"NEED(p, a, bad)"[-8:]) for one in tests)


def test_what_is_still_called() -> None:
    code, _ = code_of("\tCHECK(g(a));\n\tif (h(b) < 0)\n\t\treturn !i(a);\n\treturn 0;")
    assert code is not None
    assert called([code]) == {"g", "h", "i"}


def test_calls_of_one_macro_stay_apart() -> None:
    code, _ = code_of("\tCHECK(g(a) + g(b));\n\treturn 0;")
    assert code is not None
    starts = [found.at for one in code.instrs if isinstance(one, model.Test) for found in calls(one.cond)]
    assert len(starts) == len(set(starts)) == 2


def calls(expr: Expr) -> Iterator[Call]:
    if isinstance(expr, Call):
        yield expr
    elif isinstance(expr, Binary):
        yield from calls(expr.left)
        yield from calls(expr.right)


def test_a_macro_of_the_file_that_uses_one_that_returns() -> None:
    before = "#define FAIL(x) do { if (x) return -11; } while (0)\n#define FAIL_TWICE(x, y) FAIL(x); FAIL(y)\n"
    code, _ = code_of("\tFAIL_TWICE(a, b);\n\treturn 0;", before)
    assert code is not None
    assert values(code) == {0, -11}


def test_a_macro_of_the_file_that_uses_one_of_a_header() -> None:
    before = "#define TRY(x) CHECK((x) < 0)\n#define TRY_HARD(x) do { TRY(x); note(x); } while (0)\n"
    for body in ("\tTRY(a);\n\treturn 0;", "\tTRY_HARD(a);\n\treturn 0;"):
        code, _ = code_of(body, before)
        assert code is not None
        assert values(code) == {0, -5}


def test_a_macro_of_the_file_that_uses_one_of_several_is_left_as_it_was() -> None:
    before = "#define FETCH_ALL(n, bad) while (n--) { FETCH(n, bad); }\n"
    code, _ = code_of("\tFETCH_ALL(a, bad);\n\treturn 0;\nbad:\n\treturn -9;", before)
    assert code is None


def test_macros_that_double_without_end_are_left_as_they_are() -> None:
    doubling = "".join(f"#define D{n + 1}(x) D{n}(x); D{n}(x)\n" for n in range(40))
    before = f"#define D0(x) do {{ if (x) return -11; }} while (0)\n{doubling}"
    code, _ = code_of("\tD40(a);\n\treturn 0;", before)
    assert code is None
