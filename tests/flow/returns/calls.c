// SPDX-License-Identifier: MIT

/* callee: 0 -EIO */
static int g(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	return g(a);
}

/* callee-below: 0 -EIO */
static int g(int a);
int f(int a)
{
	return g(a);
}

static int g(int a)
{
	return a ? -EIO : 0;
}

/* only-errors: 0 -EIO */
static int g(int a)
{
	return a > 3 ? 3 : a ? -EIO : 0;
}

int f(int a)
{
	int r = g(a);

	if (r < 0)
		return r;
	return 0;
}

/* errors-left-out: 0 3 */
static int g(int a)
{
	return a > 3 ? 3 : a ? -EIO : 0;
}

int f(int a)
{
	int r = g(a);

	return r < 0 ? 0 : r;
}

/* errors-or-zero: 0 -EIO */
static int g(int a)
{
	return a > 3 ? 3 : a ? -EIO : 0;
}

int f(int a)
{
	int r = g(a);

	return r > 0 ? 0 : r;
}

/* min-with-zero: 0 -EIO; pinned: min() gives either side, whatever the other one is */
static int g(int a)
{
	return a > 3 ? 3 : a ? -EIO : 0;
}

int f(int a)
{
	return min(g(a), 0);
}

/* max-of-numbers: 1 3; pinned: max() gives either side, whatever the other one is */
static int g(int a)
{
	return a ? 3 : 0;
}

int f(int a)
{
	return max(g(a), 1);
}

/* tested-away: 0 -EBUSY */
static int g(int a)
{
	return a > 1 ? -EIO : a ? -EBUSY : 0;
}

int f(int a)
{
	int r = g(a);

	if (r == -EIO)
		return 0;
	return r;
}

/* all-but-one: 1 -EIO */
static int g(int a)
{
	return a > 1 ? -EIO : a ? -EBUSY : 0;
}

int f(int a)
{
	int r = g(a);

	if (r != -EIO)
		return 1;
	return r;
}

/* tested-for-what-cannot-come: 0 -EBUSY */
static int g(int a)
{
	return a ? -EBUSY : 0;
}

int f(int a)
{
	int r = g(a);

	if (r == -EIO)
		return -ENODEV;
	return r;
}

/* ok-flag: 0 -EBUSY -EIO */
static int g(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	int r = g(a);
	bool ok = r == 0;

	if (!ok)
		return r;
	return a ? -EBUSY : 0;
}

/* positive-negated: 0 -EIO */
static int g(int a)
{
	return a ? EIO : 0;
}

int f(int a)
{
	return -g(a);
}

/* positive-negated-variable: 0 -EIO */
static int g(int a)
{
	return a ? EIO : 0;
}

int f(int a)
{
	int e = g(a);

	return e ? -e : 0;
}

/* wrappers: 0 -EIO */
static int g(int a)
{
	return a ? -EIO : 0;
}

static int h(int a)
{
	return g(a);
}

static int i(int a)
{
	int r = h(a);

	return r;
}

int f(int a)
{
	return i(a);
}

/* two-callees: 0 -EBUSY -EIO */
static int g(int a)
{
	return a ? -EIO : 0;
}

static int h(int a)
{
	return a ? -EBUSY : 0;
}

int f(int a)
{
	int r = g(a);

	if (!r)
		r = h(a);
	return r;
}

/* or-of-callees: 0 -EBUSY -EIO */
static int g(int a)
{
	return a ? -EIO : 0;
}

static int h(int a)
{
	return a ? -EBUSY : 0;
}

int f(int a)
{
	return g(a) ?: h(a);
}

/* call-in-a-condition: 0 -ENODEV */
static int g(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	if (g(a))
		return -ENODEV;
	return 0;
}

/* call-compared: 0; pinned: only named errnos are asked of a callee */
static int g(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	if (g(a) > 0)
		return -ENODEV;
	return 0;
}

/* bool-callee: 0 -EIO */
static bool g(int a)
{
	return a > 3;
}

int f(int a)
{
	return g(a) ? -EIO : 0;
}

