"""One walk serves all errnos that take the same ways: it tells of each what a walk of its own would."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.flow.evaluate import ConstantOf
from kscan.flow.explore import Layout
from kscan.link import dispositions
from kscan.link.atoms import UNKNOWN, Atom
from kscan.link.dispositions import Fate, arrivals, fates
from kscan.model.code import Code
from tests.toy import lowered

NUMBERS = {"EPERM": 1, "EIO": 5, "EBUSY": 16, "EINVAL": 22}
ARRIVING = (
    *(Atom(-number, -number) for number in (1, 2, 5, 6, 12, 16, 17, 22, 23, 517, 524, 4095)),
    Atom(-1, -1, literal=True),
    Atom(-5000, -5000),
    *(Atom(number, number) for number in (0, 1, 5, 16)),
    Atom(-4095, -1),
    UNKNOWN,
)
STATEMENTS = (
    "if (r < 0) return r;",
    "if (r == -EIO) return 3;",
    "if (r != -EBUSY) undo(r);",
    "if (r > -EBUSY && r < -1) return -EINVAL;",
    "if (-r == EIO) return a;",
    "if (-r > 12) goto out;",
    "if (IS_ERR(r)) return PTR_ERR(r);",
    "if (!r) return -EPERM;",
    "switch (r) { case -EIO: return 1; case -EBUSY: r = -EPERM; break; case -EINVAL: default: undo(0); }",
    "r = r ? r : -EIO;",
    "r = min(r, -EIO);",
    "r = a ? -6 : r;",
    "while (r == -EBUSY) r = grab(a);",
    "e = r;",
    "e = -r;",
    "if (e == -EIO) return e;",
    "if (fill(&r)) return r;",
    "fill(&e);",
    "r &= 255;",
    "r += 3;",
    "if (r) e = e ?: r;",
    "p->err = r;",
    "b = -r;",
    "b = r;",
    "if (b == 5) return 7;",
    "e = (u8)-r;",
    "t = r;",
    "if (t) return -EINVAL;",
    "u = r;",
    "if (u > 100) undo(u);",
    "if (u == -EIO) return 4;",
    "r = -b;",
    "goto out;",
)


def constant(word: str) -> tuple[int, bool] | None:
    return (NUMBERS[word], True) if word in NUMBERS else None


def told(code: Code, focus: int, end: int, atoms: tuple[Atom, ...]) -> dict[Atom, Fate]:
    return fates(code, constant, focus, end, atoms, ARRIVING)


@given(
    st.sampled_from(("", "u8 b; bool t; u16 u;", "u16 b;", "bool b;", "int b;")),
    st.lists(st.sampled_from(STATEMENTS), max_size=6),
    st.permutations(ARRIVING),
)
def test_a_shared_walk_tells_what_one_alone_does(declared: str, body: list[str], arriving: list[Atom]) -> None:
    lines = (
        "int f(int a, struct s *p)\n{",
        declared,
        "int e = 0;",
        "int r = grab(a);",
        *body,
        "return e;",
        "out:",
        "return r;\n}",
    )
    text = "\n".join(lines)
    code, focus = lowered(text), text.index("grab(a)")
    end = focus + len("grab(a)")
    together = told(code, focus, end, tuple(arriving))
    assert together == {atom: told(code, focus, end, (atom,))[atom] for atom in arriving}


@given(st.lists(st.sampled_from(STATEMENTS), max_size=6), st.lists(st.sampled_from(STATEMENTS), max_size=6))
def test_what_comes_behind_a_call_has_no_say_in_how_it_is_reached(before: list[str], behind: list[str]) -> None:
    lines = ("int f(int a, struct s *p)\n{", "int e = 0, r = ask(a);", *before, "again:", "r = grab(r, a);", *behind)
    text = "\n".join((*lines, "if (e > 3) goto again;", "return e;", "out:", "return r;\n}"))
    code, focus = lowered(text), text.index("grab(r, a)")

    def reached() -> set[tuple[str, str]]:
        ways = arrivals(code, constant, focus)
        return {
            (
                repr(sorted((repr(way.symbols[at]), values) for at, values in way.needs)),
                repr([arg.values for arg in way.args]),
            )
            for way in ways
        }

    fewer = reached()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispositions, "_leading_to", lambda _, whole: whole)
        assert reached() == fewer


@pytest.mark.parametrize(
    ("body", "alone"),
    [
        ("if (r == -EIO)\nreturn 0;\nif (r < 0)\nundo(a);\n", [-2, -5]),
        ("bool b = !r;\nu64 u = -r;\n", [-2, -1]),
        ("u8 b;\nb = -r;\n", [-2, -524]),
        ("e = (u16)(1 + (unsigned char)-r);\n", [-2, -524]),
        ("undo((bool)-r);\n", [-2, -1]),
    ],
    ids=["tested", "bool", "byte", "cast", "cast-argument"],
)
def test_errnos_that_nothing_tells_apart_share_a_walk(
    body: str, alone: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"int f(int a)\n{{\nint e = 0, r = grab(a);\n{body}return r;\n}}\n"
    walked: list[int] = []
    walk = dispositions._walked

    def noted(layout: Layout, constant: ConstantOf, focus: int, atom: Atom, *rest: Any) -> Any:
        walked.append(atom.lo)
        return walk(layout, constant, focus, atom, *rest)

    monkeypatch.setattr(dispositions, "_walked", noted)
    code, focus = lowered(text), text.index("grab(a)")
    told(code, focus, focus + len("grab(a)"), tuple(Atom(-number, -number) for number in (2, 1, 5, 16, 22, 524)))
    assert walked == alone
