"""What the rename must know of words: reserved names, macros and functions that take a symbol by its name, as data."""

from __future__ import annotations

from kscan.dialect.annotations import CALLED, KEYWORD_TYPES, PLAIN, RENAMED
from kscan.model.regex import regex


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEYWORDS = _words("""
    auto break case char const continue default do double else enum extern float for goto if inline int long register
    restrict return short signed sizeof static struct switch typedef union unsigned void volatile while asm typeof
    alignas alignof bool constexpr false nullptr static_assert thread_local true typeof_unqual
    _Alignas _Alignof _Atomic _BitInt _Bool _Complex _Generic _Imaginary _Noreturn _Static_assert _Thread_local
    __asm__ __typeof__ __attribute__ __extension__ __inline__ __volatile__ __restrict__ __func__ __FUNCTION__
    __FILE__ __LINE__ __DATE__ __TIME__ __VA_ARGS__ __VA_OPT__ __COUNTER__ defined NULL
""")
"""No symbol of C can have such a name; the annotations of the kernel's dialect come on top."""

RESERVED = KEYWORDS | {word.decode() for word in PLAIN | CALLED | KEYWORD_TYPES | frozenset(RENAMED)}

IDENTIFIER = regex(r"[A-Za-z_][A-Za-z0-9_]*\Z")

SYMBOL_ARGUMENTS = {
    "BTF_ID": 1,
    "BTF_ID_FLAGS": 1,
    "BTF_ID_LIST_SINGLE": 2,
    "BTF_ID_LIST_GLOBAL_SINGLE": 2,
    "NORETURN": 0,
}
"""Macros that only glue or quote this argument, and mean the symbol by it."""

TAG_MARKS = {"BTF_ID": 0, "BTF_ID_FLAGS": 0, "BTF_ID_LIST_SINGLE": 1, "BTF_ID_LIST_GLOBAL_SINGLE": 1}
"""The argument of these that says ``struct`` or ``union`` where a tag is meant, and ``func`` where a function is."""

USER_NAMES = _words("""
    module_param module_param_unsafe module_param_hw module_param_array module_param_hw_array core_param core_param_cb
    early_core_param MODULE_PARM_DESC
""")
"""Macros that make the name of a variable the name of something that users set."""

OWN_NAMES = _words("BPF_PROG BPF_PROG2 BPF_KPROBE BPF_KRETPROBE BPF_UPROBE BPF_URETPROBE BPF_KSYSCALL")
"""Macros whose first argument names a program of its own, often after what it watches."""

LOOKUP_CALLS = _words("""
    kallsyms_lookup_name kallsyms_lookup_names __symbol_get symbol_get module_kallsyms_lookup_name find_symbol
    find_kallsyms_symbol_value ksym_get_addr kallsyms_find bpf_program__attach_kprobe bpf_program__attach_fentry
    bpf_program__set_attach_target alias __alias weakref sym_is find_symbol_by_name elf_find_symbol
    ftrace_set_filter trace_set_filter libbpf_find_vmlinux_btf_id btf__find_by_name btf__find_by_name_kind
    btf_find_by_name_kind lookup_global_symbol lookup_static_symbol lookup_symbol lookup_static_symbols
    parse_and_eval gdb_eval_or_none attach_kprobe attach_kretprobe ksymname get_kprobe_functions symbol function
    attach_fentry attach_fexit
""")
"""Functions, of C and of Python, to which a literal argument names a symbol of the kernel."""

LOOKUP_FIELDS = _words("symbol_name old_name func_name ksym_name kprobe_func")
"""Fields whose initial literal names a symbol of the kernel."""

PROBE_FILES = regex(
    r"tools/(?:objtool|testing/selftests/(?:bpf|ftrace|livepatch)|perf/(?:tests|util/bpf_skel)|tracing|power)/"
    r"|samples/(?:bpf|kprobes|fprobe|ftrace|livepatch|trace_events)/|scripts/gdb/"
)
"""Where a literal that is all name means the kernel's symbol."""

PROBE_TEXT = regex(
    rb"kprobe|kretprobe|dynamic_events|set_ftrace_filter|set_ftrace_notrace|set_graph_function|set_graph_notrace"
    rb"|available_filter_functions|/proc/kallsyms|lookup_global_symbol|bpftrace|fentry"
)
"""What a script that watches functions of the kernel says somewhere."""

MODULE = regex(rb"\bMODULE_LICENSE\(|<linux/module\.h>")
"""What a module of the kernel says, wherever it is kept."""

PROGRAM_IN_KERNEL = regex(rb'MODULE_LICENSE\(|<linux/module\.h>|\bSEC\("|"vmlinux\.h"|bpf_helpers\.h|__ksym\b')
"""What the text of a program outside the kernel's folders says when it runs in the kernel all the same."""

SECTIONS = (
    rb"(?:k(?:ret)?probe(?:\.multi|\.session)?|f(?:entry|exit)(?:\.s)?|fmod_ret(?:\.s)?|lsm(?:\.s|_cgroup)?"
    rb"|\?\w+|freplace)"
)
"""The kinds of BPF programs that are attached to a function of the kernel, as ``SEC()`` spells them."""

MEMBER_WORDS = frozenset(
    b"field fields member members parameter parameters argument arguments label attribute attributes file files "
    b"flag variable option directory node property column".split()
)
"""A word behind a bare name that says it is no function."""

METHOD_WORDS = frozenset(b"callback callbacks method methods op ops operation operations hook hooks pointer".split())
"""A word behind ``name()`` that may mean a field that points to a function."""
