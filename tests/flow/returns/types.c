// SPDX-License-Identifier: MIT

/* bool-param-of-a-flag: -EIO */
static int g(bool on)
{
	return on ? -EIO : 0;
}

int f(void)
{
	return g(4);
}

/* bool-param-of-a-masked-flag: 0 -EIO */
static int g(bool on)
{
	return on ? -EIO : 0;
}

int f(unsigned int flags)
{
	return g(flags & 4);
}

/* bool-param-compared: -EIO */
static int g(bool on)
{
	return on == true ? -EIO : 0;
}

int f(void)
{
	return g(4);
}

/* bool-local-of-a-flag: 0 -EIO */
int f(unsigned int flags)
{
	bool on = flags & 4;

	if (on == 1)
		return -EIO;
	return 0;
}

/* bool-local-of-result: 0 -EIO */
static int h(int a)
{
	return a ? 7 : 0;
}

int f(int a)
{
	bool on = h(a);

	if (on == 1)
		return -EIO;
	return 0;
}

/* bool-local-returned: 0 1 */
static int h(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	bool on = h(a);

	return on;
}

/* cast-to-bool: 0 1 */
static int h(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	return (bool)h(a);
}

/* bool-behind-kept: 0 -EIO */
static void g(bool *on, int a)
{
	if (a)
		*on = 7;
}

int f(int a)
{
	bool on = false;

	g(&on, a);
	if (on == true)
		return -EIO;
	return 0;
}

/* bool-param-stored: 1 0 */
static int g(bool on)
{
	return on;
}

int f(int a)
{
	return g(a & 8);
}

/* bool-param-changed: 0 -EIO */
static int g(bool on, int a)
{
	if (a)
		on = a & 8;
	return on ? -EIO : 0;
}

int f(int a)
{
	return g(false, a);
}

/* bool-kept: 0 1 */
static bool h(int a)
{
	return a & 8;
}

int f(int a)
{
	bool on = h(a);
	int r = on;

	return r;
}

/* bool-and-eq: 0 -EIO */
static int h(int a)
{
	return a;
}

int f(int a)
{
	bool on = true;

	on &= h(a) == 0;
	return on ? -EIO : 0;
}

/* u8-local: 0 positive */
static int h(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	u8 v = h(a);

	return v;
}

/* u16-compare-minus: -EIO */
int f(void)
{
	u32 x = -1;

	if (x == 0xffffffff)
		return -EIO;
	return 0;
}

/* minus-one-compare: -EIO */
int f(void)
{
	u32 x = 0xffffffff;

	if (x == -1)
		return -EIO;
	return 0;
}

/* unsigned-less: 0 */
int f(void)
{
	u32 x = -1;

	if (x < 5)
		return -EIO;
	return 0;
}

/* unsigned-errno: -EIO 0 */
static int h(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	unsigned int r = h(a);

	if (r)
		return r;
	return 0;
}

/* unsigned-errno-less: 0 -EIO */
static int h(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	unsigned int r = h(a);

	if ((int)r < 0)
		return r;
	return 0;
}

/* unsigned-errno-never: 0 */
static int h(int a)
{
	return a ? -EIO : 0;
}

int f(int a)
{
	unsigned int r = h(a);

	if (r < 0)
		return r;
	return 0;
}

/* unsigned-loop: 0 -EIO */
static int h(int a)
{
	return a ? -EIO : 0;
}

int f(unsigned int n)
{
	while (n-- > 0) {
		if (h(n))
			return -EIO;
	}
	return 0;
}

/* minus-param-tested: -EIO */
static int g(int e)
{
	int r = -e;

	if (r < 0)
		return r;
	return 0;
}

int f(void)
{
	return g(EIO);
}

/* minus-param: -EIO -EBUSY */
static int g(int e)
{
	return -e;
}

int f(int a)
{
	if (a)
		return g(EIO);
	return g(EBUSY);
}

/* minus-param-or: 0 -EIO */
static int g(int e)
{
	return -e;
}

int f(int a)
{
	return g(a ? EIO : 0);
}

/* cast-of-a-large-constant: 0 -2147483646 */
#define FIRMWARE_BUSY 0x80000002

int f(int a)
{
	int err = query(a);

	if (err != (int)FIRMWARE_BUSY)
		return 0;
	return err;
}

/* large-constant-cast-and-returned: -2147483646 */
int f(void)
{
	return (int)0x80000002;
}

/* int-compared-with-a-large-constant: 0 -2147483646 */
int f(int a)
{
	int err = query(a);

	return err == 0x80000002 ? err : 0;
}

/* long-compared-with-a-large-constant: 0 2147483650 */
int f(int a)
{
	long err = query(a);

	return err == 0x80000002 ? err : 0;
}

/* cast-that-looks-like-a-call: -EINVAL -EIO */
int f(int a)
{
	return (s32)(a ? -EIO : -EINVAL);
}

/* cast-that-looks-like-a-difference: -EIO */
int f(void)
{
	return (ssize_t)-EIO;
}

/* cast-that-looks-like-a-sum: 5 */
int f(void)
{
	return (s64) +EIO;
}

/* cast-to-a-narrow-type-that-looks-like-a-difference: 0 -EIO */
int f(u8 slot)
{
	return slot == (u8)-1 ? -EIO : 0;
}

/* cast-of-a-call-that-looks-like-one: -EBUSY */
static int g(void)
{
	return -EBUSY;
}

int f(void)
{
	return (s64)(g());
}

/* cast-to-a-type-that-is-asked-for: -EBUSY -EIO */
int f(int a)
{
	int b = (typeof(a))(a ? EBUSY : EIO);

	return (__typeof__(b)) -b;
}

/* address-that-looks-like-a-product: 0 -EIO */
int f(void)
{
	int ret = 0;

	fill((kernel_ulong_t)&ret);
	return ret ? -EIO : 0;
}

/* variable-named-like-a-type: 3 */
int f(void)
{
	int left_t = 5;

	return (left_t) - 2;
}

/* pointer-named-like-a-type: unknown open */
int f(int (*done_t)(int))
{
	return (done_t)(1);
}

/* narrow-constant-compared: 0 */
int f(s32 a)
{
	if (a == (u16)-1 && a < 0)
		return -EIO;
	return 0;
}

/* negated-where-a-range-is-left-out: 0 32767 positive negative open */
int f(s32 a)
{
	if (a == (u16)-32768)
		return 32767;
	return -a;
}

/* negative-of-a-large-number: 1 */
int f(void)
{
	return -0xffffffffffffffff;
}

/* inverse-of-a-large-number: 0 */
int f(void)
{
	return ~0xffffffffffffffff;
}
