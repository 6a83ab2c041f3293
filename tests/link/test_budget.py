"""What a function returns where that is more than anyone wants to find out."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.facts.names import NameIndex
from kscan.facts.store import open_store
from kscan.link.catalog import Catalog
from kscan.link.program import LinkedProgram
from kscan.link.solver import Budget
from kscan.source.tree import open_tree
from tests.toy import Toy

DEEP = 60
CHAIN = "\n".join(
    [
        f"int step{n}(int x)\n{{\n\tint ret = step{n + 1}(x);\n\n\tif (x == {n})\n\t\treturn -EBUSY;\n\treturn ret;\n}}"
        for n in range(DEEP)
    ]
)
LAST = f"\nint step{DEEP}(int x)\n{{\n\treturn x ? -EIO : 0;\n}}\n"


@pytest.fixture
def toy(tmp_path: Path) -> Toy:
    return Toy(tmp_path).c(f"\n{CHAIN}\n{LAST}")


@pytest.mark.parametrize(("each", "wide"), [(DEEP + 5, False), (40, True)])
def test_a_search_gives_up_and_says_so(toy: Toy, each: int, wide: bool) -> None:
    tree = open_tree(str(toy.root))
    with open_store(tree.root, enabled=False) as store:
        names = NameIndex(store)
        names.refresh(tree)
        program = LinkedProgram(Catalog(tree, store, names), budget=Budget(each, 1000))
        (first,) = program.catalog.functions_in("f.c", "step0")
        (near,) = program.catalog.functions_in("f.c", f"step{DEEP - 3}")
        closed, values = program.values(first)
        assert closed is not wide
        assert "-EBUSY" in values, "what it makes itself is known in any case"
        assert ("-EIO" in values) is not wide
        assert program.gave_up(first) is wide
        assert not program.gave_up(near)
        assert program.may_return(first, "-EIO") and not program.may_return(first, "-ENOMEM")
        if wide:
            (why,) = program.returns(first).open_because
            assert why.reason == "it reaches too many functions to follow them all"
