"""What is proved of predicates, what is refuted and by which witness, and what stays open."""

from __future__ import annotations

import pytest

from kscan.link.catalog import Catalog
from kscan.model.error import InputError
from kscan.model.proof import Proof, Relation
from kscan.predicates.proving import prove
from tests.predicates import questions


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return questions.catalog(tmp_path_factory.mktemp("tree") / "k")


PROVED: list[tuple[str, Relation, str]] = [
    ("PageFree(p)", "disjoint", "PageTree(p)"),
    ("PageFree(p)", "disjoint", "PageTree(p) || PageHuge(p)"),
    ("PageFree(p)", "implies", "!PageTree(p) && !PageHuge(p)"),
    ("page_is_hot_kind(p)", "disjoint", "PageTree(p)"),
    ("page_is_hot_kind(p)", "implies", "PageHot(p)"),
    ("folio_is_tree(f)", "equals", "PageTree(&f->page)"),
    ("folio_is_tree(f)", "equals", "PageTree(f)"),
    ("folio_is_tree(page_folio(p)) && !PageTail(p)", "equals", "PageTree(p) && !PageTail(p)"),
    ("page_is_hot_kind(p) && !PageTail(p)", "disjoint", "PageTree(compound_head(p))"),
    ("PageTail(compound_head(p))", "implies", "PageCold(p)"),
    ("PageWanted(p)", "equals", "PageCold(p)"),
    ("PageTree(p)", "implies", "page_has_kind(p)"),
    ("page_links(p)", "implies", "page_links_hard(p)"),
    ("page_in_list(p)", "implies", "PageFree(p)"),
    ("page_wanted_for(p, flags)", "disjoint", "PageFree(p)"),
    ("page_wanted_for(p, LINK_HARD)", "implies", "PageFree(p)"),
    ("only_here(p) && !PageBusy(p)", "equals", "PageTree(p) && !PageBusy(p)"),
]
REFUTED: list[tuple[str, Relation, str, str]] = [
    ("page_is_hot_kind(p)", "disjoint", "PageBusy(p)", "MK_hot set, type KIND_free, MK_busy set"),
    ("PageHot(p)", "implies", "PageCold(p)", "MK_hot set, MK_cold clear"),
    ("PageTree(p)", "disjoint", "PageFree(q)", "type of p KIND_tree, type of q KIND_free"),
    ("page_links_hard(p)", "implies", "page_links(p)", "p->mapping & LINK_HARD, (p->mapping & LINK_BOTH) != LINK_HARD"),
    ("page_wanted_for(p, x)", "disjoint", "PageBusy(p)", "x & LINK_SOFT, type KIND_tree, MK_busy set"),
    ("PageHot(p)", "disjoint", "page_in_list(q) || PageHot(p)", "MK_hot set"),
]


def answered(tree: Catalog, left: str, relation: Relation, right: str) -> Proof:
    return prove(tree, left, relation, right)


@pytest.mark.parametrize(("left", "relation", "right"), PROVED)
def test_proved(tree: Catalog, left: str, relation: Relation, right: str) -> None:
    proof = answered(tree, left, relation, right)
    assert (proof.verdict, proof.witness, proof.unknown) == ("proved", "", ())


@pytest.mark.parametrize(("left", "relation", "right", "witness"), REFUTED)
def test_not_proved(tree: Catalog, left: str, relation: Relation, right: str, witness: str) -> None:
    proof = answered(tree, left, relation, right)
    assert proof.verdict == "not proved"
    free = {"KIND_free": "KIND_huge"}
    assert proof.witness in {witness, *(witness.replace(a, b) for a, b in free.items())}


def test_a_page_and_its_head_are_different_words(tree: Catalog) -> None:
    proof = answered(tree, "page_is_hot_kind(p)", "disjoint", "PageTree(compound_head(p))")
    assert (proof.verdict, proof.provided) == ("not proved", "p is no tail page")
    assert proof.witness.startswith("p a tail page, ")
    assert "type of head(p) KIND_tree" in proof.witness


