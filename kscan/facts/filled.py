"""Fields of structs that are filled where the text does not name them: by macros in initialisers, and by callees that
are handed the address of one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final, NamedTuple

from tree_sitter import Node

from kscan.dialect.expand import expand
from kscan.facts.words import FIELD_STORES
from kscan.model.facts import Macro
from kscan.model.regex import regex
from kscan.parse.parser import parse

SOME: Final = "#?"
"""The step to a value of an initialiser whose place is not told."""
MAX_WRITTEN: Final = 4000
"""Bytes and tokens of what a macro writes as an initialiser."""
_BEFORE: Final = b"struct written written = "
_ADDRESS: Final = regex(rb"&([A-Za-z_][\w.>\[\]-]*(?:->|\.)(\w+))\s*+([,)])")
_WORD: Final = regex(rb"[A-Za-z_]\w*+")
_CALLEE: Final = regex(rb"([A-Za-z_]\w*)\s*\Z")
_LONGEST_NAME: Final = 64
_BEHIND: Final = 120
"""Bytes behind an argument in which further ones are looked at."""


class Text(NamedTuple):
    """A value of an initialiser, in a text of its own."""

    data: bytes
    root: Node
    value: Node


def written(call: str, macros: Mapping[str, Macro]) -> Text | None:
    """What ``call``, an invocation of one of ``macros``, writes as an initialiser; None where that cannot be told."""
    text = expand(call, macros, MAX_WRITTEN).text
    if not text:
        return None
    data = _BEFORE + text.encode() + b";"
    tree = parse(data)
    if tree is None or tree.root_node.has_error or tree.root_node.named_child_count != 1:
        return None
    declared = tree.root_node.named_children[0].child_by_field_name("declarator")
    value = None if declared is None else declared.child_by_field_name("value")
    return None if value is None else Text(data, tree.root_node, value)


def handed_away(data: bytes, names: frozenset[bytes], fields: Collection[bytes]) -> Iterator[tuple[int, str]]:
    """The members whose address a callee gets, each with where it stands: those of ``fields``, and any that goes with
    a function, one of ``names``. Macros that do nothing but store are none."""
    if not names and not fields:
        return
    for match in _ADDRESS.finditer(data):
        if match[2] not in fields:
            beside = data[match.end() : match.end() + _BEHIND].partition(b")")[0] if match[3] == b"," else b""
            if names.isdisjoint(_WORD.findall(beside)):
                continue
        before = data[max(0, match.start() - _LONGEST_NAME) : match.start()].rstrip()
        callee = _CALLEE.search(before[:-1]) if before[-1:] == b"(" else None
        if before[-1:] == b"," or (callee is not None and callee[1].decode() not in FIELD_STORES):
            yield match.start(), match[1].decode()
