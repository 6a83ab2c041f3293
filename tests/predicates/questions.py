"""A small tree with types, flags and tails of its own, and what can be proved in it."""

from __future__ import annotations

from pathlib import Path

from kscan.facts.names import NameIndex
from kscan.facts.store import Store
from kscan.link.catalog import Catalog
from kscan.source.tree import open_tree
from tests.predicates.trees import write

HEADER = """\
#ifndef _KINDS_H
#define _KINDS_H

enum marks { MK_hot, MK_cold, MK_busy, MK_odd, MK_wanted = MK_cold };
enum kinds { KIND_free = 0x91, KIND_tree, KIND_huge, KIND_none = 0xff };

#define LINK_SOFT	0x1
#define LINK_HARD	0x2
#define LINK_BOTH	(LINK_SOFT | LINK_HARD)

#define compound_head(p)	((typeof(p))_compound_head(p))
#define page_folio(p)		((struct folio *)_compound_head(p))

#define AT_SELF(page, strict)	(page)
#define AT_HEAD(page, strict)	compound_head(page)

#define MARK(Up, low, where)						\\
static inline bool folio_is_##low(const struct folio *folio)		\\
{ return test_bit(MK_##low, &folio->page.flags); }			\\
static __always_inline int Page##Up(const struct page *page)		\\
{ return test_bit(MK_##low, &where(page, 0)->flags); }

#define KIND(Up, low)							\\
static inline bool folio_is_##low(const struct folio *folio)		\\
{ return folio->page.page_type >> 24 == KIND_##low; }			\\
static inline bool Page##Up(const struct page *page)			\\
{ return page->page_type >> 24 == KIND_##low; }

MARK(Hot, hot, AT_HEAD)
MARK(Cold, cold, AT_SELF)
MARK(Wanted, wanted, AT_SELF)
MARK(Busy, busy, AT_SELF)
KIND(Free, free)
KIND(Tree, tree)
KIND(Huge, huge)

static inline int PageTail(const struct page *page)
{
	return page->compound_info & 1;
}

static inline bool page_is_hot_kind(const struct page *page)
{
	return PageHot(page) && (PageFree(page) || PageHuge(page));
}

static inline bool page_has_kind(const struct page *page)
{
	return (int)page->page_type < KIND_none << 24;
}

static inline bool page_links(const struct page *page)
{
	return (page->mapping & LINK_BOTH) == LINK_HARD;
}

static inline bool page_links_hard(const struct page *page)
{
	return page->mapping & LINK_HARD;
}

static inline bool page_in_list(const struct page *page)
{
	return PageFree(page) && on_a_list(page);
}

static inline bool page_wanted_for(const struct page *page, unsigned long flags)
{
	return (flags & LINK_SOFT) && PageTree(page);
}

#endif
"""
STATIC = """\
#include <linux/kinds.h>

static bool only_here(struct page *page)
{
	return PageTree(page) || PageBusy(page);
}
"""


def catalog(root: Path) -> Catalog:
    """The catalog of the small tree, written to ``root``."""
    write(root, {"include/linux/kinds.h": HEADER, "mm/here.c": STATIC})
    store = Store(None)
    return Catalog(open_tree(root), store, NameIndex(store))
