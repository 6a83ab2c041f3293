/* SPDX-License-Identifier: MIT */
#ifndef _FIXTURE_MM_TYPES_H
#define _FIXTURE_MM_TYPES_H

/**
 * struct page - one page of memory
 * @flags: bits of enum pageflags
 * @head: the first page of the folio, with bit 0 set in every page but that one
 * @page_type: one of enum pagetype in the top byte, a count below it
 * @count: references held
 */
struct page {
	unsigned long flags;
	unsigned long head;
	unsigned int page_type;
	int count;
};

struct folio {
	struct page page;
};

#endif
