"""Expressions to compact form; operators that decide (&&, ||, ?:, !) become tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from tree_sitter import Node

from kscan.dialect.conditions import CONFIG_TESTS
from kscan.facts.lower.emit import Emitter
from kscan.facts.lower.grammar import (
    ADDRESS_OF,
    ALTERNATIVE,
    AND,
    ARGUMENT,
    ARGUMENTS,
    BINARY,
    CALL,
    CHOICE,
    COMMA,
    COMMENT,
    COMPARISONS,
    CONDITION,
    CONSEQUENCE,
    FOR,
    FUNCTION,
    IDENTIFIER,
    LEFT,
    LOGICAL,
    NOT,
    OPERATOR,
    PAIR,
    PARENTHESES,
    POINTER,
    RIGHT,
    SPELT,
    TYPE,
    UNARY,
    UNUSED,
    VALUE,
    by_kind,
)
from kscan.facts.lower.literals import parse_char, parse_number
from kscan.facts.lower.nodes import children_of, unwrap, without_comments
from kscan.facts.words import ERROR_TESTS, TRANSPARENT, TYPE_NAMES, WARNINGS
from kscan.model.code import Binary, Call, Cast, Do, Expr, Name, Num, Opaque, Ret, Set, Store, TestKind, Unary
from kscan.model.instr import in_64_bits
from kscan.model.regex import regex

_BLANKS: Final = regex(r"[ \t\n\r\f\v]+")
_ODD: Final = regex(r"[\r\f\v]")
_JUMP: Final = regex(r"(return|goto)\b\s*(.*)\Z", re.DOTALL)
_RETURNED: Final = regex(r"(?:ERR_PTR\s*)?\(?\s*(-?)\s*(\w+)\s*\)?\Z")
MAX_DEPTH: Final = 200
"""Nesting beyond which an expression is taken as opaque, well inside Python's own recursion limit."""


def text_of(e: Emitter, node: Node) -> str:
    """The author's text of ``node`` with blanks collapsed."""
    text = e.text[node.start_byte : node.end_byte]
    if text.isidentifier():
        return text
    if "  " in text or "\n" in text or "\t" in text or (e.odd and _ODD.search(text)):
        return _BLANKS.sub(" ", text)
    return text


def expression(e: Emitter, node: Node, depth: int = 0) -> Expr:
    """The value of ``node``; side effects are emitted in order before it is used."""
    kind = node.kind_id
    if kind == PARENTHESES:
        node = unwrap(node)
        kind = node.kind_id
    return _valued(e, node, kind, depth)


def _valued(e: Emitter, node: Node, kind: int, depth: int) -> Expr:
    """The value of ``node``, of this ``kind`` and without parentheses around it."""
    if depth > MAX_DEPTH:
        e.gaps.append((node.start_byte, "expression nested too deeply"))
        return Opaque("...")
    handler = _EXPRESSIONS.get(kind)
    return Opaque(text_of(e, node)) if handler is None else handler(e, node, depth + 1)


def is_decision(e: Emitter, bare: Node) -> bool:
    """Whether the value of ``bare``, which has no parentheses around it, is decided by tests: a logical operator, a
    comparison, a negation or a look at an error pointer."""
    kind = bare.kind_id
    if kind == BINARY:
        operator = bare.child_by_field_id(OPERATOR)
        return operator is not None and (operator.kind_id in COMPARISONS or operator.kind_id in LOGICAL)
    if kind == UNARY:
        operator = bare.child_by_field_id(OPERATOR)
        return operator is not None and operator.kind_id == NOT
    if kind == CALL:
        return e.data[bare.start_byte] in _TESTS_BEGIN and _callee(e, bare) in ERROR_TESTS
    return False


_TESTS_BEGIN: Final = frozenset([word[0] for word in ERROR_TESTS])


def _callee(e: Emitter, call: Node) -> bytes:
    """What is called, as it was parsed. (A node's own text is copied from all of the file.)"""
    function = call.child_by_field_id(FUNCTION)
    return b"" if function is None else e.data[function.start_byte : function.end_byte]


