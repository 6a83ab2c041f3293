/* SPDX-License-Identifier: MIT */
#ifndef _FIXTURE_MM_H
#define _FIXTURE_MM_H

#include <linux/errno.h>
#include <linux/mm_types.h>
#include <linux/page-flags.h>

enum mf_flags {
	MF_COUNT_INCREASED	= 1 << 0,
	MF_SOFT_OFFLINE		= 1 << 1,
	MF_UNPOISON		= 1 << 2,
};

struct page *pfn_to_online_page(unsigned long pfn);
void shake_page(struct page *page);
bool forget_page(struct page *page);

static inline int page_count(const struct page *page)
{
	return page_first(page)->count;
}

static inline bool get_page_unless_zero(struct page *page)
{
	if (!page->count)
		return false;
	page->count++;
	return true;
}

static inline void put_page(struct page *page)
{
	page->count--;
}

#ifdef CONFIG_MEMORY_FAILURE
int memory_failure(unsigned long pfn, int flags);
int soft_offline_page(unsigned long pfn, int flags);
int unpoison_memory(unsigned long pfn);
#else
static inline int memory_failure(unsigned long pfn, int flags)
{
	return -ENXIO;
}
#endif

#endif
