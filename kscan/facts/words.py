"""Words of kernel C that steer control flow or hand a value through: data for the lowering, with the header each
comes from."""

from __future__ import annotations

from typing import Final

from kscan.dialect.annotations import GUARD_PREFIXES
from kscan.model.regex import regex

TRANSPARENT: Final[frozenset[str]] = frozenset(
    {
        "likely",  # linux/compiler.h
        "unlikely",
        "READ_ONCE",
        "data_race",
        "WARN_ON",  # asm-generic/bug.h: the value is the condition
        "WARN_ON_ONCE",
        "WARN",
        "WARN_ONCE",
        "WARN_TAINT",
        "WARN_RATELIMIT",
        "__must_check_fn",
        "array_index_nospec",
        "force_success",
        "alloc_hooks",  # linux/alloc_tag.h: an allocation that is accounted for
    }
)
"""Function-like macros whose value is that of their first argument."""

WARNINGS: Final[frozenset[str]] = frozenset(word for word in TRANSPARENT if word.startswith("WARN"))
"""Those of them that say a true condition should never be: what follows is no ordinary outcome."""

ERROR_TESTS: Final[frozenset[bytes]] = frozenset({b"IS_ERR", b"IS_ERR_OR_NULL", b"IS_ERR_VALUE", b"IS_ERR_PCPU"})
"""linux/err.h: true or false as their argument is an error."""

ASSERTS: Final[frozenset[str]] = frozenset({"BUG_ON", "CHECK_DATA_CORRUPTION_BUG"})
"""Macros after which their argument is known to be false."""

NO_RETURN: Final[frozenset[str]] = frozenset(
    {
        "BUG",  # asm-generic/bug.h
        "panic",  # linux/panic.h
        "unreachable",
        "__builtin_unreachable",
        "__builtin_trap",
        "BUILD_BUG",
        "do_exit",  # linux/sched/task.h
        "make_task_dead",
        "do_group_exit",
        "kthread_exit",
        "machine_halt_forever",
        "nmi_panic_self_stop",
        "die_forever",
        "__module_put_and_kthread_exit",
        "kthread_complete_and_exit",
    }
)
"""Calls that do not come back."""

GUARDS: Final = tuple([word.decode() for word in GUARD_PREFIXES])
"""How the names of macros begin that run the statement behind them at most once."""

CONDITIONS: Final = ("if_",)
"""Those of them that are no loop of one turn: ``break`` is about the loop around them."""

ALWAYS: Final[frozenset[str]] = frozenset(
    {
        "scoped_guard",  # linux/cleanup.h
        "scoped_cond_guard",
        "scoped_class",
        "scoped_seqlock_read",  # linux/seqlock.h
        "scoped_ksimd",  # asm/simd.h
        "scoped_with_creds",  # linux/cred.h
        "scoped_with_kernel_creds",
        "scoped_with_init_fs",  # linux/fs_struct.h
        "scoped_user_read_access",  # linux/uaccess.h
        "scoped_user_read_access_size",
        "scoped_user_write_access",
        "scoped_user_write_access_size",
        "scoped_user_rw_access",
        "scoped_user_rw_access_size",
    }
)
"""Those that do run it, or leave by a way out that they are handed; the others may step over it."""

_MAY_FAIL: Final = regex(r"\w+_(?:try|intr|kill|ioctl)(?:_\w+)?\Z|irqdesc_lock\Z|lock_timer\Z|tty_port_tty\Z")
"""The classes of guards that may not be had, for which ``scoped_guard`` steps over its statement: named so by
DEFINE_GUARD_COND (linux/cleanup.h), or declared by DEFINE_CLASS_IS_COND_GUARD."""


def runs_once(macro: str, kind: str) -> bool:
    """Whether ``macro`` (one of the GUARDS), handed the class ``kind``, never steps over the statement behind it."""
    return macro in ALWAYS and (macro == "scoped_cond_guard" or _MAY_FAIL.match(kind) is None)


REREAD: Final = ("TRACE_EVENT", "DECLARE_EVENT_", "DEFINE_EVENT", "DECLARE_TRACE", "DEFINE_TRACE")
"""How the names of macros begin that are defined anew each time their header is read (include/trace/define_trace.h):
which of their texts counts cannot be told, and they write thousands of functions that nobody calls by name."""
TYPE_NAMES: Final = regex(
    r"(?:(?:__)?[us](?:8|16|32|64|128)|__[bl]e(?:16|32|64)|u(?:_?(?:int|long|short|char))|acpi_size|[a-z_]\w*_t"
    r"|(?:__)?typeof(?:__|_unqual)?\s?\(.*)\Z"
)
"""What is a type wherever a cast and a call, or a sum, look alike (linux/types.h)."""

FIELD_STORES: Final[frozenset[str]] = frozenset(
    {
        "WRITE_ONCE",  # asm-generic/rwonce.h
        "rcu_assign_pointer",  # linux/rcupdate.h
        "RCU_INIT_POINTER",
        "smp_store_release",  # asm-generic/barrier.h
        "smp_store_mb",
        "xchg",  # linux/atomic.h
        "cmpxchg",
    }
)
"""Macros that write their last argument to the place that their first one is or points to."""

PRINTS: Final = regex(
    r"(?:pr|dev|netdev|netif|drm|phydev|v4l2)_(?:printk|emerg|alert|crit|err|warn|notice|info|dbg|debug)"
    r"(?:_once|_ratelimited|_probe)?\Z|_?printk(?:_once|_ratelimited|_deferred)?\Z|DRM_(?:DEV_)?(?:ERROR|INFO|DEBUG)\Z"
)
"""Macros that print (linux/printk.h, linux/dev_printk.h, linux/netdevice.h, drm/drm_print.h): memory stays as it is."""

POINTER_READS: Final[frozenset[str]] = frozenset(
    {
        "READ_ONCE",  # asm-generic/rwonce.h
        "rcu_dereference",  # linux/rcupdate.h
        "rcu_dereference_check",
        "rcu_dereference_protected",
        "rcu_dereference_raw",
        "rcu_access_pointer",
        "srcu_dereference",
        "smp_load_acquire",  # asm-generic/barrier.h
        "lockless_dereference",
        "unlikely",
        "likely",
    }
)
"""Macros that read the pointer that their first argument is."""

TYPED_READS: Final[frozenset[str]] = frozenset(
    {
        "container_of",  # linux/container_of.h
        "container_of_const",
        "list_entry",  # linux/list.h
        "list_first_entry",
        "list_first_entry_or_null",
        "list_last_entry",
        "hlist_entry",
        "rb_entry",  # linux/rbtree.h
        "list_entry_rcu",  # linux/rculist.h
    }
)
"""Macros that give a pointer to the struct they name."""

RECORDS: Final[frozenset[str]] = frozenset({"__entry"})
"""Names that always stand for a record of their own (include/trace/stages: an event in the trace buffer), which holds
no operations."""
