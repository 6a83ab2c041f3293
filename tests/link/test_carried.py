"""What is carried over of a file that differs in some bodies is what reading it as a whole gives."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from kscan.begun import catalog_in
from kscan.facts.tables import key_of
from kscan.link.catalog import Catalog
from kscan.link.overlaid import overlaid
from kscan.link.tables import tables_in
from kscan.model.progress import SILENT
from kscan.source.overlay import overlay
from tests.toy import Toy

FILE = "mm/frob.c"
TEXT = """#include <linux/err.h>

#define LIMIT 3
#define TWICE(x) ((x) + (x))

struct frob_ops {
	int (*open)(struct frob *f);
	int (*close)(struct frob *f);
};

struct frob {
	const struct frob_ops *ops;
	struct frob_ops own;
	int state;
};

static int frob_open(struct frob *f)
{
	if (f->state > LIMIT)
		return -EBUSY;
	return f->ops->open(f);
}

/**
 * frob_close - close
 * @f: what to close
 *
 * Return: 0, or -EIO.
 */
int frob_close(struct frob *f)
{
	int ret = frob_open(f);

	if (ret == -EBUSY)
		ret = -EIO;
	if (ret)
		return ret;
	return 0;
}

static const struct frob_ops frob_ops = {
	.open = frob_open,
	.close = frob_close,
};

#ifdef CONFIG_FROB
static int frob_other(struct frob *f)
{
	f->ops = &frob_ops;
	return -ENODEV;
}
#endif

static int frob_init(struct frob *f, int (*probe)(struct frob *f))
{
	f->own.open = frob_open;
	f->state = TWICE(2);
	frob_handed(&f->own.close, frob_close);
	if (probe(f))
		return -EINVAL;
	return f->own.close(f);
}