def condition(e: Emitter, node: Node, then: int, other: int, kind: TestKind = "if", depth: int = 0) -> None:
    """Emits tests that go to ``then`` when ``node`` is non-zero, else to ``other``."""
    node = unwrap(node)
    if depth > MAX_DEPTH:
        e.test(Opaque("..."), then, other, node.start_byte, node.end_byte)
        return
    way = _CONDITIONS.get(node.kind_id)
    if way is not None and way(e, node, then, other, kind, depth):
        return
    value = expression(e, node, depth)
    if type(value) is Call and value.callee in CONFIG_TESTS:
        e.test(Opaque(text_of(e, node)), then, other, node.start_byte, node.end_byte, "config")
        return
    e.test(value, then, other, node.start_byte, node.end_byte, kind)


def _logical(e: Emitter, node: Node, then: int, other: int, kind: TestKind, depth: int) -> bool:
    operator, left, right = (
        node.child_by_field_id(OPERATOR),
        node.child_by_field_id(LEFT),
        node.child_by_field_id(RIGHT),
    )
    if operator is None or left is None or right is None:
        return False
    which = operator.kind_id
    if which not in LOGICAL:
        value = Binary(SPELT[which], expression(e, left, depth + 1), expression(e, right, depth + 1))
        e.test(value, then, other, node.start_byte, node.end_byte, kind)
        return True
    middle = e.label()
    if which == AND:
        condition(e, left, middle, other, "if" if kind == "warn" else kind, depth + 1)
    else:
        condition(e, left, then, middle, "if" if kind == "unwarn" else kind, depth + 1)
    e.place(middle)
    condition(e, right, then, other, kind, depth + 1)
    return True


_OPPOSITE: Final[dict[TestKind, TestKind]] = {"warn": "unwarn", "unwarn": "warn"}


def _negated(e: Emitter, node: Node, then: int, other: int, kind: TestKind, depth: int) -> bool:
    operator, argument = node.child_by_field_id(OPERATOR), node.child_by_field_id(ARGUMENT)
    if operator is None or operator.kind_id != NOT or argument is None:
        return False
    condition(e, argument, other, then, _OPPOSITE.get(kind, kind), depth + 1)
    return True


def _handed_through(e: Emitter, node: Node, then: int, other: int, kind: TestKind, depth: int) -> bool:
    function = node.child_by_field_id(FUNCTION)
    if function is None or function.kind_id != IDENTIFIER:
        return False
    name = text_of(e, function)
    inner = _handed(e, name, node.child_by_field_id(ARGUMENTS)) if name in TRANSPARENT else None
    if inner is not None:
        condition(e, inner, then, other, "warn" if name in WARNINGS else kind, depth + 1)
    elif name in CONFIG_TESTS:
        return False
    else:
        value = called(e, node, function, name, depth + 1)
        e.test(value, then, other, node.start_byte, node.end_byte, kind)
    return True


def _chosen(e: Emitter, node: Node, then: int, other: int, kind: TestKind, depth: int) -> bool:
    test, first, second = (
        node.child_by_field_id(CONDITION),
        node.child_by_field_id(CONSEQUENCE),
        node.child_by_field_id(ALTERNATIVE),
    )
    if test is None or second is None or first is None:
        return False
    yes, no = e.label(), e.label()
    condition(e, test, yes, no, "?:", depth + 1)
    e.place(yes)
    condition(e, first, then, other, kind, depth + 1)
    e.place(no)
    condition(e, second, then, other, kind, depth + 1)
    return True


def _handed(e: Emitter, callee: str, arguments: Node | None) -> Node | None:
    if callee not in TRANSPARENT or arguments is None or e.scopes.find(callee):
        return None
    inner = without_comments(children_of(arguments))
    return inner[0] if inner else None


def _identifier(e: Emitter, node: Node, depth: int) -> Expr:
    if e.watched:
        e.seen.add(node.start_byte)
    return _named(e, text_of(e, node))


def _named(e: Emitter, name: str) -> Expr:
    unique = e.scopes.find(name)
    if unique:
        return Name(unique)
    if name == "NULL" or name == "true" or name == "false":
        return Num(int(name == "true"), name)
    return Name(name)


def _number(e: Emitter, node: Node, depth: int) -> Expr:
    text = text_of(e, node)
    value = parse_number(text)
    if value is None:  # the author asks for an option, and the mask has answered
        text = e.data[node.start_byte : node.end_byte].decode("ascii", "replace")
        value = parse_number(text)
    return Opaque(text) if value is None else Num(value, text)


