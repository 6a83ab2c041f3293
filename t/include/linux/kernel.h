/* SPDX-License-Identifier: MIT */
#ifndef _FIXTURE_KERNEL_H
#define _FIXTURE_KERNEL_H

typedef _Bool bool;
typedef unsigned long size_t;

enum {
	false = 0,
	true = 1,
};

#define NULL			((void *)0)
#define BIT(nr)			(1UL << (nr))
#define fallthrough		__attribute__((__fallthrough__))
#define likely(x)		__builtin_expect(!!(x), 1)
#define unlikely(x)		__builtin_expect(!!(x), 0)
#define __must_check		__attribute__((__warn_unused_result__))
#define __init			__attribute__((__section__(".init.text")))

void say(const char *format, ...);

#define pr_err(...)		say(__VA_ARGS__)
#define pr_info(...)		say(__VA_ARGS__)

#define WARN_ON(condition) ({			\
	bool __hit = !!(condition);		\
	if (unlikely(__hit))			\
		say("odd: %s\n", #condition);	\
	unlikely(__hit);			\
})

static inline bool test_bit(unsigned int nr, const unsigned long *word)
{
	return *word & BIT(nr);
}

static inline void set_bit(unsigned int nr, unsigned long *word)
{
	*word |= BIT(nr);
}

static inline void clear_bit(unsigned int nr, unsigned long *word)
{
	*word &= ~BIT(nr);
}

#endif
