"""A guard is called needless only where no value of what it reads makes a difference."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kscan.model.guard import Guard
from kscan.predicates.definitions import Definitions
from kscan.predicates.guards import Guards
from tests.toy import Toy

HEAD = """\
enum { K_A, K_B, K_C };
#define M_X 1
#define M_Y 2
struct box { int kind; unsigned int marks; };
"""
LEAVES = (
    "b->kind == K_A",
    "b->kind == K_B",
    "b->kind != K_C",
    "b->marks & M_X",
    "!(b->marks & M_Y)",
    "b->marks == M_X",
)
WORLDS = list(itertools.product(range(4), range(4)))


def conditions() -> st.SearchStrategy[str]:
    def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        pairs = st.tuples(inner, st.sampled_from([" && ", " || "]), inner)
        return st.one_of(pairs.map(lambda three: f"({''.join(three)})"), inner.map(lambda one: f"!({one})"))

    leaf = st.sampled_from(LEAVES).map(lambda one: f"({one})")
    return st.recursive(leaf, joined, max_leaves=3)


def holds(condition: str, world: tuple[int, int]) -> bool:
    """What the C condition is in a world of a kind and marks."""
    text = condition.replace("b->kind", str(world[0])).replace("b->marks", f"({world[1]})")
    for name, value in {"K_A": 0, "K_B": 1, "K_C": 2, "M_X": 1, "M_Y": 2}.items():
        text = text.replace(name, str(value))
    text = text.replace("!=", "#").replace("!", " not ").replace("#", "!=").replace("&&", " and ").replace("||", " or ")
    return bool(eval(text))


@pytest.fixture(scope="module")
def guards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], list[Guard]]]:
    """What is found in the function f of a text."""
    toy = Toy(tmp_path_factory.mktemp("t"))

    def found(text: str) -> list[Guard]:
        toy.c(HEAD + text)
        with toy.program() as program:
            (function,) = program.catalog.functions_in("f.c", "f")
            return list(Guards(Definitions(program.catalog)).of(function))

    yield found


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(guard=conditions(), rest=conditions(), value=st.booleans())
def test_what_makes_a_difference_is_never_needless(
    guards: Callable[[str], list[Guard]], guard: str, rest: str, value: bool
) -> None:
    said = str(value).lower()
    text = f"static bool f(const struct box *b)\n{{\n\tif {guard}\n\t\treturn {said};\n\treturn {rest};\n}}\n"
    reached = [world for world in WORLDS if holds(guard, world)]
    same = all(holds(rest, world) is value for world in reached)
    found = guards(text)
    assert not found or (reached and same)
    assert [(one.value, one.assumed) for one in found] in ([], [(said, ())])


PARTS = [
    ("b->kind == K_A", "return b->kind == K_B || b->kind == K_C;", ("b->kind == K_B", "b->kind == K_C")),
    ("b->kind == K_A && n", "return b->kind == K_B;", ("b->kind == K_B",)),
    ("b->marks & M_X", "return !b->marks;", ("!b->marks",)),
    ("b->marks & M_X", "return b->marks & M_Y;", None),
    ("b->kind == K_A", "return false;", None),
    ("b->kind == K_A", "return b->kind > K_B;", None),
    ("!b", "return b && b->kind == K_A;", None),
    ("b->kind == unknown", "return b->kind == K_A;", None),
    ("b->kind == K_A", "b->marks = 0;\n\treturn b->kind == K_B;", None),
    ("b->kind == K_A", "return b->kind == K_B && call(b);", None),
]


@pytest.mark.parametrize(("guard", "rest", "excluded"), PARTS)
def test_the_parts_that_are_excluded(
    guards: Callable[[str], list[Guard]], guard: str, rest: str, excluded: tuple[str, ...] | None
) -> None:
    found = guards(f"static bool f(struct box *b, int n)\n{{\n\tif ({guard})\n\t\treturn false;\n\t{rest}\n}}\n")
    assert [one.excluded for one in found] == ([] if excluded is None else [excluded])


def test_what_only_the_guard_uses_is_spare(guards: Callable[[str], list[Guard]]) -> None:
    body = "{\n\tif (n && b->kind == K_A)\n\t\treturn false;\n\treturn b->kind == K_B;\n}\n"
    (found,) = guards(f"static bool f(struct box *b, int n, int m)\n{body}")
    assert (found.spare, found.condition) == (("n",), "n && b->kind == K_A")


ENTRIES = """\
#define E_KIND 0x700
#define E_FILE 0x100
#define E_LINK 0x200
#define e_is_file(e) (((e)->marks & E_KIND) == E_FILE)
struct entry { unsigned int marks; int (*find)(struct entry *e); };
static inline unsigned int entry_kind(const struct entry *e)
{
\treturn e->marks & E_KIND;
}
static inline bool e_is_link(const struct entry *e)
{
\treturn entry_kind(e) == E_LINK;
}
static inline bool e_is_racy(const struct entry *e)
{
\treturn (READ_ONCE(e->marks) & E_KIND) == E_LINK;
}
static inline bool e_is_found(struct entry *e)
{
\treturn e->find(e) == E_LINK;
}
"""
TWICE = {
    "macro of a header": ("e_is_file(e)", "e_is_link(e)", True),
    "inlines of a header": ("e_is_link(e)", "e_is_file(e) && e->find", True),
    "spelt out beside": ("(e->marks & E_KIND) == E_FILE", "e_is_link(e)", True),
    "the same kind": ("e_is_link(e)", "entry_kind(e) == E_LINK", False),
    "another word": ("e_is_file(e)", "e->find != NULL", False),
    "read again on purpose": ("e_is_file(e)", "e_is_racy(e)", False),
    "a call that may do anything": ("e_is_file(e)", "e_is_found(e)", False),
}


@pytest.mark.parametrize("name", TWICE)
def test_a_family_that_a_header_tells_apart(name: str, tmp_path: Path) -> None:
    """One field under a mask, asked for through macros and small functions of a header."""
    guard, rest, needless = TWICE[name]
    toy = Toy(tmp_path)
    toy.write({"include/linux/entry.h": ENTRIES})
    body = f"static bool f(struct entry *e)\n{{\n\tif ({guard})\n\t\treturn false;\n\treturn {rest};\n}}\n"
    toy.c("#include <linux/entry.h>\n" + body)
    with toy.program() as program:
        (function,) = program.catalog.functions_in("f.c", "f")
        found = list(Guards(Definitions(program.catalog)).of(function))
    assert [one.assumed for one in found] == ([()] if needless else [])
