"""Statements to compact code: branches, loops, switches, gotos and what the preprocessor cuts."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Final

from tree_sitter import Node

from kscan.facts.lower.emit import Emitter
from kscan.facts.lower.expressions import (
    assign,
    called,
    condition,
    dropped,
    effect,
    expression,
    is_decision,
    leaves,
    opaque,
    text_of,
)
from kscan.facts.lower.grammar import (
    ALTERNATIVE,
    ARGUMENTS,
    ARRAYS,
    ASM,
    BODY,
    CALL,
    CASE,
    CHOICE,
    COMMA,
    CONDITION,
    CONSEQUENCE,
    DECLARATION,
    DECLARATOR,
    ELSE_PART,
    ERROR,
    FUNCTION,
    GOTO_LABELS,
    IDENTIFIER,
    INITIAL,
    INITIALIZER,
    LABEL,
    LABEL_NAME,
    LABELED,
    LEFT,
    LIST,
    NAME,
    POINTERS,
    RIGHT,
    STATEMENT,
    STORAGE,
    SWITCH,
    TYPE,
    UPDATE,
    VALUE,
    by_kind,
)
from kscan.facts.lower.literals import labels_in
from kscan.facts.lower.nodes import children_of, unwrap, without_comments
from kscan.facts.lower.outputs import followed, watched
from kscan.facts.words import ASSERTS, CONDITIONS, GUARDS, NO_RETURN, runs_once
from kscan.model.code import Binary, Code, Expr, Havoc, Name, Num, Opaque, Ret, Set, Stop
from kscan.model.facts import Param
from kscan.model.regex import regex

_WORD: Final = regex(rb"[A-Za-z_]\w*")
_CASE: Final = regex(rb"\b(?:case|default)\b")
MAX_NESTING: Final = 150
"""Blocks nested deeper than this are a gap, not a recursion error."""


def lower_body(
    body: Node, params: Sequence[Param], masked: bytes, original: bytes, *, evaluated_anew: bool = False
) -> Code:
    """The compact code of the function whose compound statement is ``body``.

    ``masked`` are the bytes that were parsed, ``original`` the author's, of the same length: where they differ (a
    loop macro
    parsed as ``while``), the original tells what stood there. ``evaluated_anew``: it is a macro read as a function,
    whose parameters are evaluated on each turn of a loop.
    """
    e = Emitter(masked, original, _block_value)
    names = tuple(e.scopes.declare(p.name, p.type) if p.name else "" for p in params)
    e.scopes.push()
    e.written_labels = labels_in(masked, body.start_byte, body.end_byte)
    e.watched = watched(params)
    e.anew = tuple(name for name in names if name) if evaluated_anew else ()
    statement(e, body)
    return e.finish(names, body.end_byte, followed(e, body) if e.watched else e.watched)


def statement(e: Emitter, node: Node, depth: int = 0) -> None:
    """Emits the instructions of one statement."""
    if depth > MAX_NESTING:
        e.gaps.append((node.start_byte, "statements nested too deeply"))
        return
    kind = node.kind_id
    handler = _STATEMENTS.get(kind)
    if handler is not None:
        handler(e, node, depth + 1)
    elif kind == ERROR:
        e.gaps.append((node.start_byte, "not parsed"))
        e.touch()
        _statements(e, node.named_children, depth + 1)


def _statements(e: Emitter, nodes: Sequence[Node], depth: int) -> None:
    for node in nodes:
        statement(e, node, depth)


def _compound(e: Emitter, node: Node, depth: int) -> None:
    e.scopes.push()
    _statements(e, node.named_children, depth)
    e.scopes.pop()


def _block_value(e: Emitter, node: Node, depth: int) -> Expr:
    """A statement expression: everything but the last statement runs, the last one gives the value."""
    children = without_comments(node.named_children)
    e.scopes.push()
    _statements(e, children[:-1], depth)
    value: Expr = Opaque("({})")
    if children:
        last = _behind_label(e, children[-1])
        if last.kind_id in STATEMENT and last.named_children:
            value = expression(e, last.named_children[0], depth)
        else:
            statement(e, last, depth)
    e.scopes.pop()
    return value


def _behind_label(e: Emitter, node: Node) -> Node:
    """The statement that ``node`` is behind its labels, which are put down here."""
    while node.kind_id == LABELED and (label := node.child_by_field_id(LABEL)) is not None:
        inner = [child for child in without_comments(node.named_children) if child.kind_id != LABEL_NAME]
        if len(inner) != 1:
            break
        e.place(e.named(text_of(e, label)))
        node = inner[0]
    return node


def _expression_statement(e: Emitter, node: Node, depth: int) -> None:
    children = children_of(node)
    if not children:
        return
    inner = unwrap(children[0])
    kind = inner.kind_id
    if kind == ASM:
        _asm(e, inner, depth)
        return
    function = inner.child_by_field_id(FUNCTION) if kind == CALL else None
    if function is None:
        effect(e, inner)
    else:
        _called(e, inner, function)


def _called(e: Emitter, node: Node, function: Node) -> None:
    """A call as a statement; some end the path: ``BUG()``, and ``BUG_ON(x)`` when x holds."""
    name = text_of(e, function)
    arguments = node.child_by_field_id(ARGUMENTS) if name in ASSERTS else None
    if arguments is not None and arguments.named_children:
        stop, on = e.label(), e.label()
        condition(e, arguments.named_children[0], stop, on)
        e.place(stop)
        e.emit(Stop(node.start_byte))
        e.place(on)
        return
    dropped(e, node, called(e, node, function, name, 1))
    if name in NO_RETURN:
        e.emit(Stop(node.start_byte))


def _asm(e: Emitter, node: Node, depth: int) -> None:
    text = e.data[node.start_byte : node.end_byte]
    names = [e.scopes.find(word.decode()) for word in _WORD.findall(text)]
    e.emit(Havoc(tuple(sorted({name for name in names if name})), node.start_byte))
    labels = node.child_by_field_id(GOTO_LABELS)
    for label in without_comments(labels.named_children) if labels is not None else ():
        on = e.label()
        e.test(Opaque("asm goto"), e.named(text_of(e, label)), on, node.start_byte, node.end_byte)
        e.place(on)


def _declaration(e: Emitter, node: Node, depth: int) -> None:
    kind = node.child_by_field_id(TYPE)
    base = text_of(e, kind) if kind is not None else ""
    declarators = node.children_by_field_id(DECLARATOR)
    static = bool(declarators) and _is_static(e, node, declarators[0])
    for declarator in declarators:
        _declarator(e, declarator, base, static)


def _is_static(e: Emitter, node: Node, declarator: Node) -> bool:
    if e.data.find(b"static", node.start_byte, declarator.start_byte) < 0:
        return False
    return any([child.kind_id == STORAGE and _spelt(e, child) == b"static" for child in node.children])


def _spelt(e: Emitter, node: Node) -> bytes:
    """The text of ``node`` as it was parsed."""
    return e.data[node.start_byte : node.end_byte]


def _declarator(e: Emitter, node: Node, base: str, static: bool) -> None:
    value: Node | None = None
    target: Node | None = node
    if node.kind_id == INITIAL:
        value, target = node.child_by_field_id(VALUE), node.child_by_field_id(DECLARATOR)
    suffix = ""
    while target is not None and target.kind_id != IDENTIFIER:
        kind = target.kind_id
        if kind in POINTERS:
            suffix += "*"
        elif kind in ARRAYS:
            suffix += "[]"
        inner = target.child_by_field_id(DECLARATOR)
        target = inner if inner is not None else next(iter(target.named_children), None)
    if target is None:
        return
    name = text_of(e, target)
    computed: Expr | None = None
    if value is not None and not static:
        value = unwrap(value)
        computed = None if is_decision(e, value) else _initial(e, value)
    unique = e.scopes.declare(name, f"{base} {suffix}".strip())
    if static:
        e.escaped.add(unique)
    elif computed is not None:
        e.emit(Set(unique, computed, node.start_byte, node.end_byte, declares=True))
    elif value is not None:
        assign(e, unique, value, node)


def _initial(e: Emitter, bare: Node) -> Expr | None:
    """The initialiser's value, None for one that ``assign`` splits in two."""
    if bare.kind_id == CHOICE and bare.child_by_field_id(CONSEQUENCE) is not None:
        return None
    if bare.kind_id == LIST:
        opaque(e, bare)
        return Opaque("{...}")
    return expression(e, bare)


