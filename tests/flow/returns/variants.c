// SPDX-License-Identifier: MIT

/* ifdef: 0 -EIO */
int f(void)
{
#ifdef CONFIG_X
	return -EIO;
#else
	return 0;
#endif
}

/* ifdef-without-else: 0 -EIO */
int f(void)
{
#ifdef CONFIG_X
	return -EIO;
#endif
	return 0;
}

/* if-elif-else: 0 1 2 */
int f(void)
{
#if A
	return 1;
#elif defined(B)
	return 2;
#else
	return 0;
#endif
}

/* same-condition-twice: 0 -EIO */
int f(void)
{
	int r = 0;

#ifdef CONFIG_X
	r = -EIO;
#endif

#ifdef CONFIG_X
	return r;
#else
	return r;
#endif
}

/* same-condition-agrees: 0 2 */
int f(void)
{
	int a = 0, b = 0;

#ifdef CONFIG_X
	a = 1;
#endif

#ifdef CONFIG_X
	b = 1;
#endif
	if (a && !b)
		return -EIO;
	if (b && !a)
		return -EBUSY;
	return a + b;
}

/* negated-condition: 0 */
int f(void)
{
	int a = 0;

#ifdef CONFIG_X
	a = 1;
#endif

#ifndef CONFIG_X
	if (a)
		return -EIO;
#endif
	return 0;
}

/* is-enabled: 0 -EIO */
int f(void)
{
	if (IS_ENABLED(CONFIG_X))
		return -EIO;
	return 0;
}

/* is-enabled-twice: 0 1 */
int f(void)
{
	int a = 0;

	if (IS_ENABLED(CONFIG_X))
		a = 1;
	if (IS_ENABLED(CONFIG_X) && !a)
		return -EIO;
	return a;
}

/* not-is-enabled: 0 1 */
int f(void)
{
	int a = 1;

	if (!IS_ENABLED(CONFIG_X))
		a = 0;
	if (IS_ENABLED(CONFIG_X) && !a)
		return -EIO;
	return a;
}

/* stub-and-function: 0 -EOPNOTSUPP */
#ifdef CONFIG_X
static int g(void)
{
	return 0;
}
#else
static int g(void)
{
	return -EOPNOTSUPP;
}
#endif
int f(void)
{
	return g();
}

/* conditional-statement: 0 1 -EIO */
int f(int a)
{
#ifdef CONFIG_X
	if (a)
		return -EIO;
	else
#endif
	return a ? 1 : 0;
}

/* directive-in-a-switch: 0 1 2 */
int f(int a)
{
	switch (a) {
#ifdef CONFIG_X
	case 1:
		return 1;
#endif
	case 2:
		return 2;
	}
	return 0;
}

/* defined-and-its-negation: 0 1 */
int f(void)
{
	int a = 0;

#if defined(CONFIG_X)
	a = 1;
#endif

#if !defined(CONFIG_X)
	if (a)
		return -EIO;
#endif

#ifdef CONFIG_X
	return a;
#endif
	return 0;
}

/* negated-word: 0 */
int f(void)
{
	int a = 0;

#if DEBUG
	a = 1;
#endif

#if !(DEBUG)
	if (a)
		return -EIO;
#endif
	return 0;
}

/* else-of-the-same: 0 1 */
int f(void)
{
	int a = 0;

#ifndef CONFIG_X
	a = 1;
#endif

#ifdef CONFIG_X
	if (a)
		return -EIO;
	return 0;
#else
	if (!a)
		return -EIO;
	return 1;
#endif
}

/* defined-is-enabled: 0 */
int f(void)
{
	int a = 0;

#ifdef CONFIG_X
	a = 1;
#endif
	if (a && !IS_ENABLED(CONFIG_X))
		return -EIO;
	return 0;
}

/* enabled-as-a-module: 0 -EIO */
int f(void)
{
	int a = 0;

#ifdef CONFIG_X
	a = 1;
#endif
	if (!a && IS_ENABLED(CONFIG_X))
		return -EIO;
	return 0;
}

/* module-or-built-in: 0 -EIO -EBUSY */
int f(void)
{
	if (IS_BUILTIN(CONFIG_X))
		return IS_MODULE(CONFIG_X) ? -EINVAL : -EIO;
	if (IS_MODULE(CONFIG_X))
		return IS_ENABLED(CONFIG_X) ? -EBUSY : -EINVAL;
	if (IS_ENABLED(CONFIG_X))
		return -EINVAL;
	return 0;
}

/* two-options: 0 -EIO */
int f(void)
{
	int a = 0;

#ifdef CONFIG_X
	a = 1;
#endif

#ifndef CONFIG_Y
	if (a)
		return -EIO;
#endif
	return 0;
}

/* either-head: 1 2 -EIO */
int f(int a)
{
	int r = 1;

#ifdef CONFIG_X
	if (a > 3) {
		r = -EIO;
#else
	if (a > 5) {
		r = 2;
#endif
		return r;
	}
	return 1;
}

/* part-of-an-expression: 0 -EIO -EBUSY */
int f(int a)
{
	return a ? 0 :
#ifdef CONFIG_X
		-EIO
#else
		-EBUSY
#endif
		;
}

/* head-and-tail: 0 -EIO -EBUSY */
int f(int a)
{
	int r = -EBUSY;

#ifdef CONFIG_X
	if (a) {
		r = -EIO;
#endif
		if (a > 3)
			return r;
#ifdef CONFIG_X
	}
#endif
	return 0;
}

/* variant-and-the-same-asked: 0 */
int f(int a)
{
	int x = 0;

#ifdef CONFIG_X
	x = 1;
	if (a)
		return 0;
	else
#endif
		a++;
	if (x && !IS_ENABLED(CONFIG_X))
		return -EIO;
	return 0;
}

/* callee-in-variants: 0 -EIO -EBUSY */
static int g(int a)
{
#ifdef CONFIG_X
	if (a)
		return -EIO;
	else
#endif
		return a ? -EBUSY : 0;
}
int f(int a)
{
	return g(a);
}

/* callee-in-variants-with-a-constant: 0 */
static int g(int a)
{
#ifdef CONFIG_X
	if (a)
		return -EIO;
	else
#endif
		return a ? -EBUSY : 0;
}
int f(void)
{
	return g(0);
}

/* a-call-in-each-variant: 0 -EIO -EBUSY */
static int g(void)
{
	return -EIO;
}
static int h(void)
{
	return -EBUSY;
}
int f(int a)
{
#ifdef CONFIG_X
	if (a)
		return g();
	else
#endif
	if (a)
		return h();
	return 0;
}

/* too-many-variants: 1 2 open unknown */
int f(int a)
{
#ifdef CONFIG_A
	if (a == 1)
		return 1;
	else
#endif
#ifdef CONFIG_B
	if (a == 2)
		return 1;
	else
#endif
#ifdef CONFIG_C
	if (a == 3)
		return 1;
	else
#endif
#ifdef CONFIG_D
	if (a == 4)
		return 1;
	else
#endif
		return 2;
}
