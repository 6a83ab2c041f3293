"""Fields of structs that are filled where the text does not name them: by macros in initialisers, and by callees that
are handed the address of one."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
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
_TOGETHER: Final = 32
"""Texts that are parsed at once: most are so short that to begin takes longer than to read them."""
_BEFORE: Final = b"struct written written = "
_BRACE: Final = regex(r"""[{}]|"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+'""")
_NEXT: Final = regex(r"\}\s*+,\s*+\{")
"""The end of a value in braces, and the beginning of the next."""
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


def written(calls: Sequence[str], macros: Mapping[str, Macro]) -> Iterator[Text | None]:
    """What each of ``calls``, invocations of ``macros``, writes as an initialiser; None where that cannot be told."""
    for first in range(0, len(calls), _TOGETHER):
        texts = [expand(call, macros, MAX_WRITTEN).text for call in calls[first : first + _TOGETHER]]
        told = _values([text for text in texts if not _is_none(text)])
        yield from [told.get(text) for text in texts]


def _is_none(text: str) -> bool:
    """Whether it can be seen without a parse that ``text`` is no initialiser: a parse that fails is a long one."""
    if not text or text[0] in "[." or text[-1] == ",":  # a designator with its value, or a value of several
        return True
    depth = 0
    for match in _BRACE.finditer(text) if text[0] == "{" and _NEXT.search(text) else ():
        depth += {"{": 1, "}": -1}.get(match[0], 0)
        if depth == 0:
            return _NEXT.match(text, match.start()) is not None
    return False


def _values(texts: Sequence[str]) -> dict[str, Text]:
    """The ``texts`` as initialisers, but for those that are none."""
    if not texts:
        return {}
    data = b"".join([_BEFORE + text.encode() + b";\n" for text in texts])
    tree = parse(data)
    if tree is not None and not tree.root_node.has_error and tree.root_node.named_child_count == len(texts):
        values = [_value_in(node) for node in tree.root_node.named_children]
        made = zip(texts, values, strict=True)
        return {text: Text(data, tree.root_node, value) for text, value in made if value is not None}
    found: dict[str, Text] = {}
    for text in texts if len(texts) > 1 else ():  # one of them must not take the others with it
        found.update(_values((text,)))
    return found


def _value_in(declaration: Node) -> Node | None:
    declared = declaration.child_by_field_name("declarator")
    return None if declared is None else declared.child_by_field_name("value")


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
