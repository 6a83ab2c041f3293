"""What is worked out anew of a tree with some headers replaced, and what is as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.facts.names import NameIndex
from kscan.facts.store import open_store
from kscan.link.catalog import Catalog
from kscan.link.overlaid import overlaid
from kscan.source.overlay import overlay
from kscan.source.tree import open_tree
from tests.toy import Toy

HEADER = "include/linux/frob.h"
TEXT = (
    "#define FROB_MAX 4\nstatic inline int frob(void) { return 0; }\n#define FROB(n) int frob_##n(void) { return n; }\n"
)


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("FROB_MAX 4", "FROB_MAX 5", True),
        ("#define FROB_MAX 4\n", "#define FROB_MAX 4\n#define FROB_MIN 1\n", True),
        ("{ return 0; }", "{ return 1; }", True),
        ("int frob_##n", "long frob_##n", False),
        ("#define FROB_MAX 4", "#define EFROB EINVAL", False),
        ("#define FROB_MAX 4", "#define __frob __attribute__((unused))", False),
    ],
)
def test_the_dialect_is_read_again_only_where_it_is_another(tmp_path: Path, old: str, new: str, same: bool) -> None:
    toy = Toy(tmp_path)
    toy.write({HEADER: TEXT})
    tree = open_tree(str(toy.root))
    with open_store(tree.root, enabled=False) as store:
        names = NameIndex(store)
        names.refresh(tree)
        base = Catalog(tree, store, names)
        text = TEXT.replace(old, new)
        assert text != TEXT
        made = overlaid(base, overlay(tree, {HEADER: text.encode()}))
        assert (made.dialect is base.dialect) is same
