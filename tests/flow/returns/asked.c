// SPDX-License-Identifier: MIT

/* yes: 0 -EBUSY -EINTR */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	int r = give(a);

	if (passing(r))
		return r;
	return 0;
}

/* no: 0 -EIO 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	int r = give(a);

	if (passing(r))
		return 0;
	return r;
}

/* negated: 1 0 -EIO 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	int r = give(a);

	if (!passing(r))
		return r;
	return 1;
}

/* compared: 1 0 -EIO 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	int r = give(a);

	if (passing(r) == false)
		return r;
	return 1;
}

/* switch: 1 -EBUSY -EINTR */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	switch (err) {
	case -EBUSY:
	case -EINTR:
		return true;
	default:
		return false;
	}
}

int f(int a)
{
	int r = give(a);

	if (passing(r))
		return r;
	return 1;
}

/* switch-no: 1 0 -EIO 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	switch (err) {
	case -EBUSY:
	case -EINTR:
		return true;
	default:
		return false;
	}
}

int f(int a)
{
	int r = give(a);

	if (passing(r))
		return 1;
	return r;
}

/* range: 1 -EIO -EBUSY -EINTR */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static inline int failed(const int err)
{
	return err < 0;
}

int f(int a)
{
	int r = give(a);

	if (failed(r))
		return r;
	return 1;
}

/* below-a-bound: 1 -EIO -EINTR */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static int low(int err)
{
	if (err >= 0)
		return 0;
	if (err < -EIO)
		return 0;
	return -1;
}

int f(int a)
{
	int r = give(a);

	if (low(r))
		return r;
	return 1;
}

/* macro: 1 -EBUSY -EINTR */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

#define passing(e) ((e) == -EBUSY || (e) == -EINTR)

int f(int a)
{
	int r = give(a);

	if (passing(r))
		return r;
	return 1;
}

/* and: 1 -EBUSY -EINTR */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a, int b)
{
	int r = give(a);

	if (b && passing(r))
		return r;
	return 1;
}

/* and-not: 1 0 -EIO 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a, int b)
{
	int r = give(a);

	if (b && !passing(r))
		return r;
	return 1;
}

/* or: 1 0 -EIO -EBUSY -EINTR 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a, int b)
{
	int r = give(a);

	if (b || passing(r))
		return r;
	return 1;
}

/* with-a-comparison: 1 -EINTR */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	int r = give(a);

	if (passing(r) && r != -EBUSY)
		return r;
	return 1;
}

/* choice: 1 -EBUSY -EINTR */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	int r = give(a);

	return passing(r) ? r : 1;
}

/* choice-kept: 1 -EBUSY -EINTR */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	int r = give(a);

	r = passing(r) ? r : 1;
	return r;
}

/* kept-in-a-flag: 1 -EBUSY -EINTR */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	bool again;
	int r = give(a);

	again = passing(r);
	if (!again && a > 1)
		r = 1;
	if (!again)
		r = 1;
	return r;
}

/* two-levels: 1 -EBUSY -EINTR -EIO */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

static bool fatal(int err)
{
	return passing(err) || err == -EIO;
}

int f(int a)
{
	int r = give(a);

	if (fatal(r))
		return r;
	return 1;
}

/* two-levels-not: 1 0 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

static bool fatal(int err)
{
	return passing(err) || err == -EIO;
}

int f(int a)
{
	int r = give(a);

	if (!fatal(r))
		return r;
	return 1;
}

/* handed-down: 1 0 -EIO 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

static bool done(int err)
{
	return !passing(err);
}

static bool over(int err)
{
	return done(err);
}

int f(int a)
{
	int r = give(a);

	if (over(r))
		return r;
	return 1;
}

/* another-argument: 1 -EBUSY -EIO */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(bool io, int err, unsigned int flags)
{
	if (err == -EIO)
		return io;
	return err == -EBUSY && !(flags & 1);
}

