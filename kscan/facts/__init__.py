"""Syntax tree to facts of one file, the compact code of a function, and the cache of both."""
