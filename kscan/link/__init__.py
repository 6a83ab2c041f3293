"""All summaries to a program: symbols, callees filled in, a fixpoint, and what each caller does with each value."""
