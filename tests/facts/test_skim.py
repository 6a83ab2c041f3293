"""What a header shares is the same, read off its text or told by its tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.facts.extract import sharing_facts, tree_of
from kscan.facts.skim import skimmed
from kscan.model.source import Source

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
GET = b"static inline int get(void)\n{\n\treturn 0;\n}\n"

PLAIN = (
    b"#include <linux/x.h>\n#define A 1 /* one */\n#define F(x) (x)\n" + GET,
    b"enum kind { FIRST, SECOND = 4, THIRD };\n" + GET,
    b"enum { LOW = BIT(2), HIGH = MIX(LOW, (1 << 3)),\n\tLAST = -1, /* the end */\n};\n" + GET,
    b"#if 0\nenum { GONE };\n#define OUT 1\n#else\n#define IN 1\n#endif\nenum kind;\nenum kind of(enum kind);\n" + GET,
    b"struct one { enum { IN, OUT } way; enum kind other; };\n" + GET,
    b"static inline int get(void) __must_hold(x)\n{\n#define INSIDE 3\n\treturn INSIDE;\n}\n",
)

NOT_PLAIN = (
    b"enum { A = 'x' };\n" + GET,
    b"enum { A = 1 /* one */ + 1 };\n" + GET,
    b"enum { false, true };\n" + GET,
    b"enum {\n#ifdef X\n\tA,\n#endif\n\tB };\n" + GET,
    b"enum kind : int { A };\n" + GET,
    b"enum __packed kind { A };\n" + GET,
    b"enum { EACH(A) B };\n" + GET,
    b"enum { };\n" + GET,
    b"#define A 1\nint get(void);\nstruct one { int a; };\n",
    b"static int odd[] = {\n#ifdef X\n\t1,\n#define N 1\n#else\n\t2, 3\n#define N 2\n#endif\n};\n" + GET,
    b"\0" + GET,
)


def _told(data: bytes) -> object:
    source = Source("include/linux/a.h", data)
    return sharing_facts(source, tree_of(source))


@pytest.mark.parametrize("data", PLAIN)
def test_plain(data: bytes) -> None:
    found = skimmed(Source("include/linux/a.h", data))
    assert found is not None
    assert found == _told(data)


@pytest.mark.parametrize("data", NOT_PLAIN)
def test_left_to_the_tree(data: bytes) -> None:
    assert skimmed(Source("include/linux/a.h", data)) is None


def test_fixtures() -> None:
    told = 0
    for path in sorted(FIXTURES.rglob("*.h")):
        source = Source(path.relative_to(FIXTURES).as_posix(), path.read_bytes())
        found, whole = skimmed(source), sharing_facts(source, tree_of(source))
        told += found is not None
        assert found is None or whole is None or found == whole, path
    assert told