def _if(e: Emitter, node: Node, depth: int) -> None:
    test, yes, no = (
        node.child_by_field_id(CONDITION),
        node.child_by_field_id(CONSEQUENCE),
        node.child_by_field_id(ALTERNATIVE),
    )
    if test is None or yes is None:
        return
    if _is_word(e, node, b"if"):
        then, other, done = e.label(), e.label(), e.label()
        condition(e, test, then, other)
        e.place(then)
        statement(e, yes, depth)
        e.jump(done)
        e.place(other)
        if no is not None:
            _statements(e, children_of(no), depth)
        e.place(done)
        return
    _guarded(e, node, test, yes, depth)


def _guarded(e: Emitter, node: Node, test: Node, body: Node, depth: int) -> None:
    """The statement behind a macro that the mask wrote as "if": it runs once where a guard cannot fail, else perhaps.
    ``break`` and ``continue`` in it leave it, for guards are loops of one turn (linux/cleanup.h)."""
    name, given = _macro_at(e, node), _parts(test)
    if not name.startswith(GUARDS):
        _turned(e, node, test, body, depth)
        return
    for part in given:
        if part.kind_id != IDENTIFIER or not leaves(e, part, text_of(e, part)):
            effect(e, part)
    inside, after = e.label(), e.label()
    if not runs_once(name, text_of(e, given[0]) if given else ""):
        e.test(Opaque(name), inside, after, node.start_byte, test.end_byte)
        e.place(inside)
    if name.startswith(CONDITIONS):
        statement(e, body, depth)
    else:
        _with_targets(e, after, after, body, depth)
    e.place(after)


