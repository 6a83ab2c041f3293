"""What a file puts into the fields of structs, and what it tells of their types."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from kscan.facts.extract import Parsed
from kscan.facts.words import FIELD_STORES
from kscan.model.facts import FileTables, Param, Slot, Struct
from kscan.model.source import Source
from kscan.parse.queries import Captured, captures

_DESIGNATED = re.compile(rb"(?:\.|->)[ \t]*([A-Za-z_]\w*)[ \t]*=(?!=)")
_LITERALS = frozenset(
    {"number_literal", "string_literal", "char_literal", "null", "true", "false", "sizeof_expression"}
)
_LITERALS_TOO = frozenset({"concatenated_string", "binary_expression", "unary_expression", "offsetof_expression"})
_SPECIFIERS = {"struct_specifier": "struct", "union_specifier": "union", "enum_specifier": "enum"}
MAX_DEPTH = 60
"""Braces nested deeper in an initialiser are not followed."""

Path = tuple[str, ...]


def tables_of(source: Source, parsed: Parsed) -> FileTables:
    """The structs, slots and file-scope variables of a file; empty when it has no tree."""
    if parsed.tree is None:
        return FileTables()
    found = captures(parsed.tree.root_node, "facts/tables")
    reader = _Reader(source.data, found)
    slots = [*reader.slots(found), *_written_by_macros(source.data, parsed)]
    structs = tuple(one for node in found.get("struct", ()) for one in reader.struct(node))
    return FileTables(structs, tuple(sorted(slots, key=lambda slot: slot.start)), reader.scope(-1))


def chain(text: str) -> tuple[str, Path, bool] | None:
    """The root, the steps and whether the root is called, of a place such as ``get(a)->ops[2].open``; None when
    it is none."""
    text = _bare(text.strip())
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


_STEP = re.compile(r"(?:->|\.)\s*([A-Za-z_]\w*)\s*")


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


_QUALIFIERS = frozenset({"const", "volatile", "static", "register", "__user", "__rcu", "__iomem", "__percpu"})


def _written_by_macros(data: bytes, parsed: Parsed) -> Iterator[Slot]:
    """Fields that macros of the file assign: to what, is not told."""
    for line in parsed.skeleton.directives:
        text = data[line.start : line.end]
        for name in set(_DESIGNATED.findall(text)):
            yield Slot("", (name.decode("utf-8", "replace"),), "", line.start)


class _Reader:
    """Reads one file's nodes; knows which names its functions declare."""

    def __init__(self, data: bytes, found: Captured) -> None:
        self.data = data
        functions = found.get("function", ())
        self.starts = [node.start_byte for node in functions]
        self.ends = [node.end_byte for node in functions]
        self.scopes: dict[int, dict[str, str]] = {-1: {}}
        for node in found.get("declared", ()):
            names = self.scopes.setdefault(self.function_at(node.start_byte), {})
            for name, kind in self.declared(node):
                names[name] = kind if names.get(name, kind) == kind else ""

    def text(self, node: Node | None) -> str:
        return "" if node is None else self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def function_at(self, offset: int) -> int:
        """The number of the function around ``offset``, -1 at file scope."""
        number = bisect_right(self.starts, offset) - 1
        return number if number >= 0 and offset < self.ends[number] else -1

    def scope(self, number: int) -> tuple[Param, ...]:
        return tuple(Param(name, kind) for name, kind in self.scopes.get(number, {}).items())

    # -- types

    def declared(self, node: Node) -> Iterator[tuple[str, str]]:
        """The variables a declaration names, each with its type."""
        if node.type == "parameter_declaration" and self.function_at(node.start_byte) < 0:
            return
        base = self.base(node.child_by_field_name("type"))
        for declarator in node.children_by_field_name("declarator"):
            name, dims, function = self.declarator(declarator)
            if name and not function:
                yield name, base + "[]" * dims if base else ""

    def base(self, node: Node | None) -> str:
        if node is None:
            return ""
        keyword = _SPECIFIERS.get(node.type)
        if keyword is None:
            return self.text(node)
        name = node.child_by_field_name("name")
        return f"{keyword} {self.text(name)}" if name is not None else ""

    def declarator(self, node: Node) -> tuple[str, int, bool]:
        """The name declared, its array dimensions, and whether it is a function."""
        dims, function = 0, False
        at: Node | None = node
        while at is not None and at.type not in {"identifier", "field_identifier", "type_identifier"}:
            dims += at.type == "array_declarator"
            function = at.type == "function_declarator"
            inner = at.child_by_field_name("declarator")
            if inner is None and at.type == "parenthesized_declarator":
                inner = next(iter(at.named_children), None)
            at = inner
        return self.text(at), dims, function

    def struct(self, node: Node, named: str = "") -> Iterator[Struct]:
        """A struct definition, and those of its named members that have no tag."""
        kind = named or self.base(node) or self._typedef(node)
        body = node.child_by_field_name("body")
        if not kind or body is None:
            return
        fields: list[Param] = []
        ordered = self._fields(kind, body, fields)
        yield Struct(kind, tuple(fields), ordered and node.type == "struct_specifier")
        for member in body.named_children:
            inner = member.child_by_field_name("type")
            names = [self.declarator(one)[0] for one in member.children_by_field_name("declarator")]
            if inner is not None and names and not self.base(inner) and inner.child_by_field_name("body") is not None:
                yield from self.struct(inner, f"{kind}.{names[0]}")

    def _typedef(self, node: Node) -> str:
        parent = node.parent
        if parent is None or parent.type != "type_definition":
            return ""
        return self.text(parent.child_by_field_name("declarator"))

    def _fields(self, kind: str, body: Node, fields: list[Param]) -> bool:
        """Collects the fields; False when their order is not that of an initialiser's values."""
        ordered = True
        for member in body.named_children:
            if member.type == "comment":
                continue
            inner, names = member.child_by_field_name("type"), member.children_by_field_name("declarator")
            if member.type != "field_declaration" or inner is None:
                ordered = False
                if member.type.startswith("preproc"):
                    self._fields(kind, member, fields)
            elif names:
                for name, dims, _ in map(self.declarator, names):
                    base = self.base(inner) or f"{kind}.{self.declarator(names[0])[0]}"
                    fields.append(Param(name, base + "[]" * dims))
            else:
                nested = inner.child_by_field_name("body")
                ordered = False
                if nested is not None:
                    self._fields(kind, nested, fields)
        return ordered

    # -- slots

    def slots(self, found: Captured) -> Iterator[Slot]:
        for node in found.get("initialised", ()):
            declaration = node.parent
            name, dims, _ = self.declarator(node.child_by_field_name("declarator") or node)
            kind = self.base(declaration.child_by_field_name("type")) if declaration is not None else ""
            if name:
                yield from self._listed(kind + "[]" * dims, (), node.child_by_field_name("value"))
        for node in found.get("literal", ()):
            written = self.text(node.child_by_field_name("type"))
            dims = written.count("[")
            yield from self._listed(base_type(written) + "[]" * dims, (), node.child_by_field_name("value"))
        for node in found.get("assignment", ()):
            yield from self._stored(node.child_by_field_name("left"), node.child_by_field_name("right"))
        for node in found.get("call", ()):
            if self.text(node.child_by_field_name("function")) in FIELD_STORES:
                arguments = node.child_by_field_name("arguments")
                given = arguments.named_children if arguments is not None else []
                if len(given) > 1 and given[0].type in {"field_expression", "pointer_expression"}:
                    yield from self._stored(given[0], given[1])

    def _stored(self, left: Node | None, right: Node | None) -> Iterator[Slot]:
        place = chain(self.text(left).lstrip("&"))
        if left is None or right is None:
            return
        if place is None or place[2]:
            kind, path = "", (re.findall(r"\w+", self.text(left)) or [""])[-1:]
        else:
            kind, path = self._variable(place[0], left.start_byte), list(place[1])
        if right.type == "initializer_list":
            return
        for value in self._values(right):
            yield Slot(kind, tuple(path), value, left.start_byte)

    def _variable(self, name: str, offset: int) -> str:
        own = self.scopes.get(self.function_at(offset), {})
        return own[name] if name in own else self.scopes[-1].get(name, "")

    def _listed(self, kind: str, path: Path, node: Node | None, depth: int = 0) -> Iterator[Slot]:
        """The slots of an initialiser in braces."""
        if node is None or depth > MAX_DEPTH:
            return
        number = 0
        for child in node.named_children:
            if child.type == "comment":
                continue
            steps: Path = (f"#{number}",)
            value = child
            if child.type == "initializer_pair":
                steps, value = self._designators(child), child.child_by_field_name("value") or child
            number += 1
            if value.type == "initializer_list":
                yield from self._listed(kind, path + steps, value, depth + 1)
            else:
                for name in self._values(value):
                    yield Slot(kind, path + steps, name, child.start_byte)

    def _designators(self, pair: Node) -> Path:
        steps = []
        for one in pair.children_by_field_name("designator"):
            steps.append("[]" if one.type.startswith("subscript") else self.text(one).lstrip(". \t"))
        return tuple(steps)

    def _values(self, node: Node) -> Sequence[str]:
        """The names ``node`` can stand for, "" for anything but a name or a literal."""
        if node.type in _LITERALS or node.type in _LITERALS_TOO:
            return ()
        if node.type == "identifier":
            name = self.text(node)
            local = (
                name in self.scopes.get(self.function_at(node.start_byte), {})
                and self.function_at(node.start_byte) >= 0
            )
            return () if name == "NULL" else ("" if local else name,)
        inner = node.child_by_field_name("value") if node.type == "cast_expression" else None
        if node.type == "pointer_expression" and self.text(node).startswith("&"):
            inner = node.child_by_field_name("argument")
        if node.type == "parenthesized_expression" and len(node.named_children) == 1:
            inner = node.named_children[0]
        if inner is not None:
            return self._values(inner)
        if node.type == "conditional_expression":
            sides = [node.child_by_field_name("consequence"), node.child_by_field_name("alternative")]
            return tuple(name for side in sides if side is not None for name in self._values(side))
        return ("",)
