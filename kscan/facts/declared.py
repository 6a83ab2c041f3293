"""Names that a file declares and that are not in the kernel's lower case: functions, macros, variables and members."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

import msgspec
from tree_sitter import Node

from kscan.facts.parsed import Parsed
from kscan.model.facts import FileFacts, Function, Param
from kscan.model.regex import regex
from kscan.model.source import Source
from kscan.parse.queries import captures

Kind = Literal["function", "macro", "variable", "parameter", "member"]

MIXED: Final = regex(rb"\b(?=\w*(?:[a-z]\d*[A-Z]|[A-Z]\d*[a-z]))[A-Za-z_]\w*")
"""A word in which upper and lower case meet."""
_DECLARATORS: Final = frozenset(
    {
        *("init_declarator", "pointer_declarator", "array_declarator", "parenthesized_declarator"),
        *("attributed_declarator", "bitfield_clause"),
    }
)
_NAMES: Final = frozenset({"identifier", "field_identifier"})
_WIRE: Final = regex(rb"\b_*[lb]e(?:16|32|64)\b|\bpacked\b|\b__packed\b|_PACK")
_EXTERN: Final = regex(rb"\s*extern\b")
_AFTER: Final = 120
"""Bytes behind a struct's closing brace in which its attributes stand."""


class Declared(msgspec.Struct, frozen=True):
    """A name of mixed case at bytes ``start`` to ``end`` of ``file``, and ``function``, where it is declared in one.

    ``type`` is the base type as written, for a function what it returns. ``params`` are those of a function.
    ``foreign``: it stands in a structure of a wire or hardware format (little or big endian, packed).
    ``siblings`` are the other names of mixed case of its structure."""

    name: str
    kind: Kind
    file: str
    start: int
    end: int
    function: str = ""
    type: str = ""
    params: tuple[Param, ...] = ()
    foreign: bool = False
    siblings: tuple[str, ...] = ()


def declared(source: Source, parsed: Parsed, facts: FileFacts) -> tuple[Declared, ...]:
    """The names of mixed case that ``source`` declares, in the order of the text; prototypes and ``extern`` declare
    nothing new, and what a macro writes is not the file's own text."""
    if parsed.tree is None or MIXED.search(source.data) is None:
        return ()
    found = [*_functions(facts), *_macros(source, facts)]
    if MIXED.search(parsed.masked) is not None:
        found += _variables(source, parsed, facts.functions)
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))


def is_mixed(name: str) -> bool:
    """Whether upper and lower case meet in ``name``."""
    return MIXED.fullmatch(name.encode(errors="replace")) is not None


def _functions(facts: FileFacts) -> Iterator[Declared]:
    for one in facts.functions:
        if not one.via and is_mixed(one.name):
            end = one.name_start + len(one.name.encode())
            yield Declared(one.name, "function", one.file, one.name_start, end, one.name, one.return_type, one.params)


def _macros(source: Source, facts: FileFacts) -> Iterator[Declared]:
    for one in facts.macros:
        if is_mixed(one.name):
            start = source.data.find(one.name.encode(), one.start)
            yield Declared(one.name, "macro", source.path, start, start + len(one.name))


def _variables(source: Source, parsed: Parsed, functions: Iterable[Function]) -> Iterator[Declared]:
    assert parsed.tree is not None
    found = captures(parsed.tree.root_node, "facts/declared")
    bodies = [one for one in functions if not one.via]
    for node in found.get("declaration", ()):
        if MIXED.search(parsed.masked, node.start_byte, node.end_byte) and not _EXTERN.match(
            source.data, node.start_byte
        ):
            yield from _named(source, node, "variable", bodies)
    for node in found.get("parameter", ()):
        if MIXED.search(parsed.masked, node.start_byte, node.end_byte):
            yield from (one for one in _named(source, node, "parameter", bodies) if one.function)
    for node in found.get("member", ()):
        if MIXED.search(parsed.masked, node.start_byte, node.end_byte):
            yield from _members(source, node)


def _named(source: Source, node: Node, kind: Kind, bodies: Iterable[Function]) -> Iterator[Declared]:
    for name in _names(node):
        text = _text(source, name)
        if is_mixed(text):
            function = next((one.name for one in bodies if one.start <= name.start_byte < one.end), "")
            yield Declared(text, kind, source.path, name.start_byte, name.end_byte, function, _type(source, node))


def _members(source: Source, node: Node) -> Iterator[Declared]:
    listed = node.parent
    if listed is None or listed.parent is None:
        return
    names = [(name, _text(source, name)) for member in listed.named_children for name in _names(member)]
    mixed = tuple(text for _, text in names if is_mixed(text))
    whole = listed.parent
    end = source.data.find(b";", whole.end_byte, whole.end_byte + _AFTER)
    foreign = _WIRE.search(source.data, whole.start_byte, max(end, whole.end_byte)) is not None
    for name in _names(node):
        text = _text(source, name)
        if is_mixed(text):
            siblings = tuple(one for one in mixed if one != text)
            yield Declared(
                text,
                "member",
                source.path,
                name.start_byte,
                name.end_byte,
                "",
                _type(source, node),
                (),
                foreign,
                siblings,
            )


def _names(node: Node) -> Iterator[Node]:
    """The names that a declaration gives; none for a function's."""
    for declarator in node.children_by_field_name("declarator"):
        at: Node | None = declarator
        while at is not None and at.type in _DECLARATORS:
            below = at.child_by_field_name("declarator")
            at = below if below is not None else next(iter(at.named_children), None)
        if at is not None and at.type in _NAMES:
            yield at
        elif at is not None and at.type == "function_declarator":
            pointed = at.child_by_field_name("declarator")
            if pointed is not None and pointed.type == "parenthesized_declarator":
                yield from _names_below(pointed)


def _names_below(node: Node) -> Iterator[Node]:
    """The name of a pointer to a function."""
    pending = [node]
    while pending:
        at = pending.pop()
        if at.type in _NAMES:
            yield at
            return
        pending.extend(reversed(at.named_children))


def _type(source: Source, node: Node) -> str:
    kind = node.child_by_field_name("type")
    return "" if kind is None else " ".join(_text(source, kind).split())


def _text(source: Source, node: Node) -> str:
    return source.data[node.start_byte : node.end_byte].decode("utf-8", "replace")