def _macro_at(e: Emitter, node: Node) -> str:
    """The word that the author wrote at the start of ``node``."""
    found = _WORD.match(e.original, node.start_byte)
    return found[0].decode() if found is not None else ""


def _parts(node: Node) -> list[Node]:
    """The operands of the comma operators in ``node``."""
    node, parts = unwrap(node), []
    while node.kind_id == COMMA:
        left, right = node.child_by_field_id(LEFT), node.child_by_field_id(RIGHT)
        if left is None or right is None:
            break
        parts.append(unwrap(left))
        node = right
    return [*parts, unwrap(node)]


def _is_word(e: Emitter, node: Node, word: bytes) -> bool:
    """Whether the author wrote ``word`` here, and no macro that was masked by it."""
    start = node.start_byte
    after = e.original[start + len(word) : start + len(word) + 1]
    return e.original.startswith(word, start) and not (after.isalnum() or after == b"_")


def _loop(e: Emitter, node: Node, depth: int, test: Node | None, update: Node | None, body: Node | None) -> None:
    again, inside, after, step = e.label(), e.label(), e.label(), e.label()
    e.place(again)
    _evaluated_anew(e, node)
    if test is not None:
        condition(e, test, inside, after, "loop")
    e.place(inside)
    _with_targets(e, after, step, body, depth)
    e.place(step)
    if update is not None:
        effect(e, update)
    e.jump(again)
    e.place(after)


def _evaluated_anew(e: Emitter, loop: Node) -> None:
    """What stands for a macro's arguments is something else on each turn of ``loop``."""
    if e.anew:
        e.emit(Havoc(e.anew, loop.start_byte))


def _with_targets(e: Emitter, after: int, step: int, body: Node | None, depth: int) -> None:
    e.breaks.append(after)
    e.continues.append(step)
    if body is not None:
        statement(e, body, depth)
    e.breaks.pop()
    e.continues.pop()


def _while(e: Emitter, node: Node, depth: int) -> None:
    test, body = node.child_by_field_id(CONDITION), node.child_by_field_id(BODY)
    if _is_word(e, node, b"while"):
        _loop(e, node, depth, test, None, body)
        return
    _turned(e, node, test, body, depth)


def _turned(e: Emitter, node: Node, test: Node | None, body: Node | None, depth: int) -> None:
    """The statement behind a loop macro: it runs any number of times, and the macro may write what it is handed."""
    again, inside, after = e.label(), e.label(), e.label()
    names = _WORD.findall(e.original[test.start_byte : test.end_byte]) if test is not None else []
    uniques = [e.scopes.find(word.decode("latin-1")) for word in names]
    e.place(again)
    e.emit(Havoc(tuple(sorted({name for name in uniques if name})), node.start_byte))
    text = text_of(e, test) if test is not None else ""
    e.test(Opaque(text), inside, after, node.start_byte, test.end_byte if test else node.end_byte, "loop")
    e.place(inside)
    _with_targets(e, after, again, body, depth)
    e.jump(again)
    e.place(after)


