"""What is proved of the real trees' page predicates."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from kscan.facts.names import NameIndex
from kscan.facts.store import Store
from kscan.link.catalog import Catalog
from kscan.model.proof import Relation
from kscan.predicates.matrix import matrix
from kscan.predicates.proving import prove
from kscan.source.tree import open_tree

pytestmark = pytest.mark.linux

TYPES = ("buddy", "offline", "pgtable", "guard", "hugetlb", "slab", "zsmalloc", "unaccepted")
ONLY_73 = ("large_kmalloc",)


def catalog(tree: Path) -> Catalog:
    store = Store(None)
    return Catalog(open_tree(str(tree)), store, NameIndex(store))


@pytest.fixture(scope="module")
def new(linux_73: Path) -> Catalog:
    return catalog(linux_73)


def pairs(tree: Path) -> set[tuple[str, Relation, str]]:
    subjects, found, *_ = matrix(catalog(tree))
    return {(subjects[one.left].name, one.relation, subjects[one.right].name) for one in found}


@pytest.fixture(scope="module")
def pairs_73(linux_73: Path) -> set[tuple[str, Relation, str]]:
    return pairs(linux_73)


@pytest.fixture(scope="module")
def pairs_612(linux_612: Path) -> set[tuple[str, Relation, str]]:
    return pairs(linux_612)


def excluded(found: set[tuple[str, Relation, str]], one: str, two: str) -> bool:
    return bool({(one, "disjoint", two), (two, "disjoint", one)} & found)


@pytest.mark.parametrize(("tree", "types"), [("pairs_73", TYPES + ONLY_73), ("pairs_612", TYPES)])
def test_the_types_exclude_each_other(tree: str, types: tuple[str, ...], request: pytest.FixtureRequest) -> None:
    found = request.getfixturevalue(tree)
    for one, two in combinations(types, 2):
        assert excluded(found, f"folio_test_{one}", f"folio_test_{two}"), (one, two)


def test_the_matrix_of_73(pairs_73: set[tuple[str, Relation, str]]) -> None:
    for name in ("PageSlab", "PageTable", "PageLargeKmalloc", "PageBuddy"):
        assert excluded(pairs_73, "page_has_movable_ops", name)
        assert (name, "implies", "page_has_type") in pairs_73
    for name in ("PageSlab", "PageTable", "PageLargeKmalloc", "PageReserved"):
        assert (name, "implies", "is_kernel_owned_page") in pairs_73
    assert not excluded(pairs_73, "page_has_movable_ops", "PageReserved")
    assert not excluded(pairs_73, "page_has_movable_ops", "PageOffline")
    assert ("folio_test_ksm", "implies", "PageAnon") in pairs_73
    assert ("PageMovableOps", "equals", "PageUptodate") in pairs_73  # two meanings of one bit


VERDICTS: list[tuple[str, Relation, str, str]] = [
    ("page_has_movable_ops(p)", "disjoint", "PageSlab(p) || PageTable(p) || PageLargeKmalloc(p)", "proved"),
    ("page_has_movable_ops(p)", "disjoint", "PageReserved(p)", "not proved"),
    ("page_has_movable_ops(p)", "disjoint", "PageSlab(compound_head(p))", "not proved"),
    ("page_has_movable_ops(p) && !PageTail(p)", "disjoint", "PageSlab(compound_head(p))", "proved"),
    ("page_has_movable_ops(p) && !PageCompound(p)", "disjoint", "PageSlab(compound_head(p))", "proved"),
    ("HWPoisonHandlable(p, flags)", "disjoint", "PageSlab(p)", "proved"),
    ("HWPoisonHandlable(p, flags)", "disjoint", "PageReserved(p)", "not proved"),
    ("is_kernel_owned_page(p)", "disjoint", "page_has_movable_ops(p)", "not proved"),
    ("is_free_buddy_page(p)", "implies", "PageBuddy(p)", "open"),
]


@pytest.mark.parametrize(("left", "relation", "right", "verdict"), VERDICTS)
def test_verdicts_on_73(new: Catalog, left: str, relation: Relation, right: str, verdict: str) -> None:
    assert prove(new, left, relation, right).verdict == verdict


def test_the_witness_names_the_bits_and_the_type(new: Catalog) -> None:
    proof = prove(new, "page_has_movable_ops(p)", "disjoint", "PageReserved(p)")
    kinds = {f"PG_movable_ops set, type PGTY_{kind}, PG_reserved set" for kind in ("offline", "zsmalloc")}
    assert proof.witness in kinds


def test_a_slab_page_of_612_is_tested_on_its_head(linux_612: Path) -> None:
    old = catalog(linux_612)
    assert prove(old, "PageSlab(p)", "disjoint", "PageTable(p)").provided == "p is no tail page"
    assert prove(old, "PageSlab(p) && !PageTail(p)", "disjoint", "PageTable(p)").verdict == "proved"
    assert prove(old, "__PageMovable(p) && !PageTail(p)", "disjoint", "PageAnon(p)").verdict == "proved"
    assert prove(old, "__PageMovable(p)", "disjoint", "PageReserved(p)").verdict == "not proved"
