"""What the kernel promises of results whose bodies do not tell it: data, with the header each promise is in.

Everything here is an upper bound: a result is never outside of it.
"""

from __future__ import annotations

from typing import Final

from kscan.flow.primitives import NARROW
from kscan.flow.values import ALL, NON_NEGATIVE, POSITIVE, IntSet, interval
from kscan.model.regex import regex

_ALLOCATORS: Final = (
    # linux/slab.h: NULL when there is no memory, never an error pointer
    "kmalloc kzalloc kcalloc kmalloc_array kmalloc_node kzalloc_node kcalloc_node kmalloc_array_node krealloc "
    "krealloc_array kmem_cache_alloc kmem_cache_alloc_lru kmem_cache_alloc_node kmem_cache_zalloc kvmalloc kvzalloc "
    "kvcalloc kvmalloc_array kvmalloc_node kvzalloc_node kvrealloc "
    "kmalloc_obj kmalloc_objs kmalloc_flex kzalloc_obj kzalloc_objs kzalloc_flex "
    "kvmalloc_obj kvmalloc_objs kvmalloc_flex kvzalloc_obj kvzalloc_objs kvzalloc_flex "
    "kmalloc_track_caller kmalloc_node_track_caller kmalloc_nolock krealloc_node_align kvmalloc_node_align "
    "kvrealloc_node_align kmem_buckets_alloc kmem_buckets_alloc_track_caller kmem_buckets_valloc "
    # linux/string.h, linux/sprintf.h
    "kstrdup kstrndup kstrdup_const kmemdup kmemdup_nul kvmemdup kmemdup_array kasprintf kvasprintf "
    # linux/vmalloc.h, linux/percpu.h, linux/mempool.h
    "vmalloc vzalloc vmalloc_node vzalloc_node vmalloc_user vmalloc_32 vcalloc alloc_percpu __alloc_percpu "
    "__alloc_percpu_gfp alloc_percpu_gfp mempool_alloc vmalloc_array vrealloc __vmalloc __vmalloc_array __vcalloc "
    # linux/gfp.h
    "alloc_page alloc_pages alloc_pages_node __alloc_pages folio_alloc __folio_alloc __get_free_page __get_free_pages "
    "get_zeroed_page alloc_pages_exact alloc_pages_exact_nid alloc_page_vma vma_alloc_folio folio_alloc_mpol "
    # linux/workqueue.h
    "alloc_workqueue "
    # linux/device/devres.h
    "devm_kmalloc devm_kzalloc devm_kcalloc devm_kmalloc_array devm_kstrdup devm_kasprintf devm_kmemdup"
)
_MEMBERS: Final = (
    # linux/container_of.h, linux/list.h, linux/rbtree.h, linux/rculist.h: the address of what holds a member
    "container_of container_of_const list_entry list_first_entry list_last_entry list_next_entry list_prev_entry "
    "list_first_entry_or_null list_entry_rcu hlist_entry rb_entry rb_entry_safe"
)
_SHORTS: Final = (
    # asm-generic byteorder, linux/unaligned.h: 16 bits without a sign
    "le16_to_cpu be16_to_cpu cpu_to_le16 cpu_to_be16 le16_to_cpup be16_to_cpup ntohs htons get_unaligned_le16 "
    "get_unaligned_be16 swab16"
)

RESULTS: Final[dict[str, IntSet]] = {
    **dict.fromkeys((_ALLOCATORS + " " + _MEMBERS).split(), NON_NEGATIVE),
    **dict.fromkeys(_SHORTS.split(), interval(0, 0xFFFF)),
}
"""Functions and macros by name, and what they can return."""

TYPES: Final[dict[str, IntSet]] = {
    **NARROW,
    "irqreturn_t": interval(0, 3),  # linux/irqreturn.h
    "vm_fault_t": NON_NEGATIVE,  # linux/mm_types.h: a mask of VM_FAULT_ bits
}
"""Return types that no errno fits into, and the numbers that do."""

_ADDRESS: Final = regex(r"&\s*[A-Za-z_][\w\s\[\]>.()-]*\Z")


def address_of(text: str) -> IntSet:
    """What an expression can be as far as it is an address: never an error pointer, nor NULL unless a pointer leads
    there; everything when it is no address."""
    if _ADDRESS.match(text) is None:
        return ALL
    return NON_NEGATIVE if "->" in text or "[" in text else POSITIVE
