"""Expressions to compact form; operators that decide (&&, ||, ?:, !) become tests."""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from kscan.facts.lower.emit import Emitter
from kscan.facts.words import CONFIG_TESTS, TRANSPARENT, WARNINGS
from kscan.model.code import Binary, Call, Cast, Do, Expr, Name, Num, Opaque, Ret, Set, Store, Unary

_BLANKS = re.compile(rb"\s+")
_COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})
_ESCAPES = {"n": 10, "t": 9, "0": 0, "r": 13, "\\": 92, "'": 39, '"': 34, "a": 7, "b": 8, "f": 12, "v": 11, "e": 27}
_RETURNED = re.compile(r"return\s*\(?\s*(-?)\s*(\w+)\s*\)?\Z")
MAX_DEPTH = 200
"""Nesting beyond which an expression is taken as opaque, well inside Python's own recursion limit."""


def text_of(e: Emitter, node: Node) -> str:
    """The author's text of ``node`` with blanks collapsed."""
    return _BLANKS.sub(b" ", e.original[node.start_byte : node.end_byte]).decode("latin-1")


def unwrap(node: Node) -> Node:
    """``node`` without the parentheses around it."""
    while node.type == "parenthesized_expression":
        inner = [child for child in node.named_children if child.type != "comment"]
        if len(inner) != 1:
            break
        node = inner[0]
    return node


def field(node: Node, name: str) -> Node | None:
    return node.child_by_field_name(name)


def parse_number(text: str) -> int | None:
    """The value of a C integer literal, None when it is none (a float, say)."""
    bare = text.rstrip("uUlL").replace("'", "")
    try:
        if bare[:1] == "0" and bare[1:].isdigit():
            return int(bare, 8)
        return int(bare, 0)
    except ValueError:
        return None


def parse_char(text: str) -> int | None:
    """The value of a character literal."""
    inner = text.strip("'") if not text.startswith("'\\'") else "\\'"
    if len(inner) == 1:
        return ord(inner)
    if inner.startswith("\\"):
        if inner[1:2] == "x":
            return int(inner[2:] or "0", 16)
        if inner[1:].isdigit():
            return int(inner[1:], 8)
        return _ESCAPES.get(inner[1:])
    return None


def expression(e: Emitter, node: Node, depth: int = 0) -> Expr:
    """The value of ``node``; side effects are emitted in order before it is used."""
    node = unwrap(node)
    if depth > MAX_DEPTH:
        e.gaps.append((node.start_byte, "expression nested too deeply"))
        return Opaque("...")
    handler = _EXPRESSIONS.get(node.type)
    return handler(e, node, depth + 1) if handler else Opaque(text_of(e, node))


def is_decision(node: Node) -> bool:
    """Whether the value of ``node`` is decided by tests: a logical operator, a comparison or a negation."""
    node = unwrap(node)
    if node.type == "binary_expression":
        operator = field(node, "operator")
        return operator is not None and (operator.type in _COMPARISONS or operator.type in {"&&", "||"})
    if node.type == "unary_expression":
        operator = field(node, "operator")
        return operator is not None and operator.type == "!"
    return False


def condition(e: Emitter, node: Node, then: int, other: int, kind: str = "if", depth: int = 0) -> None:
    """Emits tests that go to ``then`` when ``node`` is non-zero, else to ``other``."""
    node = unwrap(node)
    if depth > MAX_DEPTH:
        e.test(Opaque("..."), then, other, node.start_byte, node.end_byte)
        return
    if node.type == "binary_expression" and _logical(e, node, then, other, kind, depth):
        return
    if node.type == "unary_expression" and (operator := field(node, "operator")) and operator.type == "!":
        argument = field(node, "argument")
        if argument is not None:
            condition(e, argument, other, then, kind, depth + 1)
            return
    if node.type == "conditional_expression" and _chosen(e, node, then, other, kind, depth):
        return
    if node.type == "call_expression" and (inner := transparent(e, node)) is not None:
        condition(e, inner, then, other, "warn" if _warns(e, node) else kind, depth + 1)
        return
    value = expression(e, node, depth)
    if isinstance(value, Call) and value.callee in CONFIG_TESTS:
        e.test(Opaque(text_of(e, node)), then, other, node.start_byte, node.end_byte, "config")
        return
    e.test(value, then, other, node.start_byte, node.end_byte, kind)  # type: ignore[arg-type]


def _logical(e: Emitter, node: Node, then: int, other: int, kind: str, depth: int) -> bool:
    operator, left, right = field(node, "operator"), field(node, "left"), field(node, "right")
    if operator is None or left is None or right is None or operator.type not in {"&&", "||"}:
        return False
    middle = e.label()
    if operator.type == "&&":
        condition(e, left, middle, other, kind, depth + 1)
    else:
        condition(e, left, then, middle, kind, depth + 1)
    e.place(middle)
    condition(e, right, then, other, kind, depth + 1)
    return True


