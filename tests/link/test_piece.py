"""The body of one function parsed alone: the same code as that of a parse of its whole file."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from kscan.facts.extract import Parsed, extract, tree_of
from kscan.link.bodies import Bodies
from kscan.link.piece import Opened
from kscan.model.code import Code
from kscan.model.facts import FileFacts, Function
from kscan.model.source import Source
from tests.toy import TREE

FIXTURES = TREE.parent
PLAIN = b"static int f(int x)\n{\n\tif (x)\n\t\treturn -EIO;\n\treturn 0;\n}\n"
CUT = b"int g(int x)\n{\n\tif (x\n#ifdef CONFIG_A\n\t    && a(x)\n#endif\n\t    )\n\t\treturn -EIO;\n\treturn 0;\n}\n"
BROKEN = b"int h(int x)\n{\n\tfoo bar baz(;\n\treturn 0;\n}\n"


def test_bodies_are_the_same_alone() -> None:
    alone = 0
    for path in sorted(FIXTURES.rglob("*.[ch]")):
        file = _File(Source(path.name, path.read_bytes()))
        for function in file.facts.functions:
            assert file.codes(function, most=1000) == file.codes(function, most=0), (path, function.name)
        alone += len(file.facts.functions) if not file.wholes else 0
    assert alone > 100


@pytest.mark.parametrize(
    ("text", "name", "alone"),
    [
        (PLAIN, "f", True),
        (PLAIN + CUT, "f", True),
        (PLAIN + CUT, "g", True),
        (PLAIN + BROKEN, "f", True),
        (BROKEN + PLAIN, "h", False),
        (b"#if 0\nint old(void) { return 1; }\n#endif\n" + PLAIN, "f", True),
        (b"#define __mine __attribute__((cold))\n__mine " + PLAIN, "f", True),
        (PLAIN.replace(b"int x", b"int __mine x") + b"#define __mine __attribute__((cold))\n", "f", True),
        (b"#if 1\nint g(int x)\n{\n\treturn x;\n}\n#else\nint g(\n#endif\n" + PLAIN, "f", True),
        (CUT + b"/*\n}\n*/\n#define SUM(a) \\\n}\nLIST(a)\nLIST(b)\n" + PLAIN, "f", True),
        (PLAIN.replace(b"if (x)", b"list_for_each(a, int *)\n\t\tif (x)") + b"LIST(c)\n", "f", True),
    ],
    ids=[
        *("plain", "beside-a-cut", "cut", "beside-trouble", "trouble", "left-out", "own-annotation"),
        *("annotation-below", "behind-what-is-left-out", "behind-macros", "loop-macro"),
    ],
)
def test_what_has_a_say_in_the_tree_is_parsed_with_it(text: bytes, name: str, alone: bool) -> None:
    file = _File(Source("f.c", text))
    (function,) = (one for one in file.facts.functions if one.name == name)
    assert file.codes(function, most=1000) == file.codes(function, most=0) != ()
    assert file.wholes == (not alone)


def test_who_asks_for_many_functions_gets_the_whole_file() -> None:
    text = b"".join(b"int f%d(void)\n{\n\treturn %d;\n}\n" % (n, n) for n in range(5))
    file = _File(Source("f.c", text))
    opened = file.opened(3)
    for function in (*file.facts.functions, file.facts.functions[0]):
        opened.wanted = function
        opened()
    assert file.wholes == 2


class _File:
    """A file; ``wholes`` counts how often all of it was parsed for a body, beside those that were to be."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.facts: FileFacts = extract(source)
        self.wholes = 0

    def opened(self, most: int) -> Opened:
        return Opened(self.source, self.facts, frozenset(), None, partial(self._whole, most > 0), most)

    def codes(self, function: Function, most: int) -> tuple[Code, ...]:
        opened = self.opened(most)
        opened.wanted = function
        return Bodies(self.source, self.facts, opened, frozenset()).codes(function)

    def _whole(self, counted: bool) -> Parsed:
        self.wholes += counted
        return tree_of(self.source)


@pytest.mark.linux
def test_bodies_of_the_kernel_are_the_same_alone(linux_73: Path) -> None:
    files = sorted(linux_73.glob("mm/*.c"))[::3] + sorted(linux_73.glob("fs/ext4/*.c"))[::3]
    for path in files:
        file = _File(Source(path.name, path.read_bytes()))
        for function in file.facts.functions[::5]:
            assert file.codes(function, most=1000) == file.codes(function, most=0), (path, function.name)
