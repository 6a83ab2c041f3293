"""Which files may define page predicates: kept of a tree, and read anew where an overlay has another file."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.facts.names import NameIndex
from kscan.facts.store import open_store
from kscan.link.catalog import Catalog
from kscan.link.overlaid import overlaid
from kscan.model.source import Source
from kscan.predicates import candidates
from kscan.predicates.scanned import scanned
from kscan.source.overlay import overlay
from kscan.source.tree import open_tree
from tests.toy import Toy

ONE, TWO = "include/linux/one.h", "mm/two.c"
ASKS = "struct page;\nstatic inline bool page_is_%s(struct page *page)\n{\n\treturn page->%s;\n}\n"


def _names(catalog: Catalog) -> dict[str, list[str]]:
    return {path: [name for name, *_ in one.functions] for path, one in scanned(catalog).items()}


def test_an_overlay_reads_what_it_replaces_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    (tmp_path / "tree").mkdir()
    toy = Toy(tmp_path / "tree")
    toy.write({ONE: ASKS % ("one", "a"), TWO: ASKS % ("two", "b"), "fs/three.c": ASKS % ("three", "c")})
    tree = open_tree(str(toy.root))
    with open_store(tree.root) as store:
        names = NameIndex(store)
        names.refresh(tree)
        base = Catalog(tree, store, names)
        known = _names(base)
        assert (known[ONE], known[TWO], known.get("fs/three.c")) == (["page_is_one"], ["page_is_two"], None)
        read: list[str] = []

        def counting(source: Source) -> candidates.Candidates | None:
            read.append(source.path)
            return candidates.candidates(source)

        monkeypatch.setattr("kscan.predicates.scanned.candidates", counting)
        files = {
            ONE: None,
            TWO: (ASKS % ("else", "b")).encode(),
            "fs/three.c": b"int three;\n",
            "mm/new.h": b"int n;\n",
        }
        made = _names(overlaid(base, overlay(tree, files)))
        assert {**known, TWO: ["page_is_else"]} == {**made, ONE: ["page_is_one"]} and ONE not in made
        assert sorted(read) == ["mm/new.h", TWO]
