"""Names, places and their types in one file, looked up where they are asked for: declarations come before uses."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from tree_sitter import Node

from kscan.facts.lower.grammar import DECLARATOR, IDENTIFIER, INITIAL, NAME, TYPE, by_kind, kinds, number_of
from kscan.model.regex import regex

_SPECIFIERS: Final = by_kind({"struct_specifier": "struct", "union_specifier": "union", "enum_specifier": "enum"})
_ARRAY: Final = kinds("array_declarator")
_OF_FUNCTION: Final = kinds("function_declarator")
_ENCLOSED: Final = kinds("parenthesized_declarator")
_DECLARATORS: Final = kinds("pointer_declarator", "attributed_declarator") | _ARRAY | _OF_FUNCTION | _ENCLOSED
_DECLARATIONS: Final = kinds("declaration", "parameter_declaration")
_QUALIFIER: Final = number_of("type_qualifier")
_NAMES: Final = kinds("identifier", "field_identifier", "type_identifier")
_QUALIFIERS: Final = frozenset({"const", "volatile", "static", "register", "__user", "__rcu", "__iomem", "__percpu"})
_MEMBER: Final = regex(r"[A-Za-z_]\w*+(?:(?:->|\.)[A-Za-z_]\w*+)*+")
"""Most places: a name, and members of it."""
_STEP: Final = regex(r"(?:->|\.)\s*([A-Za-z_]\w*)\s*")
_NO_WORD: Final = bytes(set(range(256)) - set(b"_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
MAX_LOOKED: Final = 40
"""Occurrences of a name looked at for its declaration."""

Path = tuple[str, ...]


class Declared(NamedTuple):
    """What a declaration says of a name: base type ("" when it is not told), array dimensions, whether it points to or
    is a function, whether it is const, and the node."""

    type: str
    dims: int
    function: bool
    const: bool
    node: Node

    @property
    def full(self) -> str:
        """The type with one "[]" for each dimension."""
        return self.type + "[]" * self.dims if self.type else ""


def chain(text: str) -> tuple[str, Path, bool] | None:
    """The root, the steps and whether the root is called, of a place such as ``get(a)->ops[2].open``; None when
    it is none."""
    text = _bare(text.strip())
    if _MEMBER.fullmatch(text):
        name, *path = text.replace("->", ".").split(".")
        return name, tuple(path), False
    root = re.match(r"[A-Za-z_]\w*\s*", text)
    if root is None:
        return None
    at, called, steps = root.end(), False, []
    if text[at : at + 1] == "(":
        at, called = _closing(text, at), True
    while at < len(text):
        step = _STEP.match(text, at)
        if step is not None:
            steps.append(step[1])
            at = step.end()
        elif text[at] == "[":
            steps.append("[]")
            at = _closing(text, at)
        else:
            return None
        at += len(text[at:]) - len(text[at:].lstrip())
    return root[0].strip(), tuple(steps), called


def _bare(text: str) -> str:
    """``text`` without parentheses and stars around all of it."""
    while text[:1] in {"(", "*"}:
        if text[0] == "(" and _closing(text, 0) != len(text):
            break
        text = text[1:].strip() if text[0] == "*" else text[1:-1].strip()
    return text


def _closing(text: str, at: int) -> int:
    """The position behind the bracket that closes the one at ``at``."""
    depth = 0
    for index in range(at, len(text)):
        depth += (text[index] in "([") - (text[index] in ")]")
        if depth == 0:
            return index + 1
    return len(text)


def base_type(written: str) -> str:
    """The base type of a declaration's text: "struct ops" of ``const struct ops *``; "" when there is none."""
    tagged = re.search(r"\b(struct|union)\s+(\w+)", written)
    if tagged is not None:
        return f"{tagged[1]} {tagged[2]}"
    words = [word for word in re.findall(r"[A-Za-z_]\w*", written) if word not in _QUALIFIERS]
    return words[0] if len(words) == 1 else ""


