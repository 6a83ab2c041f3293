// SPDX-License-Identifier: MIT
/*
 * A toy of a memory error handler, written for kscan. It has the function names that the shipped contract knows, so that
 * the contract applies: one of its three callers breaks it, two keep it.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>

#define MAX_TRIES	3

enum verdict { LOST, BUSY_FOR_NOW, RESCUED };

static unsigned long pages_lost;

static int record(unsigned long pfn, const char *kind, enum verdict verdict)
{
	pr_err("pfn %lx: %s: %d\n", pfn, kind, verdict);
	if (verdict == RESCUED)
		return 0;
	pages_lost++;
	return verdict == LOST ? -EIO : -EBUSY;
}

static bool page_is_the_kernels(const struct page *page)
{
	return PageReserved(page) || PageSlab(page) || PageTable(page);
}

static bool page_can_be_handled(const struct page *page, unsigned long flags)
{
	if ((flags & MF_SOFT_OFFLINE) && PageLarge(page))
		return false;
	return PageLRU(page) || PageHuge(page) || PageBuddy(page);
}

static int try_page_once(struct page *page, unsigned long flags)
{
	if (!page_can_be_handled(page, flags))
		return -EBUSY;

	return get_page_unless_zero(page) ? 1 : 0;
}

static int get_any_page(struct page *page, unsigned long flags)
{
	int tries = 0;
	int ret;

	if (page_is_the_kernels(page)) {
		ret = -ENOTRECOVERABLE;
		goto out;
	}

again:
	ret = try_page_once(page, flags);
	if (ret == -EBUSY) {
		if (tries++ < MAX_TRIES) {
			shake_page(page);
			goto again;
		}
		ret = -EIO; /* expect: remapped-errno -EBUSY */
		goto out;
	}
	if (!ret && !PageBuddy(page)) {
		if (tries++ < MAX_TRIES)
			goto again;
		ret = -EBUSY;
	}
out:
	if (ret < 0)
		pr_info("no reference: %d\n", ret);
	return ret;
}

static int get_unpoison_page(struct page *page)
{
	if (!PageLRU(page) && !PageHuge(page))
		return -EHWPOISON;

	return get_page_unless_zero(page) ? 1 : 0;
}

/**
 * get_hwpoison_page() - take a reference on a page with broken memory
 * @page: the page
 * @flags: MF_UNPOISON when the page is to be repaired, other MF_ bits as in memory_failure()
 *
 * Return:
 * * %0 - the page is free; there is no reference to take
 * * %1 - the reference is taken
 * * %-EBUSY - the page changed hands at every attempt
 * * %-EIO - the page is of a kind that cannot be handled now
 * * %-ENOTRECOVERABLE - the page is the kernel's own
 */
static int get_hwpoison_page(struct page *page, unsigned long flags) /* expect: undocumented-errno@doc -EHWPOISON */
{
	int ret;

	if (flags & MF_UNPOISON)
		ret = get_unpoison_page(page);
	else
		ret = get_any_page(page, flags);

	return ret;
}

/**
 * memory_failure() - give up a page that the hardware reports as broken
 * @pfn: number of the page
 * @flags: MF_ bits
 *
 * Return: 0 when nothing uses the page any more, otherwise a negative errno.
 */
int memory_failure(unsigned long pfn, int flags)
{
	struct page *page = pfn_to_online_page(pfn);
	int res;

	if (!page)
		return -ENXIO;

	SetPageHWPoison(page);
	res = get_hwpoison_page(page, flags);
	if (!res) {
		res = record(pfn, "free page", RESCUED);
		goto out;
	} else if (res < 0) { /* expect: folded-errno -ENOTRECOVERABLE */
		res = record(pfn, "unknown page", BUSY_FOR_NOW);
		goto out;
	}

	res = record(pfn, "page in use", forget_page(page) ? RESCUED : LOST);
	put_page(page);
out:
	return res;
}

/**
 * soft_offline_page() - move what a page holds elsewhere, while it can still be read
 * @pfn: number of the page
 * @flags: MF_ bits
 *
 * Returns 0 when the page is out of use, -ENXIO when there is no such page,
 * another negative errno when it has to stay.
 */
int soft_offline_page(unsigned long pfn, int flags) /* expect: unmarked-return-prose@doc */
{
	struct page *page = pfn_to_online_page(pfn);
	int ret;

	if (!page)
		return -ENXIO;

	ret = get_hwpoison_page(page, flags | MF_SOFT_OFFLINE);
	if (ret > 0) {
		ret = forget_page(page) ? 0 : -EBUSY;
		put_page(page);
	}

	return ret;
}

/**
 * unpoison_memory() - take a page back into use
 * @pfn: number of the page
 *
 * Return:
 * * %0 - the page is in use again
 * * %-ENXIO - there is no such page
 * * %-EBUSY - the page is not broken, or someone holds it
 * * %-EPERM - the hardware reported the page
 */
int unpoison_memory(unsigned long pfn) /* expect: unreturnable-errno@doc -EPERM */
{
	struct page *page = pfn_to_online_page(pfn);
	int got;

	if (!page)
		return -ENXIO;
	if (!PageHWPoison(page))
		return -EBUSY;

	got = get_hwpoison_page(page, MF_UNPOISON);
	if (got == -EHWPOISON) {
		ClearPageHWPoison(page);
		return 0;
	}
	if (got <= 0)
		return -EBUSY;

	ClearPageHWPoison(page);
	put_page(page);
	return 0;
}
