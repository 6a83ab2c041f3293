"""What the kernel's own error-pointer words mean for a value: data, from include/linux/err.h and dev_printk.h."""

from __future__ import annotations

from typing import Final

from kscan.flow.values import ERRORS, MAX_ERRNO, IntSet, interval

HANDED_THROUGH: Final[dict[str, int]] = {
    "ERR_PTR": 0,
    "PTR_ERR": 0,
    "ERR_CAST": 0,
    "ERR_PTR_PCPU": 0,
    "PTR_ERR_PCPU": 0,
    "IOMEM_ERR_PTR": 0,
    "dev_err_probe": 1,
    "dev_warn_probe": 1,
    "dev_err_cast_probe": 1,
    "dev_err_ptr_probe": 1,
    "rcu_dereference": 0,
    "rcu_dereference_protected": 0,
    "smp_load_acquire": 0,
    "no_free_ptr": 0,
    "return_ptr": 0,
}
"""Calls whose value is that of the argument with this number."""

TESTS: Final[dict[str, IntSet]] = {
    "IS_ERR": ERRORS,
    "IS_ERR_PCPU": ERRORS,
    "IS_ERR_VALUE": ERRORS,
    "IS_ERR_OR_NULL": interval(-MAX_ERRNO, 0),
    "PTR_ERR_OR_ZERO": ERRORS,
}
"""Calls that are true exactly when their argument lies in the set."""

ERROR_OR_ZERO: Final[frozenset[str]] = frozenset({"PTR_ERR_OR_ZERO"})
"""Calls that give their argument when it is an error pointer, else 0."""
