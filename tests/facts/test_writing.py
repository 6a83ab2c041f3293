"""Macros that assign to what they are handed."""

from __future__ import annotations

import itertools
import re

import pytest

from kscan.facts.lower.outputs import occurrences_of
from kscan.facts.writing import written

_TOLD = re.compile(
    r"\bx\b\s*\)?\s*(?:(?:[-+*/%&|^]|<<|>>)?=(?!=)|\+\+|--)|(?:\+\+|--)\s*\(?\s*x\b(?!\s*\)?\s*(?:->|\.|\[))"
)
_TOKENS = ("x", "y", "+", "++", "=", "(", ")", " ", "->")


@pytest.mark.parametrize(
    ("body", "positions"),
    [
        ("(x) = y", (0,)),
        ("x == y", ()),
        ("xx = y", ()),
        ("x <<= y", (0,)),
        ("s->x = y", ()),
        ("int x = y", ()),
        ("++(x)", (0,)),
        ("++x->count", ()),
        ("x--; y++", (0, 1)),
        ("do y = x; while (0)", (1,)),
        ('print("x = 1")', ()),
    ],
)
def test_an_assignment_is_one_to_the_parameter_itself(body: str, positions: tuple[int, ...]) -> None:
    assert written(("x", "y"), body) == positions


def test_a_parameter_is_written_to_where_one_pattern_for_its_name_would_say_so() -> None:
    def told(text: str) -> bool:
        before = (text[: found.start()].rstrip(" (")[-2:] for found in _TOLD.finditer(text))
        return any(end[-1:] not in {">", "y", "x"} for end in before)

    for count in range(1, 5):
        for tokens in itertools.product(_TOKENS, repeat=count):
            text = "".join(tokens)
            assert (written(("x",), text) == (0,)) == told(text), text


def test_a_word_occurs_where_it_is_whole() -> None:
    text = b"err(err, *err2, _err, err)err"
    assert occurrences_of(b"err", text, 0, len(text)) == [0, 4, 22, 26]
    assert occurrences_of(b"err", text, 1, 25) == [4, 22]
