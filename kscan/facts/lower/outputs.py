"""Parameters that point to a number or to a pointer, and of which every use in the body is known.

What such a function leaves behind the pointer can be told from its code; a pointer that goes anywhere else cannot be
followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tree_sitter import Node

from kscan.dialect.tokens import WORD
from kscan.facts.lower.emit import Emitter
from kscan.model.code import Call, Name, evaluated, parts
from kscan.model.facts import Param
from kscan.model.regex import regex

_NUMBERS: Final = regex(
    r"(?:(?:const|unsigned|signed|int|long|short|bool|_Bool|(?:__)?[us](?:8|16|32|64)|s?size_t|loff_t|pgoff_t|sector_t"
    r"|gfp_t|phys_addr_t|dma_addr_t|resource_size_t|vm_fault_t|blk_status_t)(?: |\Z))+\Z"
)
"""A type that is a number; other typedefs may also be a whole struct, and an array of char is text."""
_SILENT: Final = frozenset({"comment", "string_content", "field_identifier", "statement_identifier", "type_identifier"})
_USES: Final = (
    (regex(rb"\(\s*\*\s*\Z"), regex(rb"\s*\)\s*->")),
    (regex(rb"\[\s*\*\s*\Z"), regex(rb"\s*\]")),
    (regex(rb"\bsizeof\s*\(\s*\**\s*\Z"), regex(rb"\s*\)")),
)
"""What stands before and after the name where what it points to is looked through, is an index, or is measured."""
_REACH: Final = 24
"""Bytes around a name that tell how it is used."""


def watched(params: Sequence[Param]) -> frozenset[str]:
    """The parameters that point to a number or to a pointer."""
    return frozenset([param.name for param in params if param.name and "*" in param.type and _is_plain(param.type)])


def _is_plain(kind: str) -> bool:
    if kind[-1:] != "*" or "(" in kind or "[" in kind:
        return False
    pointee = kind[:-1].rstrip()
    return pointee[-1:] == "*" or _NUMBERS.match(pointee) is not None


def followed(e: Emitter, body: Node) -> frozenset[str]:
    """Those of the watched parameters that nothing in ``body`` uses but what ``e`` has turned into instructions."""
    return frozenset([name for name in e.watched if f"{name}#2" not in e.scopes.types and _is_followed(e, body, name)])


def _is_followed(e: Emitter, body: Node, name: str) -> bool:
    word = name.encode()
    for at in occurrences_of(word, e.data, body.start_byte, body.end_byte):
        if at not in e.seen and not _is_harmless(e.data, at, at + len(word), body):
            return False
    handed = {at for at, given in e.handed if given == name}
    if not handed:
        return True
    calls = (part for instr in e.instrs for part in parts(evaluated(instr)) if type(part) is Call)
    return handed <= {call.at for call in calls if _is_given(call, name)}


def occurrences_of(word: bytes, data: bytes, start: int, end: int) -> list[int]:
    """Where ``word`` stands as a whole word between two offsets. (To compile a pattern for each takes far longer.)"""
    found: list[int] = []
    at = data.find(word, start, end)
    while at >= 0:
        behind = at + len(word)
        if not (at and data[at - 1] in WORD) and not (behind < end and data[behind] in WORD):
            found.append(at)
        at = data.find(word, behind, end)
    return found


def _is_harmless(data: bytes, start: int, end: int, body: Node) -> bool:
    """Whether the name at ``start`` is not the parameter, or is used in a way that leaves what it points to alone."""
    left = data[max(0, start - _REACH) : start]
    if any([before.search(left) and after.match(data, end, end + _REACH) for before, after in _USES]):
        return True
    node = body.descendant_for_byte_range(start, end)
    return node is not None and node.type in _SILENT


def _is_given(call: Call, name: str) -> bool:
    return any([type(arg) is Name and arg.name == name for arg in call.args])
