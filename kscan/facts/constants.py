"""Macros, enumerators and includes in a syntax tree to facts."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tree_sitter import Node, Tree

from kscan.dialect.scan import BLANK, Directive
from kscan.model.facts import Constant, Macro
from kscan.parse.queries import Captured, captures

_DEFINITION = re.compile(rb"#[ \t]*(?:define|include|include_next)\b")
_CODE_COMMENT = re.compile(rb"""("(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+')|/\*.*?\*/|//[^\n]*""", re.DOTALL)
_LITERAL_OR_COMMENT = re.compile(r"""("(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+')|/\*.*?\*/|//[^\n]*""", re.DOTALL)


def definitions(data: bytes, directives: Sequence[Directive]) -> bytes:
    """Only the ``#define`` and ``#include`` lines of ``data``, at their offsets.

    The grammar ends a macro at a comment and loses one that stands amid an initialiser; alone and without comments
    they all parse."""
    lines = bytearray(data.translate(BLANK))
    for line in directives:
        if _DEFINITION.match(data, line.start):
            written = data[line.start : line.end]
            lines[line.start : line.end] = _CODE_COMMENT.sub(_without_comment, written) if b"/" in written else written
    return bytes(lines)


def _without_comment(match: re.Match[bytes]) -> bytes:
    return match.group(1) or b" " * len(match.group())


UNCOUNTED = "?"
"""Stands before an enumerator whose number depends on which conditional lines are in force."""


class Defined(NamedTuple):
    """What the preprocessor lines of a file define and include, each in the order of the text."""

    constants: tuple[Constant, ...]
    macros: tuple[Macro, ...]
    includes: tuple[str, ...]


def defined(data: bytes, tree: Tree) -> Defined:
    """The object-like and function-like macros and the includes in the tree of ``definitions``."""
    found = captures(tree.root_node, "facts/constants", "facts/macros", "facts/includes")
    return Defined(
        tuple(_constant(data, name) for name in found.get("constant", [])),
        tuple(_macro(data, name) for name in found.get("macro", [])),
        tuple(_text(data, path).strip('<>"') for path in found.get("path", [])),
    )


def enumerators(data: bytes, found: Captured) -> Iterator[Constant]:
    """The enumerators in what ``facts/enumerators`` captures."""
    names, values = found.get("enumerator", ()), found.get("value", ())
    starts = [name.start_byte for name in names]
    value_of = {bisect_right(starts, value.start_byte) - 1: value for value in reversed(values)}
    for body in found.get("enumerators", ()):
        before = ""
        cut = min((child.start_byte for child in body.children if child.type.startswith("preproc_if")), default=None)
        for index in range(bisect_left(starts, body.start_byte), bisect_left(starts, body.end_byte)):
            name, value = _text(data, names[index]), _text(data, value_of.get(index))
            if cut is not None and starts[index] >= cut:
                before = UNCOUNTED
            yield Constant(name, " ".join(value.split()), starts[index], "enum", before)
            before = name


def _macro(data: bytes, define: Node) -> Macro:
    listed = define.child_by_field_name("parameters")
    params = _LITERAL_OR_COMMENT.sub(" ", _text(data, listed)[1:-1]).replace("\\\n", " ")
    names = tuple(param.strip().replace(" ", "") for param in params.split(","))
    body = _replacement(data, define.child_by_field_name("value"))
    return Macro(
        _text(data, define.child_by_field_name("name")), () if names == ("",) else names, body, define.start_byte
    )


def _constant(data: bytes, define: Node) -> Constant:
    name = define.child_by_field_name("name") or define
    value = _replacement(data, define.child_by_field_name("value"))
    return Constant(_text(data, name), value, name.start_byte, "macro")


def _replacement(data: bytes, value: Node | None) -> str:
    """A macro's replacement text: continuations and comments removed, literals untouched."""
    text = _text(data, value).replace("\\\n", "\n")
    return " ".join(_LITERAL_OR_COMMENT.sub(lambda match: match.group(1) or " ", text).split())


def _text(data: bytes, node: Node | None) -> str:
    return data[node.start_byte : node.end_byte].decode("utf-8", "replace") if node is not None else ""
