// SPDX-License-Identifier: MIT

/* macro-call-enum: 0 -ERANGE */
enum id { MAPPER(FN) LAST, };
int f(int a)
{
	if (a >= 0 && a < LAST)
		return 0;
	return -ERANGE;
}

/* macro-call-enum-2: 0 -ERANGE */
enum id { FIRST, MAPPER(FN), LAST, };
int f(int a)
{
	if (a > 0 && a < LAST)
		return 0;
	return -ERANGE;
}

/* enum-define: 1 */
enum id { FIRST,
#define FIRST FIRST
SECOND,
#define SECOND SECOND
};
int f(int a)
{
	return SECOND;
}

/* macro-or-variable: 0 -ENODEV */
#ifdef CONFIG_X
extern int is_on;
#else
#define is_on 0
#endif
int f(void)
{
	if (is_on)
		return -ENODEV;
	return 0;
}

/* static-or-macro: 0 -ENODEV */
#ifdef CONFIG_X
static int is_on;
void s(int a)
{
	is_on = a;
}
#else
#define is_on 0
#endif
int f(void)
{
	if (is_on)
		return -ENODEV;
	return 0;
}

/* own-macro-shadows: 0 -EIO */
#define check(x) ((x) ? -EIO : 0)
int f(int a)
{
	return check(a);
}

/* negative-enum: -1 0 */
enum { A = -1, B };
int f(int a)
{
	return a ? A : B;
}

/* enum-type-local: -EIO 0 */
enum st { S0, S1 };
int f(enum st s)
{
	switch (s) {
	case S0:
		return 0;
	case S1:
		return -EIO;
	}
	return -EIO;
}
