"""The fixpoint: recursion of every shape ends with all values, contexts stay apart and stay few."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.flow.values import ALL, single
from kscan.link.context import Known
from kscan.link.linker import MAX_CONTEXTS
from tests.toy import Toy

GIVE = "static int give(int a) { return a ? -EIO : 0; }\n"
RING = """
static int two(int n);
static int three(int n);
static int one(int n) { if (n == 1) return -EIO; return two(n); }
static int two(int n) { if (n == 2) return -EBUSY; return three(n); }
static int three(int n) { if (n == 3) return -ENODEV; if (n > 9) return 0; return one(n); }
int f(int n) { return NAME(n); }
"""


@pytest.mark.parametrize("entry", ["one", "two", "three"])
def test_a_ring_of_functions_has_one_set(tmp_path: Path, entry: str) -> None:
    assert Toy(tmp_path).c(RING.replace("NAME", entry)).values() == {"0", "-EIO", "-EBUSY", "-ENODEV"}


ITSELF = """
int f(int n)
{
	int r;

	if (n < 0)
		return -EIO;
	r = f(n - 1);
	if (r == -EIO)
		return -EBUSY;
	if (r == -EBUSY)
		return -ENODEV;
	return r;
}
"""
BELOW = """
int unknown(int a);
static int g(int a) { return a ? -EIO : unknown(a); }
static int h(int a) { return g(a); }
int f(int a) { return h(a); }
"""
AWAY = """
int unknown(int a);
static int g(int a) { return unknown(a); }
int f(int a) { int r = g(a); if (r < 0) return -EIO; return 0; }
"""


def test_a_result_that_depends_on_itself_through_a_test(tmp_path: Path) -> None:
    assert Toy(tmp_path).c(ITSELF).values() == {"-EIO", "-EBUSY", "-ENODEV"}


def test_what_is_open_below_is_open_above(tmp_path: Path) -> None:
    found = Toy(tmp_path).c(BELOW).returns()
    assert not found.closed
    assert {(one.function, one.reason) for one in found.open_because} == {("g", "no definition of unknown() found")}
    assert "-EIO" in found.values


def test_what_is_tested_away_closes_the_set(tmp_path: Path) -> None:
    found = Toy(tmp_path).c(AWAY).returns()
    assert found.closed
    assert set(found.values) == {"0", "-EIO"}
    assert found.open_because == ()


def test_a_call_through_a_pointer_tells_through_what(tmp_path: Path) -> None:
    text = "struct ops { int (*go)(int); };\nint f(struct ops *ops) { return ops->go(1); }\n"
    (why,) = Toy(tmp_path).c(text).returns().open_because
    assert "ops->go" in why.reason


def test_contexts_are_bounded_and_what_is_beyond_them_is_everything(tmp_path: Path) -> None:
    calls = "".join(f"\tif (n == {i}) return g({i});\n" for i in range(MAX_CONTEXTS + 20))
    callee = f"static int g(int a) {{ return a > {MAX_CONTEXTS + 10} ? -EIO : 0; }}\n"
    text = f"{callee}int f(int n)\n{{\n{calls}\treturn 1;\n}}\n"
    assert Toy(tmp_path).c(text).values() == {"0", "1", "-EIO"}


def test_a_context_tells_bits_apart(tmp_path: Path) -> None:
    toy = Toy(tmp_path).c("int f(unsigned int flags) { if (flags & 4) return 1; if (flags & 8) return 2; return 0; }\n")
    with toy.program() as program:
        (function,) = program.catalog.functions_in("f.c", "f")

        def values(known: Known | None) -> set[str]:
            return set(program.returns(function, (known,)).values)

        assert values(None) == {"0", "1", "2"}
        assert values(Known(ALL, 4, 0)) == {"1"}
        assert values(Known(ALL, 0, 4)) == {"0", "2"}
        assert values(Known(ALL, 8, 4)) == {"2"}
        assert values(Known(ALL, 0, 12)) == {"0"}
        assert values(Known(single(8))) == {"2"}


def test_a_context_for_a_parameter_that_does_not_matter_is_none(tmp_path: Path) -> None:
    toy = Toy(tmp_path).c(GIVE + "int f(void *log, int a) { return give(a); }\n")
    with toy.program() as program:
        (function,) = program.catalog.functions_in("f.c", "f")
        plain = program.linker.node(function)
        assert program.linker.node(function, (Known(single(0)),)) == plain
        assert program.linker.node(function, (None, Known(single(0)))) != plain


def test_the_order_of_questions_does_not_matter(tmp_path: Path) -> None:
    toy = Toy(tmp_path).c(RING.replace("NAME", "one"))
    names = ["f", "one", "two", "three"]
    seen = []
    for order in (names, names[::-1]):
        with toy.program() as program:
            found = {n: program.returns(program.catalog.functions_in("f.c", n)[0]) for n in order}
        seen.append({name: (one.values, [o.path for o in one.outcomes]) for name, one in found.items()})
    assert seen[0] == seen[1]


def test_the_shortest_path_is_told(tmp_path: Path) -> None:
    text = (
        GIVE
        + "int f(int a, int b) { int r; if (a > 9) { r = give(b); if (r) return r; } if (a) return -EIO; return 0; }\n"
    )
    toy = Toy(tmp_path).c(text)
    (path,) = (one.path for one in toy.returns().outcomes if one.value == "-EIO")
    assert {step.function for step in path} == {"f"}


def test_a_path_goes_down_to_where_the_value_is_made(tmp_path: Path) -> None:
    text = (
        GIVE
        + "static int hand(int a)\n{\n\tint r = give(a);\n\n\treturn r;\n}\n\nint f(int a)\n{\n\treturn hand(a);\n}\n"
    )
    toy = Toy(tmp_path).c(text)
    (path,) = (one.path for one in toy.returns().outcomes if one.value == "-EIO")
    order = list(dict.fromkeys(step.function for step in path))
    assert order == ["f", "hand", "give"]
    assert any("-EIO" in step.note for step in path if step.function == "give")
    assert path[-1].function in {"hand", "f"}


OUT = """
static int g(int a, int *err) { if (a) *err = -EIO; return 0; }
static int h(int a, int *err) { run.err = err; return 0; }
int f(int a) { int err; NAME(a, &err); return err; }
"""


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("g", "may leave *err as it was"),
        ("h", "what h() stores through its argument 2"),
        ("unknown", "no definition of unknown() found"),
    ],
)
def test_why_it_is_not_known_what_a_call_leaves_in_a_variable(tmp_path: Path, name: str, reason: str) -> None:
    (why,) = Toy(tmp_path).c(OUT.replace("NAME", name)).returns().open_because
    assert why.reason == reason


def test_a_path_goes_through_the_call_whose_result_is_returned(tmp_path: Path) -> None:
    """Of very many ways some are joined; none is told with the tests of another."""
    many = range(12)
    own = "".join(f"int own{n}(int x)\n{{\n\treturn x == {n} ? -EIO : 0;\n}}\n" for n in many)
    cases = "".join(f"\tcase {n}:\n\t\tif (x)\n\t\t\terr = own{n}(x);\n\t\tbreak;\n" for n in many)
    last = "int last(int x)\n{\n\treturn x ? -EBUSY : 0;\n}\n"
    text = (
        f"int f(int cmd, int x, int y)\n{{\n\tint err = -EINVAL;\n\n\tswitch (cmd) {{\n{cases}"
        "\tcase 99:\n\t\terr = last(x);\n\t\tbreak;\n\t}\n\tif (y)\n\t\tlog(y);\n\treturn err;\n}\n"
    )
    toy = Toy(tmp_path).c(own + last + text)
    (busy,) = (outcome for outcome in toy.returns().outcomes if outcome.value == "-EBUSY")
    lines = [toy.line(step.span.start) for step in busy.path]
    assert "err = last(x);" in lines and "return err;" in lines
    assert not [line for line in lines if "own" in line]
