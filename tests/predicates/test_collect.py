"""Predicates of small trees with macro families of their own: nothing depends on the names that one kernel chose."""

from __future__ import annotations

from pathlib import Path

import pytest

from kscan.model.result import Predicate
from tests.predicates.trees import Rows, found_in, write

HEADER = """\
#ifndef _MARKS_H
#define _MARKS_H

enum marks { MK_hot, MK_cold, MK_pinned, MK_more };
enum kinds { KIND_free = 0x91, KIND_tree = 0x92, KIND_huge = 0x93 };

#define compound_head(p)	((typeof(p))_compound_head(p))
#define page_folio(p)		((struct folio *)_compound_head(p))

static inline const unsigned long *word_of(const struct folio *folio, unsigned n)
{
	const struct page *page = &folio->page;

	VM_BUG_ON_PGFLAGS(n > 0, page);
	return &page[n].flags;
}

#define AT_SELF(page, strict)	CHECKED(page)
#define AT_HEAD(page, strict)	CHECKED(compound_head(page))
#define AT_NEXT(page, strict) ({		\\
	VM_BUG_ON_PGFLAGS(strict, page);	\\
	CHECKED(&page[1]); })
#define CHECKED(page) ({ VM_BUG_ON_PGFLAGS(page_is_bad(page), page); page; })

#define N_AT_SELF	0
#define N_AT_HEAD	0
#define N_AT_NEXT	1

#define MARK_TEST(Up, low, where)					\\
static inline bool folio_is_##low(const struct folio *folio)		\\
{ return test_bit(MK_##low, word_of(folio, N_##where)); }		\\
static __always_inline int Page##Up(const struct page *page)		\\
{ return test_bit(MK_##low, &where(page, 0)->flags); }

#define MARK_SET(Up, low, where)					\\
static inline void SetPage##Up(struct page *page)			\\
{ set_bit(MK_##low, &where(page, 1)->flags); }

#define MARK_TAKE(Up, low, where)					\\
static inline int TakePage##Up(struct page *page)			\\
{ return test_and_clear_bit(MK_##low, &where(page, 1)->flags); }

#define MARK(Up, low, where) MARK_TEST(Up, low, where) MARK_SET(Up, low, where)
#define NO_MARK(Up, low)						\\
static inline bool folio_is_##low(const struct folio *folio) { return false; } \\
static inline int Page##Up(const struct page *page) { return 0; }

#define KIND(Up, low)							\\
static inline bool Page##Up(const struct page *page)			\\
{ return data_race(page->page_type >> 24) == KIND_##low; }

MARK(Hot, hot, AT_HEAD)
	MARK_TAKE(Hot, hot, AT_HEAD)
MARK(Cold, cold, AT_SELF);
#ifdef CONFIG_PINS
MARK(Pinned, pinned, AT_NEXT)
#else
NO_MARK(Pinned, pinned)
#endif
NO_MARK(Never, never)

KIND(Free, free)
KIND(Tree, tree)
KIND(Huge, huge)

#define MASK_BOTH	(1UL << MK_hot | BIT(MK_cold))

static inline int PageBoth(const struct page *page)
{
	return !!(page->flags & MASK_BOTH);
}

static inline int PageIsTail(const struct page *page)
{
	return READ_ONCE(page->head) & 1;
}

static inline int page_level(const struct page *page)
{
	return page->flags & 7;
}

#endif
"""

