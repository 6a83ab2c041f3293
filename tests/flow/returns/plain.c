// SPDX-License-Identifier: MIT

/* constant: 0 */
int f(void)
{
	return 0;
}

/* errno: -EIO */
int f(void)
{
	return -EIO;
}

/* errno-in-parentheses: -EIO */
int f(void)
{
	return (-(EIO));
}

/* bare-number: -1 */
int f(void)
{
	return -1;
}

/* bare-number-of-an-errno: -5 */
int f(void)
{
	return -5;
}

/* bare-number-and-errno: -1 -EPERM */
int f(int a)
{
	return a ? -1 : -EPERM;
}

/* positive-errno: 5 */
int f(void)
{
	return EIO;
}

/* hexadecimal: 16 */
int f(void)
{
	return 0x10;
}

/* octal: 8 */
int f(void)
{
	return 010;
}

/* character: 65 */
int f(void)
{
	return 'A';
}

/* true-and-false: 0 1 */
bool f(int a)
{
	if (a)
		return true;
	return false;
}

/* alias: -EAGAIN */
int f(int a)
{
	return a ? -EWOULDBLOCK : -EAGAIN;
}

/* internal-errno: -EPROBE_DEFER */
int f(void)
{
	return -EPROBE_DEFER;
}

/* macro-errno: -EIO */
#define FROB_BROKEN -EIO

int f(void)
{
	return FROB_BROKEN;
}

/* macro-of-a-macro: -EIO */
#define A (-EIO)
#define B A

int f(void)
{
	return B;
}

/* enumerator: 3 */
enum { A = 2, B };
int f(void)
{
	return B;
}

/* macro-number: 7 */
#define LEVEL 7

int f(void)
{
	return LEVEL;
}

/* two-macros-differ: unknown open */
#ifdef X

#define A 1

#else

#define A -1
#endif
int f(void)
{
	return A;
}

/* variable: -EIO */
int f(void)
{
	int ret = -EIO;

	return ret;
}

/* overwritten: 0 */
int f(void)
{
	int ret = -EIO;

	ret = 0;
	return ret;
}

/* copied: -EIO */
int f(void)
{
	int a = -EIO, b = a, c;

	c = b;
	return c;
}

/* negated-variable: -EIO */
int f(void)
{
	int err = EIO;

	return -err;
}

/* void:  */
void f(int a)
{
	if (a)
		return;
}

/* uninitialised: unknown open */
int f(void)
{
	int ret;

	return ret;
}

/* cast: -EIO */
long f(void)
{
	return (long)-EIO;
}

/* casts: -EIO */
int f(void)
{
	long ret = (int)(long)-EIO;

	return (int)ret;
}

/* comma: -EIO */
int f(int a)
{
	return a++, -EIO;
}

/* comma-in-an-assignment: -EIO */
int f(int a)
{
	int r;

	r = (a = 3, -EIO);
	return r;
}

/* chained-assignment: -EIO */
int f(void)
{
	int a, b;

	a = b = -EIO;
	return a;
}

/* assignment-in-a-condition: 0 -EIO */
int g(int);
int f(int a)
{
	int r;

	if ((r = a ? -EIO : 0))
		return r;
	return 0;
}

/* sum: 3 */
int f(void)
{
	int a = 1;

	a += 2;
	return a;
}

/* difference: 1 */
int f(void)
{
	int a = 3;

	a -= 2;
	return a;
}

/* bits-of-constants: 6 */
int f(void)
{
	return 2 | 4;
}

/* inverted-bits: -1 */
int f(void)
{
	return ~0;
}

/* shifted: 8 */
int f(void)
{
	return 1 << 3;
}

/* sizeof: positive; pinned: sizeof is not known to be above zero */
int f(void)
{
	return sizeof(int);
}

/* masked-number: 0 positive */
int g(void);
int f(int a)
{
	int x = g();

	return x & 3;
}

/* parameter: unknown open */
int f(int a)
{
	return a;
}

/* bool-parameter: 0 1 */
int f(bool a)
{
	return a;
}

/* global: unknown open */
int g;
int f(void)
{
	return g;
}

/* member: unknown open */
struct s { int a; };
int f(struct s *s)
{
	return s->a;
}

/* static-local: unknown open */
int f(void)
{
	static int count = 3;

	return count;
}

/* address-taken: unknown open */
int f(void)
{
	int a = 1;
	int *p = &a;

	*p = 2;
	return a;
}

/* extra-parentheses: 0 -EIO */
int f(int a)
{
	if (((a))) {
		return ((-EIO));
	}
	return (0);
}

/* alias-macro: -EIO; pinned: a tree's own name for an errno is no errno */
#define EFROB EIO

int f(void)
{
	return -EFROB;
}

/* parameter-overwritten: -EIO */
int f(int a)
{
	a = -EIO;
	return a;
}

/* parameter-overwritten-on-a-path: 0 -EIO */
int g(int a);
int f(int a)
{
	if (a)
		return 0;
	a = g(a);
	if (a)
		return -EIO;
	return 0;
}

/* cut-to-a-byte: 44; pinned: the width of a variable is not looked at */
int f(void)
{
	u8 c = 300;

	return c;
}

/* no-sign: 1 */
int f(void)
{
	unsigned int u = -EIO;

	if (u > 0)
		return 1;
	return 0;
}

/* no-sign-of-an-argument: -EINVAL */
static int g(unsigned int x)
{
	return x > 5 ? -EINVAL : 0;
}

int f(void)
{
	return g(-1);
}

/* element: unknown open */
int f(int a)
{
	int r[2] = { 0, -EIO };

	return r[a];
}

/* once: 0 -EBUSY */
int f(void)
{
	static int once;

	if (once)
		return -EBUSY;
	once = 1;
	return 0;
}

/* assigned-in-an-expression: 0 -EIO */
int f(int a)
{
	int r = 0;

	a && (r = -EIO);
	return r;
}