def test_what_is_not_known_keeps_it_open(tree: Catalog) -> None:
    proof = answered(tree, "PageFree(p)", "implies", "page_in_list(p)")
    assert (proof.verdict, proof.unknown) == ("open", ("on_a_list(p)",))


def test_an_unknown_part_that_does_not_matter_leaves_a_witness(tree: Catalog) -> None:
    proof = answered(tree, "PageBusy(p)", "disjoint", "PageBusy(p) || page_in_list(p)")
    assert (proof.verdict, proof.witness) == ("not proved", "MK_busy set")


def test_a_proof_says_what_it_rests_on(tree: Catalog) -> None:
    proof = answered(tree, "page_is_hot_kind(p)", "disjoint", "PageTree(p)")
    texts = [fact.text for fact in proof.facts]
    assert texts[0] == "page_is_hot_kind(page) is PageHot(page) && (PageFree(page) || PageHuge(page))"
    assert texts[-1] == "page_type >> 24 of p is one value: KIND_free or KIND_huge or KIND_tree"
    assert all(fact.span is not None for fact in proof.facts[:-1])


def test_a_folio_that_is_asked_as_a_page_is_said_to_be_no_tail(tree: Catalog) -> None:
    facts = answered(tree, "folio_is_tree(f)", "equals", "PageTree(f)").facts
    assert "f is a folio and a page: no tail page" in [fact.text for fact in facts]


@pytest.mark.parametrize(
    ("left", "fact"),
    [
        ("PageWanted(p) && !PageCold(p)", "MK_wanted is another name of MK_cold"),
        ("folio_is_tree(page_folio(p)) && !PageTail(p) && !PageTree(p)", "head(p) is p, for p is no tail page"),
    ],
)
def test_facts_that_are_no_definitions(tree: Catalog, left: str, fact: str) -> None:
    proof = answered(tree, left, "disjoint", "PageHot(p) || !PageHot(p)")
    assert (proof.verdict, fact in [one.text for one in proof.facts]) == ("proved", True)


MISTAKES = [
    ("PageFre(p)", "unknown predicate 'PageFre': did you mean 'PageFree'?"),
    ("qqqqqqq(p)", "unknown predicate 'qqqqqqq': 'kscan predicates TREE' lists them"),
    ("PageFree(p", "'PageFree(p' does not parse"),
    ("", "'' does not parse"),
    ("PageFree(p) &&", "does not parse"),
    ("p", "'p' is no expression of predicates"),
    ("PageFree(p) == PageTree(p)", "is no expression of predicates"),
    ("PageFree(p, 1)", "PageFree() takes 1 argument, not 2"),
    ("page_wanted_for(p)", "page_wanted_for() takes 2 arguments, not 1"),
    ("page_wanted_for(p, x) && PageFree(x)", "'x' is a number elsewhere and a page here"),
    ("PageFree(x) && page_wanted_for(p, x)", "'x' is a page elsewhere and a number here"),
    ("PageFree(next_of(p))", "unknown predicate 'next_of'"),
    ("PageFree(3)", "PageFree() takes a page, not 3: write PageFree(p)"),
    ("PageFree(compound_head(0))", "compound_head() takes a page, not 0: write compound_head(p)"),
    ("PageFree(head) && head == compound_head(p)", "pages are not compared: write compound_head(p) for the head of p"),
    ("PageFree(p) != PageTree(p)", "is no expression of predicates: write PageSlab(p)"),
    ("(" * 300 + "PageFree(p)" + ")" * 300, "does not parse"),
]


@pytest.mark.parametrize(("text", "said"), MISTAKES, ids=[said for _, said in MISTAKES])
def test_a_mistake_gets_one_clear_line(tree: Catalog, text: str, said: str) -> None:
    with pytest.raises(InputError) as mistake:
        prove(tree, text, "disjoint", "PageFree(p)")
    assert said in str(mistake.value)
    assert "\n" not in str(mistake.value)
