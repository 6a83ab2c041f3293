/* SPDX-License-Identifier: MIT */
#ifndef _FIXTURE_SLAB_H
#define _FIXTURE_SLAB_H

#include <linux/kernel.h>

#define GFP_KERNEL	BIT(0)

void *kzalloc(size_t size, unsigned long gfp);
void kfree(const void *object);

#endif
