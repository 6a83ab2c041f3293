/* SPDX-License-Identifier: MIT */
#ifndef _FIXTURE_PAGE_FLAGS_H
#define _FIXTURE_PAGE_FLAGS_H

#include <linux/kernel.h>
#include <linux/mm_types.h>

enum pageflags {
	PG_locked,
	PG_lru,
	PG_large,
	PG_reserved,
#ifdef CONFIG_MEMORY_FAILURE
	PG_hwpoison,
#endif
	__NR_PAGEFLAGS,
};

static inline bool page_is_tail(const struct page *page)
{
	return page->head & 1;
}

static inline struct page *page_first(const struct page *page)
{
	return (struct page *)(page_is_tail(page) ? page->head - 1 : (unsigned long)page);
}

#define page_folio(page)	((struct folio *)page_first(page))

/* Which page of a folio carries the bit. The second word says whether the bit is about to change. */
#define PF_ANY(page, change)		(page)
#define PF_HEAD(page, change)		page_first(page)
#define PF_NO_TAIL(page, change) ({			\
	WARN_ON((change) && page_is_tail(page));	\
	page_first(page); })

#define TESTPAGEFLAG(Word, word, policy)				\
static inline bool folio_test_##word(const struct folio *folio)		\
{ return test_bit(PG_##word, &folio->page.flags); }			\
static inline bool Page##Word(const struct page *page)			\
{ return test_bit(PG_##word, &policy(page, 0)->flags); }

#define SETPAGEFLAG(Word, word, policy)					\
static inline void SetPage##Word(struct page *page)			\
{ set_bit(PG_##word, &policy(page, 1)->flags); }

#define CLEARPAGEFLAG(Word, word, policy)				\
static inline void ClearPage##Word(struct page *page)			\
{ clear_bit(PG_##word, &policy(page, 1)->flags); }

#define PAGEFLAG(Word, word, policy)					\
	TESTPAGEFLAG(Word, word, policy)				\
	SETPAGEFLAG(Word, word, policy)					\
	CLEARPAGEFLAG(Word, word, policy)

#define TESTPAGEFLAG_FALSE(Word, word)					\
static inline bool folio_test_##word(const struct folio *folio)		\
{ return false; }							\
static inline bool Page##Word(const struct page *page)			\
{ return false; }

#define PAGEFLAG_FALSE(Word, word)					\
	TESTPAGEFLAG_FALSE(Word, word)					\
static inline void SetPage##Word(struct page *page) { }			\
static inline void ClearPage##Word(struct page *page) { }

PAGEFLAG(Locked, locked, PF_NO_TAIL)
PAGEFLAG(LRU, lru, PF_HEAD)
PAGEFLAG(Reserved, reserved, PF_ANY)
TESTPAGEFLAG(Large, large, PF_HEAD)

#ifdef CONFIG_MEMORY_FAILURE
PAGEFLAG(HWPoison, hwpoison, PF_ANY)
#else
PAGEFLAG_FALSE(HWPoison, hwpoison)
#endif

/* A type and a count share a word: at most one of these holds for a page. */
enum pagetype {
	PGTY_buddy	= 0x81,
	PGTY_slab	= 0x82,
	PGTY_table	= 0x83,
	PGTY_hugetlb	= 0x84,
};

#define FOLIO_TYPE_OPS(word, name)					\
static inline bool folio_test_##name(const struct folio *folio)		\
{ return folio->page.page_type >> 24 == PGTY_##word; }

#define PAGE_TYPE_OPS(Word, word, name)					\
FOLIO_TYPE_OPS(word, name)						\
static inline bool Page##Word(const struct page *page)			\
{ return page->page_type >> 24 == PGTY_##word; }

PAGE_TYPE_OPS(Buddy, buddy, buddy)
PAGE_TYPE_OPS(Slab, slab, slab)
PAGE_TYPE_OPS(Table, table, pgtable)
FOLIO_TYPE_OPS(hugetlb, hugetlb)

static inline bool PageHuge(const struct page *page)
{
	return folio_test_hugetlb(page_folio(page));
}

#endif