def _character(e: Emitter, node: Node, depth: int) -> Expr:
    text = text_of(e, node)
    value = parse_char(text)
    return Opaque(text) if value is None else Num(value, text)


def _true(e: Emitter, node: Node, depth: int) -> Expr:
    return Num(1, text_of(e, node))


def _zero(e: Emitter, node: Node, depth: int) -> Expr:
    return Num(0, text_of(e, node))


def _unary(e: Emitter, node: Node, depth: int) -> Expr:
    operator, argument = node.child_by_field_id(OPERATOR), node.child_by_field_id(ARGUMENT)
    if operator is None or argument is None:
        return Opaque(text_of(e, node))
    if operator.kind_id == NOT:
        return decided(e, node, depth)
    return _signed(SPELT[operator.kind_id], expression(e, argument, depth))


def _signed(op: str, value: Expr) -> Expr:
    if op == "+":
        return value
    if op == "-" and type(value) is Num:
        return Num(in_64_bits(-value.value), "-" + value.text)
    return Unary(op, value)


def _pointer(e: Emitter, node: Node, depth: int) -> Expr:
    operator, argument = node.child_by_field_id(OPERATOR), node.child_by_field_id(ARGUMENT)
    if operator is None or argument is None:
        return Opaque(text_of(e, node))
    _pointed(e, operator, argument, depth)
    return opaque(e, node, depth)


def _pointed(e: Emitter, operator: Node, argument: Node, depth: int) -> None:
    """Notes what an address, or what stands at one, says of the ``argument``."""
    if operator.kind_id == ADDRESS_OF:
        inner = unwrap(argument)
        if inner.kind_id == IDENTIFIER and (unique := e.scopes.find(text_of(e, inner))):
            e.escaped.add(unique)
    elif argument.kind_id == IDENTIFIER:
        _identifier(e, argument, depth)


def _binary(e: Emitter, node: Node, depth: int) -> Expr:
    operator, left, right = (
        node.child_by_field_id(OPERATOR),
        node.child_by_field_id(LEFT),
        node.child_by_field_id(RIGHT),
    )
    if operator is None or left is None or right is None:
        return Opaque(text_of(e, node))
    which = operator.kind_id
    if which in LOGICAL:
        return decided(e, node, depth)
    if left.kind_id == PARENTHESES and SPELT[which] in "-+*&" and (kind := _type_in(e, left)):
        return Cast(kind, _cast_operand(e, node, operator, right, depth))
    return Binary(SPELT[which], expression(e, left, depth), expression(e, right, depth))


def _type_in(e: Emitter, node: Node) -> str:
    """The type where ``node`` is one in parentheses that the grammar does not know for one; else ""."""
    inner = unwrap(node)
    name = text_of(e, inner) if inner.kind_id == IDENTIFIER else ""
    return name if name and TYPE_NAMES.match(name) and e.scopes.find(name) is None else ""


def _cast_operand(e: Emitter, node: Node, operator: Node, operand: Node, depth: int) -> Expr:
    """What is cast in a ``node`` that looks like two operands, the first of which is a type."""
    op = SPELT[operator.kind_id]
    if op in "-+":
        return _signed(op, expression(e, operand, depth))
    _pointed(e, operator, operand, depth)
    return opaque(e, node, depth)


def decided(e: Emitter, node: Node, depth: int = 0) -> Name:
    """A variable that holds 1 or 0 as the tests of ``node`` decide."""
    return choose(e, node, None, None, depth)


def choose(e: Emitter, test: Node, first: Node | None, second: Node | None, depth: int) -> Name:
    """A variable that holds ``first`` when ``test`` holds, else ``second`` (1 and 0 where they are None)."""
    name, yes, no, done = e.temp("int"), e.label(), e.label(), e.label()
    condition(e, test, yes, no, "?:", depth)
    for label, node, default in ((yes, first, 1), (no, second, 0)):
        e.place(label)
        value = Num(default, str(default)) if node is None else expression(e, node, depth)
        where = node or test
        e.emit(Set(name, value, where.start_byte, where.end_byte))
        e.jump(done)
    e.place(done)
    return Name(name)