int frob_last(struct frob *f, int *left)
{
	*left = LIMIT;
	return frob_init(f, frob_close);
}
EXPORT_SYMBOL(frob_last);
"""
CARRIED = {
    "a return more": ("\treturn 0;\n", "\tif (jiffies)\n\t\treturn -ESTALE;\n\n\treturn 0;\n"),
    "a return less": ("\tif (ret)\n\t\treturn ret;\n", ""),
    "a brace in a literal": ("\treturn 0;\n", "\tpr_info(\"{ %d\", '}'); /* } */\n\treturn 0;\n"),
    "a store": ("\tf->state = TWICE(2);\n", "\tf->own.close = frob_last;\n\tf->state = 1;\n"),
    "a store less": ("\tf->own.open = frob_open;\n", ""),
    "a store with another value": ("\tf->own.open = frob_open;\n", "\tf->own.open =\n\t\tfrob_last;\n"),
    "a call through a pointer": ("\treturn 0;\n", "\treturn f->ops->close(f);\n"),
    "a variable of another type": ("\tint ret = frob_open(f);\n", "\tlong ret = frob_open(f);\n"),
    "a call of a parameter": ("\tif (probe(f))\n", "\tprobe(NULL);\n\tif (probe(f))\n"),
    "an address handed out": ("\t*left = LIMIT;\n", "\tfrob_handed(&f->own.open, frob_close);\n\t*left = LIMIT;\n"),
    "a compound literal": ("\t*left = LIMIT;\n", "\tbar((struct frob_ops){ frob_open, frob_close });\n"),
    "a label": ("\treturn 0;\n", "out:\n\treturn 0;\n"),
    "at the brace": ("{\n\tint ret = frob_open(f);\n", "{\n\tfoo();\n\tint ret = frob_open(f);\n"),
}
WHOLE = {
    "a directive": ("\treturn 0;\n", "#ifdef CONFIG_X\n\treturn 1;\n#endif\n\treturn 0;\n"),
    "an enumerator": ("\treturn 0;\n", "\tenum { ONE, TWO };\n\treturn 0;\n"),
    "a type": ("\treturn 0;\n", "\tstruct two { int (*a)(int); } t;\n\treturn 0;\n"),
    "a header": ("int frob_last(struct", "long frob_last(struct"),
    "a comment above": (" * frob_close - close\n", " * frob_close - shut\n"),
    "a function more": ("static const struct frob_ops frob_ops", "int more(void)\n{\n\treturn 0;\n}\n\nstatic int x"),
    "a function less": ("static int frob_open(", "static int frob_shut("),
    "a macro": ("#define LIMIT 3", "#define LIMIT 4"),
    "a table": ("\t.close = frob_close,\n", ""),
    "a brace too many": ("\treturn 0;\n", "\treturn 0;\n}\n"),
    "a brace too few": ("\treturn 0;\n}\n", "\treturn 0;\n"),
    "an open comment": ("\treturn 0;\n", "\treturn 0; /*\n"),
    "what is no C": ("\treturn 0;\n", "\treturn ] 0;\n"),
}


@pytest.fixture
def below(tmp_path: Path) -> Iterator[Catalog]:
    toy = Toy(tmp_path)
    toy.write({FILE: TEXT})
    with catalog_in(str(toy.root), None, None, False, SILENT) as catalog:
        yield catalog


def replaced(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, old
    return text.replace(old, new)


def both(below: Catalog, text: str) -> tuple[Catalog, Catalog]:
    """The catalog with ``text``, and the same that carries nothing over."""
    tree = overlay(below.tree, {FILE: text.encode()})
    one, other = overlaid(below, tree), overlaid(below, tree)
    other.carrier = None
    return one, other


def tables(catalog: Catalog) -> tuple[object, ...]:
    found = tables_in(catalog, FILE)
    assert found is not None
    kinds = ("struct frob_ops", "struct frob", "struct two")
    held = [found.slots_of(key_of(slot)) for slot in found.slots]
    return found.slots, found.calls, held, [found.structs(kind) for kind in kinds]


def assert_alike(below: Catalog, text: str) -> bool:
    """That both catalogs tell the same of ``text``; gives whether anything was carried over."""
    one, other = both(below, text)
    assert one.facts(FILE) == other.facts(FILE)
    assert tables(one) == tables(other)
    for function in one.facts(FILE).functions:
        assert one.summary(function) == other.summary(function), function.name
        assert one.codes(function) == other.codes(function), function.name
        for call in function.calls:
            assert one.definitions(call.callee, FILE) == other.definitions(call.callee, FILE)
    return one.carried(FILE) is not None


@pytest.mark.parametrize("name", CARRIED)
def test_what_is_carried_over_is_what_is_read(below: Catalog, name: str) -> None:
    assert assert_alike(below, replaced(TEXT, *CARRIED[name]))


@pytest.mark.parametrize("name", WHOLE)
def test_what_others_depend_on_is_read_as_a_whole(below: Catalog, name: str) -> None:
    assert not assert_alike(below, replaced(TEXT, *WHOLE[name]))


def test_a_file_that_is_as_it_was_is_carried_over(below: Catalog) -> None:
    assert assert_alike(below, TEXT)


def test_edits_of_several_bodies_are_carried_over(below: Catalog) -> None:
    rng = random.Random(1)
    for _ in range(60):
        text = TEXT
        for name in rng.sample(sorted(CARRIED), 3):
            old, new = CARRIED[name]
            text = text.replace(old, new, 1)
        assert_alike(below, text)


def test_a_summary_is_carried_over_only_while_constants_are_the_same(below: Catalog) -> None:
    text = replaced(TEXT, *CARRIED["a return more"])
    header = "include/linux/frob.h"
    tree = overlay(below.tree, {FILE: text.encode(), header: b"#define FROB 3\n"})
    catalog = overlaid(below, tree)
    (last,) = catalog.functions_in(FILE, "frob_last")
    assert catalog.carried(FILE) is not None
    assert catalog.summary(last) is not None


def test_names_are_those_of_the_file_below(below: Catalog) -> None:
    one, other = both(below, replaced(TEXT, *CARRIED["a return more"]))
    for name in ("frob_last", "frob_open", "TWICE", "frob", "nobody"):
        assert one.index.files_defining(name) == other.index.files_defining(name)
