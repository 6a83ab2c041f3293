// SPDX-License-Identifier: MIT

/* err-in-callee-cond: 0 -EIO */
static bool failed(int r)
{
	return r < 0;
}

static int h(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	int r = h(a);

	if (failed(r))
		return r;
	return 0;
}

/* check-in-callee-not: 0 */
static bool failed(int r)
{
	return r < 0;
}

static int h(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	int r = h(a);

	if (failed(r))
		return 0;
	return r;
}

/* callback: -EIO 0 */
static int cb(int a)
{
	return a ? -EIO : 0;
}

static int each(int (*fn)(int), int n)
{
	int r;

	for (; n; n--) {
		r = fn(n);
		if (r)
			return r;
	}
	return 0;
}

int f(int n)
{
	return each(cb, n);
}

/* callback-struct: -EIO 0 */
struct o { int (*fn)(int); };
static int cb(int a)
{
	return a ? -EIO : 0;
}

static const struct o o = { .fn = cb };
static int each(const struct o *o, int n)
{
	if (!o->fn)
		return 0;
	return o->fn(n);
}

int f(int n)
{
	return each(&o, n);
}

/* local-ops: -EIO */
struct o { int (*fn)(int); };
static int cb(int a)
{
	return -EIO;
}

static int each(const struct o *o, int n)
{
	return o->fn(n);
}

int f(int n)
{
	struct o o = { .fn = cb };

	return each(&o, n);
}

/* copied-table: -EIO -EBUSY */
struct o { int (*fn)(int); };
static int a1(int a)
{
	return -EIO;
}

static int a2(int a)
{
	return -EBUSY;
}

static struct o x = { .fn = a1 };
void s(struct o *p)
{
	*p = (struct o) {
		.fn = a2
	}
	;
}

int f(struct o *p, int n)
{
	return p->fn(n);
}

/* array-table-store: -EIO -EBUSY */
struct o { int (*fn[2])(int); };
static int a1(int a)
{
	return -EIO;
}

static int a2(int a)
{
	return -EBUSY;
}

void s(struct o *p)
{
	p->fn[0] = a1;
	p->fn[1] = a2;
}

int f(struct o *p, int n)
{
	return p->fn[n](n);
}

/* union-slot: -EIO -EBUSY */
struct o { union { int (*fn)(int); void *q; }; };
static int a1(int a)
{
	return -EIO;
}

static struct o x = { .fn = a1 };
static int a2(int a)
{
	return -EBUSY;
}

void s(struct o *p)
{
	p->fn = a2;
}

int f(struct o *p, int n)
{
	return p->fn(n);
}

/* null-call-guard: 0 -EIO */
struct o { int (*fn)(int); };
static int a1(int a)
{
	return -EIO;
}

static struct o x = { .fn = a1 };
int f(struct o *p, int n)
{
	return p->fn ? p->fn(n) : 0;
}

/* elvis-chain: 0 -EIO -EBUSY */
static int h(int a)
{
	return a ? -EIO : 0;
}

static int k(int a)
{
	return a ? -EBUSY : 0;
}

int f(int a)
{
	return h(a) ?: k(a);
}

/* ternary-nest-call: 0 -EIO */
static int h(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	return a > 3 ? h(a) : a < 2 ? 0 : h(a + 1);
}

/* call-cond: -EIO -EBUSY */
static int h1(int a)
{
	return -EIO;
}

static int h2(int a)
{
	return -EBUSY;
}

int f(int a)
{
	return (a ? h1 : h2)(a);
}

/* nested-fn-ptr-cond: -EIO -EBUSY */
static int h1(int a)
{
	return -EIO;
}

static int h2(int a)
{
	return -EBUSY;
}

int f(int a)
{
	int (*fn)(int);

	if (a)
		fn = h1;
	else
		fn = h2;
	return fn(a);
}