BODIES = """\
#include <linux/marks.h>

static inline bool guarded(struct page *page, unsigned long flags)
{
	if (PageTree(page))
		return false;

	if ((flags & WANT_COLD) && PageCold(page))
		return true;

	return PageHot(page) || in_list(page);
}

static bool rechecked(struct page *page)
{
	struct page *head;
	bool owned;

	if (PageCold(page))
		return true;
retry:
	head = compound_head(page);
	owned = PageTree(head) || PageHuge(head);
	if (head != compound_head(page))
		goto retry;
	return owned;
}

bool in_list(const struct page *page)
{
	unsigned int order;

	for (order = 0; order < MAX_ORDER; order++) {
		if (PageFree(page - order) && order_of(page) >= order)
			break;
	}
	return order < MAX_ORDER;
}

static bool by_folio(struct page *page)
{
	struct folio *folio = page_folio(page);

	return folio_is_hot(folio) && !folio_is_pinned(folio);
}

static int moved_on(struct page *page)
{
	if (PageHuge(page))
		page = compound_head(page);
	return test_bit(MK_cold, &AT_SELF(page, 1)->flags);
}

static bool swapped(struct page *page)
{
	bool ret = PageHot(page);

	if (ret)
		smp_rmb();
	return ret;
}

static bool later(struct page *page)
{
	return earlier(page, false);
}

static bool earlier(struct page *page, bool strict)
{
	return strict ? PageHot(page) : PageCold(page);
}

static bool this_way(struct page *page)
{
	return PageHot(page) && that_way(page);
}

static bool that_way(struct page *page)
{
	return PageCold(page) || this_way(page);
}

static bool takes(struct page *page)
{
	return PageHot(page) && test_and_clear_bit(MK_cold, &page->flags);
}

static bool does(struct page *page)
{
	if (PageHot(page))
		forget(page);
	return PageHot(page);
}

static bool counts(struct page *page)
{
	page->count++;
	return PageHot(page);
}

static bool calls_counts(struct page *page)
{
	return PageCold(page) && counts(page);
}

static int tries(struct page *page)
{
	return PageHot(page) ? -EBUSY : 0;
}

static int numbers(struct page *page)
{
	return PageHot(page) ? 2 : 1;
}

static bool other_pointer(struct page *page, struct list *list)
{
	return PageHot(page);
}

static bool unrelated(struct page *page)
{
	return somewhere_else(page);
}
"""


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    root = write(tmp_path_factory.mktemp("tree") / "k", {"include/linux/marks.h": HEADER, "mm/bodies.c": BODIES})
    return found_in(root)[0]


def one(rows: Rows, name: str) -> Predicate:
    (row,) = rows[name]
    return row


@pytest.mark.parametrize(
    ("name", "kind", "policy", "formula"),
    [
        ("PageHot", "flag", "AT_HEAD", "MK_hot of head(page)"),
        ("folio_is_hot", "flag", "AT_HEAD", "MK_hot of folio"),
        ("PageCold", "flag", "AT_SELF", "MK_cold of page"),
        ("PageFree", "type", "", "type(page) == KIND_free"),
        ("PageTree", "type", "", "type(page) == KIND_tree"),
        ("PageNever", "constant", "", "false"),
        ("PageBoth", "derived", "", "MK_hot of page || MK_cold of page"),
        ("PageIsTail", "derived", "", "page->head & 1"),
    ],
)
def test_what_the_header_says(rows: Rows, name: str, kind: str, policy: str, formula: str) -> None:
    row = one(rows, name)
    assert (row.kind, row.policy, row.formula, row.exact) == (kind, policy, formula, True)


@pytest.mark.parametrize(
    ("name", "formula", "expanded"),
    [
        (
            "rechecked",
            "PageCold(page) || PageTree(head(page)) || PageHuge(head(page))",
            "MK_cold of page || type(head(page)) == KIND_tree || type(head(page)) == KIND_huge",
        ),
        (
            "by_folio",
            "folio_is_hot(head(page)) && !folio_is_pinned(head(page))",
            "MK_hot of head(page) && !(MK_pinned of head(page)[1])",
        ),
        (
            "moved_on",
            "(PageHuge(page) && MK_cold of head(page)) || (!PageHuge(page) && MK_cold of page)",
            "(type(page) == KIND_huge && MK_cold of head(page)) || (type(page) != KIND_huge && MK_cold of page)",
        ),
        ("swapped", "PageHot(page)", "MK_hot of head(page)"),
        ("earlier", "(strict && PageHot(page)) || (!strict && PageCold(page))", None),
        ("later", "earlier(page, false)", "MK_cold of page"),
    ],
)
def test_written_by_hand(rows: Rows, name: str, formula: str, expanded: str | None) -> None:
    row = one(rows, name)
    assert (row.formula, row.kind, row.exact, row.made_by) == (formula, "derived", True, "")
    assert expanded is None or row.expanded == expanded


def test_a_loop_is_no_formula_but_says_what_it_is_made_of(rows: Rows) -> None:
    row = one(rows, "in_list")
    assert (row.exact, row.uses, row.opaque) == (False, ("PageFree",), ("a loop over PageFree",))


def test_what_calls_a_loop_names_it(rows: Rows) -> None:
    row = one(rows, "guarded")
    assert (
        row.formula == "!PageTree(page) && (((flags & WANT_COLD) && PageCold(page)) || PageHot(page) || in_list(page))"
    )
    assert (row.exact, row.opaque) == (False, ("in_list(page)",))
    assert row.uses == ("PageCold", "PageHot", "PageTree", "in_list")
    assert row.params == ("page", "flags")


