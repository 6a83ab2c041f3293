// SPDX-License-Identifier: MIT

/* const-array: -EIO -EBUSY */
static const int e[] = { -EIO, -EBUSY };
int f(int i)
{
	return e[i];
}

/* const-array-holes: 0 -EIO -EBUSY */
static const int e[8] = { [2] = -EIO, [3] = -EBUSY, };
int f(int i)
{
	return e[i];
}

/* struct-array: 0 -EIO -EBUSY */
static const struct { int err; const char *name; } e[] = { [2] = { -EIO, "a, }" }, [3] = { -EBUSY, "b" } };
int f(int i)
{
	if (i > 5)
		return -EIO;
	return e[i].err;
}

/* struct-array-named: 0 -EIO -EBUSY */
static const struct x { int err; const char *name; } e[] = { { .err = -EIO, .name = "x" }, { .name = "x" }, { .err = -EBUSY, } };
int f(int i)
{
	return e[i].err;
}

/* struct-array-macro: 0 -EIO -EBUSY */
#define ENT(n, _e, _d) [STS_##n] = { .err = _e, .name = _d }
static const struct { int err; const char *name; } e[] = { ENT(OK, 0, "ok"), ENT(A, -EIO, "a"), ENT(B, -EBUSY, "b"), };
int f(int i)
{
	int r = e[i].err;

	return r;
}

/* array-of-another: open unknown */
static const int e[] = { -EIO, -EBUSY };
int f(int i, int *x)
{
	int *e = x;

	return e[i];
}

/* array-not-const: open unknown */
static int e[] = { -EIO, -EBUSY };
int f(int i)
{
	return e[i];
}

/* array-of-expressions: open unknown */
static const int e[] = { -EIO, FOO(3) };
int f(int i)
{
	return e[i];
}

/* array-inside: -EIO -EBUSY */
int f(int i) {
	static const int e[] = { -EIO, -EBUSY };
	return e[i]; }

/* array-of-two-dims: open unknown */
static const int e[2][2] = { { -EIO, -EBUSY }, { 0, 0 } };
int f(int i)
{
	return e[i][1];
}

/* array-as-parameter: open unknown */
static const int e[] = { -EIO, -EBUSY };
int f(int i, int e[])
{
	return e[i];
}

/* array-struct-tag: 0 -EIO */
struct t { const char *n; int err; };
static const struct t e[] = { { "a", -EIO }, { "b" } };
int f(int i)
{
	return e[i].err;
}

/* array-struct-unknown: open unknown */
static const struct t e[] = { { "a", -EIO }, { "b" } };
int f(int i)
{
	return e[i].err;
}

/* bare-numbers: 0 -1 */
static const int e[] = { -1, 0, -1 };

int f(int i)
{
	return e[i];
}

/* bare-numbers-and-errnos: open unknown */
static const int e[] = { -1, -EIO };

int f(int i)
{
	return e[i];
}

/* bare-number-in-a-variable: 0 -1 */
static int e = -1;

void set(void)
{
	e = 0;
}

int f(int i)
{
	return e;
}

/* strings: open unknown */
static const struct { const char *name; } e[] = { { "a" }, { "b" } };

char *f(int i)
{
	return e[i].name;
}

/* characters: open unknown */
static const int e[] = { 'a', 'b' };

int f(int i)
{
	return e[i];
}
