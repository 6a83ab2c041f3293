/* SPDX-License-Identifier: MIT */
#ifndef _FIXTURE_FROB_H
#define _FIXTURE_FROB_H

#include <linux/err.h>
#include <linux/mm.h>

struct frob;

struct frob_ops {
	int (*wake)(struct frob *frob);
	int (*poll)(struct frob *frob, unsigned int timeout);
};

struct frob {
	const struct frob_ops *ops;
	struct page *page;
	unsigned int level;
	bool awake;
};

#ifdef CONFIG_FROB
struct frob *frob_open(const struct frob_ops *ops, unsigned long pfn);
int frob_wake(struct frob *frob);
int frob_set_level(struct frob *frob, unsigned int level);
void frob_close(struct frob *frob);
#else
static inline struct frob *frob_open(const struct frob_ops *ops, unsigned long pfn)
{
	return ERR_PTR(-EOPNOTSUPP);
}

static inline int frob_wake(struct frob *frob)
{
	return -EOPNOTSUPP;
}

static inline int frob_set_level(struct frob *frob, unsigned int level)
{
	return 0;
}

static inline void frob_close(struct frob *frob)
{
}
#endif

#endif
