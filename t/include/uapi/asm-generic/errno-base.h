/* SPDX-License-Identifier: MIT */
#ifndef _UAPI_FIXTURE_ERRNO_BASE_H
#define _UAPI_FIXTURE_ERRNO_BASE_H

/* The numbers are those every user of the interface knows; the list is cut to what the fixtures need. */
#define	EPERM		 1	/* caller lacks the right */
#define	ENOENT		 2	/* nothing of that name */
#define	EINTR		 4	/* a signal came first */
#define	EIO		 5	/* the device failed */
#define	ENXIO		 6	/* nothing at that address */
#define	E2BIG		 7	/* more than fits */
#define	EBADF		 9	/* no such descriptor */
#define	EAGAIN		11	/* later, perhaps */
#define	ENOMEM		12	/* no memory left */
#define	EACCES		13	/* not for this caller */
#define	EFAULT		14	/* a pointer led nowhere */
#define	EBUSY		16	/* in use by someone else */
#define	EEXIST		17	/* there already */
#define	EXDEV		18	/* two devices where one was due */
#define	ENODEV		19	/* no device of this kind */
#define	EINVAL		22	/* an argument makes no sense */
#define	ENFILE		23	/* every table entry taken */
#define	ENOTTY		25	/* no such control */
#define	ENOSPC		28	/* storage is used up */
#define	EROFS		30	/* writing is not allowed here */
#define	EPIPE		32	/* nobody reads */
#define	ERANGE		34	/* does not fit in the result */

#endif
