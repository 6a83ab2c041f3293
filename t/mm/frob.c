// SPDX-License-Identifier: MIT
/*
 * Frobs: a made-up kind of object with the usual ways to fail. The contracts do not reach this file; a check of the
 * whole tree does.
 */
#include <linux/err.h>
#include <linux/frob.h>
#include <linux/slab.h>

#define FROB_MAX_LEVEL	7

static int frob_check_page(const struct page *page)
{
	if (PageSlab(page))
		return -EINVAL;
	if (PageLocked(page))
		return -EAGAIN;
	return 0;
}

/**
 * frob_open() - make a frob of a page
 * @ops: how to wake and poll it
 * @pfn: number of the page
 *
 * Return: the frob, or ERR_PTR(-ENOMEM), ERR_PTR(-ENXIO), ERR_PTR(-EINVAL) or ERR_PTR(-EWOULDBLOCK).
 */
struct frob *frob_open(const struct frob_ops *ops, unsigned long pfn)
{
	struct frob *frob;
	int err;

	frob = kzalloc(sizeof(*frob), GFP_KERNEL);
	if (!frob)
		return ERR_PTR(-ENOMEM);

	frob->page = pfn_to_online_page(pfn);
	if (!frob->page) {
		err = -ENXIO;
		goto free;
	}

	err = frob_check_page(frob->page);
	if (err)
		goto free;

	frob->ops = ops;
	return frob;

free:
	kfree(frob);
	return ERR_PTR(err);
}

/**
 * frob_wake() - wake a frob
 * @frob: the frob
 *
 * Return: 0 on success, -EALREADY when it is awake, or the error of its wake operation.
 */
int frob_wake(struct frob *frob)
{
	int err;

	if (frob->awake)
		return -EALREADY;

	err = frob->ops->wake(frob);
	if (err)
		return err;

	frob->awake = true;
	return 0;
}

/**
 * frob_set_level() - choose how hard a frob works
 * @frob: the frob
 * @level: from 0 to FROB_MAX_LEVEL
 *
 * Return: %0 on success, %-EINVAL when @level is out of range.
 */
int frob_set_level(struct frob *frob, unsigned int level) /* expect: undocumented-errno@doc -EAGAIN */ /* expect: undocumented-value@doc 1 */
{
	int err;

	if (level > FROB_MAX_LEVEL)
		return -EINVAL;
	if (level == frob->level)
		return 1;

	err = frob_check_page(frob->page);
	switch (err) {
	case 0:
		break;
	case -EINVAL:
		WARN_ON(level);
		return err;
	default:
		return err;
	}

	frob->level = level;
	return 0;
}

/**
 * frob_close() - let go of a frob
 * @frob: the frob, may be an ERR_PTR()
 *
 * Return the page first: a frob that is closed has none.
 */
void frob_close(struct frob *frob)
{
	if (IS_ERR(frob))
		return;
	kfree(frob);
}

static int __init frob_setup(void)
{
	struct frob *first = frob_open(NULL, 0);

	if (IS_ERR(first)) {
		if (PTR_ERR(first) == -ENXIO)
			return -ENODEV; /* expect: remapped-errno -ENXIO */
		return PTR_ERR(first);
	}
	frob_close(first);
	return 0;
}

int frob_init(void)
{
	return frob_setup();
}