/* bool-callee-as-int: 0 1 */
static bool g(int a)
{
	return a > 3;
}

int f(int a)
{
	return g(a);
}

/* statement-expression: 1 -EIO */
int f(int a)
{
	int r = ({ int x = 1; if (a) x = -EIO; x; });

	return r;
}

/* statement-expression-returns: 0 -EIO */
int f(int a)
{
	int r = ({ if (a) return -EIO; 0; });

	return r;
}

/* recursion: 0 -EIO */
int f(int a)
{
	if (a < 0)
		return -EIO;
	if (!a)
		return 0;
	return f(a - 1);
}

/* recursion-without-an-end:  */
int f(int a)
{
	return f(a);
}

/* mutual-recursion: 0 -EBUSY -EIO */
static int g(int a);
int f(int a)
{
	if (!a)
		return 0;
	if (a < 0)
		return -EIO;
	return g(a - 1);
}

static int g(int a)
{
	return a > 9 ? -EBUSY : f(a);
}

/* recursion-in-a-test: 0 -EIO; pinned: only named errnos are asked of a callee */
int f(int a)
{
	int r;

	if (!a)
		return 0;
	r = f(a - 1);
	if (r == -EIO)
		return r;
	if (r)
		return -EBUSY;
	return a > 3 ? -EIO : 0;
}

/* unknown-callee: unknown open */
int g(int);
int f(int a)
{
	return g(a);
}

/* unknown-callee-narrowed: 0 negative open */
int g(int);
int f(int a)
{
	int r = g(a);

	if (r < 0)
		return r;
	return 0;
}

/* unknown-callee-by-name: 0 -EIO */
int g(int);
int f(int a)
{
	int r = g(a);

	if (r == -EIO)
		return r;
	return 0;
}

/* unknown-callee-one-left-out: 0 negative positive open */
int g(int);
int f(int a)
{
	int r = g(a);

	if (r == -EIO)
		return 0;
	return r;
}

/* function-pointer: unknown open */
struct ops { int (*go)(int); };
int f(struct ops *o, int a)
{
	return o->go(a);
}

/* function-pointer-variable: 0 */
int g(int a)
{
	return 0;
}

int f(int a)
{
	int (*p)(int) = g;
	return p(a);
}

/* function-pointer-parameter: unknown open */
int f(int (*p)(int), int a)
{
	return p(a);
}

/* out-parameter: -EIO */
static int g(int *p)
{
	*p = -EIO;
	return 0;
}

int f(void)
{
	int r = 0;

	g(&r);
	return r;
}

/* out-parameter-checked: 0 unknown open */
int g(int *p);
int f(void)
{
	int r = 1;

	if (g(&r))
		return 0;
	return r;
}

/* bool-out-parameter: 0 1 */
int g(bool *p);
int f(void)
{
	bool r = false;

	g(&r);
	return r;
}

/* out-parameter-of-a-test: negative positive -EIO open */
int g(int *p);
int f(void)
{
	int v = 0;

	g(&v);
	if (v)
		return v;
	return -EIO;
}

/* asm: unknown open */
int f(void)
{
	int r = 0;

	asm volatile("x" : "=r" (r));
	return r;
}

/* other-variable-by-address: 0 */
int g(int *p);
int f(void)
{
	int r = 0, v;

	g(&v);
	return r;
}

/* local-of-that-name: unknown open */
static int g(int a)
{
	return 0;
}

int f(int (*g)(int))
{
	return g(1);
}

/* macro-callee: 0 -EIO */
static int g(int a)
{
	return a ? -EIO : 0;
}

#define call_g(a) g(a)

int f(int a)
{
	return call_g(a);
}

/* argument-named-like-a-return: 0 */
int f(int return_status, int returned)
{
	note(return_status);
	note(returned);
	return 0;
}

/* macro-that-returns: 0 -EIO */
#define CHECK(a) do { if (a) return -EIO; } while (0)

int f(int a)
{
	CHECK(a);
	return 0;
}

/* fault-code: unknown open */
int f(void)
{
	return VM_FAULT;
}

