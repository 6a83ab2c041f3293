// SPDX-License-Identifier: MIT

/* scoped-guard-of-what-may-fail: 0 -EIO */
int f(int *lock)
{
	int r = 0;

	scoped_guard(mutex_try, lock) {
		r = -EIO;
	}
	return r;
}

/* scoped-own-may-not-run: 0 -EINVAL */
int f(int irq)
{
	scoped_desc_get(irq, 0) {
		run();
		return 0;
	}
	return -EINVAL;
}

/* scoped-cond-guard: 0 -EINTR */
int f(int *lock)
{
	scoped_cond_guard(mutex_intr, return -EINTR, lock) {
		run();
	}
	return 0;
}

/* scoped-cond-guard-goto: 0 -EINTR */
int f(int *lock)
{
	scoped_cond_guard(mutex_intr, goto out, lock) {
		run();
		return 0;
	}
	return 0;
out:
	return -EINTR;
}

/* scoped-cond-guard-by-hand: 0 -EINTR */
int f(int *lock)
{
	int r = 0;

	scoped_cond_guard(mutex_intr, return -EINTR, lock)
		run();
	return r;
}

/* scoped-break: 0 -EIO -EBUSY */
int f(int *lock, int a)
{
	int r = 0;

	while (a--) {
		scoped_guard(mutex, lock) {
			if (x) {
				r = -EIO;
				break;
			}
			r = -EBUSY;
		}
	}
	return r;
}

/* scoped-break-2: 3 */
int f(int *lock, int a)
{
	int r = 0;

	for (;;) {
		scoped_guard(mutex, lock) {
			if (x)
				break;
			if (y)
				continue;
		}
		return 3;
	}
	return r;
}

/* scoped-break-no-loop: 0 */
int f(int *lock, int a)
{
	scoped_guard(mutex, lock) {
		if (x)
			break;
	}
	return 0;
}

/* scoped-break-in-loop-in: 0 1 */
int f(int *lock, int a)
{
	scoped_guard(mutex, lock) {
		for (;;) {
			if (x)
				break;
		}
		if (a)
			return 1;
	}
	return 0;
}

/* if-not-guard: 0 -EINTR */
int f(int *lock)
{
	ACQUIRE(mutex_intr, g)(lock);
	if (ACQUIRE_ERR(mutex_intr, &g))
		return -EINTR;
	return 0;
}
