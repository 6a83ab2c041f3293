// SPDX-License-Identifier: MIT

/* error-in-a-member: -ENOMEM 0 */
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
int f(struct box *b, int a)
{
	b->lid = get(a);
	if (IS_ERR(b->lid))
		return PTR_ERR(b->lid);
	return 0;
}

/* error-or-zero-of-a-member: -ENOMEM 0 */
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
int f(struct box *b, int a)
{
	b->lid = get(a);
	return PTR_ERR_OR_ZERO(b->lid);
}

/* error-in-a-global: -ENOMEM 0 */
static void *lid;
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
int f(int a)
{
	lid = get(a);
	return PTR_ERR_OR_ZERO(lid);
}

/* error-that-is-printed: -ENOMEM 0 */
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
int f(struct box *b, int a)
{
	int ret;

	b->lids[a] = get(a);
	if (IS_ERR(b->lids[a])) {
		dev_err(b->dev, "no lid: %ld\n", PTR_ERR(b->lids[a]));
		ret = PTR_ERR(b->lids[a]);
		goto out;
	}
	ret = 0;
out:
	return ret;
}

/* error-told-by-a-probe: -ENOMEM 0 */
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
int f(struct box *b, int a)
{
	b->lid = get(a);
	if (IS_ERR(b->lid))
		return dev_err_probe(b->dev, PTR_ERR(b->lid), "no lid\n");
	return 0;
}

/* error-behind-a-pointer: -ENOMEM 0 */
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
static int fill(void **lid, int a)
{
	*lid = get(a);
	if (IS_ERR(*lid))
		return PTR_ERR(*lid);
	return 0;
}
int f(int a)
{
	void *lid;

	return fill(&lid, a);
}

/* error-seldom-there: -EBUSY -ENOMEM 0 */
static void *get(int a)
{
	return a > 1 ? ERR_PTR(-ENOMEM) : a ? ERR_PTR(-ENOENT) : &table[a];
}
int f(struct box *b, int a)
{
	b->lid = get(a);
	if (IS_ERR(b->lid)) {
		if (PTR_ERR(b->lid) != -ENOMEM)
			return -EBUSY;
		return PTR_ERR(b->lid);
	}
	return 0;
}

/* error-that-a-call-may-change: 0 negative open */
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
int f(struct box *b, int a)
{
	b->lid = get(a);
	mend(b);
	return PTR_ERR_OR_ZERO(b->lid);
}

/* error-in-another-box: 0 negative open */
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
int f(struct box *b, int a)
{
	b->lid = get(a);
	b = b->next;
	return PTR_ERR_OR_ZERO(b->lid);
}

/* error-in-the-next-slot: 0 negative open */
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
int f(struct box *b, int a)
{
	b->lids[a] = get(a);
	a++;
	return PTR_ERR_OR_ZERO(b->lids[a]);
}

/* error-stored-over: 0 negative open */
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
int f(struct box *b, struct box *c, int a)
{
	b->lid = get(a);
	c->lid = b->lid;
	return PTR_ERR_OR_ZERO(b->lid);
}

/* error-counted-on: 0 negative open */
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
int f(struct box *b, int a)
{
	b->lid = get(a);
	b->lid++;
	return PTR_ERR_OR_ZERO(b->lid);
}

/* error-added-to: 0 negative open */
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
int f(struct box *b, int a)
{
	b->lid += get(a);
	return PTR_ERR_OR_ZERO(b->lid);
}

/* error-on-one-way-only: 0 negative open */
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
int f(struct box *b, int a)
{
	if (a)
		b->lid = get(a);
	return PTR_ERR_OR_ZERO(b->lid);
}

/* error-of-the-turn-before: 0 unknown open */
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
int f(struct box *b, int a)
{
	do {
		if (IS_ERR(b->lid))
			return PTR_ERR(b->lid);
		b->lid = get(a);
	} while (more(a));
	return 0;
}

/* error-of-a-box-here: 0 negative open */
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
int f(struct box *b, struct box *c, int a)
{
	b->lid = get(a);
	{
		struct box *b = c;

		return PTR_ERR_OR_ZERO(b->lid);
	}
}

/* error-of-a-pointer-moved-on: 0 negative open */
static void *get(int a)
{
	return a ? ERR_PTR(-ENOMEM) : &table[a];
}
int f(struct box *c, int a)
{
	struct box *b = c;
	struct box **p = &b;

	b->lid = get(a);
	*p = c->next;
	return PTR_ERR_OR_ZERO(b->lid);
}

/* number-cut-to-its-member: unknown open */
static int get(int a)
{
	return a ? -ENOMEM : 0;
}
int f(struct box *b, int a)
{
	b->is_open = get(a);
	return b->is_open;
}
