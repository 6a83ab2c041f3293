// SPDX-License-Identifier: MIT

/* goto-chain: 0 -EIO -ENOMEM */
int f(int a, int b)
{
	int err = -ENOMEM;

	if (a)
		goto none;
	err = -EIO;
	if (b)
		goto one;
	return 0;
one:
	b = 0;
none:
	return err;
}

/* goto-backwards: 0 -EIO */
int g(void);
int f(int a)
{
again:
	if (g())
		goto again;
	return a ? -EIO : 0;
}

/* goto-out-of-a-switch: 0 -EBUSY -EIO */
int f(int a)
{
	int r = 0;

	switch (a) {
	case 1:
		r = -EIO;
		goto out;
	case 2:
		r = -EBUSY;
		break;
	default:
		return 0;
	}
	a = 3;
out:
	return r;
}

/* switch: 0 -EBUSY -EIO */
int f(int a)
{
	switch (a) {
	case 1:
		return -EIO;
	case 2:
		return -EBUSY;
	}
	return 0;
}

/* switch-default: 0 1 -EIO */
int f(int a)
{
	switch (a) {
	case 1:
		return -EIO;
	default:
		return 1;
	case 3:
		return 0;
	}
}

/* default-first: 0 1 */
int f(int a)
{
	int r;

	switch (a) {
	default:
		r = 1;
		break;
	case 3:
		r = 0;
	}
	return r;
}

/* fallthrough: 2 3 */
int f(int a)
{
	int r = 0;

	switch (a) {
	case 1:
		r = 1;
		fallthrough;
	case 2:
		r += 1;
		break;
	default:
		r = 3;
	}
	if (r < 2)
		r = 2;
	return r;
}

/* fall-into-the-next: 0 -EBUSY */
int f(int a)
{
	int r = 0;

	switch (a) {
	case 1:
		r = -EIO;
	case 2:
		r = -EBUSY;
	}
	return r;
}

/* several-labels: 0 -EIO */
int f(int a)
{
	switch (a) {
	case 1:
	case 2:
	case 3:
		return -EIO;
	}
	return 0;
}

/* range: 0 1 */
int f(int a)
{
	switch (a) {
	case 0 ... 9:
		return 1;
	}
	return 0;
}

/* range-narrows: 0 */
int f(int a)
{
	switch (a) {
	case 0 ... 9:
		if (a > 9)
			return -EIO;
	}
	return 0;
}

/* switch-on-a-constant: -EIO */
int f(void)
{
	int a = 2;

	switch (a) {
	case 1:
		return 0;
	case 2:
		return -EIO;
	}
	return 1;
}

/* switch-on-a-result: 0 1 -EBUSY */
static int g(int a)
{
	return a > 1 ? -EBUSY : a ? -EIO : 0;
}

int f(int a)
{
	int r = g(a);

	switch (r) {
	case -EIO:
		return 1;
	default:
		return r;
	}
}

/* switch-of-a-call: 0 1 2 */
static int g(int a)
{
	return a > 1 ? -EBUSY : a ? -EIO : 0;
}

int f(int a)
{
	switch (g(a)) {
	case -EIO:
		return 1;
	case 0:
		return 0;
	}
	return 2;
}

/* case-that-cannot-come: 0 2 */
static int g(int a)
{
	return a ? -EBUSY : 0;
}

int f(int a)
{
	switch (g(a)) {
	case -EIO:
		return 1;
	case 0:
		return 0;
	}
	return 2;
}

/* switch-in-a-loop: 0 -EIO */
int g(void);
int f(void)
{
	for (;;) {
		switch (g()) {
		case 1:
			continue;
		case 2:
			break;
		case 3:
			return -EIO;
		}
		return 0;
	}
}

/* nested-switches: 0 1 2 3 */
int f(int a, int b)
{
	switch (a) {
	case 1:
		switch (b) {
		case 1:
			return 1;
		default:
			break;
		}
		return 2;
	case 2:
		return 3;
	}
	return 0;
}

/* enumerators: 0 -EIO */
enum e { A, B };
int f(enum e e)
{
	switch (e) {
	case A:
		return 0;
	case B:
		return -EIO;
	}
	return 0;
}

/* macro-that-jumps: 0 -EFAULT */
int f(int *p, int v)
{
	unsafe_put_user(v, p, efault);
	return 0;
efault:
	return -EFAULT;
}

/* asm-goto: 0 -EIO */
int f(void)
{
	asm goto("x" : : : : bad);
	return 0;
bad:
	return -EIO;
}

/* case-inside-a-loop: 0 -EIO */
int f(int n)
{
	int r = 0;

	switch (n) {
	case 0:
		do {
			r = -EIO;
	case 1:
			n--;
		} while (n > 0);
	}
	return r;
}
