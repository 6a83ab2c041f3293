// SPDX-License-Identifier: MIT

/* counts-in-a-place: 0 1 2 */
int f(int a, int *o)
{
	int n = 0;

	if (a)
		o[n++] = a;
	if (a > 3)
		o[n++] = 4;
	return n;
}

/* counts-in-a-read: 0 positive */
int f(int a, int *o)
{
	int n = 0;

	while (o[n++]) ;
	return n - 1;
}

/* counts-in-a-condition: 1 2 */
int f(int a, int *o)
{
	int n = 0;

	if (o[n++] == 3)
		return 1;
	return n + 1;
}

/* writes-in-a-place: -EIO */
static int *get(int *err)
{
	*err = -EIO;
	return p;
}

int f(int a)
{
	int err = 0;

	*get(&err) = 3;
	return err;
}

/* writes-in-a-member: -EIO */
static struct s *get(int *err)
{
	*err = -EIO;
	return p;
}

int f(int a)
{
	int err = 0;
	int x = get(&err)->x;

	return err;
}

/* writes-in-braces: -EIO */
static int get(int *err)
{
	*err = -EIO;
	return 1;
}

int f(int a)
{
	int err = 0;
	struct s s = { .x = get(&err), .y = 2 };

	return err;
}

/* writes-in-a-literal: -EIO */
static int get(int *err)
{
	*err = -EIO;
	return 1;
}

int f(int a)
{
	int err = 0;

	put(&(struct s){ .x = get(&err), .y = 2 });
	return err;
}

/* assigns-in-an-index: 3 */
int f(int a, int *o)
{
	int n = 0;

	o[n = 3] = 1;
	return n;
}

/* pointer-steps: 0 */
int f(int a, int *o)
{
	int n = 0;

	*o++ = n;
	return n;
}

/* star-count: 0 -EIO */
int f(int a, int *o)
{
	int n = 0;

	if (*o++ == 3)
		return -EIO;
	return n;
}

/* member-count: 0 */
int f(struct s *s)
{
	int n = 0;

	s->count++;
	s->a[s->b++] = 1;
	return n;
}

/* cast-count: 1 */
int f(int a)
{
	int n = 0;

	put((long)n++);
	return n;
}

/* sizeof-count: 0 */
int f(int a)
{
	int n = 0;

	put(sizeof(n++));
	return n;
}

/* cond-in-index: 0 2 */
int f(int a, int *o)
{
	int n = 0;

	o[a ? (n = 2) : 0] = 1;
	return n;
}

/* asm-goto-plain: 0 -EIO */
int f(int a)
{
	asm goto("1: jmp %l[bad]" : : "r" (a) : : bad);
	return 0;
bad:
	return -EIO;
}

/* asm-goto-out: 0 -EIO 1 */
int f(int a)
{
	asm_inline volatile goto("x" : : "r"(a) : : one, two);
	return 0;
one:
	return 1;
two:
	return -EIO;
}

/* address-in-braces: open unknown */
int f(int a)
{
	int cleaned = 0;
	struct walk w = {
		.arg = (void *)&cleaned,
		.one = visit,
	};

	walk(a, &w);
	return cleaned;
}

/* asked-before-it-is-written: 0 -EINTR */
static bool stop(int a, int *err)
{
	if (a) {
		if (*err == 0)
			*err = -EINTR;
		return true;
	}
	return false;
}

int f(int a)
{
	int err = 0;

	if (stop(a, &err))
		return err;
	return 0;
}