def _for(e: Emitter, node: Node, depth: int) -> None:
    e.scopes.push()
    first = node.child_by_field_id(INITIALIZER)
    if first is not None:
        if first.kind_id == DECLARATION:
            statement(e, first, depth)
        else:
            effect(e, first)
    _loop(
        e, node, depth, node.child_by_field_id(CONDITION), node.child_by_field_id(UPDATE), node.child_by_field_id(BODY)
    )
    e.scopes.pop()


def _do(e: Emitter, node: Node, depth: int) -> None:
    test, body = node.child_by_field_id(CONDITION), node.child_by_field_id(BODY)
    again, check, after = e.label(), e.label(), e.label()
    e.place(again)
    _with_targets(e, after, check, body, depth)
    e.place(check)
    if test is not None and text_of(e, test).strip("() ") != "0":
        _evaluated_anew(e, node)
    if test is not None:
        condition(e, test, again, after, "loop")
    e.place(after)


def _cases(e: Emitter, node: Node) -> list[Node]:
    """The case labels that belong to the switch whose body is ``node``, in order."""
    words = [found.start() for found in _CASE.finditer(e.data, node.start_byte, node.end_byte)]
    words.append(len(e.data))
    everywhere = node.has_error  # a label may be there of which no word is
    pending = list(reversed(node.named_children))
    cases: list[Node] = []
    while pending:
        child = pending.pop()
        if child.kind_id == SWITCH:
            continue
        if child.kind_id == CASE:
            cases.append(child)
        if everywhere or words[bisect_left(words, child.start_byte)] < child.end_byte:
            pending.extend(reversed(child.named_children))
    return cases


def _switch(e: Emitter, node: Node, depth: int) -> None:
    test, body = node.child_by_field_id(CONDITION), node.child_by_field_id(BODY)
    if test is None or body is None:
        return
    subject = e.keep(expression(e, test), test.start_byte, test.end_byte)
    after = e.label()
    default: Node | None = None
    for case in _cases(e, body):
        e.cases[case.start_byte] = e.label()
        value = case.child_by_field_id(VALUE)
        if value is None:
            default = case
        else:
            _case_test(e, case, value, subject)
    target = e.cases[default.start_byte] if default is not None else after
    where = default or node
    e.test(Num(1, "1"), target, target, where.start_byte, where.start_byte + 7, "default")
    e.breaks.append(after)
    statement(e, body, depth)
    e.breaks.pop()
    e.place(after)


def _case_test(e: Emitter, case: Node, value: Node, subject: Name) -> None:
    miss, hit = e.label(), e.cases[case.start_byte]
    parts = e.original[case.start_byte : value.end_byte].split(b"...")
    ends = [child for child in case.children if child.kind_id == ERROR and b"..." in _spelt(e, child)]
    if len(parts) == 1 and not ends:
        test = Binary("==", subject, expression(e, value))
        e.test(test, hit, miss, case.start_byte, value.end_byte, "case")
    else:
        low, high = _range_ends(e, value, ends)
        above = e.label()
        e.test(Binary(">=", subject, low), above, miss, case.start_byte, value.end_byte, "case")
        e.place(above)
        e.test(Binary("<=", subject, high), hit, miss, case.start_byte, value.end_byte, "case")
    e.place(miss)


def _range_ends(e: Emitter, value: Node, errors: Sequence[Node]) -> tuple[Expr, Expr]:
    left, right = value.child_by_field_id(LEFT), value.child_by_field_id(RIGHT)
    if left is not None and right is not None:
        return expression(e, left), expression(e, right)
    if errors and errors[0].named_children:
        return expression(e, value), expression(e, errors[0].named_children[-1])
    return Opaque("..."), Opaque("...")


def _case(e: Emitter, node: Node, depth: int) -> None:
    label = e.cases.get(node.start_byte)
    if label is not None:
        e.place(label)
    value = node.child_by_field_id(VALUE)
    children = [c for c in node.named_children if value is None or c.start_byte != value.start_byte]
    _statements(e, [c for c in children if c.kind_id != ERROR], depth)


