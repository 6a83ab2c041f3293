"""A patch or a series: the program before and after, and what it newly does wrong."""
