"""Operands of conditions as they are written, what is left when one goes, and what keeps kscan silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.dialect.scan import clean
from kscan.link.conditions import Conditions
from kscan.link.operand import fix_of, operand_at
from kscan.model.decided import Decided
from kscan.report.diff import apply
from tests.toy import Toy


def _placed(marked: str) -> tuple[bytes, int, int]:
    """The text without its brackets ``<`` and ``>``, and where they stood."""
    before, rest = marked.split("«")
    inside, after = rest.split("»")
    return (before + inside + after).encode(), len(before.encode()), len((before + inside).encode())


@pytest.mark.parametrize(
    ("marked", "shown", "negated", "whole"),
    [
        ("if («a») f();", "a", False, True),
        ("if (!«a») f();", "!a", True, True),
        ("if (!!«a») f();", "!!a", False, True),
        ("if (unlikely(!«a»)) f();", "unlikely(!a)", True, True),
        ("if (!unlikely(«a == 1»)) f();", "!unlikely(a == 1)", True, True),
        ("if ((«a») && b) f();", "(a)", False, False),
        ("if (!(«a» && b)) f();", "a", False, False),
        ("if (b && ! ( «a» )) f();", "! ( a )", True, False),
        ("else if («a») f();", "a", False, True),
        ("else if («a» && b) f();", "a", False, False),
        ("return «a» ? 1 : 2;", "a", False, False),
        ("x = f(«a»);", "a", False, False),
        ("while («a») f();", "a", False, False),
    ],
)
def test_an_operand_has_its_negations(marked: str, shown: str, negated: bool, whole: bool) -> None:
    data, start, end = _placed(marked)
    found = operand_at(data, start, end)
    assert data[found.start : found.end].decode() == shown
    assert (found.negated, found.whole) == (negated, whole)


@pytest.mark.parametrize(
    ("marked", "holds", "left"),
    [
        ("if («a» && b)\n\tf();\n", True, "if (b)\n\tf();\n"),
        ("if (b && «a»)\n\tf();\n", True, "if (b)\n\tf();\n"),
        ("if (b && «a» && c)\n\tf();\n", True, "if (b && c)\n\tf();\n"),
        ("if (b &&\n    !«a» &&\n    c)\n\tf();\n", True, "if (b &&\n    c)\n\tf();\n"),
        ("if (b || «a» && c)\n\tf();\n", True, "if (b || c)\n\tf();\n"),
        ("if (b || (c && «a»))\n\tf();\n", True, "if (b || (c))\n\tf();\n"),
        ("if (b || «a»)\n\tf();\n", True, None),
        ("if («a» || b)\n\tf();\n", False, "if (b)\n\tf();\n"),
        ("if (b || «a» || c)\n\tf();\n", False, "if (b || c)\n\tf();\n"),
        ("if (b || «a» && c)\n\tf();\n", False, None),
        ("if (b && «a»)\n\tf();\n", False, None),
        ("if («a»)\n\tf();\n", False, None),
        ("if («a» /* why */ && b)\n\tf();\n", True, None),
        ("\tif («a»)\n\t\tf();\n", True, "\tf();\n"),
        ("\tif («a»)\n\t\tf(1,\n\t\t  2);\n", True, "\tf(1,\n\t  2);\n"),
        (
            "\tif («a») {\n\t\tf();\n\n\t\tif (b)\n\t\t\tg();\n\t}\n\th();\n",
            True,
            "\tf();\n\n\tif (b)\n\t\tg();\n\th();\n",
        ),
        ("\tif («a»)\n\t\treturn f();\n", True, "\treturn f();\n"),
        ("\tif («a») {\n\t\tgoto out;\n\t}\n", True, "\tgoto out;\n"),
        ("\tif («a»)\n\t\tf();\n\telse\n\t\tg();\n", True, None),
        ("\tif («a») {\n\t\tf();\n\t} else {\n\t\tg();\n\t}\n", True, None),
        ("\tif («a») {\n\t\tint x = f();\n\n\t\tg(x);\n\t}\n", True, None),
        ("\tif («a») {\n\t\tstruct s *x;\n\t\tg(x);\n\t}\n", True, None),
        ("\tif («a») f();\n", True, None),
        ("\tif («a») /* why */\n\t\tf();\n", True, None),
        ("\tif («a»)\n\t\tif (b)\n\t\t\tf();\n", True, None),
        ("\tif («a»)\n\t\tfor (;;)\n\t\t\tf();\n", True, None),
    ],
)
def test_what_is_left(marked: str, holds: bool, left: str | None) -> None:
    data, start, end = _placed(marked)
    text = clean(data).text
    operand = operand_at(text, start, end)
    fix = fix_of("f.c", data, text, operand, "a", holds)
    assert (None if fix is None else apply(data, list(fix.edits)).decode()) == left


HEAD = """\
struct s { int x; int y; struct s *next; };
int g(int n);
#define SETS(n) ((n) = 3)
#define LOOKS(n) ((n) > 3)
int missing_elsewhere;
"""


def _decided(tmp_path: Path, body: str) -> list[Decided]:
    toy = Toy(tmp_path).c(f"{HEAD}int f(int a, int b, unsigned int u, struct s *p)\n{{\n{body}\n\treturn 0;\n}}\n")
    with toy.program() as program:
        function = program.catalog.functions_in("f.c", "f")[0]
        found = Conditions(program.catalog)
        again = Conditions(program.catalog)  # what the first one kept
        assert found.of(function) == again.of(function)
        return list(found.of(function))


@pytest.mark.parametrize(
    "body",
    [
        "if (a) return 1; LOOKS(a); if (!a) g(b);",
        "if (p->x) return 1; if (!p->x && b) g(b);",
        "if (p->x > p->y) return 1; if (p->x <= p->y) g(b);",
        "if (WARN_ON(a)) return 1; if (!a) g(b);",
        "if (a) return 1; if (b) g(1); else if (!a && u) g(2);",
    ],
)
def test_told(tmp_path: Path, body: str) -> None:
    assert len(_decided(tmp_path, body)) == 1


@pytest.mark.parametrize(
    "body",
    [
        "if (a) return 1; SETS(a); if (!a) g(b);",
        "if (a) return 1; unknown_to_all(a); if (!a) g(b);",
        "if (a) return 1; b = p->y[a++]; if (!a) g(b);",
        "if (a) return 1; if (g(!a)) g(b);",
        "if (READ_ONCE(p->x)) return 1; if (!p->x) g(b);",
        "if (p->x) return 1; p->x++; if (!p->x) g(b);",
        "if (missing_elsewhere) return 1; if (!missing_elsewhere) g(b);",
        "if (a) return 1;\n#ifdef CONFIG_B\n\tg(b);\n#endif\n\tif (!a) g(b);",
        "if (a < 0) return 1; else if (a >= 0) g(b);",
        "if (a < 0) return 1; else if (a >= 0 && b) g(b);",
        "if (a < 0) { g(1); } else if (b) { g(2); } else if (b == 0 && (p || a >= 0)) g(b);",
        "if (a < 0)\n\t\tg(a +\n\t\t  1);\n\telse if (a > 5 && b)\n\t\tg(3);\n\telse if (a <= 5 && b) g(4);",
    ],
)
def test_silent(tmp_path: Path, body: str) -> None:
    assert _decided(tmp_path, body) == []


def test_the_reasons_are_steps_in_their_own_words(tmp_path: Path) -> None:
    (one,) = _decided(tmp_path, "if (unlikely(!p)) return 1; if (p) g(b);")
    assert (one.text, one.holds, one.whole) == ("p", True, True)
    assert [step.note for step in one.because] == ["unlikely(!p) is false"]