def _conditional(e: Emitter, node: Node, depth: int) -> Expr:
    test, first, second = (
        node.child_by_field_id(CONDITION),
        node.child_by_field_id(CONSEQUENCE),
        node.child_by_field_id(ALTERNATIVE),
    )
    if test is None or second is None:
        return Opaque(text_of(e, node))
    if first is not None:
        return choose(e, test, first, second, depth)
    name, yes, no, done = e.temp(), e.label(), e.label(), e.label()
    e.emit(Set(name, expression(e, test, depth), test.start_byte, test.end_byte))
    e.test(Name(name), yes, no, test.start_byte, test.end_byte, "?:")
    e.place(no)
    e.emit(Set(name, expression(e, second, depth), second.start_byte, second.end_byte))
    e.jump(done)
    e.place(yes)
    e.jump(done)
    e.place(done)
    return Name(name)


_ASSIGNS: Final = regex(r"[^=!<>]=[^=]", re.DOTALL)


def _acts(text: str) -> bool:
    """Whether an expression may do something beside having a value: count, write through an address, assign."""
    if "++" in text or "--" in text or ("=" in text and _ASSIGNS.search(text) is not None):
        return True
    opening = text.find("(")
    return opening >= 0 and text.find("&", opening) >= 0


def opaque(e: Emitter, node: Node, depth: int = 0) -> Opaque:
    """A place or a value in braces, which is not looked into; what evaluating it does is emitted."""
    text = text_of(e, node)
    if _acts(text):
        seen = e.seen.copy()
        for child in node.named_children:
            if child.kind_id == PAIR:
                opaque(e, child, depth)
            elif child.kind_id in _EXPRESSIONS or child.kind_id == PARENTHESES:
                effect(e, child, depth)
        e.seen = seen  # what becomes of a name here is not told
    return Opaque(text)


def _assignment(e: Emitter, node: Node, depth: int) -> Expr:
    left, right, operator = (
        node.child_by_field_id(LEFT),
        node.child_by_field_id(RIGHT),
        node.child_by_field_id(OPERATOR),
    )
    if left is None or right is None or operator is None:
        return Opaque(text_of(e, node))
    target = unwrap(left)
    named = target.kind_id == IDENTIFIER
    unique = e.scopes.find(text_of(e, target)) if named else None
    if unique is None:
        place = text_of(e, left)
        if not named:
            opaque(e, target, depth)
        written, spelt = expression(e, right, depth), SPELT[operator.kind_id]
        if e.watched and _is_seen_through(e, target):
            place = text_of(e, target)
            if spelt != "=":
                written = Binary(spelt[:-1], Opaque(place), written)
        value = e.keep(written, right.start_byte, right.end_byte)
        e.emit(Store(place, value, node.start_byte, node.end_byte))
        if spelt != "=":
            e.touch()
        return value
    assign(e, unique, right, node, SPELT[operator.kind_id][:-1], depth)
    return Name(unique)


def _is_seen_through(e: Emitter, target: Node) -> bool:
    """Whether ``target`` is what a watched parameter points to; it is noted."""
    text = text_of(e, target)
    if target.kind_id != POINTER or text[:1] != "*" or text[1:] not in e.watched:
        return False
    e.seen.add(target.end_byte - len(text) + 1)
    return True


def assign(e: Emitter, target: str, right: Node, whole: Node, operator: str = "", depth: int = 0) -> None:
    """Emits ``target = right`` (or ``target operator= right``); a choice is emitted as one assignment per side."""
    if depth > MAX_DEPTH:
        e.gaps.append((right.start_byte, "expression nested too deeply"))
        e.emit(Set(target, Opaque("..."), whole.start_byte, whole.end_byte))
        return
    bare = unwrap(right)
    if not operator and is_decision(e, bare):
        _assign_sides(e, target, bare, None, None, whole, depth)
        return
    if not operator and bare.kind_id == CHOICE:
        first, second = bare.child_by_field_id(CONSEQUENCE), bare.child_by_field_id(ALTERNATIVE)
        test = bare.child_by_field_id(CONDITION)
        if first is not None and second is not None and test is not None:
            _assign_sides(e, target, test, first, second, whole, depth)
            return
    value = expression(e, bare, depth)
    if operator:
        value = Binary(operator, Name(target), value)
    e.emit(Set(target, value, whole.start_byte, whole.end_byte))


