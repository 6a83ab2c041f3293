"""What a function leaves behind a pointer: random programs run for every input, and the pointers that get away."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest import TempPathFactory

from kscan.flow.behind import _stands, _uses, code_behind
from kscan.flow.values import compared, contains, single
from tests.flow.programs import HEAD, INPUTS, Function, functions
from tests.toy import Toy, lowered

ROUNDS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
OTHER = 77
"""What the caller returns where it does not read the variable."""


@pytest.fixture(scope="module")
def toy(tmp_path_factory: TempPathFactory) -> Toy:
    return Toy(tmp_path_factory.mktemp("toy"))


def behind(function: Function, again: bool) -> str:
    """``function`` as one that keeps its r behind a pointer; ``again``: it is handed on once more."""
    text = function.c()[len(HEAD) :].replace("int f(int a, int b)", "static int g(int a, int b, int *r)", 1)
    head, body = text.replace("int r = 0, ", "int ", 1).split("{", 1)
    made = head + "{" + re.sub(r"\br\b", "*r", body)
    on = "static int h(int a, int b, int *p)\n{\n\treturn g(a, b, p);\n}\n" if again else ""
    return HEAD + made + on


def left(function: Function) -> set[tuple[int, int]]:
    """What it returns and leaves in r, over all inputs."""
    found = set()
    for a, b in product(INPUTS, INPUTS):
        env = {"a": a, "b": b, "r": 0, "s": -22, "i": 0}
        value = function._run(env)
        if value is not None:
            found.add((value, env["r"]))
    return found


@ROUNDS
@given(
    function=functions(),
    again=st.booleans(),
    op=st.sampled_from(["==", "!=", "<", ">="]),
    number=st.sampled_from([-5, -1, 0, 1]),
)
def test_nothing_that_is_left_is_missing(toy: Toy, function: Function, again: bool, op: str, number: int) -> None:
    name = "h" if again else "g"
    asked = f"if ({name}(a, b, &r) {op} {number})\n\t\treturn r;\n\treturn {OTHER};"
    text = f"{behind(function, again)}int f(int a, int b)\n{{\n\tint r = 0;\n\n\t{asked}\n}}\n"
    found = toy.c(text).returns()
    wanted = {r if contains(compared(op, number), single(value)) else OTHER for value, r in left(function)}
    assert {n for n in wanted if not any(one.lo <= n <= one.hi for one in found.outcomes)} == set(), text


@ROUNDS
@given(function=functions(simple=True))
def test_what_is_left_by_a_simple_program_is_known(toy: Toy, function: Function) -> None:
    text = f"{behind(function, False)}int f(int a, int b)\n{{\n\tint r = 0;\n\n\tg(a, b, &r);\n\treturn r;\n}}\n"
    found = toy.c(text).returns()
    assert found.closed, text
    assert {one.lo for one in found.outcomes} >= {r for _, r in left(function)}, text


@pytest.mark.parametrize(
    ("body", "followed"),
    [
        ("*p = 3;", True),
        ("if (p) *p = 3;", True),
        ("if (p && *p > 3) put(p, *p);", True),
        ("(*p)++; *p += 2; --*p;", True),
        ("tab[*p] = sizeof(*p);", True),
        ("if (p != other) (*p)--;", True),
        ("s->p = 3; log(\"p\");", True),
        ("s->x = p;", False),
        ("int *q = p; *q = 3;", False),
        ("p++;", False),
        ("p[1] = 3;", False),
        ("put((long)p);", False),
        ("put(&p);", False),
        ("put(p + 1);", False),
        ("put(&*p);", False),
        ("other = (*p)++;", False),
        ("asm volatile(\"\" : \"+m\" (*p));", False),
        ("for_each_place(p, other) *p = 3;", False),
        ("x = *get(p);", False),
        ("swap(p, other);", False),
        ("put(ERR_PTR(p));", False),
        ("put(a ? p : other);", False),
        ("{ int *p = other; *p = 3; }", False),
        ("run(&(struct s){ .p = p });", False),
        ("return p;", False),
    ],
)  # fmt: skip
def test_a_pointer_is_followed_or_given_up(body: str, followed: bool) -> None:
    code = lowered(f"int *f(int *p, int a, int *other, struct s *s)\n{{\n{body}\n}}\n")
    assert (code_behind(code, 0) is not None) is followed


@pytest.mark.parametrize(
    ("kind", "followed"),
    [("int *", True), ("unsigned long *", True), ("struct page **", True), ("bool *", True), ("void **", True)]
    + [(kind, False) for kind in ("int", "struct page *", "void *", "char *", "pte_t *", "int **const")],
)
def test_only_numbers_and_pointers_are_followed(kind: str, followed: bool) -> None:
    code = lowered(f"void f({kind} p)\n{{\n\tuse(p);\n}}\n")
    assert (code_behind(code, 0) is not None) is followed


@given(
    st.lists(
        st.sampled_from(["p", "pp", "p_", "x", ".", "->", "*", "(", ")", " ", "[", "]", '"', "sizeof "]), max_size=9
    )
)
def test_what_is_no_use_of_a_pointer(parts: list[str]) -> None:
    text = "".join(parts)
    word, looked_through = _uses("p")
    assert _stands("p", text) == (word.search(text) is not None)
    assert _stands("p", text) or word.search(looked_through.sub("", text)) is None