@pytest.mark.parametrize("name", ["this_way", "that_way"])
def test_recursion_ends(rows: Rows, name: str) -> None:
    assert one(rows, name).kind == "derived"


@pytest.mark.parametrize(
    "name",
    [
        "SetPageHot", "TakePageHot", "takes", "does", "counts", "calls_counts", "tries", "numbers", "other_pointer",
        "unrelated", "page_level", "word_of",
    ],
)  # fmt: skip
def test_what_is_no_predicate(rows: Rows, name: str) -> None:
    assert name not in rows


def test_variants_of_a_configuration_are_rows_of_their_own(rows: Rows) -> None:
    found = {row.config: (row.kind, row.policy, row.formula, row.made_by) for row in rows["PagePinned"]}
    assert found == {
        ("defined(CONFIG_PINS)",): ("flag", "AT_NEXT", "MK_pinned of page[1]", "MARK(Pinned, pinned, AT_NEXT)"),
        ("!defined(CONFIG_PINS)",): ("constant", "", "false", "NO_MARK(Pinned, pinned)"),
    }


def test_a_chosen_configuration_leaves_one(tmp_path: Path) -> None:
    root = write(tmp_path / "k", {"include/linux/marks.h": HEADER})
    assert [row.kind for row in found_in(root, {"CONFIG_PINS": "y"})[0]["PagePinned"]] == ["flag"]
    assert [row.kind for row in found_in(root, {})[0]["PagePinned"]] == ["constant"]


def test_a_span_is_that_of_the_invocation(rows: Rows) -> None:
    span = one(rows, "PageHot").span
    assert HEADER[span.start : span.end] == "MARK(Hot, hot, AT_HEAD)"
    span = one(rows, "rechecked").span
    assert BODIES[span.start : span.end].startswith("static bool rechecked(")
    assert BODIES[span.start : span.end].endswith("}")


STATIC = "#include <linux/marks.h>\nstatic bool mine(struct page *p)\n{\n\treturn %s(p);\n}\n"
OUTSIDE = "bool asks(struct page *p)\n{\n\treturn mine(p) || PageTree(p);\n}\n"


def test_a_static_function_means_something_in_its_file_only(tmp_path: Path) -> None:
    files = {
        "include/linux/marks.h": HEADER,
        "mm/a.c": STATIC % "PageHot" + OUTSIDE.replace("asks", "asks_a"),
        "mm/b.c": STATIC % "PageCold" + OUTSIDE.replace("asks", "asks_b"),
        "mm/c.c": OUTSIDE.replace("asks", "asks_c"),
    }
    rows, _ = found_in(write(tmp_path / "k", files))
    assert one(rows, "asks_a").expanded == "MK_hot of head(p) || type(p) == KIND_tree"
    assert one(rows, "asks_b").expanded == "MK_cold of p || type(p) == KIND_tree"
    assert one(rows, "asks_c").opaque == ("mine(p)",)
    assert len(rows["mine"]) == 2


SHADOWED = """
#ifdef CONFIG_TALL
#define PageTall(p)	is_tall(zone_of(p))
#else
NO_MARK(Tall, tall)
#endif
static inline bool page_tall_or_hot(struct page *page)
{
	return PageTall(page) || PageHot(page);
}
"""


def test_a_macro_in_one_configuration_is_a_gap_and_decides_nothing(tmp_path: Path) -> None:
    text = HEADER + SHADOWED
    rows, gaps = found_in(write(tmp_path / "k", {"include/linux/marks.h": text}))
    assert one(rows, "PageTall").kind == "constant"
    assert one(rows, "page_tall_or_hot").expanded == "PageTall(page) || MK_hot of head(page)"
    assert not one(rows, "page_tall_or_hot").exact
    assert [gap.function for gap in gaps] == ["PageTall"]


@pytest.mark.parametrize("text", ["", "int x;\n", "struct page;\n", "bool f(struct page *p)\n{\n", "\xe9\xff"])
def test_a_tree_without_predicates_has_none(tmp_path: Path, text: str) -> None:
    assert found_in(write(tmp_path / "k", {"mm/a.c": text}))[0] == {}


def test_an_unreadable_file_is_a_gap(tmp_path: Path) -> None:
    root = write(tmp_path / "k", {"include/linux/marks.h": HEADER})
    (root / "mm").mkdir()
    (root / "mm" / "a.c").write_bytes(b"bool f(struct page *p)\0")
    rows, gaps = found_in(root)
    assert "PageHot" in rows
    assert [(gap.file, gap.stage) for gap in gaps] == [("mm/a.c", "read")]
