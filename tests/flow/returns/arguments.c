// SPDX-License-Identifier: MIT

/* constant-argument: -EIO */
static int g(int a)
{
	return a ? -EIO : 0;
}

int f(void)
{
	return g(1);
}

/* constant-argument-zero: 0 */
static int g(int a)
{
	return a ? -EIO : 0;
}

int f(void)
{
	return g(0);
}

/* true-argument: -EIO */
static int g(bool a)
{
	if (a)
		return -EIO;
	return 0;
}

int f(void)
{
	return g(true);
}

/* null-argument: -EINVAL */
static int g(void *p)
{
	if (!p)
		return -EINVAL;
	return 0;
}

int f(void)
{
	return g(NULL);
}

/* flag: -EIO */
#define A 1
#define B 2

static int g(int flags)
{
	if (flags & A)
		return -EIO;
	return 0;
}

int f(void)
{
	return g(A | B);
}

/* flag-clear: 0 */
#define A 1
#define B 2

static int g(int flags)
{
	if (flags & A)
		return -EIO;
	return 0;
}

int f(void)
{
	return g(B);
}

/* flag-added: -EIO */
#define A 1

static int g(int flags)
{
	if (flags & A)
		return -EIO;
	return 0;
}

int f(int flags)
{
	return g(flags | A);
}

/* flag-removed: 0 */
#define A 1

static int g(int flags)
{
	if (flags & A)
		return -EIO;
	return 0;
}

int f(int flags)
{
	return g(flags & ~A);
}

/* flag-added-in-place: -EIO */
#define A 1

static int g(int flags)
{
	if (flags & A)
		return -EIO;
	return 0;
}

int f(int flags)
{
	flags |= A;
	return g(flags);
}

/* flag-removed-in-place: 0 */
#define A 1

static int g(int flags)
{
	if (flags & A)
		return -EIO;
	return 0;
}

int f(int flags)
{
	flags &= ~A;
	return g(flags);
}

/* flag-tested-before: 0 -EBUSY */
#define A 1

static int g(int flags)
{
	if (flags & A)
		return -EIO;
	return 0;
}

int f(int flags)
{
	if (flags & A)
		return -EBUSY;
	return g(flags);
}

/* flag-through-two-levels: -EIO */
#define A 4

static int h(int flags)
{
	if (flags & A)
		return -EIO;
	return 0;
}

static int g(void *p, int flags)
{
	return h(flags | 1);
}

int f(void *p)
{
	return g(p, A);
}

/* flag-tested-above-two-levels: 1 -EIO */
#define A 4

static int h(int flags)
{
	if (flags & A)
		return -EIO;
	return 0;
}

static int g(void *p, int flags)
{
	return h(flags);
}

int f(void *p, int flags)
{
	if (!(flags & A))
		return 1;
	return g(p, flags);
}

/* two-flags: 0 -EIO */
#define A 1
#define B 2

static int g(int flags)
{
	if ((flags & A) && (flags & B))
		return -EIO;
	return 0;
}

int f(int flags)
{
	return g(flags | A);
}

/* mask-of-two: -EIO */
#define A 1
#define B 2

static int g(int flags)
{
	if (flags & (A | B))
		return -EIO;
	return 0;
}

int f(int flags)
{
	return g(flags | B);
}

/* mask-equal: -EIO */
#define A 1
#define B 2

static int g(int flags)
{
	if ((flags & (A | B)) == (A | B))
		return -EIO;
	return 0;
}

int f(int flags)
{
	return g(flags | A | B);
}

/* enum-argument: -EBUSY */
enum m { LOOK, TAKE };
static int g(enum m m)
{
	switch (m) {
	case LOOK:
		return 0;
	case TAKE:
		return -EBUSY;
	}
	return -EIO;
}

int f(void)
{
	return g(TAKE);
}

/* argument-in-a-variable: -EIO */
static int g(int a)
{
	return a ? -EIO : 0;
}

int f(void)
{
	int a = 1;

	return g(a);
}

/* same-callee-twice: 0 -EIO */
static int g(int a)
{
	return a ? -EIO : 0;
}

int f(int x)
{
	if (x)
		return g(1);
	return g(0);
}

/* errno-argument: -EBUSY -EIO */
static int g(int err)
{
	return err;
}

int f(int a)
{
	if (a)
		return g(-EIO);
	return g(-EBUSY);
}

/* errno-argument-through-a-variable: -EBUSY -EIO */
static int g(int err)
{
	return err;
}

int f(int a)
{
	int err = a ? -EIO : -EBUSY;

	return g(err);
}

/* result-as-an-argument: 0 -EIO; pinned: the result of a call is not handed to the next */
static int g(int a)
{
	return a ? -EIO : 0;
}

static int h(int err)
{
	return err;
}

int f(int a)
{
	return h(g(a));
}

/* conditional-argument: 0 -EIO */
static int g(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	return g(a ? 1 : 0);
}

/* not-the-parameter-any-more: -EIO; pinned: a parameter plus one is any number above zero */
static int g(int a)
{
	a = a + 1;
	return a ? -EIO : 0;
}

int f(void)
{
	return g(1);
}

/* parameter-compared: 0 */
static int g(int a)
{
	if (a > 5)
		return -EIO;
	return 0;
}

int f(void)
{
	return g(3);
}

/* bits-of-a-shift: -EIO */
#define A BIT(3)

static int g(int flags)
{
	if (flags & A)
		return -EIO;
	return 0;
}

int f(void)
{
	return g(BIT(3));
}