class Scopes:
    """The names that the functions of a file, and the file itself, declare."""

    def __init__(self, data: bytes, root: Node, functions: Sequence[Node]) -> None:
        self.data = data
        self.root = root
        self.functions = functions
        self.starts = [node.start_byte for node in functions]
        self._known: dict[tuple[str, int], Declared | None] = {}

    def text(self, node: Node | None) -> str:
        return "" if node is None else self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def function_at(self, offset: int) -> int:
        """The number of the function around ``offset``, -1 at file scope."""
        number = bisect_right(self.starts, offset) - 1
        return number if number >= 0 and offset < self.functions[number].end_byte else -1

    def local(self, name: str, offset: int) -> Declared | None:
        """The declaration of ``name`` in the function around ``offset``; None when it has none."""
        number = self.function_at(offset)
        return None if number < 0 else self._declared(name, number)

    def declared(self, name: str, offset: int) -> Declared | None:
        """The declaration that ``name`` has at ``offset``, in its function or in the file; None when there is none."""
        return self.local(name, offset) or self._declared(name, -1)

    def _declared(self, name: str, number: int) -> Declared | None:
        key = (name, number)
        if key not in self._known:
            self._known[key] = self._find(name, number)
        return self._known[key]

    def _find(self, name: str, number: int) -> Declared | None:
        start, end, around = 0, len(self.data), self.root
        if number >= 0:
            around = self.functions[number]  # from the root the way down leads past all the functions before it
            start, end = around.start_byte, around.end_byte
        word, at = name.encode(), start
        for _ in range(MAX_LOOKED):
            at = self._next(word, at, end, number)
            if at < 0:
                return None
            node = around.descendant_for_byte_range(at, at + len(word))
            at += len(word)
            if node is not None and node.kind_id == IDENTIFIER:
                found = self._declaration(node)
                if found is not None or number >= 0:
                    return found
        return None

    def _next(self, word: bytes, at: int, end: int, number: int) -> int:
        """Where ``word`` stands next as a whole word, in a function or (number -1) outside of all; -1 when nowhere."""
        data = self.data
        at = data.find(word, at, end)
        while at >= 0:
            inside = data[max(at - 1, 0) : at + len(word) + 1].strip(_NO_WORD)
            if len(inside) == len(word) and (number >= 0 or self.function_at(at) < 0):
                return at
            at = data.find(word, at + len(word), end)
        return -1

    def _declaration(self, name: Node) -> Declared | None:
        """What declares ``name``; None when this is a use."""
        dims, function = 0, False
        node, parent = name, name.parent
        while parent is not None and parent.kind_id in _DECLARATORS:
            dims += parent.kind_id in _ARRAY
            function = function or parent.kind_id in _OF_FUNCTION
            node, parent = parent, parent.parent
        if parent is not None and parent.kind_id == INITIAL:
            if parent.child_by_field_id(DECLARATOR) != node:
                return None
            node, parent = parent, parent.parent
        if parent is None or parent.kind_id not in _DECLARATIONS:
            return None
        kind = parent.child_by_field_id(TYPE)
        const = b"const" in self.data[parent.start_byte : parent.end_byte] and any(
            [child.kind_id == _QUALIFIER and self.text(child) == "const" for child in parent.children]
        )
        return Declared(self.base(kind), dims, function, const, node)

    def base(self, node: Node | None) -> str:
        """The base type that a type node writes."""
        if node is None:
            return ""
        keyword = _SPECIFIERS.get(node.kind_id)
        if keyword is None:
            return self.text(node)
        name = node.child_by_field_id(NAME)
        return f"{keyword} {self.text(name)}" if name is not None else ""

    def declarator(self, node: Node) -> tuple[str, int, bool]:
        """The name declared, its array dimensions, and whether it is a function."""
        dims, function = 0, False
        at: Node | None = node
        while at is not None and (kind := at.kind_id) not in _NAMES:
            dims += kind in _ARRAY
            function = kind in _OF_FUNCTION
            inner = at.child_by_field_id(DECLARATOR)
            if inner is None and kind in _ENCLOSED:
                inner = next(iter(at.named_children), None)
            at = inner
        return self.text(at), dims, function
