"""What a file puts into the fields of structs, and what it tells of their types."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Final

from tree_sitter import Node

from kscan.dialect.scan import Clean, close_of
from kscan.facts.extract import Parsed
from kscan.facts.filled import SOME, Text, handed_away, written
from kscan.facts.lower.grammar import (
    ALTERNATIVE,
    ARGUMENT,
    ARGUMENTS,
    CALL,
    CHOICE,
    COMMENT,
    CONSEQUENCE,
    DECLARATOR,
    FUNCTION,
    IDENTIFIER,
    LEFT,
    LIST,
    PARENTHESES,
    POINTER,
    RIGHT,
    TYPE,
    VALUE,
    field_number,
    kinds,
    number_of,
)
from kscan.facts.places import Declared, Path, Scopes, base_type, chain
from kscan.facts.through import called_through
from kscan.facts.words import FIELD_STORES, RECORDS
from kscan.model.facts import FileTables, Function, Macro, Param, Slot, Struct
from kscan.model.regex import regex
from kscan.model.source import Source

_DESIGNATED: Final = regex(
    rb"(?:\.|->)[ \t]*([A-Za-z_]\w*)[ \t\\\n]*=(?!=)[ \t\\\n]*(&?[A-Za-z_]\w*(?=[ \t\\\n]*[,};]))?"
)
_TYPED: Final = regex(rb"\b(struct|union)[ \t]+(\w+)[^;{}()=]*(?:=|\))[ \t\\\n]*\{")
_PARAMETERS: Final = regex(rb"#[ \t]*define[ \t]+\w+\(([^)]*)\)")
_VALUE: Final = regex(rb"[{,=]\s*+([A-Za-z_]\w*+)[ \t]*+\(")
"""The beginning of a value that may be written by a macro."""
_TELLING: Final = regex(rb"(?<![0-9A-Za-z_])[A-Za-z_(]")
"""A word, or what may stand for one: an initialiser without any holds numbers."""
_START: Final = attrgetter("start")
ASSIGNMENT: Final = number_of("assignment_expression")
CAST: Final = number_of("cast_expression")
DESIGNATOR: Final = field_number("designator")
FIELD_EXPRESSION: Final = number_of("field_expression")
HELD: Final = kinds(
    *("identifier", "field_expression", "pointer_expression", "cast_expression", "call_expression"),
    *("conditional_expression", "parenthesized_expression", "subscript_expression", "assignment_expression"),
)
"""What is assigned to a member and may tell of a function. To look for both sides at once takes a query a time that is
quadratic in the depth of assignments, and where the grammar is lost there are thousands."""
LITERALS: Final = kinds(
    "number_literal", "string_literal", "char_literal", "null", "true", "false", "sizeof_expression"
)
NO_NAMES: Final = kinds("concatenated_string", "binary_expression", "unary_expression", "offsetof_expression")
PAIR: Final = number_of("initializer_pair")
QUALIFIER: Final = number_of("type_qualifier")
_PLAIN: Final = regex(r"(?:struct|union|enum|unsigned|signed|int|long|short|char|bool|size_t|[us](?:8|16|32|64))\b")
"""Types of variables that cannot point to a function."""
MAX_DEPTH: Final = 60
"""Braces nested deeper in an initialiser are not followed."""


def tables_of(
    source: Source, parsed: Parsed, functions: Sequence[Function] = (), macros: Sequence[Macro] = ()
) -> FileTables:
    """The structs, slots and indirect calls of a file with these ``functions`` and ``macros``; empty when it has no
    tree."""
    if parsed.tree is None:
        return FileTables()
    found = parsed.found
    scopes = Scopes(source.data, parsed.tree.root_node, found.get("function", ()))
    structs = _Structs(scopes)
    told = tuple(one for node in found.get("struct", ()) for one in structs.read(node))
    names = frozenset(function.name for function in functions)
    reader = _Slots(scopes, {macro.name: macro for macro in reversed(macros)}, names)
    reader.initialised((*found.get("initialised", ()), *found.get("written", ())), found.get("literal", ()))
    reader.assigned(found.get("assignment", ()), _stores(source.data, parsed.tree.root_node))
    for start, text in handed_away(source.data, frozenset(name.encode() for name in names), structs.pointers):
        reader.handed(start, text)
    slots = [*reader.found, *_written_by_macros(source.data, parsed.skeleton)]
    return FileTables(
        told,
        tuple(sorted(slots, key=_START)),
        tuple(sorted(called_through(scopes, found.get("indirect", ()), functions), key=_START)),
        tuple(sorted({one.name for one in functions if one.linkage != "global"}.intersection(_values(slots)))),
    )


def macro_tables(data: bytes, skeleton: Clean) -> FileTables:
    """The slots that the macros of a file fill; ``skeleton`` is ``clean(data)``."""
    return FileTables(slots=tuple(sorted(_written_by_macros(data, skeleton), key=_START)))


def _values(slots: Sequence[Slot]) -> Iterator[str]:
    return (slot.value for slot in slots)


def _stores(data: bytes, root: Node) -> Iterator[Node]:
    """The calls of macros that write to a place."""
    for word in STORES:
        at = data.find(word)
        while at >= 0:
            node = root.descendant_for_byte_range(at, at + len(word) - 1)
            call = node.parent if node is not None and node.type == "identifier" else None
            if call is not None and call.type == "call_expression" and call.start_byte == at:
                yield call
            at = data.find(word, at + len(word))


STORES: Final = tuple(word.encode() + b"(" for word in sorted(FIELD_STORES))
"""How the calls of such macros begin."""


def key_of(slot: Slot) -> str:
    """The word under which a slot is looked up: "struct ops.open" where the type is told, ".open" where only the field
    is, "struct ops" for a value in a row, "" for what cannot be told apart."""
    path, kind = trimmed(slot.path), slot.type.replace("[]", "")
    if not path or path[-1].startswith("#"):
        return kind
    dims = slot.type.count("[]")
    inner = [step for step in path if step != "[]"]
    while dims and inner and inner[0].startswith("#"):
        dims, inner = dims - 1, inner[1:]
    told = len(inner) == 1 and kind.startswith(("struct ", "union "))
    return f"{kind}.{path[-1]}" if told else f".{path[-1]}"


def value_key(name: str) -> str:
    """Under what the files are found that put the function ``name``, which is not their own static one, into a slot."""
    return f"value {name}"


def call_key(field: str) -> str:
    """Under what the files are found that call through a member ``field``."""
    return f"calls {field}"


def trimmed(path: Path) -> Path:
    """``path`` without the elements at its end."""
    while path and path[-1] == "[]":
        path = path[:-1]
    return path


def _written_by_macros(data: bytes, skeleton: Clean) -> Iterator[Slot]:
    """Fields that macros of the file set: to a name that is no parameter of theirs, or to what is not told."""
    for line in skeleton.directives if b"=" in data else ():
        text = data[line.start : line.end]
        found = list(_DESIGNATED.finditer(text)) if b"=" in text else []
        if not found:
            continue
        head = _PARAMETERS.match(text)
        params = set(re.findall(rb"\w+", head[1])) if head is not None else set()
        typed = [(match.end(), f"{match[1].decode()} {match[2].decode()}") for match in _TYPED.finditer(text)]
        beside = tuple(dict.fromkeys(match[1].decode() for match in found))
        for match in found:
            kind = next((name for end, name in reversed(typed) if end <= match.start()), "")
            value = (match[2] or b"").lstrip(b"&")
            known = value.decode() if value not in params and b"##" not in text else ""
            if known not in {"NULL", "true", "false"}:
                yield Slot(kind, (match[1].decode(),), known, line.start, "", () if kind else beside)


class _Structs:
    """Reads struct definitions; ``pointers`` are the fields that point to functions."""

    def __init__(self, scopes: Scopes) -> None:
        self.scopes = scopes
        self.pointers: set[bytes] = set()

    def read(self, node: Node, named: str = "") -> Iterator[Struct]:
        """A struct definition, and those of its named members that have no tag."""
        kind = named or self.scopes.base(node) or self._typedef(node)
        body = node.child_by_field_name("body")
        if not kind or body is None:
            return
        fields: list[Param] = []
        ordered = self._fields(kind, body, fields)
        yield Struct(kind, tuple(fields), ordered and node.type == "struct_specifier")
        for member in body.named_children:
            inner = member.child_by_field_name("type")
            if inner is None or inner.child_by_field_name("body") is None or self.scopes.base(inner):
                continue
            names = [self.scopes.declarator(one)[0] for one in member.children_by_field_name("declarator")]
            if names:
                yield from self.read(inner, f"{kind}.{names[0]}")

    def _typedef(self, node: Node) -> str:
        parent = node.parent
        if parent is None or parent.type != "type_definition":
            return ""
        return self.scopes.text(parent.child_by_field_name("declarator"))

    def _fields(self, kind: str, body: Node, fields: list[Param]) -> bool:
        """Collects the fields; False when their order is not that of an initialiser's values."""
        ordered = True
        for member in body.named_children:
            if member.type == "comment":
                continue
            inner = member.child_by_field_name("type")
            if member.type != "field_declaration" or inner is None:
                ordered = False
                if member.type.startswith("preproc"):
                    self._fields(kind, member, fields)
            elif names := member.children_by_field_name("declarator"):
                base = self.scopes.base(inner)
                for name, dims, _ in map(self.scopes.declarator, names):
                    fields.append(Param(name, (base or f"{kind}.{self._first(names)}") + "[]" * dims))
                    if self.scopes.text(names[0]).lstrip("* ").startswith("("):
                        self.pointers.add(name.encode())
            else:
                nested = inner.child_by_field_name("body")
                ordered = False
                if nested is not None:
                    self._fields(kind, nested, fields)
        return ordered

    def _first(self, names: Sequence[Node]) -> str:
        """What names a struct without a tag: the first field declared with it."""
        return self.scopes.declarator(names[0])[0]