def _chosen(e: Emitter, node: Node, then: int, other: int, kind: str, depth: int) -> bool:
    test, first, second = field(node, "condition"), field(node, "consequence"), field(node, "alternative")
    if test is None or second is None or first is None:
        return False
    yes, no = e.label(), e.label()
    condition(e, test, yes, no, "?:", depth + 1)
    e.place(yes)
    condition(e, first, then, other, kind, depth + 1)
    e.place(no)
    condition(e, second, then, other, kind, depth + 1)
    return True


def transparent(e: Emitter, node: Node) -> Node | None:
    """The argument that a call such as ``unlikely(x)`` hands through, or None for any other call."""
    function, arguments = field(node, "function"), field(node, "arguments")
    if function is None or arguments is None or function.type != "identifier":
        return None
    if text_of(e, function) not in TRANSPARENT or e.scopes.find(text_of(e, function)):
        return None
    inner = [child for child in arguments.named_children if child.type != "comment"]
    return inner[0] if inner else None


def _warns(e: Emitter, node: Node) -> bool:
    function = field(node, "function")
    return function is not None and text_of(e, function) in WARNINGS


def _identifier(e: Emitter, node: Node, depth: int) -> Expr:
    name = text_of(e, node)
    unique = e.scopes.find(name)
    if unique:
        return Name(unique)
    if name in {"true", "false", "NULL"}:
        return Num(int(name == "true"), name)
    return Name(name)


def _number(e: Emitter, node: Node, depth: int) -> Expr:
    text = text_of(e, node)
    value = parse_char(text) if node.type == "char_literal" else parse_number(text)
    return Opaque(text) if value is None else Num(value, text)


def _constant(e: Emitter, node: Node, depth: int) -> Expr:
    return Num(int(node.type == "true"), text_of(e, node))


def _unary(e: Emitter, node: Node, depth: int) -> Expr:
    operator, argument = field(node, "operator"), field(node, "argument")
    if operator is None or argument is None:
        return Opaque(text_of(e, node))
    if operator.type == "!":
        return decided(e, node, depth)
    value = expression(e, argument, depth)
    if operator.type == "+":
        return value
    if operator.type == "-" and isinstance(value, Num):
        return Num(-value.value, "-" + value.text)
    return Unary(operator.type, value)


def _pointer(e: Emitter, node: Node, depth: int) -> Expr:
    operator, argument = field(node, "operator"), field(node, "argument")
    if operator is None or argument is None:
        return Opaque(text_of(e, node))
    inner = unwrap(argument)
    if operator.type == "&":
        if inner.type == "identifier" and (unique := e.scopes.find(text_of(e, inner))):
            e.escaped.add(unique)
        return Opaque(text_of(e, node))
    expression(e, argument, depth)
    return Opaque(text_of(e, node))


def _binary(e: Emitter, node: Node, depth: int) -> Expr:
    operator, left, right = field(node, "operator"), field(node, "left"), field(node, "right")
    if operator is None or left is None or right is None:
        return Opaque(text_of(e, node))
    if operator.type in {"&&", "||"}:
        return decided(e, node, depth)
    return Binary(operator.type, expression(e, left, depth), expression(e, right, depth))


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
    test, first, second = field(node, "condition"), field(node, "consequence"), field(node, "alternative")
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


def _assignment(e: Emitter, node: Node, depth: int) -> Expr:
    left, right, operator = field(node, "left"), field(node, "right"), field(node, "operator")
    if left is None or right is None or operator is None:
        return Opaque(text_of(e, node))
    target = unwrap(left)
    unique = e.scopes.find(text_of(e, target)) if target.type == "identifier" else None
    if unique is None:
        place = text_of(e, left)
        value = e.keep(expression(e, right, depth), right.start_byte, right.end_byte)
        e.emit(Store(place, value, node.start_byte, node.end_byte))
        return value
    assign(e, unique, right, node, operator.type[:-1], depth)
    return Name(unique)