int f(int a, int b)
{
	int r = give(a);

	if (passing(b, r, b))
		return r;
	return 1;
}

/* another-argument-known: 1 -EBUSY */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(bool io, int err)
{
	if (err == -EIO)
		return io;
	return err == -EBUSY;
}

int f(int a)
{
	int r = give(a);

	if (passing(false, r))
		return r;
	return 1;
}

/* side-effects: 1 -EBUSY -EINTR */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

int count;
void tell(int err);
static int passing(int err)
{
	count++;
	if (err != -EBUSY && err != -EINTR)
		return 0;
	tell(err);
	return 1;
}

int f(int a)
{
	int r = give(a);

	if (passing(r))
		return r;
	return 1;
}

/* tested-copy: 1 -EIO -EBUSY */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool bad(int err)
{
	int e = err;

	if (e == -EINTR)
		e = 0;
	return e < 0;
}

int f(int a)
{
	int r = give(a);

	if (bad(r))
		return r;
	return 1;
}

/* changed-before: 1 0 -EIO -EBUSY -EINTR 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool bad(int err)
{
	err += 4;
	return err < 0;
}

int f(int a)
{
	int r = give(a);

	if (bad(r))
		return r;
	return 1;
}

/* unknown-way: 1 0 -EIO -EBUSY -EINTR 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

int luck(void);
static bool bad(int err)
{
	if (luck())
		return true;
	return err == -EIO;
}

int f(int a)
{
	int r = give(a);

	if (bad(r))
		return r;
	return 1;
}

/* unknown-way-not: 1 0 -EBUSY -EINTR 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

int luck(void);
static bool bad(int err)
{
	if (luck())
		return true;
	return err == -EIO;
}

int f(int a)
{
	int r = give(a);

	if (!bad(r))
		return r;
	return 1;
}

/* as-a-number-without-a-sign: 1 0 -EIO -EBUSY -EINTR 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool bad(unsigned int err)
{
	return err > 5;
}

int f(int a)
{
	int r = give(a);

	if (bad(r))
		return r;
	return 1;
}

/* as-a-small-number: 1 0 -EIO -EBUSY -EINTR 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool bad(u8 err)
{
	return err == 251;
}

int f(int a)
{
	int r = give(a);

	if (bad(r))
		return r;
	return 1;
}

/* again-in-a-loop: 0 -EIO 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	int r;

	do {
		r = give(a++);
	} while (passing(r));
	return r;
}

/* again-in-a-loop-of-two: 0 -EIO 7 -EBUSY -EINTR */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	int r = give(a);

	while (passing(r)) {
		r = give(a++);
		if (a > 9)
			break;
	}
	return r;
}

/* the-one-before: -EBUSY -EINTR 1 0 -EIO 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	int last = 1;
	int r = give(a);

	for (; a < 9; a++) {
		if (passing(r))
			return last;
		last = r;
		r = give(a);
	}
	return last;
}

/* set-anew: 0 -EIO -EBUSY -EINTR 7 1 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	int r = give(a);

	if (passing(r)) {
		r = give(a + 1);
		return r;
	}
	return 1;
}

/* constants: -EBUSY -EIO */
static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	int r = -EIO;

	if (a)
		r = -EBUSY;
	if (a && passing(r))
		return r;
	if (!a && passing(r))
		return -EINVAL;
	if (a)
		return 0;
	return r;
}

/* never: 0 -EIO -EBUSY -EINTR 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static inline bool bad(int err)
{
	return false;
}

int f(int a)
{
	int r = give(a);

	if (bad(r))
		return -EINVAL;
	return r;
}

/* what-cannot-come: 0 -EIO -EBUSY -EINTR 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool gone(int err)
{
	return err == -ENODEV;
}

int f(int a)
{
	int r = give(a);

	if (gone(r))
		return -EINVAL;
	return r;
}

/* remapped: 0 -EIO -EINVAL 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	int r = give(a);

	if (passing(r))
		r = -EINVAL;
	return r;
}

/* parameter: -EBUSY -EINTR 1 */
static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

