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

/* negated-condition: 0; pinned: defined(X) and !defined(X) are two conditions */
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

/* conditional-statement: 0 1 -EIO; pinned: of a directive that cuts a statement one branch is analysed */
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
