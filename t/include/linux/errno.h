/* SPDX-License-Identifier: MIT */
#ifndef _FIXTURE_ERRNO_H
#define _FIXTURE_ERRNO_H

#include <uapi/asm-generic/errno.h>

/* Between parts of the kernel only; user space must never see one of these. */
#define ERESTARTSYS	512
#define ENOIOCTLCMD	515
#define EPROBE_DEFER	517
#define ENOTSUPP	524

#endif
