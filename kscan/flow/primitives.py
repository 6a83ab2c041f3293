"""What the kernel's own error-pointer words mean for a value: data, from linux/err.h, dev_printk.h and others."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from kscan.flow.values import BOOLEAN, ERRORS, MAX_ERRNO, IntSet, interval
from kscan.model.regex import regex

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
    "alloc_hooks_tag": 1,
}
"""Calls whose value is that of the argument with this number."""

CHOOSERS: Final[dict[str, int]] = {
    "min": 0,
    "max": 0,
    "min_not_zero": 0,
    "umin": 0,
    "umax": 0,
    "min3": 0,
    "max3": 0,
    "min_t": -2,
    "max_t": -2,
    "clamp": 0,
    "clamp_t": -3,
    "clamp_val": 0,
}
"""Macros of linux/minmax.h whose value is one of their arguments, from this one on (negative: counted from the end,
for a
type may stand first)."""

LEAST: Final[frozenset[str]] = frozenset({"min", "min3"})
MOST: Final[frozenset[str]] = frozenset({"max", "max3"})
"""Those that give the least, or the largest, of arguments that have a sign all, or none."""

WRITTEN_ARGUMENTS: Final[dict[str, tuple[int, ...]]] = {
    "get_user": (0,),
    "__get_user": (0,),
    "unsafe_get_user": (0,),
    "get_kernel_nofault": (0,),
    "do_div": (0,),
    "swap": (0, 1),
    "read_poll_timeout": (1,),
    "read_poll_timeout_atomic": (1,),
    "readx_poll_timeout": (2,),
    "readx_poll_timeout_atomic": (2,),
    "readb_poll_timeout": (1,),
    "readw_poll_timeout": (1,),
    "readl_poll_timeout": (1,),
    "readl_poll_timeout_atomic": (1,),
    "readl_relaxed_poll_timeout": (1,),
    "readl_relaxed_poll_timeout_atomic": (1,),
    "readq_poll_timeout": (1,),
    "regmap_read_poll_timeout": (2,),
    "regmap_read_poll_timeout_atomic": (2,),
    "regmap_field_read_poll_timeout": (1,),
    "phy_read_poll_timeout": (2,),
    "phy_read_mmd_poll_timeout": (3,),
    "check_add_overflow": (2,),
    "check_sub_overflow": (2,),
    "check_mul_overflow": (2,),
    "local_irq_save": (0,),
    "spin_lock_irqsave": (1,),
    "raw_spin_lock_irqsave": (1,),
}
"""Macros that write a variable handed to them by name (uaccess.h, iopoll.h, minmax.h, math64.h, overflow.h,
spinlock.h), and
which arguments those are."""

BITS: Final[frozenset[str]] = frozenset({"BIT", "BIT_ULL"})
"""Macros of vdso/bits.h: one shifted by the argument."""

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

NARROW: Final[dict[str, IntSet]] = {
    **dict.fromkeys(("bool", "_Bool"), BOOLEAN),
    **dict.fromkeys(("u8", "__u8", "uint8_t", "unsigned char"), interval(0, 0xFF)),
    **dict.fromkeys(("u16", "__u16", "uint16_t", "unsigned short", "umode_t", "__le16", "__be16"), interval(0, 0xFFFF)),
}
"""Types that no errno fits into, and the numbers that do (linux/types.h)."""

UNSIGNED: Final = regex(
    r"(?:const )?(?:unsigned(?: (?:int|long|char|short|long long|long int))?|_*u(?:8|16|32|64)|u(?:int|long|short|char)"
    r"|uint(?:8|16|32|64)_t|size_t|uintptr_t)\Z"
)
"""Types without a sign in every configuration."""

INT: Final = regex(r"(?:const )?(?:signed )?(?:int|_*s32|int32_t)\Z")
"""Types that hold an int, neither more nor less."""

WIDE: Final = regex(
    r"(?:const )?(?:signed )?(?:long(?: int| long| long int)?|_*s64|int64_t|ssize_t|loff_t|off_t|intptr_t)\Z"
    r"|[^()\[\]]*\*\Z"
)
"""Types with a sign that hold more, and pointers to objects."""


@lru_cache(maxsize=1 << 12)
def is_int(kind: str) -> bool:
    """Whether ``kind`` is an INT."""
    return INT.match(kind) is not None


def as_int(number: int) -> int:
    """What an int holds of ``number``."""
    return (number + (1 << 31)) % (1 << 32) - (1 << 31)


def cast_to(kind: str, number: int) -> int:
    """``number`` as an int or a NARROW type holds it; other types are taken to hold it as it is."""
    if is_int(kind):
        return as_int(number)
    held = NARROW.get(kind)
    if held is None:
        return number
    return int(number != 0) if held == BOOLEAN else number & held[0][1]


@lru_cache(maxsize=1 << 12)
def is_wide(kind: str) -> bool:
    """Whether ``kind`` is WIDE."""
    return WIDE.match(kind) is not None
