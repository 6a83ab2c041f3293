"""Under which conditions an offset stands."""

from __future__ import annotations

import pytest

from kscan.dialect.conditions import Conditions
from kscan.dialect.scan import clean

TEXT = b"""#ifndef _THING_H
#define _THING_H
guarded
#ifdef CONFIG_A
a
#if defined(CONFIG_B) && \\
	CONFIG_N > 3 /* why */
ab
#elif X
ax
#else
anone
#endif
#else
nota
#endif
#ifndef CONFIG_C
notc
#else
c
#endif
#endif
outside
"""


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (b"guarded", ()),
        (b"\na\n", ("defined(CONFIG_A)",)),
        (b"ab", ("defined(CONFIG_A)", "defined(CONFIG_B) && CONFIG_N > 3")),
        (b"ax", ("defined(CONFIG_A)", "!(defined(CONFIG_B) && CONFIG_N > 3)", "X")),
        (b"anone", ("defined(CONFIG_A)", "!(defined(CONFIG_B) && CONFIG_N > 3)", "!(X)")),
        (b"nota", ("!defined(CONFIG_A)",)),
        (b"notc", ("!defined(CONFIG_C)",)),
        (b"\nc\n", ("defined(CONFIG_C)",)),
        (b"outside", ()),
    ],
)
def test_conditions(word: bytes, expected: tuple[str, ...]) -> None:
    conditions = Conditions(TEXT, clean(TEXT).directives)
    assert conditions.at(TEXT.index(word) + 1) == expected


@pytest.mark.parametrize("text", [b"", b"#endif\n", b"#else\n#if A\n", b"#if\n#endif\n", b"#if A\n#elif\n"])
def test_unbalanced_lines_are_passed_over(text: bytes) -> None:
    assert Conditions(text, clean(text).directives).at(len(text)) == ()
