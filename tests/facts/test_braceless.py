"""What a header without braces tells is the same, read off its text or told by its tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.facts import shared
from kscan.facts.braceless import Told, numbers_only, without_braces
from kscan.facts.definers import NO_HEADERS
from kscan.facts.extract import extracted, tree_of
from kscan.facts.tables import tables_of
from kscan.model.source import Source

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"

PLAIN = (
    b"",
    b"/* nothing */\n",
    b"#include <linux/x.h>\n#define A 1 /* one */\n#define F(x) (x)\n#define OPEN(o, f) ((o)->open = f, (o)->x = y)\n",
    b"extern int get(void);\nstruct one;\ntypedef unsigned int one_t;\nDECLARE_IT(a, b(c));\n",
    b"#if 0\n#define OUT 1\nint a;\n#else\n#define IN 1\n#endif\nenum kind;\nenum kind of(enum kind);\n",
    b"int broken( ] ; = int int\n)\n".replace(b"=", b""),
)
TREE = (
    b"int a = 1;\n",
    b"int (*get)(void);\n",
    b"IT(get(a)(b));\nIT(a[1](b));\nIT(a->b (c));\n",
    b"WRITE_ONCE(a.b, c);\n",
    b"#define A 1\n#define F do { } while (0)\n",
    b"int a;\0\n",
)


def _of_tree(source: Source) -> Told:
    parsed = tree_of(source)
    facts, _ = extracted(source, parsed, macros=NO_HEADERS, extra=frozenset())
    return Told(facts, tables_of(source, parsed, facts.functions, facts.macros))


@pytest.mark.parametrize("data", PLAIN)
def test_plain(data: bytes) -> None:
    source = Source("include/linux/a.h", data)
    assert without_braces(source, NO_HEADERS) == _of_tree(source)


@pytest.mark.parametrize("data", TREE)
def test_left_to_the_tree(data: bytes) -> None:
    assert without_braces(Source("include/linux/a.h", data), NO_HEADERS) is None


def test_the_constants_of_a_header_that_numbers_registers_are_no_facts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "MAX_PRIVATE_BYTES", 1000)
    numbers = b"".join(b"#define REG_%d %d\n" % (number, number) for number in range(300))
    for data in (numbers, numbers + b"#define F(x) (x)\n"):
        source = Source("drivers/gpu/r.h", data)
        found = without_braces(source, NO_HEADERS)
        assert found == _of_tree(source)
        assert found is not None
        assert not found.facts.constants


def test_fixtures() -> None:
    told = 0
    for path in sorted(FIXTURES.rglob("*.h")):
        source = Source(path.relative_to(FIXTURES).as_posix(), path.read_bytes())
        found = without_braces(source, NO_HEADERS)
        told += found is not None
        assert found is None or found == _of_tree(source), path
    assert told


NUMBERS = (
    b"/*\n * Whose\n */\n\n#ifndef _R_H\n#define _R_H\n\n// block\n"
    b"#define REG_A 0x1 // one\n#define REG_B (1 << 2) /* b */\n\n#endif\n"
)


def test_nothing_but_numbers() -> None:
    assert numbers_only(NUMBERS)
    assert numbers_only(NUMBERS.replace(b"\n", b"\r\n"))
    assert numbers_only(b"#define REG_A 0x1\n")


@pytest.mark.parametrize(
    "more",
    [
        b"#define F(x) (x)\n",
        b"#define A 1 \\\n  + 2\n",
        b"#define A 1 /* one\n#define B */ 2\n",
        b"#define OPEN .open = get\n",
        b"#include <linux/x.h>\n",
        b"int get(void);\n",
        b"  int get(void);\n",
        b"\0\n",
        b"#define A 1\n/* two\n*/ int get(void);\n",
    ],
)
def test_more_than_numbers(more: bytes) -> None:
    assert not numbers_only(NUMBERS + more)
    assert not numbers_only(more + NUMBERS)
