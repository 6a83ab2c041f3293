"""Every place where the syntax of a file has a certain name, and what the name is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple

from tree_sitter import Node

from kscan.facts.parsed import tree_of
from kscan.model.source import Source

Role = Literal["use", "member", "label", "tag", "local", "definition", "declaration", "constant", "type"]

_DECLARATORS = frozenset(
    f"{kind}_declarator" for kind in ("pointer", "array", "function", "parenthesized", "init", "attributed")
)
_TAGGED = frozenset(["struct_specifier", "union_specifier", "enum_specifier"])
_BLOCKS = frozenset(["compound_statement", "for_statement", "function_definition"])
_NAMES = frozenset(["identifier", "field_identifier", "type_identifier", "statement_identifier"])


class Site(NamedTuple):
    """A name at byte ``start``. A "local" (variable or parameter) means itself in ``scope``, a byte range; -1, -1 for
    everything else. ``static``: a definition or declaration that only its own file sees. "definition" and
    "declaration" stand at file scope, or declare something that does. ``body``: a function definition."""

    start: int
    name: bytes
    role: Role
    scope: tuple[int, int] = (-1, -1)
    static: bool = False
    body: bool = False


def sites(source: Source, names: Collection[bytes], extra: frozenset[bytes] = frozenset()) -> dict[int, Site]:
    """
    The places of ``names`` in the syntax tree of ``source``, by offset. What a macro definition holds, what an
    annotation says and what the grammar cannot read has no place in it. ``extra`` are annotations of the tree.
    """
    parsed = tree_of(source, extra=extra)
    if parsed.tree is None:
        return {}
    root, found = parsed.tree.root_node, {}
    for name in names:
        for at in _offsets(parsed.masked, name):
            node = root.descendant_for_byte_range(at, at + len(name))
            if node is not None and node.type in _NAMES and (node.start_byte, node.end_byte) == (at, at + len(name)):
                found[at] = _site(node, name, parsed.masked)
    return found


def _offsets(text: bytes, name: bytes) -> Iterator[int]:
    at = text.find(name)
    while at >= 0:
        yield at
        at = text.find(name, at + len(name))


def _site(node: Node, name: bytes, text: bytes) -> Site:
    at = node.start_byte
    if node.type == "field_identifier":
        return Site(at, name, "member")
    if node.type == "statement_identifier":
        return Site(at, name, "label")
    parent = node.parent
    if parent is None:
        return Site(at, name, "use")
    if parent.type in _TAGGED and parent.child_by_field_name("name") == node:
        return Site(at, name, "tag", body=parent.child_by_field_name("body") is not None)
    if parent.type == "enumerator" and parent.child_by_field_name("name") == node:
        return Site(at, name, "constant")
    return _declared(node, name, text)


def _declared(node: Node, name: bytes, text: bytes) -> Site:
    """A name that may be what a declaration declares."""
    at, child, parent, function = node.start_byte, node, node.parent, False
    while parent is not None and parent.type in _DECLARATORS:
        if not _declares(parent, child):
            return Site(at, name, "use")
        function = parent.type == "function_declarator" if child == node else function
        child, parent = parent, parent.parent
    if parent is None or not _is_declarator(parent, child):
        return Site(at, name, "use")
    match parent.type:
        case "parameter_declaration":
            return Site(at, name, "local", _parameter_scope(parent))
        case "field_declaration":
            return Site(at, name, "member")
        case "type_definition":
            return Site(at, name, "type")
        case "function_definition":
            return Site(at, name, "definition", static=_storage(parent, "static", text), body=True)
        case "declaration":
            return _declaration(parent, at, name, text, function)
    return Site(at, name, "use")


def _declaration(node: Node, at: int, name: bytes, text: bytes, function: bool) -> Site:
    block = _block(node)
    static = _storage(node, "static", text)
    outside = function or _storage(node, "extern", text)
    if block is not None and not outside:
        return Site(at, name, "local", (at, block.end_byte))
    return Site(at, name, "declaration" if outside else "definition", static=static)


def _declares(declarator: Node, child: Node) -> bool:
    """Whether ``child`` is what ``declarator`` declares, and no size, parameter or value in it."""
    field = declarator.child_by_field_name("declarator")
    if field is not None:
        return bool(field == child)
    return declarator.type in ("parenthesized_declarator", "attributed_declarator")


def _is_declarator(node: Node, child: Node) -> bool:
    return child in node.children_by_field_name("declarator")


def _parameter_scope(node: Node) -> tuple[int, int]:
    """The function whose parameter it is, or the parameter list of a prototype."""
    holder = node.parent
    up = holder.parent if holder is not None else None
    while up is not None and up.type in _DECLARATORS:
        up = up.parent
    if up is not None and up.type == "function_definition":
        return node.start_byte, up.end_byte
    return (node.start_byte, holder.end_byte) if holder is not None else (node.start_byte, node.end_byte)


def _block(node: Node) -> Node | None:
    up = node.parent
    while up is not None and up.type not in _BLOCKS:
        up = up.parent
    return up


def _storage(node: Node, word: str, text: bytes) -> bool:
    return any(
        child.type == "storage_class_specifier" and text[child.start_byte : child.end_byte] == word.encode()
        for child in node.children
    )