/* out-parameter-of-a-call-for-nothing: unknown open */
int g(int *p);
int f(void)
{
	int r = 0;

	(void)g(&r);
	return r;
}

/* out-parameter-in-a-loop-condition: unknown open */
int g(int *p);
int f(void)
{
	int r = 0;

	while (!g(&r))
		;
	return r;
}

/* out-parameter-of-a-negated-call: unknown open */
int g(int *p);
int f(void)
{
	int r = 0, x;

	x = !g(&r);
	return r;
}

/* macro-that-writes-its-argument: -EFAULT unknown open */
int f(int *p)
{
	int x = 0;

	if (get_user(x, p))
		return -EFAULT;
	return x;
}

/* swap: -EIO; pinned: swap() is taken for a function */
int f(void)
{
	int a = 0, b = -EIO;

	swap(a, b);
	return a;
}

/* poll-macro: 0 3 */
int f(void *p)
{
	int x = 0;

	readl_poll_timeout(p, x, x & 1, 0, 1);
	if (x)
		return 3;
	return 0;
}

/* max-with-one: 1 positive */
int f(struct box *b)
{
	int n = b->size - 4;

	return max(n, 1);
}

/* max-with-one-and-more: 1 positive */
int f(struct box *b)
{
	int n = b->size;

	return max(n - 4, 1);
}

/* max-without-a-sign: 1 unknown open */
int f(struct box *b)
{
	u32 n = b->size;

	return max(n, 1u);
}

/* max-of-three: 7 positive */
int f(struct box *b)
{
	int n = b->size;

	return max3(3, n, 7);
}

/* min-of-errors: -EIO -1; pinned: min() gives either side, whatever the other one is */
static int g(int a)
{
	return a > 3 ? 3 : a ? -EIO : 0;
}

int f(int a)
{
	return min(-1, g(a));
}

/* max-of-another-type: -EIO 0 3 */
static int g(int a)
{
	return a > 3 ? 3 : a ? -EIO : 0;
}

int f(int a)
{
	return max_t(u32, g(a), 0);
}

/* accounted-for: -EINVAL 0 */
#define alloc_hooks(x) ({ typeof(x) r; tag(); r = x; r; })
#define tab_init(...) alloc_hooks(tab_init_noprof(__VA_ARGS__))
int tab_init_noprof(struct tab *t, int a)
{
	return a ? -EINVAL : 0;
}

int f(struct tab *t, int a)
{
	return tab_init(t, a);
}

/* accounted-for-by-tag: -EINVAL 0 */
#define alloc_hooks_tag(tag, x) ({ typeof(x) r; save(tag); r = x; r; })
int tab_init_noprof(struct tab *t, int a)
{
	return a ? -EINVAL : 0;
}

int f(struct tab *t, int a)
{
	return alloc_hooks_tag(&t->tag, tab_init_noprof(t, a));
}

/* another-name: 0 -EIO; pinned: a macro without parameters that is the name of a function is not looked through */
#define get g
static int g(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	return get(a);
}

/* member-named-by-an-argument: 0 -EIO -ENXIO; pinned: a macro whose argument is a member's name is a call through it */
#define call(b, op, ...) ((b)->ops ? (b)->ops->op(b, ##__VA_ARGS__) : -ENXIO)
struct box;
struct ops { int (*open)(struct box *b, int a); };
struct box { const struct ops *ops; };
static int my_open(struct box *b, int a)
{
	return a ? -EIO : 0;
}
static const struct ops my_ops = { .open = my_open };

int f(struct box *b, int a)
{
	return call(b, open, a);
}

/* function-handed-to-a-macro: 0 -EIO; pinned: a macro's argument that is called is a call through a pointer */
#define call(f, ...) f(__VA_ARGS__)
static int g(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	return call(g, a);
}

/* name-pasted-by-a-macro-of-a-macro: 0 -EINTR; pinned: what one macro pastes of another's parameter is not told */
#define __error(name) class_##name##_error
#define error(name, v) __error(name)(v)
static int class_lock_error(int *a)
{
	return *a ? -EINTR : 0;
}

int f(int a)
{
	return error(lock, &a);
}
