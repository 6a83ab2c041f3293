"""Macros, enumerators and includes in a syntax tree to facts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node, Tree

from kscan.model.facts import Constant, Macro
from kscan.parse.queries import captures

_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_LITERAL_OR_COMMENT = re.compile(r"""("(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+')|/\*.*?\*/|//[^\n]*""", re.DOTALL)


def constants(data: bytes, tree: Tree) -> Iterator[Constant]:
    """Object-like macros and enumerators, in the order of the text."""
    found = captures("facts/constants", tree.root_node)
    rows = [_macro(data, name) for name in found.get("macro", [])]
    rows += [_enumerator(data, name) for name in found.get("enumerator", [])]
    yield from sorted(rows, key=lambda row: row.start)


def macros(data: bytes, tree: Tree) -> Iterator[Macro]:
    """Function-like macros, in the order of the text."""
    for name in captures("facts/macros", tree.root_node).get("macro", []):
        define = name.parent or name
        listed = define.child_by_field_name("parameters")
        params = _text(data, listed)[1:-1] if listed else ""
        names = tuple(param.strip() for param in _COMMENT.sub(" ", params).replace("\\\n", " ").split(","))
        yield Macro(
            name=_text(data, name),
            params=() if names == ("",) else names,
            body=_replacement(data, define.child_by_field_name("value")),
            start=define.start_byte,
        )


def includes(data: bytes, tree: Tree) -> Iterator[str]:
    """What the file includes, as written without quotes or brackets."""
    for path in captures("facts/includes", tree.root_node).get("path", []):
        yield _text(data, path).strip('<>"')


def _macro(data: bytes, name: Node) -> Constant:
    define = name.parent or name
    return Constant(_text(data, name), _replacement(data, define.child_by_field_name("value")), name.start_byte, "macro")


def _enumerator(data: bytes, name: Node) -> Constant:
    node = name.parent or name
    value = node.child_by_field_name("value")
    before = node.prev_named_sibling
    while before is not None and before.type != "enumerator":
        before = before.prev_named_sibling
    first = before.child_by_field_name("name") if before is not None else None
    written = " ".join(_text(data, value).split()) if value is not None else ""
    return Constant(_text(data, name), written, name.start_byte, "enum", _text(data, first))


def _replacement(data: bytes, value: Node | None) -> str:
    """A macro's replacement text: continuations and comments removed, literals untouched."""
    text = _text(data, value).replace("\\\n", "\n")
    return " ".join(_LITERAL_OR_COMMENT.sub(lambda match: match.group(1) or " ", text).split())


def _text(data: bytes, node: Node | None) -> str:
    return data[node.start_byte : node.end_byte].decode("utf-8", "replace") if node is not None else ""
