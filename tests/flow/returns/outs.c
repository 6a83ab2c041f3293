// SPDX-License-Identifier: MIT

/* out-not-defined: open unknown */
int g(int a, int *err);
int f(int a)
{
	int err = 0;

	g(a, &err);
	return err;
}

/* out-stored-away: open unknown */
struct walk { int *err; };
static void g(struct walk *w, int *err)
{
	w->err = err;
	*err = -EIO;
}

int f(struct walk *w)
{
	int err = 0;

	g(w, &err);
	return err;
}

/* out-in-an-initialiser: open unknown */
struct walk { int *err; };
int run(struct walk *w);
static void g(int *err)
{
	struct walk w = { .err = err };

	*err = -EIO;
	run(&w);
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-copied: open unknown */
static void g(int *err)
{
	int *also = err;

	*err = -EIO;
	*also = fill();
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-cast: open unknown */
static void g(int *err)
{
	long *wide = (long *)err;

	*err = -EIO;
	*wide = fill();
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-moved-on: open unknown */
static void g(int *err)
{
	*err = -EIO;
	err++;
	*err = 0;
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-indexed: open unknown */
static void g(int *err)
{
	*err = -EIO;
	err[0] = fill();
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-counted: -2 */
static void g(int *err)
{
	*err = 0;
	(*err)--;
	if (*err)
		(*err)--;
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-counted-in-an-expression: open unknown */
static int g(int *err)
{
	*err = 0;
	return (*err)--;
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-added-to: open unknown */
static void g(int *err)
{
	*err = -EIO;
	*err += fill();
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-returned: open unknown */
static int *g(int *err)
{
	*err = -EIO;
	return err;
}

int f(void)
{
	int err = 0, *p = g(&err);

	*p = fill();
	return err;
}

/* out-in-assembly: open unknown */
static void g(int *err)
{
	*err = -EIO;
	asm volatile("mov %1, %0" : "=m" (*err) : "r" (0));
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-given-on-inside-a-dereference: open unknown */
static void g(int *err)
{
	int n;

	*err = -EIO;
	n = *below(err);
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-of-a-loop-macro: open unknown */
static void g(int *err)
{
	*err = -EIO;
	for_each_place(err, 3)
		touch();
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-given-twice: open unknown */
static void g(int *a, int *b)
{
	*a = -EIO;
	*b = -EBUSY;
}

int f(void)
{
	int err = 0;

	g(&err, &err);
	return err;
}

/* out-through-an-unknown-pointer: open unknown */
struct ops { void (*go)(int *err); };
int f(struct ops *ops)
{
	int err = 0;

	ops->go(&err);
	return err;
}

/* out-handed-to-what-is-not-defined: open unknown */
int below(int *err);
static int g(int *err)
{
	*err = -EIO;
	return below(err);
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-perhaps-untouched-and-never-set: open unknown -EIO */
static int g(int a, int *err)
{
	if (a)
		*err = -EIO;
	return 0;
}

int f(int a)
{
	int err;

	g(a, &err);
	return err;
}

/* out-of-a-struct: open unknown */
struct pair { int a; int b; };
static void g(struct pair *p)
{
	p->a = 1;
}

struct pair f(void)
{
	struct pair p;

	g(&p);
	return p;
}

/* out-of-an-earlier-turn: -EIO -EBUSY 0 */
static int g(int a, int *err)
{
	if (a > 3) {
		*err = -EIO;
		return 0;
	}
	*err = -EBUSY;
	return 1;
}

int f(int a)
{
	int saved = 0, err = 0, r;

	while (more()) {
		saved = err;
		r = g(a, &err);
		if (r == 0)
			return saved;
	}
	return 0;
}

/* out-in-a-comparison-of-two: -EIO 0 */
static int g(int a, int *err)
{
	if (a)
		*err = -EIO;
	return a;
}

int f(int a, int n)
{
	int err = 0;

	if (g(a, &err) < n)
		return err;
	return 0;
}

/* out-under-a-cast: -EIO 0 */
static long g(int a, int *err)
{
	if (a)
		*err = -EIO;
	return a;
}

int f(int a)
{
	int err = 0, n;

	n = (int)g(a, &err) + 1;
	note(n);
	return err;
}

/* out-of-two-kinds: -EIO -ENOMEM */
static int *g(int a, int *err)
{
	if (a == 1) {
		*err = -EIO;
		return NULL;
	}
	*err = -ENOMEM;
	return NULL;
}

int f(int a)
{
	int err;

	g(a, &err);
	return err;
}

/* out-with-null: 0 -EIO -ENOMEM */
static struct page *g(int a, int *err)
{
	struct page *page;

	if (a == 1) {
		*err = -EIO;
		return NULL;
	}
	page = alloc_page(0);
	if (!page)
		*err = -ENOMEM;
	return page;
}

int f(int a)
{
	struct page *p;
	int err;

	p = g(a, &err);
	if (!p)
		return err;
	put(p);
	return 0;
}

/* out-only-on-failure: 0 -EIO -EBUSY */
static int g(int a, int *why)
{
	if (a == 1) {
		*why = -EIO;
		return -1;
	}
	if (a == 2) {
		*why = -EBUSY;
		return -1;
	}
	return 0;
}

int f(int a)
{
	int why;

	if (g(a, &why) < 0)
		return why;
	return 0;
}

/* out-kept-where-it-was-set: 0 -EIO */
static void g(int a, int *err)
{
	if (a)
		*err = -EIO;
}

int f(int a)
{
	int err = 0;

	g(a, &err);
	return err;
}

/* out-overwritten: -EIO 0 */
static void g(int a, int *err)
{
	*err = a ? -EIO : 0;
}

int f(int a)
{
	int err = -EINVAL;

	g(a, &err);
	return err;
}

/* out-handed-on: -EIO 0 -EINVAL */
static void h(int a, int *err)
{
	if (a == 7)
		*err = -EIO;
}

static void g(int a, int *err)
{
	if (a < 0) {
		*err = -EINVAL;
		return;
	}
	h(a, err);
}

int f(int a)
{
	int err = 0;

	g(a, &err);
	return err;
}

/* out-of-a-callee-result: -EIO -EBUSY 0 */
static int h(int a)
{
	return a == 1 ? -EIO : a == 2 ? -EBUSY : 0;
}

static bool g(int a, int *errp)
{
	int ret = h(a);

	*errp = ret;
	return ret == 0;
}

int f(int a)
{
	int err;

	if (!g(a, &err))
		return err;
	return 0;
}

/* out-if-wanted: -EIO 0 */
static int *g(int a, int *err)
{
	int *p = find(a);

	if (!p && err)
		*err = -EIO;
	return p;
}

int f(int a)
{
	int err;
	int *p = g(a, &err);

	if (!p)
		return err;
	return 0;
}

/* out-read-only: 0 -EINVAL */
static int g(const int *limit, int a)
{
	return a < *limit;
}

int f(int a)
{
	int r = a ? -EINVAL : 0;

	g(&r, a);
	return r;
}

/* out-pointer: NULL pointer ERR_PTR(-EIO) */
static int g(int a, struct page **pagep)
{
	if (a) {
		*pagep = ERR_PTR(-EIO);
		return 0;
	}
	*pagep = kmalloc(3, 0);
	return 0;
}

struct page *f(int a)
{
	struct page *page;

	g(a, &page);
	return page;
}

/* out-in-a-loop: -EIO 0 */
static int g(int a, int *err)
{
	if (a == 3) {
		*err = -EIO;
		return 1;
	}
	*err = 0;
	return 0;
}

int f(int a)
{
	int err = 0;

	while (a--) {
		if (g(a, &err))
			break;
	}
	return err;
}

/* out-of-itself: -EIO */
static void g(int a, int *err)
{
	if (!a) {
		*err = -EIO;
		return;
	}
	g(a - 1, err);
}

int f(int a)
{
	int err = 0;

	g(a, &err);
	return err;
}

/* out-of-a-turned-sign: -EIO 0 */
static unsigned int g(int a, int *err)
{
	if (a) {
		*err = -EIO;
		return -1;
	}
	*err = 0;
	return 0;
}

int f(int a)
{
	int err;

	if (g(a, &err) > 0)
		return err;
	return 0;
}

/* out-by-a-flag: -EIO */
static void g(int flags, int *err)
{
	if (flags & 2)
		*err = -EBUSY;
	else if (flags & 1)
		*err = -EIO;
}

int f(int a)
{
	int err = 0;

	g(1, &err);
	return err;
}

/* out-of-what-is-returned: 0 -EIO -EBUSY */
static int h(int a, int *p)
{
	if (a == 1)
		return -EIO;
	if (a == 2)
		return -EBUSY;
	*p = 0;
	return 0;
}

static int g(int a, int *p)
{
	return h(a, p);
}

int f(int a)
{
	int p, r;

	r = g(a, &p);
	if (r)
		return r;
	return p;
}

/* out-that-is-returned-too: -EIO -EBUSY */
static int h(int a)
{
	return a == 1 ? -EIO : a == 2 ? -EBUSY : 0;
}

static int g(int a, int *errp)
{
	int ret = h(a);

	*errp = ret;
	return ret;
}

int f(int a)
{
	int err;

	if (g(a, &err))
		return err;
	return -EIO;
}

/* out-that-is-returned-with-its-sign-turned: 0 -EIO -EBUSY */
static int h(int a)
{
	return a == 1 ? -EIO : a == 2 ? -EBUSY : 0;
}

static int g(int a, int *errp)
{
	int ret = h(a);

	*errp = ret;
	return -ret;
}

int f(int a)
{
	int err;

	if (g(a, &err) > 0)
		return err;
	return 0;
}

/* out-of-the-turn-before-the-last: 0 -EIO -EBUSY */
static int h(int a, int *p)
{
	if (a == 1) {
		*p = -EIO;
		return 1;
	}
	*p = -EBUSY;
	return 0;
}

static int g(int a, int *p)
{
	int mine = 0, r = 0, last = 0;

	while (a--) {
		last = mine;
		r = h(a, &mine);
	}
	*p = last;
	return r;
}

int f(int a)
{
	int p;

	if (g(a, &p) == 1)
		return p;
	return 0;
}

/* out-told-in-a-message: 0 -EIO */
static void g(int a, int *err, int *tab, int *n)
{
	if (!err)
		return;
	note("err is now at %p", *err);
	if (a)
		*err = -EIO;
	tab[*n] = sizeof(*err);
	(*n)++;
}

int f(int a, int *tab)
{
	int err = 0, n = 0;

	g(a, &err, tab, &n);
	return err;
}

/* out-in-a-literal: open unknown */
struct walk { int *err; };
static void g(int *err)
{
	*err = -EIO;
	run(&(struct walk){ .err = err });
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-whose-address-goes: open unknown */
static void g(int *err)
{
	*err = -EIO;
	run(&err);
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-read-in-place: open unknown */
static void g(int *err)
{
	*err = -EIO;
	run(&*err);
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-under-the-same-name: open unknown */
static void g(int *err)
{
	*err = -EIO;
	{
		int *err = place();

		*err = 0;
	}
}

int f(void)
{
	int err = 0;

	g(&err);
	return err;
}

/* out-swapped: open unknown */
static void g(int *err, int *other)
{
	*err = -EIO;
	swap(err, other);
	*err = 0;
}

int f(int *other)
{
	int err = 0;

	g(&err, other);
	return err;
}

/* out-chosen-from-two: open unknown */
static void g(int a, int *err, int *other)
{
	*(a ? err : other) = -EIO;
}

int f(int a)
{
	int err = 0, other = 0;

	g(a, &err, &other);
	return err;
}

/* out-of-a-branch-of-the-preprocessor: 0 -EIO -EBUSY */
static void g(int *err)
{
#ifdef CONFIG_FOO
	*err = -EIO;
#else
	if (*err)
		*err = -EBUSY;
#endif
}

int f(int a)
{
	int err = a ? -EINVAL : 0;

	g(&err);
	return err;
}

/* out-by-a-call-in-a-choice: 0 -EIO */
static int g(int a, int *err)
{
	*err = -EIO;
	return a > 1;
}

int f(int a)
{
	int err = 0, r;

	r = a ? g(a, &err) : 0;
	return r ? err : r;
}
