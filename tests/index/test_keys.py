"""Which files are found by what their tables hold, and by what they call through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kscan import api
from kscan.begun import catalog_in
from kscan.facts.glance import Head
from kscan.facts.indexed import Indexed
from kscan.facts.tables import call_key, value_key
from kscan.link.catalog import Catalog
from kscan.link.overlaid import overlaid
from kscan.model.progress import SILENT
from kscan.source.overlay import overlay
from tests.toy import Toy

OPS = "struct ops { int (*open)(int n); int (*close)(int n); };\n"
FILES = {
    "include/linux/ops.h": OPS,
    "mm/a.c": "int lamp_open(int n);\nconst struct ops lamp = { .open = lamp_open };\n",
    "mm/b.c": "static int lamp_open(int n) { return n; }\nconst struct ops other = { .open = lamp_open };\n",
    "mm/c.c": "int use(const struct ops *o, int n) { return o->open(n); }\n",
    "mm/d.c": "int drop(const struct ops *o, int n) { return o->close(n); }\n",
}


@pytest.fixture
def catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Catalog]:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "tree").mkdir()
    toy = Toy(tmp_path / "tree")
    toy.write(FILES)
    api.index(str(toy.root), jobs=1)
    with catalog_in(str(toy.root), None, 1, True, SILENT) as made:
        yield made


def test_who_holds_a_function_that_others_see(catalog: Catalog) -> None:
    assert catalog.indexed is not None
    assert catalog.indexed.filling(value_key("lamp_open")) == ("mm/a.c",)


OWN = {"mm/b.c": {"lamp_open"}}


def test_what_a_file_includes_and_which_values_are_its_own(catalog: Catalog) -> None:
    assert catalog.indexed is not None
    for path in FILES:
        facts, tables = catalog.indexed.facts(path), catalog.indexed.tables(path)
        assert facts is not None
        assert catalog.indexed.head(path) == Head(facts.includes, facts.gaps)
        assert tables is None or (tables.own, tables.gaps) == (OWN.get(path, set()), facts.gaps)
    assert catalog.indexed.head("mm/nowhere.c") is None


def test_who_calls_through_a_member(catalog: Catalog) -> None:
    assert catalog.indexed is not None
    assert catalog.indexed.filling(call_key("open")) == ("mm/c.c",)
    assert catalog.indexed.filling(call_key("close")) == ("mm/d.c",)


def test_a_file_that_is_replaced_may_be_one_of_them(catalog: Catalog) -> None:
    made = overlaid(catalog, overlay(catalog.tree, {"mm/c.c": b"int none;\n", "mm/new.c": FILES["mm/d.c"].encode()}))
    assert made.indexed is not None
    assert made.indexed.filling(call_key("open")) == ("mm/c.c", "mm/new.c")
    assert made.indexed.filling(call_key("close")) == ("mm/c.c", "mm/d.c", "mm/new.c")


def test_only_what_may_define_a_macro_is_opened_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "tree").mkdir()
    toy = Toy(tmp_path / "tree")
    macros = {"mm/near.h": "#define NEAR(n) (n)\n", "mm/other.h": "#define OTHER(n) (n)\n"}
    toy.write({**macros, "mm/a.c": '#include "near.h"\n#include "other.h"\nint f(int n) { return NEAR(n); }\n'})
    api.index(str(toy.root), jobs=1)
    opened = []
    monkeypatch.setattr(
        Indexed, "facts", lambda self, path, facts=Indexed.facts: opened.append(path) or facts(self, path)
    )
    with catalog_in(str(toy.root), None, 1, True, SILENT) as catalog:
        assert [one.file for one in catalog.definitions("NEAR", "mm/a.c")] == ["mm/near.h"]
        assert opened == ["mm/a.c", "mm/near.h"]
