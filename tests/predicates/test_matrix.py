"""Who excludes and implies whom in a small tree."""

from __future__ import annotations

import pytest

from kscan.predicates.matrix import matrix
from tests.predicates import questions

Found = tuple[set[tuple[str, str, str]], dict[str, str]]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    subjects, pairs, left_out, _ = matrix(questions.catalog(tmp_path_factory.mktemp("tree") / "k"))
    names = [one.name for one in subjects]
    assert names == sorted(names)
    return {(names[one.left], one.relation, names[one.right]) for one in pairs}, dict(left_out)


@pytest.mark.parametrize(
    "pair",
    [
        ("PageFree", "disjoint", "PageHuge"),
        ("PageFree", "equals", "folio_is_free"),
        ("PageHuge", "disjoint", "folio_is_tree"),
        ("PageTree", "implies", "page_has_kind"),
        ("page_is_hot_kind", "implies", "folio_is_hot"),
        ("PageTree", "disjoint", "page_is_hot_kind"),
        ("page_links", "implies", "page_links_hard"),
        ("PageTree", "implies", "only_here"),
        ("PageCold", "equals", "PageWanted"),
    ],
)
def test_related(found: Found, pair: tuple[str, str, str]) -> None:
    assert pair in found[0]


@pytest.mark.parametrize("names", [{"PageHot", "PageCold"}, {"PageFree", "PageBusy"}, {"only_here", "page_has_kind"}])
def test_not_related(found: Found, names: set[str]) -> None:
    assert not [pair for pair in found[0] if {pair[0], pair[2]} == names]


def test_every_pair_once_and_none_with_itself(found: Found) -> None:
    sides = [frozenset((pair[0], pair[2])) for pair in found[0]]
    assert len(set(sides)) == len(sides)
    assert all(len(side) == 2 for side in sides)


def test_left_out_with_the_reason(found: Found) -> None:
    assert found[1]["PageTail"] == "never true of a page that is no tail"
    assert found[1]["page_in_list"] == "no formula: on_a_list(page)"
    assert "page_wanted_for" not in found[1]  # it takes more than a page