def _assign_sides(
    e: Emitter, target: str, test: Node, first: Node | None, second: Node | None, whole: Node, depth: int
) -> None:
    yes, no, done = e.label(), e.label(), e.label()
    condition(e, test, yes, no, "?:", depth)
    for label, node, default in ((yes, first, 1), (no, second, 0)):
        e.place(label)
        if node is None:
            e.emit(Set(target, Num(default, str(default)), whole.start_byte, whole.end_byte))
        else:
            assign(e, target, node, whole, "", depth + 1)
        e.jump(done)
    e.place(done)


def _update(e: Emitter, node: Node, depth: int) -> Expr:
    argument, operator = node.child_by_field_id(ARGUMENT), node.child_by_field_id(OPERATOR)
    if argument is None or operator is None:
        return Opaque(text_of(e, node))
    target = unwrap(argument)
    unique = e.scopes.find(text_of(e, target)) if target.kind_id == IDENTIFIER else None
    if unique is None:
        e.touch()
        if e.watched and _value_unused(node) and _is_seen_through(e, target):
            place = text_of(e, target)
            written = Binary(SPELT[operator.kind_id][0], Opaque(place), Num(1, "1"))
            e.emit(Store(place, e.keep(written, node.start_byte, node.end_byte), node.start_byte, node.end_byte))
        return Opaque(text_of(e, node))
    changed = Binary(SPELT[operator.kind_id][0], Name(unique), Num(1, "1"))
    if operator.start_byte < argument.start_byte or _value_unused(node):
        e.emit(Set(unique, changed, node.start_byte, node.end_byte))
        return Name(unique)
    before = e.temp(e.scopes.types.get(unique, ""))
    e.emit(Set(before, Name(unique), node.start_byte, node.end_byte))
    e.emit(Set(unique, changed, node.start_byte, node.end_byte))
    return Name(before)


def _value_unused(node: Node) -> bool:
    parent = node.parent
    if parent is None or parent.kind_id not in UNUSED:
        return False
    if parent.kind_id == COMMA and parent.child_by_field_id(RIGHT) == node:
        return _value_unused(parent)
    return parent.kind_id != FOR or parent.child_by_field_id(CONDITION) != node


def _call(e: Emitter, node: Node, depth: int) -> Expr:
    function = node.child_by_field_id(FUNCTION)
    return Opaque(text_of(e, node)) if function is None else called(e, node, function, text_of(e, function), depth)


def called(e: Emitter, node: Node, function: Node, name: str, depth: int) -> Expr:
    """The value of the call ``node`` of ``function``, whose text is ``name``."""
    arguments = node.child_by_field_id(ARGUMENTS)
    if arguments is None:
        return Opaque(text_of(e, node))
    plain = function.kind_id == IDENTIFIER
    if plain:
        inner = _handed(e, name, arguments) if name in TRANSPARENT else None
        if inner is not None:
            return expression(e, inner, depth)
    else:
        callee = unwrap(function)
        plain, name = callee.kind_id == IDENTIFIER, text_of(e, callee)
        kind = _type_in(e, callee) if plain else ""
        operands = without_comments(children_of(arguments)) if kind else ()
        if len(operands) == 1:
            return Cast(kind, expression(e, operands[0], depth))
    args = _arguments(e, arguments, depth)
    if e.watched:
        for arg in args:
            if type(arg) is Name and arg.name in e.watched:
                e.handed.add((node.start_byte, arg.name))
    if plain and e.scopes.find(name) is None:
        return Call(name, args, node.start_byte, node.end_byte)
    return Call("", args, node.start_byte, node.end_byte, name)


def _arguments(e: Emitter, listed: Node, depth: int) -> tuple[Expr, ...]:
    args: list[Expr] = []
    for child in children_of(listed):
        kind = child.kind_id
        if kind != COMMENT:
            args.append(_argument(e, child, kind, depth))
    return tuple(args)


