"""kscan: what kernel functions return, what their kerneldoc says, and what callers do with it."""

__version__ = "0.1.0"
