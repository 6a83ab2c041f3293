"""Headers read from their text are what the tree says of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kscan.facts import functions
from kscan.facts.extract import extract
from kscan.facts.plain import plain_header
from kscan.model.facts import Function
from kscan.model.source import Source

STORAGE = ["", "static ", "static inline ", "extern ", "inline "]
TYPES = [
    "int",
    "void",
    "struct page *",
    "const char *",
    "unsigned long",
    "u64",
    "enum zone",
    "struct a const * const *",
    "bool",
]
NAMES = ["page", "pfn", "flags", "p"]
GAPS = ["", " ", "\n\t", "  "]


@st.composite
def parameter(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(TYPES))
    name = draw(st.sampled_from(["", *NAMES]))
    return draw(
        st.sampled_from(["void", "...", "u8 mac[6]", "int (*fn)(int)", "register int r", f"{kind} {name}".strip()])
    )


@st.composite
def header(draw: st.DrawFn) -> str:
    params = draw(st.lists(parameter(), max_size=4))
    stored, returned = draw(st.sampled_from(STORAGE)), draw(st.sampled_from(TYPES))
    gaps = [draw(st.sampled_from(GAPS)) for _ in range(3)]
    return f"{stored}{returned} name{gaps[0]}({gaps[1]}{', '.join(params)}){gaps[2]}"


def told(text: str) -> tuple[Function, ...]:
    return extract(Source("a.c", f"{text}\n{{\n\treturn 0;\n}}\n".encode())).functions


@given(header())
def test_text_and_tree_agree(text: str) -> None:
    by_text = told(text)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(functions, "plain_header", lambda _: None)
        assert told(text) == by_text


@pytest.mark.parametrize(
    "text",
    [
        "int f(int (*fn)(void))\n",
        "int f(int a[4])\n",
        "int f(a, b)\n",
        "f(int a)\n",
        "static f(int a)\n",
        "int f(int a) /* why */\n",
        "int f(struct a)\n",
        "else if(a b)\n",
        "int while(int a)\n",
        "int f(int a)\nint b;\n",
    ],
)
def test_left_to_the_tree(text: str) -> None:
    assert plain_header(text.encode()) is None


def test_plain() -> None:
    found = plain_header(b"static struct page *next(struct page *p,\n\t\tunsigned int flags)\n")
    assert found is not None
    assert (found.name, found.name_start, found.return_type, found.static) == ("next", 20, "struct page *", True)
    assert [(one.name, one.type) for one in found.params] == [("p", "struct page *"), ("flags", "unsigned int")]
