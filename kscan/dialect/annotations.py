"""The words of kernel C that the grammar has no place for, as data: add a word here, change no code.

Learnt from the definitions in include/linux/compiler*.h, init.h, linkage.h, cache.h, percpu-defs.h and their kin;
what a tree
defines beyond these is found by ``kscan.dialect.mask.learn``.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from kscan.model.regex import regex


def _words(text: str) -> frozenset[bytes]:
    return frozenset(text.encode().split())


PLAIN: Final = _words("""
    __init __exit __initdata __initconst __exitdata __exit_call __exitused __ref __refdata __refconst __head
    __meminit __meminitdata __meminitconst
    __net_init __net_exit __net_initdata __initdata_memblock __init_memblock __init_or_module
    __initdata_or_module __initconst_or_module __init_timer
    __user __kernel __iomem __percpu __percpu_qual __rcu __force __private __safe __nocast __bitwise __bitwise__
    __must_check __always_inline __maybe_unused __always_unused __always_used __used __unused __deprecated __weak
    __packed __cold __hot __pure __malloc __noreturn __naked __noclone __noipa __flatten __retain __visible
    __gnu_inline __inline_maybe_unused __attribute_const__ __overloadable __latent_entropy
    __nonstring __nonstring_array __kernel_nonstring __designated_init __randomize_layout __no_randomize_layout
    __aligned_largest __cacheline_aligned __cacheline_aligned_in_smp ____cacheline_aligned
    ____cacheline_aligned_in_smp ____cacheline_internodealigned_in_smp __function_aligned
    __page_aligned_bss __page_aligned_data __read_mostly __ro_after_init __nosavedata __bss_decrypted
    __data_racy __extension__ __signed_wrap __nocfi __nocfi_generic __noscs __no_profile __no_kcsan
    __no_kmsan_checks __no_sanitize_address __no_sanitize_undefined __no_sanitize_thread __no_sanitize_memory
    __no_sanitize_coverage __no_sanitize_or_inline __no_kasan_or_inline
    __no_stack_protector __no_kstack_erase __no_context_analysis __no_caller_saved_registers
    __disable_sanitizer_instrumentation __noinitretpoline __noretpoline __notrace_funcgraph
    __acquires_ret __acquires_shared_ret __reentrant_ctx_lock __preserve_most __fix_address
    __kprobes __sched __lockfunc __cpuidle __irq_entry __softirq_entry __exception_irq_entry
      __noendbr __bpf_kfunc __kcsan_cleanup_scoped
     __tcmdata __tcmfunc

      __xipram

      __annotate_jump_table
    __tracepoint_string __cpumask_var_read_mostly __list_valid_slowpath __module_memory_align
    __moduleparam_const __tcp_ao_key_align __net_initconst __bss_pgtbl __arcfp_code __arcfp_data __idmap
    __iftd __init_or_acpilib __initdata_or_acpilib __init_or_fwtbl_lib __initdata_or_meminfo
    __init_thread_info __initmv __lock_aligned __long_aligned __machine_desc __packed2__ __seg_fs __seg_gs
    __tag __tcmconst __tcmlocalfunc __uninitialized __percpu_seg_override __cdecl __async_inline
    __hrtimer_clock_base_align nokprobe_inline __bpfcall
    noinline noinline_for_stack noinline_for_tracing noinstr notrace asmlinkage


        __efiapi
""")
"""Blanked wherever they stand as a word."""

CALLED: Final = _words("""
    __attribute__ __attribute __must_hold __must_hold_shared __must_not_hold __acquires __acquires_shared __releases
    __releases_shared __cond_acquires __cond_acquires_shared __cond_releases __try_acquires
    __acquires_ctx_lock __acquires_shared_ctx_lock __releases_ctx_lock __releases_shared_ctx_lock
    __try_acquires_ctx_lock __try_acquires_shared_ctx_lock __requires_ctx_lock __requires_shared_ctx_lock
    __excludes_ctx_lock __returns_ctx_lock __ctx_lock_type __must_not_hold_shared
    __guarded_by __pt_guarded_by __context_unsafe __printf __scanf
    __aligned __section __alias __copy __mode __cleanup __free __counted_by __counted_by_le __counted_by_be
    __counted_by_ptr __alloc_size __alloc_size__ __realloc_size
    __assume_aligned __compiletime_error __compiletime_warning __diagnose_as __pass_object_size
    __pass_dynamic_object_size __nonnull_args


    BTF_TYPE_TAG __declspec _Alignas alignas unrolled unrolled_count unrolled_full unrolled_none
""")
"""Blanked together with the argument list that follows; left alone where none follows."""

LOOP_ROOTS: Final = (b"for_each", b"foreach", b"for_class_", b"_walk", b"_iterate_")
"""Parts of the names of loop macros, whose body is any statement. With a block behind it every unknown word is one."""

GUARD_ROOTS: Final = (b"scoped_", b"with_")
"""Parts of the names of macros that run the statement behind them once, or not at all."""

GUARD_PREFIXES: Final = (b"scoped_", b"__scoped_", b"with_", b"if_")

RENAMED: Final = {
    b"asm_inline": b"asm",
    b"asm_volatile_goto": b"asm goto",
    b"asm_goto_output": b"asm goto",
    b"__alignof__": b"sizeof",
    b"__alignof": b"sizeof",
    b"auto": b"int",
    b"STATIC": b"static",
    b"loop_unrolled_for": b"for",
}
"""Words that stand for a construct the grammar knows under a shorter one."""

ATTRIBUTE_HINT: Final = regex(
    rb"init|exit|data|const|mostly|align|section|inline|user|iomem|percpu|rcu|text|no_|packed|private"
)
"""What the name of an annotation holds that a configuration defines as nothing."""

TYPE_OPERATORS: Final = _words("""
    sizeof _Alignof alignof offsetof typeof __typeof__ __typeof typeof_unqual va_arg_type
    _Generic _Static_assert
    if while for switch return case else do defined asm __asm__ __asm volatile __volatile__
""")
"""Words before a parenthesis in which a type is at home, or which call nothing."""

KEYWORD_TYPES: Final = _words("""
    void char short int long float double signed unsigned bool _Bool size_t ssize_t ptrdiff_t intptr_t uintptr_t
    charptr_t nullptr_t max_align_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t
    char8_t char16_t char32_t char64_t
""")
"""Type words that the grammar keeps as keywords: no plain identifier."""


class Definer(NamedTuple):
    """A macro that heads a function body: the start of its name, and what it puts before its first argument.

    The arguments after the first are types and names in turn."""

    macro: str
    prefix: str
    returns: str


DEFINERS: Final = (
    Definer("COMPAT_SYSCALL_DEFINE", "compat_sys_", "long"),
    Definer("SYSCALL_DEFINE", "sys_", "long"),
    Definer("SYSCALL32_DEFINE", "sys32_", "long"),
    Definer("BPF_CALL_", "", "u64"),
)

RESERVED: Final = frozenset(
    ["if", "else", "while", "for", "do", "switch", "case", "return", "goto", "sizeof", "defined"]
)
"""No function has such a name; the parser makes one up where it lost its way."""
