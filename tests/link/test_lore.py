"""What headers say for a whole tree: kept from run to run without the dialect, and read again with another header."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.facts.names import NameIndex
from kscan.facts.store import open_store
from kscan.link import lore
from kscan.link.lore import Lore
from kscan.source.tree import open_tree
from tests.toy import Toy

HEADER = "include/linux/init.h"


def annotations(root: Path) -> frozenset[bytes]:
    """Those of the tree as it is now."""
    tree = open_tree(str(root))
    with open_store(tree.root) as store:
        names = NameIndex(store)
        names.refresh(tree)
        return Lore(tree, store, names).annotations


def test_annotations_are_kept_without_the_dialect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KSCAN_CACHE_DIR", str(tmp_path / "cache"))
    toy = Toy(tmp_path)
    toy.write({HEADER: "#define __frob __attribute__((cold))\n"})
    first = annotations(toy.root)
    assert b"__frob" in first
    with monkeypatch.context() as patch:
        patch.setattr(lore, "dialect_of", None)
        assert annotations(toy.root) == first
    toy.write({HEADER: "#define __knob __attribute__((cold))\n"})
    assert annotations(toy.root) == first - {b"__frob"} | {b"__knob"}
