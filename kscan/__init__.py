"""kscan: what kernel functions return, what their kerneldoc says, and what callers do with it."""

from kscan.compiled import install

__version__ = "0.1.0"

install()
