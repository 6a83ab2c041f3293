// SPDX-License-Identifier: MIT

/* null: NULL */
void *f(void)
{
	return NULL;
}

/* null-as-zero: NULL */
void *f(void)
{
	return 0;
}

/* err-ptr: ERR_PTR(-ENOMEM) */
void *f(void)
{
	return ERR_PTR(-ENOMEM);
}

/* err-ptr-of-a-variable: ERR_PTR(-EIO) ERR_PTR(-ENOMEM) */
void *f(int a)
{
	int err = -EIO;

	if (a)
		err = -ENOMEM;
	return ERR_PTR(err);
}

/* err-cast: ERR_PTR(-EIO) NULL */
struct s;
static struct s *g(int a)
{
	return a ? ERR_PTR(-EIO) : NULL;
}

void *f(int a)
{
	struct s *s = g(a);

	if (IS_ERR(s))
		return ERR_CAST(s);
	return NULL;
}

/* ptr-err: 0 -EIO */
static void *g(int a)
{
	return a ? ERR_PTR(-EIO) : NULL;
}

int f(int a)
{
	void *p = g(a);

	if (IS_ERR(p))
		return PTR_ERR(p);
	return 0;
}

/* ptr-err-in-a-variable: 0 -EIO */
static void *g(int a)
{
	return a ? ERR_PTR(-EIO) : NULL;
}

int f(int a)
{
	void *p = g(a);
	int err = PTR_ERR(p);

	if (IS_ERR(p))
		return err;
	return 0;
}

/* ptr-err-or-zero: 0 -EIO */
static void *g(int a)
{
	return a ? ERR_PTR(-EIO) : NULL;
}

int f(int a)
{
	return PTR_ERR_OR_ZERO(g(a));
}

/* ptr-err-or-zero-of-a-pointer: 0 -EIO */
struct s;
struct s *find(int);
static struct s *g(int a)
{
	struct s *s = find(a);

	if (!s)
		return ERR_PTR(-EIO);
	if (IS_ERR(s))
		return NULL;
	return s;
}

int f(int a)
{
	struct s *s = g(a);

	return PTR_ERR_OR_ZERO(s);
}

/* is-err-or-null: -ENOENT; pinned: a callee is asked only for named errnos */
static void *g(int a)
{
	return a ? ERR_PTR(-EIO) : NULL;
}

int f(int a)
{
	if (IS_ERR_OR_NULL(g(a)))
		return -ENOENT;
	return 0;
}

/* is-err-or-null-excludes: 1 */
static void *g(int a)
{
	return a ? ERR_PTR(-EIO) : NULL;
}

int f(int a)
{
	void *p = g(a);

	if (!IS_ERR_OR_NULL(p))
		return PTR_ERR(p);
	return 1;
}

/* not-is-err: 0 */
static void *g(void)
{
	return NULL;
}

int f(void)
{
	void *p = g();

	if (IS_ERR(p))
		return PTR_ERR(p);
	return 0;
}

/* pointer-of-an-allocation: ERR_PTR(-ENOMEM) pointer */
void *f(int a)
{
	void *p = kmalloc(a, 0);

	if (!p)
		return ERR_PTR(-ENOMEM);
	return p;
}

/* address-of-a-global: pointer */
struct s { int a; } one;
struct s *f(void)
{
	return &one;
}

/* pointer-parameter: unknown open */
void *f(void *p)
{
	return p;
}

/* pointer-parameter-tested: ERR_PTR(-EINVAL) pointer; pinned: below -4095 is not above zero */
void *f(void *p)
{
	if (IS_ERR_OR_NULL(p))
		return ERR_PTR(-EINVAL);
	return p;
}

/* dev-err-probe: 0 -EIO */
int f(void *dev, int a)
{
	if (a)
		return dev_err_probe(dev, -EIO, "x");
	return 0;
}

/* dev-err-probe-of-a-result: 0 -EBUSY */
static int g(int a)
{
	return a ? -EBUSY : 0;
}

int f(void *dev, int a)
{
	int r = g(a);

	if (r)
		return dev_err_probe(dev, r, "x");
	return 0;
}

/* dev-err-probe-of-a-pointer: 0 -EIO */
static void *g(int a)
{
	return a ? ERR_PTR(-EIO) : NULL;
}

int f(void *dev, int a)
{
	void *p = g(a);

	if (IS_ERR(p))
		return dev_err_probe(dev, PTR_ERR(p), "x");
	return 0;
}

/* is-err-value: 0 -EIO */
static long g(int a)
{
	return a ? -EIO : 4096;
}

int f(int a)
{
	unsigned long r = g(a);

	if (IS_ERR_VALUE(r))
		return r;
	return 0;
}

/* rcu-dereference: ERR_PTR(-EIO) NULL */
static void *g(int a)
{
	return a ? ERR_PTR(-EIO) : NULL;
}

void *f(int a)
{
	void *p = g(a);

	return rcu_dereference(p);
}

/* error-pointer-in-a-member: 0 -EIO */
struct s { void *p; };
int f(struct s *s)
{
	if (IS_ERR(s->p))
		return -EIO;
	return 0;
}

/* ptr-err-of-a-member: 0 negative open; pinned: a member is read anew each time */
struct s { void *p; };
int f(struct s *s)
{
	if (IS_ERR(s->p))
		return PTR_ERR(s->p);
	return 0;
}
