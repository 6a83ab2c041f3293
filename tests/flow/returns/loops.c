// SPDX-License-Identifier: MIT

/* counted-down-and-one-behind: 0 1 */
static int g(int a)
{
	return a > 3;
}

int f(int a)
{
	int mine = 0, last = 0;

	while (a--) {
		last = mine;
		mine = g(a);
	}
	return last;
}

/* two-turns-behind: 0 -EIO -EBUSY */
static int g(int a)
{
	return a > 3 ? -EIO : a ? -EBUSY : 0;
}

int f(int a)
{
	int first = 0, second = 0, third = 0;

	while (more()) {
		third = second;
		second = first;
		first = g(a++);
		if (first || !second)
			continue;
		return third;
	}
	return 0;
}

/* while: 0 -EIO */
int g(void);
int f(int a)
{
	while (a--) {
		if (g())
			return -EIO;
	}
	return 0;
}

/* for: 0 -EIO */
int g(int);
int f(int n)
{
	int i;

	for (i = 0; i < n; i++)
		if (g(i))
			return -EIO;
	return 0;
}

/* for-with-a-declaration: 0 -EIO */
int g(int);
int f(int n)
{
	for (int i = 0; i < n; i++)
		if (g(i))
			return -EIO;
	return 0;
}

/* do-while: -EIO */
int g(void);
int f(void)
{
	int r = 0;

	do {
		r = -EIO;
	} while (g());
	return r;
}

/* do-once: -EIO */
int f(void)
{
	int r = 0;

	do {
		r = -EIO;
	} while (0);
	return r;
}

/* break: 0 -EIO */
int g(int);
int f(int n)
{
	int i, r = 0;

	for (i = 0; i < n; i++) {
		if (g(i)) {
			r = -EIO;
			break;
		}
	}
	return r;
}

/* continue: 0 -EIO */
int g(int);
int f(int n)
{
	int i;

	for (i = 0; i < n; i++) {
		if (!g(i))
			continue;
		return -EIO;
	}
	return 0;
}

/* last-of-many: 0 -EIO -ENOENT */
static int g(int a)
{
	return a ? -EIO : 0;
}

int f(int n)
{
	int i, r = -ENOENT;

	for (i = 0; i < n; i++) {
		r = g(i);
		if (r)
			break;
	}
	return r;
}

/* nested-loops: 0 -EBUSY -EIO */
int g(int);
int f(int n)
{
	int i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; j < i; j++)
			if (g(j))
				return -EIO;
		if (g(i))
			return -EBUSY;
	}
	return 0;
}

/* endless: -EIO */
int g(void);
int f(void)
{
	for (;;) {
		if (g())
			return -EIO;
	}
}

/* while-true: -EIO */
int g(void);
int f(void)
{
	while (1) {
		if (g())
			break;
	}
	return -EIO;
}

/* retries: 0 -EIO */
static int g(int a)
{
	return a ? -EBUSY : 0;
}

int f(int a)
{
	int tries = 0, r;

again:
	r = g(a);
	if (r == -EBUSY) {
		if (tries++ < 3)
			goto again;
		r = -EIO;
	}
	return r;
}

/* retries-in-a-loop: 0 -EBUSY */
static int g(int a)
{
	return a ? -EBUSY : 0;
}

int f(int a)
{
	int r, i = 3;

	do {
		r = g(a);
		if (r != -EBUSY)
			return r;
	} while (--i);
	return r;
}

/* counted: 1 positive */
int f(int n)
{
	int i = 1;

	while (n--)
		i++;
	return i;
}

/* counted-from-zero: 0 positive */
int f(int n)
{
	int i = 0;

	while (n--)
		i++;
	return i;
}

/* flag-set-in-a-loop: 0 1 */
int g(void);
int f(int n)
{
	bool seen = false;

	while (n--) {
		if (g())
			seen = true;
	}
	return seen;
}

/* loop-macro: 0 -EIO */
struct l;
int g(struct l *);
int f(struct l *head)
{
	struct l *p;

	list_for_each_entry(p, head, list) {
		if (g(p))
			return -EIO;
	}
	return 0;
}

/* loop-macro-may-not-turn: 0 -EIO */
struct l;
int g(struct l *);
int f(struct l *head)
{
	struct l *p;
	int r = 0;

	list_for_each_entry(p, head, list)
		r = -EIO;
	return r;
}

/* loop-macro-counts: 0 1 */
int f(unsigned long *map)
{
	int bit, r = 0;

	for_each_set_bit(bit, map, 8) {
		r = 1;
		break;
	}
	return r;
}

/* loop-variable-after-a-loop-macro: unknown open */
int f(unsigned long *map)
{
	int bit = 0;

	for_each_set_bit(bit, map, 8)
		if (bit == 3)
		break;
	return bit;
}

/* guard: 0 -EIO */
int f(int *lock, int a)
{
	guard(mutex)(lock);
	if (a)
		return -EIO;
	return 0;
}

/* scoped-guard: 0 -EIO */
int f(int *lock, int a)
{
	scoped_guard(mutex, lock) {
		if (a)
			return -EIO;
	}
	return 0;
}

/* scoped-guard-always-runs: -EIO */
int f(int *lock)
{
	int r = 0;

	scoped_guard(mutex, lock) {
		r = -EIO;
	}
	return r;
}

/* scoped-guard-returns: -EIO */
int f(int *lock)
{
	scoped_guard(mutex, lock) {
		return -EIO;
	}
	return 0;
}

/* parameter-counts-down: 0 1 */
int f(int n)
{
	int r = 0;

	while (n) {
		r = 1;
		n = n - 1;
	}
	return r;
}

/* parameter-set-by-a-callee: 0 1 */
int g(int n);
int f(int n)
{
	int r = 0;

	while (n) {
		r = 1;
		n = g(n);
	}
	return r;
}

/* parameter-shrinks: 0 -EINVAL */
int g(void);
int f(int len)
{
	int r = -EINVAL;

	while (len) {
		r = 0;
		len -= g();
	}
	return r;
}

/* third-turn: 0 3; pinned: a counter is soon any number above zero */
int g(int n);
int f(int n)
{
	int turns = 0;

	do {
		n = g(n);
		if (n)
			turns++;
		if (turns == 3)
			return turns;
	} while (n);
	return 0;
}

/* for-counts-down-in-its-condition: 0 -EIO */
int f(int n)
{
	for (; n--; stir(n)) {
		if (!n)
			return -EIO;
	}
	return 0;
}

/* for-counts-after-a-comma-in-its-condition: 0 -EIO */
int f(int n)
{
	for (; stir(n), n--;) {
		if (!n)
			return -EIO;
	}
	return 0;
}

/* for-counts-in-two-updates: 0 -EIO */
int f(int n)
{
	int i, left = 3;

	for (i = 0; left; i++, left--) {
		if (i == 2 && left == 1)
			return -EIO;
	}
	return 0;
}

/* comma-whose-value-counts-down: 1 */
int f(int n)
{
	int left = 1;

	return stir(n), left--;
}