def assign(e: Emitter, target: str, right: Node, whole: Node, operator: str = "", depth: int = 0) -> None:
    """Emits ``target = right`` (or ``target operator= right``); a choice is emitted as one assignment per side."""
    if depth > MAX_DEPTH:
        e.gaps.append((right.start_byte, "expression nested too deeply"))
        e.emit(Set(target, Opaque("..."), whole.start_byte, whole.end_byte))
        return
    if not operator and is_decision(right):
        _assign_sides(e, target, unwrap(right), None, None, whole, depth)
        return
    bare = unwrap(right)
    first, second = field(bare, "consequence"), field(bare, "alternative")
    if not operator and bare.type == "conditional_expression" and first is not None and second is not None:
        test = field(bare, "condition")
        if test is not None:
            _assign_sides(e, target, test, first, second, whole, depth)
            return
    value = expression(e, right, depth)
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
    argument, operator = field(node, "argument"), field(node, "operator")
    if argument is None or operator is None:
        return Opaque(text_of(e, node))
    target = unwrap(argument)
    unique = e.scopes.find(text_of(e, target)) if target.type == "identifier" else None
    if unique is None:
        return Opaque(text_of(e, node))
    changed = Binary(operator.type[0], Name(unique), Num(1, "1"))
    if operator.start_byte < argument.start_byte or _value_unused(node):
        e.emit(Set(unique, changed, node.start_byte, node.end_byte))
        return Name(unique)
    before = e.temp(e.scopes.types.get(unique, ""))
    e.emit(Set(before, Name(unique), node.start_byte, node.end_byte))
    e.emit(Set(unique, changed, node.start_byte, node.end_byte))
    return Name(before)


def _value_unused(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type in {"expression_statement", "for_statement", "comma_expression"}


def _call(e: Emitter, node: Node, depth: int) -> Expr:
    inner = transparent(e, node)
    if inner is not None:
        return expression(e, inner, depth)
    function, arguments = field(node, "function"), field(node, "arguments")
    if function is None or arguments is None:
        return Opaque(text_of(e, node))
    args = tuple(_argument(e, child, depth) for child in arguments.named_children if child.type != "comment")
    callee = unwrap(function)
    name = text_of(e, callee)
    if callee.type == "identifier" and e.scopes.find(name) is None:
        return Call(name, args, node.start_byte, node.end_byte)
    if callee.type == "call_expression":
        return Call("", args, node.start_byte, node.end_byte, name)
    return Call("", args, node.start_byte, node.end_byte, name)


def _argument(e: Emitter, node: Node, depth: int) -> Expr:
    """An argument; the address of a local is kept as such, for the callee may write through it."""
    bare = unwrap(node)
    if bare.type == "identifier" and _leaves(e, bare):
        return Opaque(text_of(e, bare))
    if bare.type == "pointer_expression" and (argument := field(bare, "argument")) is not None:
        inner = unwrap(argument)
        operator = field(bare, "operator")
        if operator is not None and operator.type == "&" and inner.type == "identifier":
            unique = e.scopes.find(text_of(e, inner))
            if unique:
                return Unary("&", Name(unique))
    return expression(e, node, depth)


def _leaves(e: Emitter, node: Node) -> bool:
    """Whether a macro is handed a way out: a label to jump to, or a whole ``return`` statement."""
    name = text_of(e, node)
    returned = _RETURNED.match(name)
    if returned is None and (name not in e.written_labels or e.scopes.find(name) is not None):
        return False
    on = e.label()
    out = e.named(name) if returned is None else e.label()
    e.test(Opaque(name), out, on, node.start_byte, node.end_byte)
    if returned is not None:
        e.place(out)
        sign, word = returned.groups()
        value: Expr = Num(parse_number(word) or 0, word) if word[0].isdigit() else Name(word)
        e.emit(Ret(Unary("-", value) if sign else value, node.start_byte, node.end_byte))
    e.place(on)
    return True


def _cast(e: Emitter, node: Node, depth: int) -> Expr:
    kind, value = field(node, "type"), field(node, "value")
    if kind is None or value is None:
        return Opaque(text_of(e, node))
    return Cast(text_of(e, kind), expression(e, value, depth))


def _comma(e: Emitter, node: Node, depth: int) -> Expr:
    left, right = field(node, "left"), field(node, "right")
    if left is None or right is None:
        return Opaque(text_of(e, node))
    effect(e, left, depth)
    return expression(e, right, depth)


def effect(e: Emitter, node: Node, depth: int = 0) -> None:
    """Evaluates ``node`` for what it does."""
    value = expression(e, node, depth)
    while isinstance(value, Cast):
        value = value.operand
    if isinstance(value, Call):
        e.emit(Do(value, node.start_byte, node.end_byte))


def _statement_expression(e: Emitter, node: Node, depth: int) -> Expr:
    """A GNU statement expression: its statements run, the last one is the value."""
    return e.block_value(e, node, depth)


_EXPRESSIONS: dict[str, Callable[[Emitter, Node, int], Expr]] = {
    "identifier": _identifier,
    "number_literal": _number,
    "char_literal": _number,
    "true": _constant,
    "false": _constant,
    "null": _constant,
    "unary_expression": _unary,
    "pointer_expression": _pointer,
    "binary_expression": _binary,
    "conditional_expression": _conditional,
    "assignment_expression": _assignment,
    "update_expression": _update,
    "call_expression": _call,
    "cast_expression": _cast,
    "comma_expression": _comma,
    "compound_statement": _statement_expression,
}