static int only(int err)
{
	return passing(err) ? err : 1;
}

int f(int a)
{
	return only(a);
}

/* parameter-known: 1 */
static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

static int only(int err)
{
	return passing(err) ? err : 1;
}

int f(int a)
{
	return only(-EIO);
}

/* parameter-known-apart: 2 */
static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

static int only(int err)
{
	if (passing(err))
		return 1;
	return 2;
}

int f(int a)
{
	return only(-EIO);
}

/* pointer: -ENOMEM -EBUSY 1 */
static void *find(int a)
{
	if (a == 1)
		return ERR_PTR(-ENOMEM);
	if (a == 2)
		return ERR_PTR(-EBUSY);
	return a ? &find : NULL;
}

static int bad(const void *p)
{
	return IS_ERR(p);
}

int f(int a)
{
	void *p = find(a);

	if (bad(p))
		return PTR_ERR(p);
	return 1;
}

/* pointer-or-null: 0 -ENOMEM 1 */
static void *find(int a)
{
	if (a == 1)
		return ERR_PTR(-ENOMEM);
	return a ? &find : NULL;
}

static bool bad(void *p)
{
	return !p || IS_ERR(p);
}

int f(int a)
{
	void *p = find(a);

	if (bad(p))
		return PTR_ERR(p);
	return 1;
}

/* errno-of-a-pointer: -EBUSY 1 */
static void *find(int a)
{
	if (a == 1)
		return ERR_PTR(-ENOMEM);
	if (a == 2)
		return ERR_PTR(-EBUSY);
	return &find;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	void *p = find(a);

	if (IS_ERR(p) && passing(PTR_ERR(p)))
		return PTR_ERR(p);
	return 1;
}

/* written-by-a-callee: -EBUSY -EINTR 0 1 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool passing(int err)
{
	return err == -EBUSY || err == -EINTR;
}

static void put(int a, int *err)
{
	*err = give(a);
}

int f(int a)
{
	int r;

	put(a, &r);
	if (passing(r))
		return r;
	return a ? 0 : 1;
}

/* through-a-pointer: 1 0 -EIO -EBUSY -EINTR 7 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

struct ops { bool (*bad)(int err); };

int f(struct ops *ops, int a)
{
	int r = give(a);

	if (ops->bad(r))
		return r;
	return 1;
}

/* closed-by-a-check: 0 -EAGAIN -EINTR */
int unknown(int a);
static bool again(int err)
{
	return err == -EAGAIN || err == -EINTR;
}

int f(int a)
{
	int r = unknown(a);

	if (again(r))
		return r;
	return 0;
}

/* two-of-a-name: 1 -EIO -EBUSY -EINTR */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

#ifdef CONFIG_A
static bool bad(int err)
{
	return err == -EIO;
}
#else
static bool bad(int err)
{
	return err == -EBUSY || err == -EINTR;
}
#endif

int f(int a)
{
	int r = give(a);

	if (bad(r))
		return r;
	return 1;
}

/* result-of-the-check: -EIO -EBUSY 1 */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static int checked(int err)
{
	return err == -EIO ? -EBUSY : 0;
}

int f(int a, int b)
{
	int r = give(a);
	int e = checked(r);

	if (e)
		return b ? e : r;
	return 1;
}

/* until-it-lasts: 0 7 -EBUSY -EINTR; pinned: what a check tells is lost where its way meets one without it */
static int give(int a)
{
	switch (a) {
	case 0:
		return 0;
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	case 3:
		return -EINTR;
	}
	return 7;
}

static bool lasting(int err)
{
	return err == -EBUSY || err == -EINTR;
}

int f(int a)
{
	int r;

	do {
		r = give(a++);
	} while (r < 0 && !lasting(r));
	return r;
}
