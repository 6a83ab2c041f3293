"""Kernel C made parseable at the same byte offsets."""
