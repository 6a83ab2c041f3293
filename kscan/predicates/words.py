"""The few words of kernel C that say where a page's bits and type live: data, with the header each comes from."""

from __future__ import annotations

from typing import Final

from kscan.model.regex import regex

PAGE_TYPES: Final = regex(r"(?:const )?struct (page|folio) \*(?: ?const)?\Z")
"""What a parameter or a result that points to a page is declared as."""

FOLIO: Final = "folio"
"""The type whose pointers are never to a tail page (linux/mm_types.h)."""

BIT_TESTS: Final[frozenset[str]] = frozenset(
    {"test_bit", "arch_test_bit", "const_test_bit", "constant_test_bit", "variable_test_bit"}
)
"""linux/bitops.h: true when bit (argument 0) of the word at (argument 1) is set, and nothing changes."""

HEADS: Final[frozenset[str]] = frozenset({"compound_head", "_compound_head", "page_folio"})
"""linux/page-flags.h: the head page, or the folio, of argument 0."""

NTH: Final[frozenset[str]] = frozenset({"folio_page", "nth_page"})
"""linux/page-flags.h, linux/mm.h: the page that many (argument 1) after argument 0."""

BITS_OF: Final[frozenset[str]] = frozenset({"BIT", "BIT_ULL"})
"""vdso/bits.h: the mask with one bit set."""

FLAG_WORDS: Final[frozenset[str]] = frozenset({"flags", "flags.f"})
"""linux/mm_types.h: the member that holds the flag bits."""

TYPE_WORDS: Final[frozenset[str]] = frozenset({"page_type"})
"""linux/mm_types.h: the member that holds the type."""

WORD_BITS: Final[dict[str, int]] = {"page_type": 32, "_mapcount": 32}
"""linux/mm_types.h: members that are narrower than an unsigned long, and how many bits they have."""

TAIL_TEST: Final = "PageTail"
"""linux/page-flags.h: true of a page that is not the first of its compound page."""

SINGLE_PAGE_TYPES: Final[frozenset[str]] = frozenset(
    {"PGTY_buddy", "PGTY_offline", "PGTY_guard", "PGTY_zsmalloc", "PGTY_unaccepted"}
)
"""linux/page-flags.h: types that are set on pages one by one, so that a tail page never wants one."""

FIRST_PAGES: Final[frozenset[str]] = frozenset({"page"})
"""linux/mm_types.h: the member of a folio that is its first page."""

HARMLESS: Final = regex(
    r"VM_BUG_ON|VM_WARN|BUG_ON|WARN_ON|BUILD_BUG_ON|lockdep_assert|smp_r?w?mb\Z|barrier\Z|might_sleep|kasan_check|"
    r"kmsan_check|rcu_read_(?:un)?lock\Z"
)
"""Calls that assert, order or pin, and change nothing that a predicate reads."""

EFFECTS: Final = regex(
    r"\w*(?:test_and_(?:set|clear|change)|xchg|xor_unlock|trylock|try_get|_unless_|_(?:inc|dec|add|sub)_)|"
    r"atomic\w*_(?:inc|dec|add|sub)"
)
"""linux/bitops.h, linux/atomic.h: calls that change what they test. A body that makes one is no predicate."""

HEAD_TESTS: Final[frozenset[str]] = frozenset({"PageTail", "PageCompound", "PageHead", "PageTransHuge"})
"""linux/page-flags.h: who asks one of these knows that there are tail pages, and has dealt with them."""

RACY: Final = regex(
    rb"\b(?:READ_ONCE|smp_\w+|barrier|rcu_\w+|atomic\w*_\w+|\w*lock(?:ed)?\w*|seq\w*_retry|IS_ENABLED|"
    rb"static_branch_\w+|likely|unlikely)\s*\(|[/%]|\bvolatile\b|(?:<<|>>)\s*[a-z]"
)
"""What makes a second look different from the first, a guard a matter of speed or configuration, or what follows it one
of life and death (a division, a shift)."""
