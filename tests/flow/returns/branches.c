// SPDX-License-Identifier: MIT

/* if: 0 -EIO */
int f(int a)
{
	if (a)
		return -EIO;
	return 0;
}

/* if-else: 0 -EIO */
int f(int a)
{
	int r;

	if (a)
		r = -EIO;
	else
		r = 0;
	return r;
}

/* else-if: 0 1 -EIO */
int f(int a)
{
	if (a > 1)
		return 1;
	else if (a)
		return -EIO;
	else
		return 0;
}

/* always: -EIO */
int f(void)
{
	if (1)
		return -EIO;
	return 0;
}

/* never: 0 */
int f(void)
{
	if (0)
		return -EIO;
	return 0;
}

/* decided-by-a-variable: 0 */
int f(void)
{
	int a = 0;

	if (a)
		return -EIO;
	return 0;
}

/* same-test-twice: 0 -EIO */
int f(int a)
{
	int r = 0;

	if (a)
		r = -EIO;
	if (a)
		return r;
	return 0;
}

/* opposite-tests: 0 */
int f(int a)
{
	if (a) {
		if (!a)
			return -EIO;
	}
	return 0;
}

/* narrowed-twice: 0 */
int f(int a)
{
	if (a > 3) {
		if (a < 2)
			return -EIO;
	}
	return 0;
}

/* narrowed-parameter: 1 2 */
int f(int a)
{
	if (a < 1)
		return 1;
	if (a > 2)
		return 2;
	return a;
}

/* flipped-comparison: 0 */
int f(int a)
{
	if (3 < a) {
		if (2 > a)
			return -EIO;
	}
	return 0;
}

/* comparison-of-variables: 0 -EIO */
int f(int a, int b)
{
	if (a < b)
		return -EIO;
	return 0;
}

/* conditional: 0 -EIO */
int f(int a)
{
	return a ? -EIO : 0;
}

/* nested-conditional: 0 1 -EIO */
int f(int a)
{
	return a > 1 ? 1 : a ? -EIO : 0;
}

/* conditional-in-an-argument: 0 */
int g(int);
int f(int a)
{
	g(a ? -EIO : 1);
	return 0;
}

/* elvis-with-errno: negative positive -EIO open */
int g(void);
int f(int a)
{
	return g() ?: -EIO;
}

/* elvis-of-a-known-callee: -EBUSY -EIO */
static int g(int a)
{
	return a ? -EBUSY : 0;
}

int f(int a)
{
	return g(a) ?: -EIO;
}

/* and: 0 1 */
int f(int a, int b)
{
	return a && b;
}

/* or: 0 1 */
int f(int a, int b)
{
	int r = a || b;

	return r;
}

/* not: 0 1 */
int f(int a)
{
	return !a;
}

/* not-not: 0 1 */
int f(int a)
{
	return !!a;
}

/* comparison-value: 0 1 */
int f(int a)
{
	return a == 3;
}

/* minus-comparison: 0 -1 */
int f(int a)
{
	return -(a == 3);
}

/* negated-and: 0 1 */
int f(int a, int b)
{
	bool r = !(a && b);

	return r;
}

/* and-in-a-condition: 0 -EIO */
int f(int a, int b)
{
	if (a && b)
		return -EIO;
	return 0;
}

/* and-teaches-both: 0 */
int f(int a, int b)
{
	if (a && b) {
		if (!a || !b)
			return -EIO;
	}
	return 0;
}

/* or-teaches-neither: 0 */
int f(int a, int b)
{
	if (a || b)
		return 0;
	if (a)
		return -EIO;
	return 0;
}

/* conditional-condition: 0 -EIO */
int f(int a, int b)
{
	if (a ? b : 0)
		return -EIO;
	return 0;
}

/* bool-of-errno: 1 */
int f(void)
{
	bool b = -EIO;

	return b;
}

/* bool-function-of-errno: 0 1 */
bool f(int a)
{
	return a ? -EIO : 0;
}

/* bool-function-of-pointer: 0 1 */
bool f(void *p)
{
	return p;
}

/* not-of-an-errno: 0 */
int f(void)
{
	int r = -EIO;

	return !r;
}

/* nested-ifs: 0 -EBUSY -EIO */
int f(int a, int b)
{
	if (a) {
		if (b)
			return -EIO;
		return -EBUSY;
	}
	return 0;
}

/* shadowed: 0 */
int f(int a)
{
	int r = 0;

	if (a) {
		int r = -EIO;
		r++;
	}
	return r;
}

/* shadowed-parameter: 0 -EIO */
int f(int r)
{
	if (r) {
		int r = -EIO;
		return r;
	}
	return 0;
}

/* same-name-in-two-blocks: 0 -EBUSY -EIO */
int f(int a)
{
	if (a > 1) {
		int r = -EIO;
		return r;
	}
	if (a) {
		int r = -EBUSY;
		return r;
	}
	return 0;
}

/* early-return: 0 -EINVAL -EIO */
int g(int);
int f(int a)
{
	if (a < 0)
		return -EINVAL;
	g(a);
	if (a > 9)
		return -EIO;
	return 0;
}

/* unlikely: 0 -EIO */
int f(int a)
{
	if (unlikely(a))
		return -EIO;
	return 0;
}

/* unlikely-of-a-result: 0 -EIO */
static int g(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	int r = g(a);

	if (unlikely(r < 0))
		return r;
	return 0;
}

/* warn-on: 0 -EINVAL */
int f(int a)
{
	if (WARN_ON(a < 0))
		return -EINVAL;
	return 0;
}

/* warn-on-alone: 0 */
int f(int a)
{
	WARN_ON(a < 0);
	return 0;
}

/* bug: 0 */
int f(int a)
{
	if (a)
		BUG();
	return 0;
}

/* after-bug: 0 */
int f(int a)
{
	if (a) {
		BUG();
		return -EIO;
	}
	return 0;
}

/* after-panic: 0 */
int f(int a)
{
	if (a) {
		panic("x");
		return -EIO;
	}
	return 0;
}

/* bug-on: 0 */
int f(int a)
{
	BUG_ON(a);
	if (a)
		return -EIO;
	return 0;
}

/* unreachable-code: 0 */
int f(int a)
{
	return 0;
	return -EIO;
}

/* code-behind-goto: 0 */
int f(int a)
{
	goto out;
	return -EIO;
out:
	return 0;
}

/* read-once: 0 */
int f(int *p)
{
	int a = READ_ONCE(*p);

	if (a) {
		if (!a)
			return -EIO;
	}
	return 0;
}

/* deep-nesting: 0 1 -EIO */
int f(int a, int b, int c, int d, int e)
{
	int r = 0;

	if (a) {
		if (b) {
			if (c) {
				if (d) {
					if (e)
						r = -EIO;
					else
						r = 1;
				}
			}
		}
	}
	return r;
}

/* many-flags: 0 -EIO */
int f(int a, int b, int c, int d, int e)
{
	bool v = false, w = false, x = false, y = false, z = false;

	if (a)
		v = true;
	if (b)
		w = true;
	if (c)
		x = true;
	if (d)
		y = true;
	if (e)
		z = true;
	if (v && w && x && y && z)
		return -EIO;
	return 0;
}

/* same-flag-twice: 0 -EPERM */
int f(int flags)
{
	if (flags & 2)
		return -EPERM;
	if (flags & 2)
		return -EIO;
	return 0;
}

/* flag-asked-again-with-another: -EPERM */
int f(int a, int flags)
{
	if (flags & 2)
		return -EPERM;
	if (!((flags & 2) && a))
		return -EPERM;
	return 0;
}