class _Slots:
    """Reads initialisers and assignments; ``found`` are their slots. ``macros`` are those of the file, ``functions``
    the names of its functions."""

    def __init__(self, scopes: Scopes, macros: Mapping[str, Macro], functions: Collection[str]) -> None:
        self.scopes = scopes
        self.macros = macros
        self.functions = functions
        self.object = ""
        self.found: list[Slot] = []
        self._names = frozenset(name.encode() for name in macros)
        self._made: dict[str, Text | None] = {}
        """What invocations of macros write: a table says the same again and again."""

    def initialised(self, declared: Sequence[Node], literals: Sequence[Node]) -> None:
        """Notes what initialisers in braces hold."""
        for node in declared:
            declaration, declarator = node.parent, node.child_by_field_id(DECLARATOR)
            value = node.child_by_field_id(VALUE)
            if declaration is None or declarator is None or value is None or not self._tells(value):
                continue
            self._make_within(value)
            name, dims, _ = self.scopes.declarator(declarator)
            kind = self.scopes.base(declaration.child_by_field_id(TYPE))
            words = {self.scopes.text(child) for child in declaration.children if child.kind_id == QUALIFIER}
            self.object = name if "const" in words and self.scopes.function_at(node.start_byte) < 0 else ""
            if name and value.kind_id == CALL:
                self._written(kind + "[]" * dims, (), value, node.start_byte, 0)
            elif name:
                self._listed(kind + "[]" * dims, (), value)
        self.object = ""
        for node in literals:
            written = self.scopes.text(node.child_by_field_id(TYPE))
            value = node.child_by_field_id(VALUE)
            if value is not None:
                self._listed(base_type(written) + "[]" * written.count("["), (), value)

    def _tells(self, node: Node) -> bool:
        """Whether anything but numbers stands in an initialiser."""
        return _TELLING.search(self.scopes.data, node.start_byte, node.end_byte) is not None

    def assigned(self, assignments: Sequence[Node], stores: Iterable[Node]) -> None:
        """Notes what assignments to members store, and macros that do the same."""
        for node in assignments:
            left = node.child_by_field_id(LEFT)
            held = left.child_by_field_id(ARGUMENT) if left is not None else None
            if (
                left is not None
                and held is not None
                and (left.kind_id == FIELD_EXPRESSION or held.kind_id == FIELD_EXPRESSION)
            ):
                right = node.child_by_field_id(RIGHT)
                if right is not None and right.kind_id in HELD:
                    self._stored(left, right)
        for node in stores:
            arguments = node.child_by_field_id(ARGUMENTS)
            given = arguments.named_children if arguments is not None else []
            if len(given) > 1 and (given[0].kind_id == FIELD_EXPRESSION or given[0].kind_id == POINTER):
                self._stored(given[0], given[-1])

    def _stored(self, left: Node, right: Node) -> None:
        if right.kind_id == LIST:
            return
        values = self._values(right)
        if not values:
            return
        kind, path = self._place(self.scopes.text(left).lstrip("&"), left.start_byte)
        for value in values if path else ():
            copied = () if value else self._copied(right)
            self.found.append(Slot(kind, path, value, left.start_byte, copied=copied))

    def _place(self, text: str, at: int) -> tuple[str, Path]:
        """The base type and the steps of the member that ``text`` at ``at`` is; none of one that is no table's."""
        place = chain(text)
        if place is None or place[2]:
            return "", tuple((re.findall(r"\w+", text) or [""])[-1:])
        if place[0] in RECORDS:
            return "", ()
        found = self.scopes.declared(place[0], at)
        return "" if found is None else found.full, place[1]

    def _copied(self, right: Node) -> tuple[str, ...]:
        """The member that ``right`` is, from the type of the variable it starts at."""
        place = chain(self.scopes.text(right)) if right.kind_id == FIELD_EXPRESSION else None
        if place is None or place[2] or "[]" in place[1]:
            return ()
        found = self.scopes.declared(place[0], right.start_byte)
        return () if found is None or not found.type or found.dims else (found.type, *place[1])

    def _listed(self, kind: str, path: Path, node: Node, depth: int = 0) -> None:
        """Notes the slots of an initialiser in braces."""
        if depth > MAX_DEPTH:
            return
        number = -1
        for child in node.named_children:
            what = child.kind_id
            if what == COMMENT:
                continue
            number += 1
            if what == PAIR:
                value = child.child_by_field_id(VALUE) or child
                what = value.kind_id
                if what not in LITERALS:
                    self._put(kind, path + self._designators(child), value, child.start_byte, depth)
            elif what not in LITERALS and not (what == IDENTIFIER and self._shouts(child)):
                self._put(kind, (*path, f"#{number}"), child, child.start_byte, depth)

    def _put(self, kind: str, path: Path, value: Node, start: int, depth: int) -> None:
        """Notes what ``value`` puts at ``path``."""
        if value.kind_id == LIST:
            self._listed(kind, path, value, depth + 1)
            return
        if value.kind_id == CALL and self._written(kind, path, value, start, depth):
            return
        for name in self._values(value):
            self.found.append(Slot(kind, path, name, start, self.object))

    def _written(self, kind: str, path: Path, call: Node, start: int, depth: int) -> bool:
        """Notes what ``call`` puts at ``path`` where it is a macro of the file; gives whether that is all. Any other
        one that is handed a function may put it anywhere."""
        text = self.scopes.text
        made = self._made_by(text(call)) if text(call.child_by_field_id(FUNCTION)) in self.macros else None
        if made is not None:
            reader = _Slots(Scopes(made.data, made.root, ()), {}, ())
            reader.object = self.object
            reader._put(kind, path, made.value, start, depth)
            for slot in reader.found:
                local = self.scopes.local(slot.value, call.start_byte) if slot.value else None
                self.found.append(Slot(kind, slot.path, "" if local else slot.value, start, self.object))
            return True
        given = call.child_by_field_id(ARGUMENTS)
        if given is not None and any([text(one).lstrip("&") in self.functions for one in given.named_children]):
            self.found.append(Slot(kind, (*path, SOME), "", start, self.object))
        return False

    def _made_by(self, invocation: str) -> Text | None:
        """What ``invocation`` of a macro of the file writes."""
        if invocation not in self._made:
            self._make((invocation,))
        return self._made[invocation]

    def _make_within(self, node: Node) -> None:
        """Finds out what the invocations of macros write that are values in an initialiser, all together."""
        data, done, found = self.scopes.data, 0, []
        for match in _VALUE.finditer(data, node.start_byte, node.end_byte) if self._names else ():
            start = match.start(1)
            if start >= done and match[1] in self._names:
                done = close_of(data, match.end() - 1)
                if done < 0:
                    return
                found.append(data[start:done].decode("utf-8", "replace"))
        if found:
            self._make(found)

    def _make(self, invocations: Iterable[str]) -> None:
        new = [one for one in dict.fromkeys(invocations) if one not in self._made]
        self._made.update(zip(new, written(new, self.macros), strict=True))

    def handed(self, start: int, text: str) -> None:
        """Notes that a callee gets the address of the member ``text``."""
        kind, path = self._place(text, start)
        if path:
            self.found.append(Slot(kind, path, "", start))

    def _shouts(self, node: Node) -> bool:
        """Whether an identifier is in capitals: in a row that is a constant, no function."""
        return self.scopes.text(node).isupper()

    def _designators(self, pair: Node) -> Path:
        steps = []
        for one in pair.children_by_field_id(DESIGNATOR):
            steps.append("[]" if one.type.startswith("subscript") else self.scopes.text(one).lstrip(". \t"))
        return tuple(steps)

    def _values(self, node: Node) -> Sequence[str]:
        """The names ``node`` can stand for, "" for anything but a name, a literal or a variable that is no pointer to
        a function."""
        what = node.kind_id
        if what in LITERALS or what in NO_NAMES:
            return ()
        if what == IDENTIFIER:
            return self._named(node)
        inner = None
        if what == CAST:
            inner = node.child_by_field_id(VALUE)
        elif what == POINTER and self.scopes.text(node).startswith("&"):
            inner = node.child_by_field_id(ARGUMENT)
            if inner is not None and inner.kind_id != IDENTIFIER:
                return ()
        elif what == PARENTHESES and node.named_child_count == 1:
            inner = node.named_children[0]
        elif what == ASSIGNMENT:
            inner = node.child_by_field_id(RIGHT)
            return () if inner is None else self._values(inner)
        elif what == CHOICE:
            sides = [node.child_by_field_id(CONSEQUENCE), node.child_by_field_id(ALTERNATIVE)]
            return tuple([name for side in sides if side is not None for name in self._values(side)])
        return ("",) if inner is None else self._values(inner)

    def _named(self, node: Node) -> Sequence[str]:
        name = self.scopes.text(node)
        local = self.scopes.local(name, node.start_byte)
        if name == "NULL" or (local is not None and not _may_point(local)):
            return ()
        return (name if local is None else "",)


def _may_point(local: Declared) -> bool:
    """Whether a local variable may hold a pointer to a function."""
    return local.function or not _PLAIN.match(local.type)