def _argument(e: Emitter, bare: Node, kind: int, depth: int) -> Expr:
    """An argument of this ``kind``; the address of a local is kept as such, for the callee may write through it."""
    if kind == PARENTHESES:
        bare = unwrap(bare)
        kind = bare.kind_id
    if kind == IDENTIFIER:
        name = text_of(e, bare)
        if e.watched:
            e.seen.add(bare.start_byte)
        return Opaque(name) if leaves(e, bare, name) else _named(e, name)
    if kind == POINTER and (argument := bare.child_by_field_id(ARGUMENT)) is not None:
        operator = bare.child_by_field_id(OPERATOR)
        inner = unwrap(argument)
        if operator is not None and operator.kind_id == ADDRESS_OF and inner.kind_id == IDENTIFIER:
            unique = e.scopes.find(text_of(e, inner))
            if unique:
                return Unary("&", Name(unique))
    return _valued(e, bare, kind, depth)


def leaves(e: Emitter, node: Node, name: str) -> bool:
    """Whether a macro is handed a way out: a label to jump to, or a whole ``goto`` or ``return`` statement."""
    jump = _JUMP.match(name) if name.startswith(("return", "goto")) else None
    if jump is None and (name not in e.written_labels or e.scopes.find(name) is not None):
        return False
    returned = jump is not None and jump[1] == "return"
    on = e.label()
    out = e.label() if returned else e.named(name if jump is None else jump[2])
    e.test(Opaque(name), out, on, node.start_byte, node.end_byte)
    if jump is not None and returned:
        e.place(out)
        e.emit(Ret(_returned(e, jump[2]), node.start_byte, node.end_byte))
    e.place(on)
    return True


def _returned(e: Emitter, text: str) -> Expr | None:
    """The value in a ``return`` statement that a macro is handed: a name, a number, or what is not read any further."""
    found = _RETURNED.match(text)
    if found is None:
        return Opaque(text) if text else None
    sign, word = found.groups()
    number = parse_number(word) if word[0].isdigit() else None
    value: Expr = Num(number, word) if number is not None else _named(e, word)
    return Unary("-", value) if sign else value


def _cast(e: Emitter, node: Node, depth: int) -> Expr:
    kind, value = node.child_by_field_id(TYPE), node.child_by_field_id(VALUE)
    if kind is None or value is None:
        return Opaque(text_of(e, node))
    return Cast(text_of(e, kind), expression(e, value, depth))


def _comma(e: Emitter, node: Node, depth: int) -> Expr:
    left, right = node.child_by_field_id(LEFT), node.child_by_field_id(RIGHT)
    if left is None or right is None:
        return Opaque(text_of(e, node))
    effect(e, left, depth)
    return expression(e, right, depth)


def effect(e: Emitter, node: Node, depth: int = 0) -> None:
    """Evaluates ``node`` for what it does."""
    dropped(e, node, expression(e, node, depth))


def dropped(e: Emitter, node: Node, value: Expr) -> None:
    """Emits what is left to do of ``node``, whose ``value`` nobody wants."""
    while type(value) is Cast:
        value = value.operand
    if type(value) is Call:
        e.emit(Do(value, node.start_byte, node.end_byte))


def _statement_expression(e: Emitter, node: Node, depth: int) -> Expr:
    """A GNU statement expression: its statements run, the last one is the value."""
    return e.block_value(e, node, depth)


_CONDITIONS: Final[dict[int, Callable[[Emitter, Node, int, int, TestKind, int], bool]]] = {
    BINARY: _logical,
    UNARY: _negated,
    CHOICE: _chosen,
    CALL: _handed_through,
}

_EXPRESSIONS: Final[dict[int, Callable[[Emitter, Node, int], Expr]]] = by_kind(
    {
        "identifier": _identifier,
        "number_literal": _number,
        "char_literal": _character,
        "true": _true,
        "false": _zero,
        "null": _zero,
        "unary_expression": _unary,
        "pointer_expression": _pointer,
        "binary_expression": _binary,
        "conditional_expression": _conditional,
        "assignment_expression": _assignment,
        "update_expression": _update,
        "call_expression": _call,
        "cast_expression": _cast,
        "comma_expression": _comma,
        "subscript_expression": opaque,
        "field_expression": opaque,
        "initializer_list": opaque,
        "compound_literal_expression": opaque,
        "compound_statement": _statement_expression,
    }
)