def _labeled(e: Emitter, node: Node, depth: int) -> None:
    label = node.child_by_field_id(LABEL)
    if label is not None:
        e.place(e.named(text_of(e, label)))
    _statements(e, [c for c in node.named_children if c.kind_id != LABEL_NAME], depth)


def _goto(e: Emitter, node: Node, depth: int) -> None:
    label = node.child_by_field_id(LABEL)
    if label is not None:
        e.jump(e.named(text_of(e, label)))
    else:
        e.gaps.append((node.start_byte, "computed goto"))
        e.emit(Stop(node.start_byte))


def _break(e: Emitter, node: Node, depth: int) -> None:
    if e.breaks:
        e.jump(e.breaks[-1])


def _continue(e: Emitter, node: Node, depth: int) -> None:
    if e.continues:
        e.jump(e.continues[-1])


def _return(e: Emitter, node: Node, depth: int) -> None:
    values = without_comments(children_of(node))
    if not values:
        e.emit(Ret(None, node.start_byte, node.end_byte))
        return
    _return_value(e, values[0], node, depth)


def _return_value(e: Emitter, value: Node, node: Node, depth: int) -> None:
    """Returns ``value``; a choice becomes one return per side, so that each keeps its condition."""
    bare = unwrap(value)
    if depth > MAX_NESTING:
        e.gaps.append((value.start_byte, "expression nested too deeply"))
        e.emit(Ret(Opaque("..."), node.start_byte, node.end_byte))
        return
    first: Node | None = None
    second: Node | None = None
    test: Node | None = None
    if bare.kind_id == CHOICE:
        first, second = bare.child_by_field_id(CONSEQUENCE), bare.child_by_field_id(ALTERNATIVE)
        test = bare.child_by_field_id(CONDITION)
    choice = first is not None and second is not None and test is not None
    if not choice and not is_decision(e, bare):
        result = expression(e, bare)
        e.emit(Ret(result, node.start_byte, node.end_byte))
        return
    yes, no = e.label(), e.label()
    condition(e, test if choice and test is not None else bare, yes, no, "?:")
    for label, side, default in ((yes, first, 1), (no, second, 0)):
        e.place(label)
        if choice and side is not None:
            _return_value(e, side, node, depth + 1)
        else:
            e.emit(Ret(Num(default, str(default)), node.start_byte, node.end_byte))


def _conditional_text(e: Emitter, node: Node, depth: int) -> None:
    """``#if`` inside a body: both variants are kept, told apart by the condition's text."""
    text, taken, other, done = _directive(e, node), e.label(), e.label(), e.label()
    e.test(Opaque(text), taken, other, node.start_byte, node.start_byte + 1, "config")
    e.place(taken)
    rest = node.child_by_field_id(ALTERNATIVE)
    heads = {
        n.start_byte for n in (node.child_by_field_id(NAME), node.child_by_field_id(CONDITION), rest) if n is not None
    }
    _statements(e, [c for c in node.named_children if c.start_byte not in heads], depth)
    e.jump(done)
    e.place(other)
    if rest is not None:
        if rest.kind_id in ELSE_PART:
            _statements(e, rest.named_children, depth)
        else:
            _conditional_text(e, rest, depth + 1)
    e.place(done)


def _directive(e: Emitter, node: Node) -> str:
    name, test = node.child_by_field_id(NAME), node.child_by_field_id(CONDITION)
    if name is not None:
        negated = b"ndef" in e.data[node.start_byte : name.start_byte]
        return f"{'!' if negated else ''}defined({text_of(e, name)})"
    return text_of(e, test) if test is not None else text_of(e, node)[:60]


def _children(e: Emitter, node: Node, depth: int) -> None:
    _statements(e, node.named_children, depth)


_STATEMENTS: Final[dict[int, Callable[[Emitter, Node, int], None]]] = by_kind(
    {
        "compound_statement": _compound,
        "expression_statement": _expression_statement,
        "declaration": _declaration,
        "if_statement": _if,
        "while_statement": _while,
        "for_statement": _for,
        "do_statement": _do,
        "switch_statement": _switch,
        "case_statement": _case,
        "labeled_statement": _labeled,
        "goto_statement": _goto,
        "break_statement": _break,
        "continue_statement": _continue,
        "return_statement": _return,
        "preproc_if": _conditional_text,
        "preproc_ifdef": _conditional_text,
        "attributed_statement": _children,
        "else_clause": _children,
    }
)
