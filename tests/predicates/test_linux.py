"""The page predicates of the two real trees."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kscan.model.result import Predicate
from tests.predicates.trees import Rows, found_in

pytestmark = pytest.mark.linux

HEADER = "include/linux/page-flags.h"
TYPES_612 = {"buddy", "offline", "table", "guard", "hugetlb", "slab", "zsmalloc", "unaccepted"}
PAGES_612 = {"PageBuddy", "PageOffline", "PageTable", "PageGuard", "PageZsmalloc", "PageUnaccepted"}


@pytest.fixture(scope="module")
def new(linux_73: Path) -> Rows:
    return found_in(linux_73)[0]


@pytest.fixture(scope="module")
def old(linux_612: Path) -> Rows:
    return found_in(linux_612)[0]


@pytest.fixture(params=["new", "old"])
def either(request: pytest.FixtureRequest) -> tuple[Path, Rows]:
    tree = {"new": "linux_73", "old": "linux_612"}[request.param]
    return request.getfixturevalue(tree), request.getfixturevalue(request.param)


def real(rows: Rows, name: str) -> Predicate:
    """The one variant that is no stub."""
    (row,) = (row for row in rows[name] if row.kind != "constant")
    return row


def types(rows: Rows, prefix: str) -> dict[str, str]:
    """The name of each type predicate and its value."""
    found = (row for several in rows.values() for row in several if row.kind == "type")
    return {row.name: row.formula.rpartition(" == ")[2] for row in found if row.name.startswith(prefix)}


def test_the_nine_types_of_73(new: Rows) -> None:
    folios = types(new, "folio_test_")
    assert set(folios.values()) == {f"PGTY_{name}" for name in TYPES_612 | {"large_kmalloc"}}
    assert len(folios) == 9
    pages = types(new, "Page")
    assert set(pages) == PAGES_612 | {"PageSlab", "PageLargeKmalloc"}
    assert len(set(pages.values())) == 8


def test_the_eight_types_of_612(old: Rows) -> None:
    assert set(types(old, "folio_test_").values()) == {f"PGTY_{name}" for name in TYPES_612}
    assert set(types(old, "Page")) == PAGES_612
    assert old["PageSlab"][0].formula == "folio_test_slab(head(page))"


@pytest.mark.parametrize(
    ("name", "policy", "formula"),
    [
        ("PageReserved", "PF_NO_COMPOUND", "PG_reserved of page"),
        ("PageLRU", "PF_HEAD", "PG_lru of head(page)"),
        ("PageLocked", "PF_NO_TAIL", "PG_locked of head(page)"),
        ("PageHWPoison", "PF_ANY", "PG_hwpoison of page"),
        ("folio_test_locked", "PF_NO_TAIL", "PG_locked of folio"),
        ("folio_test_large_rmappable", "FOLIO_SECOND_PAGE", "PG_large_rmappable of folio[1]"),
    ],
)
def test_flags(either: tuple[Path, Rows], name: str, policy: str, formula: str) -> None:
    row = real(either[1], name)
    assert (row.kind, row.policy, row.formula, row.exact) == ("flag", policy, formula, True)


def test_a_flag_of_the_second_page(old: Rows) -> None:
    row = real(old, "PageHasHWPoisoned")
    assert (row.policy, row.formula) == ("PF_SECOND", "PG_has_hwpoisoned of page[1]")


def test_movable_ops_of_73(new: Rows) -> None:
    row = real(new, "page_has_movable_ops")
    assert row.formula == "PageMovableOps(page) && (PageOffline(page) || PageZsmalloc(page))"
    assert row.expanded == (
        "PG_movable_ops of head(page) && (type(page) == PGTY_offline || type(page) == PGTY_zsmalloc)"
    )
    assert (row.exact, row.uses) == (True, ("PageMovableOps", "PageOffline", "PageZsmalloc"))


def test_the_movable_pages_of_612(old: Rows) -> None:
    assert "page_has_movable_ops" not in old
    assert old["__PageMovable"][0].formula == "(page->mapping & PAGE_MAPPING_FLAGS) == PAGE_MAPPING_MOVABLE"


@pytest.mark.parametrize(("tree", "movable"), [("new", "page_has_movable_ops"), ("old", "__PageMovable")])
def test_handlable(tree: str, movable: str, request: pytest.FixtureRequest) -> None:
    row = real(request.getfixturevalue(tree), "HWPoisonHandlable")
    rest = "PageLRU(page) || is_free_buddy_page(page)"
    assert row.formula == f"!PageSlab(page) && (((flags & MF_SOFT_OFFLINE) && {movable}(page)) || {rest})"
    assert row.uses == tuple(sorted(("PageLRU", "PageSlab", "is_free_buddy_page", movable)))
    assert (row.exact, row.opaque) == (False, ("is_free_buddy_page(page)",))


def test_kernel_owned(new: Rows) -> None:
    row = real(new, "is_kernel_owned_page")
    assert row.formula == (
        "PageReserved(page) || PageSlab(head(page)) || PageTable(head(page)) || PageLargeKmalloc(head(page))"
    )
    assert (row.kind, row.exact, row.opaque) == ("derived", True, ())


def test_free_buddy_page_is_not_exact(either: tuple[Path, Rows]) -> None:
    row = real(either[1], "is_free_buddy_page")
    assert (row.kind, row.exact, row.uses) == ("derived", False, ("PageBuddy",))
    assert row.opaque


def test_a_stub_and_its_real_definition_are_two_rows(new: Rows) -> None:
    assert {(row.config, row.kind) for row in new["PageMovableOps"]} == {
        (("defined(CONFIG_MIGRATION)",), "flag"),
        (("!defined(CONFIG_MIGRATION)",), "constant"),
    }


PAGES = re.compile(r"(?<!\w)(_*(?:TEST)?PAGEFLAG(?:_FALSE)?|PAGE_TYPE_OPS)\((\w+)\b[^()]*\)")
FOLIOS = re.compile(r"(?<!\w)(FOLIO(?:_TEST)?_FLAG(?:_FALSE)?|FOLIO_TYPE_OPS)\((\w+)\b[^()]*\)")


def invocations(tree: Path, pattern: re.Pattern[str]) -> list[tuple[str, str]]:
    """Macro and first argument of what the header invokes: comments and preprocessor lines do not count."""
    text = re.sub(r"/\*.*?\*/", "", (tree / HEADER).read_text(), flags=re.S).replace("\\\n", " ")
    return [found[:2] for found in pattern.findall(re.sub(r"^[ \t]*#.*", "", text, flags=re.M))]


@pytest.mark.parametrize(("pattern", "prefix"), [(PAGES, "Page"), (FOLIOS, "folio_test_")], ids=["page", "folio"])
def test_each_invocation_gives_its_predicate(either: tuple[Path, Rows], pattern: re.Pattern[str], prefix: str) -> None:
    tree, rows = either
    invoked = invocations(tree, pattern)
    assert len(invoked) > 20
    for macro, name in invoked:
        made = [row for row in rows.get(prefix + name, ()) if row.made_by.startswith(f"{macro}(")]
        assert len(made) == invoked.count((macro, name)), name


def test_nothing_else_is_made_of_the_header(either: tuple[Path, Rows]) -> None:
    tree, rows = either
    made = [row for several in rows.values() for row in several if row.made_by and row.span.file == HEADER]
    assert len([row for row in made if row.name.startswith("Page")]) == len(invocations(tree, PAGES))
    assert {row.kind for row in made} == {"flag", "type", "constant"}


def test_no_predicate_sets_or_clears(either: tuple[Path, Rows]) -> None:
    assert not [
        name for name in either[1] if re.match(r"_*(Set|Clear|TestSet|TestClear)Page|_*folio_(set|clear)_", name)
    ]


def test_what_is_exact_is_made_of_bits_types_and_members_only(either: tuple[Path, Rows]) -> None:
    for row in (row for several in either[1].values() for row in several):
        assert row.exact == (not row.opaque)
        assert row.name not in row.expanded or not row.exact or row.kind == "constant"
