"""What the indirect calls of one file go through: the places that their pointers are read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from tree_sitter import Node

from kscan.facts.lower.grammar import (
    ALTERNATIVE,
    ARGUMENT,
    ARGUMENTS,
    BODY,
    CALL,
    CHOICE,
    COMMENT,
    CONSEQUENCE,
    DECLARATOR,
    FUNCTION,
    IDENTIFIER,
    LEFT,
    TYPE,
    VALUE,
    field_number,
    kinds,
    number_of,
)
from kscan.facts.places import Scopes, base_type
from kscan.facts.words import POINTER_READS, TYPED_READS
from kscan.model.facts import Function, Place, Through
from kscan.model.regex import regex
from kscan.parse.queries import captures

_POINTER: Final = regex(rb"\(\s*\*\s*(?:const\s+)?(\w+)\s*(?:\[[^]]*\]\s*)?\)\s*\(")
_ADDRESS: Final = regex(rb"(?<!&)&\s*+(\w++)(?!\s*(?:->|\.|\[))")
_TYPED: Final = regex(r"\b(?:struct|union)\s+\w+")
_CAST: Final = number_of("cast_expression")
_FIELD: Final = field_number("field")
_LOOKED_THROUGH: Final = kinds("parenthesized_expression", "pointer_expression", "subscript_expression") | {_CAST}
_MEMBER: Final = number_of("field_expression")
_NO_POINTER: Final = kinds("null", "number_literal")
MAX_DEPTH: Final = 12
"""Assignments and nested reads followed to where a pointer comes from."""


class _Found(NamedTuple):
    """Places, and whether they are all."""

    places: tuple[Place, ...]
    complete: bool = True


_ELSEWHERE: Final = _Found((), False)


def called_through(scopes: Scopes, indirect: Sequence[Node], functions: Sequence[Function]) -> Iterator[Through]:
    """The indirect calls: ``indirect`` are those whose callee is no plain name; of those by name, in ``functions``,
    the ones whose name is a parameter or declared as a pointer to a function."""
    reader = _Reader(scopes, functions)
    for node in indirect:
        callee = node.child_by_field_id(FUNCTION)
        if callee is not None:
            found = reader.places(callee, 0)
            yield Through(node.start_byte, found.places, found.complete)
    pointers = {name.decode("utf-8", "replace") for name in _POINTER.findall(scopes.data)}
    for function in functions:
        if function.via or not function.calls:
            continue
        params = {param.name for param in function.params}
        for call in function.calls:
            if call.callee in params or call.callee in pointers:
                name = scopes.root.descendant_for_byte_range(call.start, call.start + len(call.callee.encode()))
                if name is not None and scopes.local(call.callee, call.start) is not None:
                    found = reader.places(name, 0)
                    yield Through(call.start, found.places, found.complete)


class _Reader:
    """Follows expressions to places."""

    def __init__(self, scopes: Scopes, functions: Sequence[Function]) -> None:
        self.scopes = scopes
        self.params = {one.body_start: [param.name for param in one.params] for one in functions if not one.via}
        self._assigned: dict[int, dict[str, list[Node]]] = {}
        self._shared: dict[int, frozenset[bytes]] = {}

    def places(self, node: Node, depth: int) -> _Found:
        """Where the pointer that ``node`` gives is read from."""
        if depth > MAX_DEPTH:
            return _ELSEWHERE
        kind = node.kind_id
        if kind in _LOOKED_THROUGH:
            inner = _inside(node)
            return _ELSEWHERE if inner is None else self.places(inner, depth + 1)
        if kind == IDENTIFIER:
            return self._variable(node, depth)
        if kind == _MEMBER:
            return self._field(node, depth)
        if kind == CHOICE:
            return self._either(node, depth)
        if kind == CALL:
            handed = self._handed(node)
            return _ELSEWHERE if handed is None else self.places(handed, depth + 1)
        if kind in _NO_POINTER:
            return _Found(())
        return _ELSEWHERE

    def _either(self, node: Node, depth: int) -> _Found:
        sides = [node.child_by_field_id(number) for number in (CONSEQUENCE, ALTERNATIVE)]
        found = [_ELSEWHERE if side is None else self.places(side, depth + 1) for side in sides]
        return _joined(found)

    def _variable(self, node: Node, depth: int) -> _Found:
        name = self.scopes.text(node)
        if name == "NULL":
            return _Found(())
        declared = self.scopes.local(name, node.start_byte)
        if declared is None:
            found = self.scopes.declared(name, node.start_byte)
            return _Found((Place(name, "" if found is None else found.type),))
        values, param = self._values(name, node.start_byte), self._param(name, node.start_byte)
        own = (
            [_Found((Place(name, declared.type, (), param if not values else -1, False, True),))] if param >= 0 else []
        )
        if self._is_shared(name, node.start_byte) or not (values or own):
            return _ELSEWHERE
        return _joined([*own, *(self.places(value, depth + 1) for value in values)])

    def _field(self, node: Node, depth: int) -> _Found:
        """A member: the steps down to it from the variable or call it starts at."""
        steps: list[str] = []
        at: Node | None = node
        while at is not None and (kind := at.kind_id) != IDENTIFIER:
            if kind == _MEMBER:
                steps.append(self.scopes.text(at.child_by_field_id(_FIELD)))
                at = at.child_by_field_id(ARGUMENT)
            elif kind == CALL and (handed := self._handed(at)) is not None:
                at = handed
            elif kind in (CALL, _CAST):
                break
            else:
                at = _inside(at)
        if at is None:
            return _ELSEWHERE
        return self._rooted(at, tuple(reversed(steps)))

    def _rooted(self, at: Node, path: tuple[str, ...]) -> _Found:
        text = self.scopes.text
        if at.kind_id == _CAST:
            return _Found((Place("", base_type(text(at.child_by_field_id(TYPE))), path, local=True),))
        if at.kind_id == CALL:
            callee = text(at.child_by_field_id(FUNCTION))
            kind = _TYPED.search(text(at)) if callee in TYPED_READS else None
            if kind is not None:
                return _Found((Place("", base_type(kind[0]), path, local=True),))
            return _Found((Place(callee, "", path, called=True),)) if callee.isidentifier() else _ELSEWHERE
        name = text(at)
        local = self.scopes.local(name, at.start_byte)
        if local is None:
            found = self.scopes.declared(name, at.start_byte)
            return _Found((Place(name, "" if found is None else found.type, path),))
        kept = not self._values(name, at.start_byte) and not self._is_shared(name, at.start_byte)
        param = self._param(name, at.start_byte) if kept else -1
        return _Found((Place(name, local.type, path, param, False, True),))

    def _handed(self, call: Node) -> Node | None:
        """The argument whose value the call hands through, None when it does not."""
        arguments = call.child_by_field_id(ARGUMENTS)
        if self.scopes.text(call.child_by_field_id(FUNCTION)) not in POINTER_READS or arguments is None:
            return None
        return next(iter(arguments.named_children), None)

    # -- the function around

    def _param(self, name: str, offset: int) -> int:
        function = self.scopes.functions[self.scopes.function_at(offset)]
        body = function.child_by_field_id(BODY)
        names = self.params.get(body.start_byte, []) if body is not None else []
        return names.index(name) if name in names else -1

    def _is_shared(self, name: str, offset: int) -> bool:
        """Whether the address of local ``name`` is taken."""
        number = self.scopes.function_at(offset)
        if number not in self._shared:
            function = self.scopes.functions[number]
            text = self.scopes.data[function.start_byte : function.end_byte]
            self._shared[number] = frozenset(_ADDRESS.findall(text))
        return name.encode() in self._shared[number]

    def _values(self, name: str, offset: int) -> list[Node]:
        """Everything that the function assigns to its variable ``name``."""
        number = self.scopes.function_at(offset)
        if number not in self._assigned:
            found = captures(self.scopes.functions[number], "facts/assigned")
            known: dict[str, list[Node]] = {}
            for value in found.get("value", ()):
                parent = value.parent
                left = parent and (parent.child_by_field_id(LEFT) or parent.child_by_field_id(DECLARATOR))
                if left is not None:
                    known.setdefault(self.scopes.declarator(left)[0], []).append(value)
            self._assigned[number] = known
        return self._assigned[number].get(name, [])


def _inside(node: Node) -> Node | None:
    """The operand of a parenthesis, a star, a cast or a subscript."""
    for number in (ARGUMENT, VALUE):
        inner = node.child_by_field_id(number)
        if inner is not None:
            return inner
    named = [child for child in node.named_children if child.kind_id != COMMENT]
    return named[0] if len(named) == 1 else None


def _joined(found: Sequence[_Found]) -> _Found:
    places = dict.fromkeys(place for one in found for place in one.places)
    return _Found(tuple(places), all(one.complete for one in found))
