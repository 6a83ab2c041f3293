/* SPDX-License-Identifier: MIT */
#ifndef _UAPI_FIXTURE_ERRNO_H
#define _UAPI_FIXTURE_ERRNO_H

#include <uapi/asm-generic/errno-base.h>

#define	EDEADLK		35	/* would wait for itself */
#define	ENOSYS		38	/* no such call */
#define	EWOULDBLOCK	EAGAIN	/* one number, two names */
#define	ENODATA		61	/* nothing to read yet */
#define	EPROTO		71	/* the other side broke the rules */
#define	EOVERFLOW	75	/* too large for its type */
#define	EOPNOTSUPP	95	/* this kind of object cannot do it */
#define	ETIMEDOUT	110	/* waited long enough */
#define	EALREADY	114	/* under way already */
#define	ESTALE		116	/* the handle outlived its object */
#define	ECANCELED	125	/* called off */
#define	EOWNERDEAD	130	/* the holder is gone */
#define	ENOTRECOVERABLE	131	/* and will not come back */
#define	EHWPOISON	133	/* broken memory */

#endif
